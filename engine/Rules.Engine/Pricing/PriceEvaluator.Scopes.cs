using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Pricing;

/// <summary>Where the scopes of one event stand.</summary>
/// <param name="Model">The version that prices; a scope that begins now is pinned to it.</param>
/// <param name="Known">The account's scopes as loaded.</param>
/// <param name="Key">Value of the action's key; null where the event names none.</param>
/// <param name="Cycle">Number of the running cycle; null without one.</param>
/// <param name="Commits">False where nobody will store the scopes after the event, so that they need not be made.</param>
/// <param name="Money">What the price comes to; null: the model's credit.</param>
internal readonly record struct ScopeContext(
    RulesetModel Model, ImmutableArray<ScopeState> Known, string? Key, int? Cycle, Instant RecordedAt, bool Commits = false, CreditUnit? Money = null)
{
    /// <summary>Decides days and hours; null: the model's.</summary>
    public DateTimeZone? Zone { get; init; }

    /// <summary>The instance of a scope that this event belongs to; null where the event names no key for it.</summary>
    public ScopeId? IdOf(ActionRule action, Scope scope) => scope.Kind switch
    {
        ScopeKind.Key => Key is { } value ? new ScopeId(action.Name, scope.Key, value) : null,
        ScopeKind.Cycle => new ScopeId(action.Name, scope.Key, (Cycle ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ScopeKind.Day => new ScopeId(action.Name, scope.Key, Local("uuuu'-'MM'-'dd")),
        _ => new ScopeId(action.Name, scope.Key, LocalHour()),
    };

    public ScopeState? Find(ScopeId id)
    {
        foreach (var scope in Known)
        {
            if (scope.Id == id)
            {
                return scope;
            }
        }

        return null;
    }

    /// <summary>The instance of a scope that closes when a boundary is reached.</summary>
    public static ScopeId Closing(RulesetModel model, DateTimeZone zone, ActionRule action, Scope scope, int? cycle, Instant boundary) =>
        new ScopeContext(model, [], null, cycle, boundary - Duration.Epsilon) { Zone = zone }.IdOf(action, scope)!.Value;

    // An hour that a clock set back shows twice is two: the second says how far it is from UTC.
    private string LocalHour()
    {
        var hour = Local("uuuu'-'MM'-'dd'T'HH");
        var zone = Zone ?? Model.Zone;
        var at = RecordedAt.InZone(zone);
        return zone.MapLocal(at.LocalDateTime) is { Count: 2 } twice && twice.Last().Offset == at.Offset
            ? hour + at.ToString("o<g>", System.Globalization.CultureInfo.InvariantCulture)
            : hour;
    }

    private string Local(string pattern) =>
        RecordedAt.InZone(Zone ?? Model.Zone).LocalDateTime.ToString(pattern, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What an event comes to, scopes included.</summary>
/// <param name="Exact">Credits before rounding.</param>
/// <param name="Charge">Smallest units.</param>
/// <param name="Scopes">The scopes it counted in, after it; empty where the price counts nothing.</param>
internal readonly record struct PriceOutcome(ExactDecimal Exact, long Charge, long Listed, ImmutableArray<ScopeState> Scopes);

/// <summary>Chooses the evaluator of a table's width.</summary>
internal static class PriceEvaluator
{
    /// <inheritdoc cref="PriceEvaluator{T}.Close"/>
    public static EvaluationError? Close(
        PriceTable table, ActionRule action, ScopeKind kind, ScopeState? scope, FactValue[] facts, in ScopeContext context, ref StepRecorder trace, out PriceOutcome due) => table switch
        {
            PriceTable<long> narrow => new PriceEvaluator<long>(narrow).Close(action, kind, scope, facts, context, ref trace, out due),
            PriceTable<Int128> wide => new PriceEvaluator<Int128>(wide).Close(action, kind, scope, facts, context, ref trace, out due),
            PriceTable<BigInteger> endless => new PriceEvaluator<BigInteger>(endless).Close(action, kind, scope, facts, context, ref trace, out due),
            _ => throw new InvalidOperationException($"No evaluator for {table.Width}."),
        };

    /// <summary>Prices a resolved event with its scopes and its one rounding, and writes the steps.</summary>
    public static EvaluationError? Evaluate(
        PriceTable table, in ResolvedEvent resolved, in ScopeContext context, ref StepRecorder trace, out PriceOutcome outcome) => table switch
        {
            PriceTable<long> narrow => new PriceEvaluator<long>(narrow).Evaluate(resolved, context, ref trace, out outcome),
            PriceTable<Int128> wide => new PriceEvaluator<Int128>(wide).Evaluate(resolved, context, ref trace, out outcome),
            PriceTable<BigInteger> endless => new PriceEvaluator<BigInteger>(endless).Evaluate(resolved, context, ref trace, out outcome),
            _ => throw new InvalidOperationException($"No evaluator for {table.Width}."),
        };
}

internal readonly partial struct PriceEvaluator<T>
{
    // Most actions have one or two meters; more of them go to the heap.
    private const int InlineMeters = 4;

    public EvaluationError? Evaluate(
        in ResolvedEvent resolved, in ScopeContext context, ref StepRecorder trace, out PriceOutcome outcome)
    {
        outcome = default;
        var index = Select(resolved.Facts, resolved.Facts, resolved.Action, ref trace);
        var body = _table.Bodies[index].Body;
        var counting = StateOf(resolved.Action, body.CountingScope, context, out var countingId, out var missing);
        if (missing is not null)
        {
            return missing;
        }

        var meters = Rule.Meters.Length;
        var quantityBuffer = new Buffer();
        var beforeBuffer = new Buffer();
        var afterBuffer = new Buffer();
        var quantities = meters <= InlineMeters ? ((Span<T>)quantityBuffer)[..meters] : new T[meters];
        var after = meters <= InlineMeters ? ((Span<T>)afterBuffer)[..meters] : new T[meters];
        for (var i = 0; i < meters; i++)
        {
            quantities[i] = T.CreateTruncating(resolved.Quantities[i]);
        }

        var totals = TotalsOf(counting, index);
        var before = totals is null ? [] : meters <= InlineMeters ? ((Span<T>)beforeBuffer)[..meters] : new T[meters];
        if (totals is not null)
        {
            Read(totals.Quantities, before);
            trace.Add(new ScopeStep(body, body.CountingScope, countingId!.Value.Value, CountsOf(totals)));
        }

        for (var i = 0; i < meters; i++)
        {
            var limit = ResolvedEvent.Limit(Rule.Meters[i]);
            if (totals is not null && Int128.Abs(Int128.CreateChecked(before[i]) + resolved.Quantities[i]) >= limit)
            {
                return EvaluationErrors.TooLarge(Rule.Meters[i]);
            }
        }

        T[] free = totals is { FreeEvents.IsEmpty: false } ? new T[meters] : [];
        if (free.Length > 0)
        {
            Read(totals!.FreeEvents, free);
        }

        var counted = new Counted<T>(quantities, resolved.Reported, before, totals?.Events ?? 0, resolved.Facts, free);
        var amounts = Price(index, counted, after, ref trace);
        return Post(resolved.Action, index, amounts, counting, countingId, after, context, ref trace, out outcome);
    }

    private EvaluationError? Post(
        ActionRule action,
        int index,
        in ExactAmounts<T> amounts,
        ScopeState? counting,
        ScopeId? countingId,
        ReadOnlySpan<T> after,
        in ScopeContext context,
        ref StepRecorder trace,
        out PriceOutcome outcome)
    {
        outcome = default;
        var body = _table.Bodies[index].Body;
        var posting = counting;
        var postingId = countingId;
        if (body.PostingScope != body.CountingScope)
        {
            posting = StateOf(action, body.PostingScope, context, out postingId, out var missing);
            if (missing is not null)
            {
                return missing;
            }
        }

        var total = ExactTotal(posting, index, amounts.Charged, listed: false);
        var listedTotal = ExactTotal(posting, index, amounts.Listed, listed: true);
        var limit = T.CreateChecked(Scaled.AmountLimit);
        var posted = Scaled.Round(total, _table.Unit, _table.Rounding);
        var listedPosted = Scaled.Round(listedTotal, _table.Unit, _table.Rounding);
        if (T.Abs(posted) > limit || T.Abs(listedPosted) > limit)
        {
            return EvaluationErrors.ChargeTooLarge(action);
        }

        var postedUnits = long.CreateChecked(posted);
        var listedUnits = long.CreateChecked(listedPosted);
        var charge = postedUnits - (posting?.Charged ?? 0);
        var listedCharge = listedUnits - (posting?.ListedPosted ?? 0);
        trace.Add(new RoundingStep(context.Money ?? context.Model.Credit, Scaled.ToExact(total, Scale), postedUnits, posting?.Charged ?? 0));
        var scopes = ImmutableArray<ScopeState>.Empty;
        if (context.Commits && countingId is { } id)
        {
            scopes = body.PostingScope == body.CountingScope
                ? [After(counting, id, index, amounts, after, postedUnits, listedUnits, context)]
                : [After(counting, id, index, amounts, after, counting?.Charged ?? 0, counting?.ListedPosted ?? 0, context)];
        }

        if (context.Commits && body.PostingScope != body.CountingScope && postingId is { } wider)
        {
            scopes = scopes.Add(After(posting, wider, index, amounts, after, postedUnits, listedUnits, context));
        }

        outcome = new PriceOutcome(Scaled.ToExact(amounts.Charged, Scale), charge, listedCharge, scopes);
        return null;
    }

    private static ScopeState? StateOf(ActionRule action, Scope scope, in ScopeContext context, out ScopeId? id, out EvaluationError? missing)
    {
        id = null;
        missing = null;
        if (scope.Kind == ScopeKind.Event)
        {
            return null;
        }

        id = context.IdOf(action, scope);
        if (id is null)
        {
            missing = EvaluationErrors.MissingKey(action, scope.Key);
            return null;
        }

        return context.Find(id.Value);
    }

    private static ScopeTotals? TotalsOf(ScopeState? scope, int body)
    {
        if (scope is not null)
        {
            foreach (var totals in scope.Bodies)
            {
                if (totals.Body == body)
                {
                    return totals;
                }
            }
        }

        return null;
    }

    private void Read(ImmutableArray<ExactDecimal> quantities, Span<T> before)
    {
        for (var i = 0; i < before.Length; i++)
        {
            if (!Scaled.TryFromExact(quantities[i], Rule.Meters[i].Places, out before[i]))
            {
                throw new InvalidOperationException("A stored total does not fit the price that counted it.");
            }
        }
    }

    // The exact total of the scope over all bodies that are rounded in it, each within its own upper bound, with this event added to its body.
    private T ExactTotal(ScopeState? scope, int index, T amount, bool listed)
    {
        var total = T.Zero;
        var own = amount;
        foreach (var totals in scope?.Bodies ?? [])
        {
            if (_table.Bodies[totals.Body].Body.PostingScope != _table.Bodies[index].Body.PostingScope)
            {
                continue;
            }

            var exact = Stored(listed ? totals.ListedExact : totals.Exact);
            if (totals.Body == index)
            {
                own += exact;
            }
            else
            {
                total += Capped(totals.Body, exact);
            }
        }

        return total + Capped(index, own);
    }

    private T Capped(int body, T total) => _table.Bodies[body].ScopeMost is { } most && total > most ? most : total;

    private ScopeState After(
        ScopeState? scope,
        ScopeId id,
        int index,
        in ExactAmounts<T> amounts,
        ReadOnlySpan<T> after,
        long posted,
        long listedPosted,
        in ScopeContext context)
    {
        var old = TotalsOf(scope, index);
        var quantities = ImmutableArray.CreateBuilder<ExactDecimal>(after.Length);
        for (var i = 0; i < after.Length; i++)
        {
            quantities.Add(Scaled.ToExact(after[i], Rule.Meters[i].Places));
        }

        var totals = new ScopeTotals(
            index,
            (old?.Events ?? 0) + 1,
            quantities.MoveToImmutable(),
            (old?.Exact ?? default) + Scaled.ToExact(amounts.Charged, Scale),
            (old?.ListedExact ?? default) + Scaled.ToExact(amounts.Listed, Scale));
        if (_table.Bodies[index].FreeEvents is var free && free != long.MaxValue)
        {
            totals = totals with { FreeEvents = old is null || old.Events < free ? totals.Quantities : old.FreeEvents };
        }

        var counted = scope is null ? [totals] : old is null ? scope.Bodies.Add(totals) : scope.Bodies.Replace(old, totals);
        return new ScopeState
        {
            Id = id,
            BeganAt = scope?.BeganAt ?? context.RecordedAt,
            Version = scope?.Version ?? context.Model.Version,
            Bodies = counted,
            Posted = posted - (scope?.Reversed ?? 0),
            Reversed = scope?.Reversed ?? 0,
            ListedPosted = listedPosted,
        };
    }

    /// <summary>What a scope still owes when it closes: its minimum, or the fees that are due without use (language 8.3, step 9).</summary>
    /// <param name="scope">Null: nothing was counted.</param>
    /// <param name="facts">The account's facts at the front; those of an action are not known.</param>
    /// <param name="due">A charge of 0 or more smallest units.</param>
    public EvaluationError? Close(
        ActionRule action, ScopeKind kind, ScopeState? scope, FactValue[] facts, in ScopeContext context, ref StepRecorder trace, out PriceOutcome due)
    {
        due = default;
        var body = Rule.BodyForAccount(action, facts);
        var chosen = body.Index;
        var fee = new ExactAmounts<T>(T.Zero, T.Zero);
        if (scope is null && body.HasFeeAtZero && body.CountingScope.Kind == kind)
        {
            fee = WithoutUse(_table.Bodies[chosen], ref trace);
            if (body.PostingScope.Kind != kind)
            {
                // It falls due here and counts in the wider scope, whose bound and rounding it meets.
                return Post(action, chosen, fee, null, null, new T[Rule.Meters.Length], context, ref trace, out due);
            }
        }

        var charged = Capped(chosen, fee.Charged) + PostedIn(scope, kind, listed: false);
        var listed = Capped(chosen, fee.Listed) + PostedIn(scope, kind, listed: true);
        var used = charged;
        if (_table.Bodies[chosen].ScopeLeast is { } least && body.HasMinimum(kind))
        {
            charged = T.Max(charged, least);
            listed = T.Max(listed, least);
            if (charged != used)
            {
                trace.Add(new BoundStep(MinimumOf(body), Scaled.ToExact(used, Scale), Scaled.ToExact(charged, Scale)));
            }
        }

        var units = Due(charged, scope?.Charged ?? 0);
        trace.Add(new RoundingStep(context.Model.Credit, Scaled.ToExact(charged, Scale), (scope?.Charged ?? 0) + units, scope?.Charged ?? 0));
        due = new PriceOutcome(Scaled.ToExact(charged - used + fee.Charged, Scale), units, Due(listed, scope?.ListedPosted ?? 0), []);
        return null;
    }

    private long Due(T total, long posted) =>
        long.CreateChecked(T.Max(T.Zero, Scaled.Round(total, _table.Unit, _table.Rounding) - T.CreateChecked(posted)));

    // The exact total of all bodies that are rounded in a scope, each within its own upper bound.
    private T PostedIn(ScopeState? scope, ScopeKind kind, bool listed)
    {
        var sum = T.Zero;
        foreach (var totals in scope?.Bodies ?? [])
        {
            if (_table.Bodies[totals.Body].Body.PostingScope.Kind == kind)
            {
                sum += Capped(totals.Body, Stored(listed ? totals.ListedExact : totals.Exact));
            }
        }

        return sum;
    }

    private T Stored(ExactDecimal exact) => Scaled.TryFromExact<T>(exact, Scale, out var scaled)
        ? scaled
        : throw new InvalidOperationException("A stored total does not fit the price that counted it.");

    private static PriceBound MinimumOf(PriceBody body) => body.Bounds.First(static b => !b.IsMaximum && b.Scope.Kind != ScopeKind.Event);

    private ExactAmounts<T> WithoutUse(BodyTable<T> body, ref StepRecorder trace)
    {
        var (charged, listed) = (T.Zero, T.Zero);
        foreach (var line in body.Lines)
        {
            if (line.Form is not (LineForm.Graduated or LineForm.Volume))
            {
                continue;
            }

            var fee = line.Tiers[0].Part(T.Zero);
            listed += fee;
            charged += line.Tiers[0].IsWaived ? T.Zero : fee;
            if (fee != T.Zero)
            {
                trace.Add(new TierStep<T>(Rule, (PerLine)line.Line, 0, T.Zero, line.Tiers[0].IsWaived ? T.Zero : fee, body.LineScale));
            }
        }

        charged *= body.Multiplier;
        if ((body.Body.MarkUp ?? body.Body.Discount) is not null)
        {
            RecordAdjustments(body, charged, ref trace);
        }

        return new ExactAmounts<T>(charged, listed * body.Multiplier);
    }

    private string CountsOf(ScopeTotals totals)
    {
        var parts = new List<string>();
        for (var i = 0; i < totals.Quantities.Length; i++)
        {
            if (!totals.Quantities[i].IsZero)
            {
                parts.Add($"{totals.Quantities[i].ToGroupedString()} {Rule.Meters[i].NameFor(totals.Quantities[i])}");
            }
        }

        return parts.Count == 0 ? "nothing" : string.Join(" and ", parts);
    }

    [InlineArray(InlineMeters)]
    private struct Buffer
    {
        private T _first;
    }
}
