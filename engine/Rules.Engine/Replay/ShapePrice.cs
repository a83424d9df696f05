using System.Numerics;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>
/// The price of one shape of events for accounts with the same facts: everything that does not differ from event to event, decided once.
/// Null where an event must be explained to be priced (<see cref="ShapePlan.Price"/>).
/// </summary>
internal abstract class ShapePrice
{
    /// <summary>Where quantities add up.</summary>
    public abstract Scope Scope { get; }

    /// <summary>The same price in its shortest form; null where it has none.</summary>
    public Ladder? Ladder { get; protected init; }

    /// <summary>Prices an event and remembers what counting it would add.</summary>
    /// <param name="tally">From <see cref="Read"/>; null where nothing adds up.</param>
    /// <returns>False where only a full evaluation says what happens.</returns>
    public abstract bool TryPrice(UsageColumns usage, int index, object? tally, out long charge);

    /// <summary>Counts the event that was priced last.</summary>
    public abstract void Commit(object tally);

    public abstract object Read(ScopeState? scope);

    public abstract bool HasChanged(object tally);

    public abstract ScopeState Write(object tally, ScopeState began);

    public static ShapePrice? Of(UsageShape shape, ActionRule action, PriceTable? table, FactValue[] facts)
    {
        if (table is null || action.Price is not { GivesBack: false } price)
        {
            return null;
        }

        var body = price.BodyFor(facts);
        return table switch
        {
            PriceTable<long> narrow => ShapePrice<long>.Of(shape, action, narrow, body, facts),
            PriceTable<Int128> wide => ShapePrice<Int128>.Of(shape, action, wide, body, facts),
            _ => null,
        };
    }
}

/// <inheritdoc/>
internal sealed class ShapePrice<T> : ShapePrice
    where T : struct, IBinaryInteger<T>
{
    private readonly PriceEvaluator<T> _evaluator;
    private readonly int _body;
    private readonly FactValue[] _facts;
    private readonly ulong _reported;

    // By column: the meter's place, what lifts the stored integer to the meter's places, and the first integer that is too large.
    private readonly int[] _place;
    private readonly long[] _factor;
    private readonly long[] _limit;
    private readonly T[] _quantities;
    private readonly T[] _after;
    private TallyDraft<T> _draft;

    private ShapePrice(PriceTable<T> table, PriceBody body, FactValue[] facts, int[] place, long[] factor, long[] limit, ulong reported)
    {
        _evaluator = new PriceEvaluator<T>(table);
        _body = body.Index;
        Scope = body.CountingScope;
        _facts = facts;
        _reported = reported;
        _place = place;
        _factor = factor;
        _limit = limit;
        _quantities = new T[table.Rule.Meters.Length];
        _after = new T[table.Rule.Meters.Length];
    }

    public override Scope Scope { get; }

    public static ShapePrice<T>? Of(UsageShape shape, ActionRule action, PriceTable<T> table, PriceBody body, FactValue[] facts)
    {
        if (!PriceEvaluator<T>.CanTally(body) || body.CountingScope.Kind is not (ScopeKind.Event or ScopeKind.Key or ScopeKind.Cycle))
        {
            return null;
        }

        var place = new int[shape.Meters.Length];
        var factor = new long[shape.Meters.Length];
        var limit = new long[shape.Meters.Length];
        var reported = 0UL;
        for (var i = 0; i < place.Length; i++)
        {
            var (name, places) = shape.Meters[i];
            place[i] = FindMeter(action, name);
            if (place[i] < 0 || places > action.Meters[place[i]].Places || (i > 0 && shape.Meters[i - 1].Name == name))
            {
                return null;
            }

            var meter = action.Meters[place[i]];
            factor[i] = Scaled.PowerOfTen<long>(meter.Places - places);
            limit[i] = (long)Int128.Min(long.MaxValue, ResolvedEvent.Limit(meter) / factor[i]);
            reported |= 1UL << place[i];
        }

        var ladder = table is PriceTable<long> narrow ? Ladder.Of(narrow, narrow.Bodies[body.Index], facts, ColumnsOf(place, action), factor, limit) : null;
        return new ShapePrice<T>(table, body, facts, place, factor, limit, reported) { Ladder = ladder };
    }

    public override bool TryPrice(UsageColumns usage, int index, object? tally, out long charge)
    {
        var stored = usage.Quantities.AsSpan(index * usage.Stride, _place.Length);
        for (var i = 0; i < stored.Length; i++)
        {
            var quantity = stored[i];
            if (quantity < 0 || quantity >= _limit[i])
            {
                charge = 0;
                return false;
            }

            _quantities[_place[i]] = T.CreateTruncating(quantity) * T.CreateTruncating(_factor[i]);
        }

        return _evaluator.TryPrice(
            _body, (ScopeTally<T>?)tally, _quantities, _reported, _facts, _after, out _draft, out charge, out _);
    }

    public override void Commit(object tally) => _evaluator.Commit(_body, (ScopeTally<T>)tally, _draft, _after);

    public override object Read(ScopeState? scope) => _evaluator.Read(scope);

    public override bool HasChanged(object tally) => ((ScopeTally<T>)tally).HasChanged;

    public override ScopeState Write(object tally, ScopeState began) => _evaluator.Write((ScopeTally<T>)tally, began);

    private static int[] ColumnsOf(int[] places, ActionRule action)
    {
        var columns = new int[action.Meters.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Array.IndexOf(places, i);
        }

        return columns;
    }

    private static int FindMeter(ActionRule action, string name)
    {
        for (var i = 0; i < action.Meters.Length; i++)
        {
            if (action.Meters[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
