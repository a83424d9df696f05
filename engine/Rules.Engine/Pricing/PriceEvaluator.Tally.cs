using System.Collections.Immutable;
using System.Numerics;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Pricing;

/// <summary>
/// What a counting scope holds, in the integers of its price: the state of <see cref="ScopeState"/> without its texts, for many events of one
/// scope in a row.
/// </summary>
internal sealed class ScopeTally<T>
    where T : struct, IBinaryInteger<T>
{
    /// <summary>By body; null: nothing was counted under it.</summary>
    public required BodyTally<T>?[] Bodies { get; init; }

    public long Posted { get; set; }

    public long ListedPosted { get; set; }

    /// <summary>Events were counted since it was read.</summary>
    public bool HasChanged { get; set; }
}

/// <inheritdoc cref="ScopeTotals"/>
internal sealed class BodyTally<T>(int meters)
    where T : struct, IBinaryInteger<T>
{
    public T[] Quantities { get; } = new T[meters];

    /// <summary>What the scope's free events counted; meaningful where the body gives a number of events free.</summary>
    public T[] Free { get; } = new T[meters];

    public long Events { get; set; }

    public T Exact { get; set; }

    public T ListedExact { get; set; }
}

/// <summary>What an event would add to its scope, until it is known that it is charged.</summary>
internal struct TallyDraft<T>
    where T : struct, IBinaryInteger<T>
{
    public ExactAmounts<T> Amounts;
    public long Posted;
    public long ListedPosted;
}

internal readonly partial struct PriceEvaluator<T>
{
    /// <summary>Whether <see cref="TryPrice"/> can price a body: it rounds where it counts.</summary>
    public static bool CanTally(PriceBody body) => body.PostingScope == body.CountingScope;

    /// <summary>
    /// Prices an event without an explanation, by the very steps of <see cref="Evaluate"/>, in integers from end to end.
    /// </summary>
    /// <param name="tally">Null where the body counts nothing.</param>
    /// <param name="quantities">Below the limit of their meters.</param>
    /// <param name="after">Receives the scope's quantities.</param>
    /// <returns>False where a limit is met, which <see cref="Evaluate"/> puts into words.</returns>
    public bool TryPrice(
        int index,
        ScopeTally<T>? tally,
        ReadOnlySpan<T> quantities,
        ulong reported,
        ReadOnlySpan<FactValue> facts,
        Span<T> after,
        out TallyDraft<T> draft,
        out long charge,
        out long listed)
    {
        var own = tally?.Bodies[index];
        var trace = new NoTrace();
        var counted = own is null
            ? new Counted<T>(quantities, reported, [], 0, facts)
            : new Counted<T>(quantities, reported, own.Quantities, own.Events, facts, _table.Bodies[index].FreeEvents == long.MaxValue ? [] : own.Free);
        draft = default;
        draft.Amounts = Price(index, counted, after, ref trace);
        charge = listed = 0;
        if (tally is null)
        {
            return TryRound(Capped(index, draft.Amounts.Charged), out charge) && TryRound(Capped(index, draft.Amounts.Listed), out listed);
        }

        for (var i = 0; i < after.Length; i++)
        {
            if (Int128.Abs(Int128.CreateChecked(after[i])) >= ResolvedEvent.Limit(Rule.Meters[i]))
            {
                return false;
            }
        }

        var total = Capped(index, (own?.Exact ?? T.Zero) + draft.Amounts.Charged);
        var listedTotal = Capped(index, (own?.ListedExact ?? T.Zero) + draft.Amounts.Listed);
        for (var i = 0; i < tally.Bodies.Length; i++)
        {
            if (i != index && tally.Bodies[i] is { } other)
            {
                total += Capped(i, other.Exact);
                listedTotal += Capped(i, other.ListedExact);
            }
        }

        if (!TryRound(total, out draft.Posted) || !TryRound(listedTotal, out draft.ListedPosted))
        {
            return false;
        }

        charge = draft.Posted - tally.Posted;
        listed = draft.ListedPosted - tally.ListedPosted;
        return true;
    }

    /// <summary>Counts the event that was priced last.</summary>
    public void Commit(int index, ScopeTally<T> tally, in TallyDraft<T> draft, ReadOnlySpan<T> after)
    {
        var own = tally.Bodies[index] ??= new BodyTally<T>(after.Length);
        after.CopyTo(own.Quantities);
        if (own.Events < _table.Bodies[index].FreeEvents)
        {
            after.CopyTo(own.Free);
        }

        own.Events++;
        own.Exact += draft.Amounts.Charged;
        own.ListedExact += draft.Amounts.Listed;
        tally.Posted = draft.Posted;
        tally.ListedPosted = draft.ListedPosted;
        tally.HasChanged = true;
    }

    public ScopeTally<T> Read(ScopeState? scope)
    {
        var tally = new ScopeTally<T> { Bodies = new BodyTally<T>?[_table.Bodies.Length] };
        if (scope is null)
        {
            return tally;
        }

        tally.Posted = scope.Posted;
        tally.ListedPosted = scope.ListedPosted;
        foreach (var totals in scope.Bodies)
        {
            var body = new BodyTally<T>(Rule.Meters.Length)
            {
                Events = totals.Events,
                Exact = FromExact(totals.Exact),
                ListedExact = FromExact(totals.ListedExact),
            };
            Read(totals.Quantities, body.Quantities);
            Read(totals.FreeEvents.IsEmpty ? totals.Quantities : totals.FreeEvents, body.Free);
            tally.Bodies[totals.Body] = body;
        }

        return tally;
    }

    /// <summary>The scope as the account keeps it.</summary>
    /// <param name="began">Its identity, beginning and version; totals are replaced.</param>
    public ScopeState Write(ScopeTally<T> tally, ScopeState began)
    {
        var bodies = new List<ScopeTotals>(began.Bodies.Length + 1);
        foreach (var totals in began.Bodies)
        {
            bodies.Add(totals);
        }

        for (var i = 0; i < tally.Bodies.Length; i++)
        {
            if (tally.Bodies[i] is not { } body)
            {
                continue;
            }

            var totals = new ScopeTotals(
                i, body.Events, Quantities(body.Quantities), Scaled.ToExact(body.Exact, Scale), Scaled.ToExact(body.ListedExact, Scale));
            if (_table.Bodies[i].FreeEvents != long.MaxValue)
            {
                totals = totals with { FreeEvents = Quantities(body.Free) };
            }

            var place = bodies.FindIndex(b => b.Body == i);
            if (place < 0)
            {
                bodies.Add(totals);
            }
            else
            {
                bodies[place] = totals;
            }
        }

        return began with { Bodies = [.. bodies], Posted = tally.Posted, ListedPosted = tally.ListedPosted };
    }

    private bool TryRound(T total, out long units)
    {
        var rounded = Scaled.Round(total, _table.Unit, _table.Rounding);
        if (T.Abs(rounded) > T.CreateTruncating(Scaled.AmountLimit))
        {
            units = 0;
            return false;
        }

        units = long.CreateTruncating(rounded);
        return true;
    }

    private T FromExact(ExactDecimal exact) => Scaled.TryFromExact<T>(exact, Scale, out var value)
        ? value
        : throw new InvalidOperationException("A stored total does not fit the price that counted it.");

    private ImmutableArray<ExactDecimal> Quantities(T[] totals)
    {
        var exact = ImmutableArray.CreateBuilder<ExactDecimal>(totals.Length);
        for (var i = 0; i < totals.Length; i++)
        {
            exact.Add(Scaled.ToExact(totals[i], Rule.Meters[i].Places));
        }

        return exact.MoveToImmutable();
    }
}
