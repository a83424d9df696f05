using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>What a model does with one shape of events for accounts with the same facts.</summary>
internal sealed class ShapePlan
{
    /// <summary>Set where a gate decides and nothing is priced: free, unmetered, not applicable.</summary>
    public QuoteOutcome? Gate { get; init; }

    /// <summary>Null where every event goes the long way, unless <see cref="Gate"/> is set.</summary>
    public ShapePrice? Price
    {
        get;
        init
        {
            field = value;
            Ladder = value?.Ladder;
        }
    }

    /// <summary>The price in its shortest form; null where it has none.</summary>
    public Ladder? Ladder { get; private init; }

    public ActionRule? Action { get; init; }

    /// <summary>Facts of account and action, by index.</summary>
    public FactValue[] Facts { get; init; } = [];

    /// <summary>Which lots may pay: plans with the same number draw from the same lots in the same order; -1 where nothing is drawn.</summary>
    public int Queue { get; init; } = -1;

    /// <summary>A scope that began under an older version would price the event by that version.</summary>
    public bool MayBePinned { get; init; }

    /// <summary>What a use is that finds no room: blocked, paused or refused; null where it goes the long way.</summary>
    public QuoteOutcome? AtZero { get; init; }

    /// <summary>What a use is that finds too little room; null where it goes the long way.</summary>
    public QuoteOutcome? WhenShort { get; init; }
}

/// <summary>
/// The plans of one model for accounts with the same facts, by the code of the shape. Not for use by two threads at once.
/// </summary>
internal sealed class AccountPlans(RulesetModel model, FactValue[] facts)
{
    private readonly List<QueueKey> _queues = [];
    private ShapePlan[] _plans = [];

    /// <summary>Of all shapes that <see cref="For"/> was last asked about.</summary>
    public LadderSheet Ladders { get; private set; } = new([]);

    private readonly record struct QueueKey(DrawOrder Order, ulong Buckets);

    /// <summary>How many different ways to draw there are.</summary>
    public int Queues => _queues.Count;

    /// <summary>By the code of the shape, for all shapes there are.</summary>
    public ShapePlan[] For(UsageShapes shapes)
    {
        var known = _plans.Length;
        if (known < shapes.Count)
        {
            Array.Resize(ref _plans, shapes.Count);
            for (var i = known; i < shapes.Count; i++)
            {
                _plans[i] = Make(shapes[i]);
            }

            Ladders = new LadderSheet(_plans);
        }

        return _plans;
    }

    private ShapePlan Make(UsageShape shape)
    {
        if (model.FindAction(shape.Action) is not { } action)
        {
            return new ShapePlan();
        }

        // Quantities are checked event by event; the rest of an event is checked here, once.
        var whole = new UsageEvent { OccurredAt = default, Action = shape.Action, Facts = shape.Facts };
        var values = new FactValue[action.Facts.Length];
        facts.CopyTo(values, 0);
        if (ResolvedEvent.Resolve(action, values, whole, out var resolved) is not null)
        {
            return new ShapePlan();
        }

        var trace = new StepRecorder();
        if (Quoter.Gate(resolved, ref trace) is { } gate)
        {
            return IsMeasured(shape, action)
                ? new ShapePlan { Gate = gate, MayBePinned = action.Price is { Scopes.IsEmpty: false } }
                : new ShapePlan();
        }

        if (ShapePrice.Of(shape, action, model.PriceTables[action.Index], values) is not { } price)
        {
            return new ShapePlan();
        }

        var mayBePinned = action.Price!.Scopes.Any(s => s != price.Scope);
        if (model.Buckets.IsEmpty)
        {
            return new ShapePlan { Action = action, Facts = values, Price = price, MayBePinned = mayBePinned };
        }

        var refuses = model.AtZero!.Shortfall == ShortfallKind.Refuse;
        return new ShapePlan
        {
            Action = action,
            Facts = values,
            Price = price,
            MayBePinned = mayBePinned,
            Queue = QueueOf(action, values),
            AtZero = model.AtZero.Stops[action.Index] switch
            {
                { Kind: StopKind.Block } => QuoteOutcome.Blocked,
                { Kind: StopKind.Pause } => QuoteOutcome.Paused,
                _ => refuses ? QuoteOutcome.Refused : null,
            },
            WhenShort = refuses ? QuoteOutcome.Refused : null,
        };
    }

    // What a gate lets through unpriced may still be reported wrongly: that goes the long way, which says so.
    private static bool IsMeasured(UsageShape shape, ActionRule action) =>
        shape.Meters.All(m => m.Places == 0 && action.Meters.Any(a => a.Name == m.Name)) || shape.Meters.IsEmpty;

    private int QueueOf(ActionRule action, FactValue[] values)
    {
        var buckets = 0UL;
        foreach (var bucket in model.Buckets)
        {
            var takesPart = bucket.Index < 64 && (bucket.Serves is not { } served || served.Contains(action.Index)) && (bucket.Open is not { } open || open.Holds(values));
            buckets |= takesPart ? 1UL << bucket.Index : 0;
        }

        var key = new QueueKey(model.Consume!.OrderFor(values), buckets);
        var place = _queues.IndexOf(key);
        if (place < 0)
        {
            place = _queues.Count;
            _queues.Add(key);
        }

        return place;
    }
}

/// <summary>The plans of a model, by the facts of the account. Not for use by two threads at once.</summary>
internal sealed class ModelPlans(RulesetModel model)
{
    private readonly Dictionary<FactValue[], AccountPlans> _byFacts = new(FactsComparer.Instance);

    public AccountPlans For(FactValue[] facts)
    {
        if (!_byFacts.TryGetValue(facts, out var plans))
        {
            plans = new AccountPlans(model, facts);
            _byFacts.Add(facts, plans);
        }

        return plans;
    }

    private sealed class FactsComparer : IEqualityComparer<FactValue[]>
    {
        public static FactsComparer Instance { get; } = new();

        public bool Equals(FactValue[]? x, FactValue[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(FactValue[] obj)
        {
            var hash = new HashCode();
            foreach (var value in obj)
            {
                hash.Add(value.Code);
            }

            return hash.ToHashCode();
        }
    }
}
