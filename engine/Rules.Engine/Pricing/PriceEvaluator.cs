using System.Numerics;
using System.Runtime.CompilerServices;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Pricing;

/// <summary>What one event meets: its own quantities and what its scope has counted before.</summary>
/// <param name="quantities">By the price's meters, each at its meter's places; 0 where not reported.</param>
/// <param name="reported">Bit i is set where meter i was reported.</param>
/// <param name="before">Totals of the scope before the event, in the same order; empty: nothing was counted.</param>
/// <param name="eventsBefore">Number of events the scope counted before.</param>
/// <param name="facts">By <see cref="Fact.Index"/>.</param>
/// <param name="free">Totals of the scope's free events before this one; empty: as <paramref name="before"/>.</param>
internal readonly ref struct Counted<T>(
    ReadOnlySpan<T> quantities,
    ulong reported,
    ReadOnlySpan<T> before,
    long eventsBefore,
    ReadOnlySpan<FactValue> facts,
    ReadOnlySpan<T> free = default)
    where T : struct, IBinaryInteger<T>
{
    public readonly ReadOnlySpan<T> Quantities = quantities;
    public readonly ulong Reported = reported;
    public readonly ReadOnlySpan<T> Before = before;
    public readonly long EventsBefore = eventsBefore;
    public readonly ReadOnlySpan<FactValue> Facts = facts;
    public readonly ReadOnlySpan<T> Free = free;

    /// <summary>True where the event takes back what an earlier one reported.</summary>
    public bool IsCorrection
    {
        get
        {
            foreach (var quantity in Quantities)
            {
                if (T.IsNegative(quantity))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public T TotalBefore(int meter) => Before.IsEmpty ? T.Zero : Before[meter];

    /// <summary>What the scope's free events had counted before this one.</summary>
    public T FreeBefore(int meter) => Free.IsEmpty ? TotalBefore(meter) : Free[meter];

    /// <summary>The same after this one, which is free by its number or not.</summary>
    public T FreeAfter(BodyTable<T> body, int meter, T after) =>
        EventsBefore < body.FreeEvents ? after : FreeBefore(meter);
}

/// <summary>Exact amounts of one event, in units of the price.</summary>
internal readonly record struct ExactAmounts<T>(T Charged, T Listed)
    where T : struct, IBinaryInteger<T>;

/// <summary>The evaluator: one code for the three widths, and for pricing with and without an explanation.</summary>
internal readonly partial struct PriceEvaluator<T>(PriceTable<T> table)
    where T : struct, IBinaryInteger<T>
{
    private readonly PriceTable<T> _table = table;

    private PriceRule Rule => _table.Rule;

    private int Scale => _table.Scale;

    /// <summary>The body that holds: the default, or the one exception that does, then the one nested in it, and so on (language 5.5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Select<TTrace>(ReadOnlySpan<FactValue> facts, FactValue[]? factsForSteps, ActionRule? action, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var chosen = 0;
        for (var i = 1; i < _table.Bodies.Length; i++)
        {
            var body = _table.Bodies[i].Body;
            if (body.Parent != chosen)
            {
                continue;
            }

            var holds = body.When!.Holds(facts);
            if (TTrace.IsOn)
            {
                trace.Add(new ExceptionStep(body, action!, factsForSteps!, holds));
            }

            // At most one sibling can hold, which the binder has proved (PR0602): the first that does is the one.
            if (holds)
            {
                chosen = i;
            }
        }

        return chosen;
    }

    /// <summary>
    /// The exact amounts of one event under one body (language 8.3, steps 1 to 6), and the scope's totals after it.
    /// </summary>
    /// <param name="after">Receives the totals by meter; as long as the price has meters.</param>
    public ExactAmounts<T> Price<TTrace>(int index, in Counted<T> counted, Span<T> after, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var body = _table.Bodies[index];
        Count(body, counted, after, ref trace);
        var charged = T.Zero;
        var listed = T.Zero;
        var isFree = body.HasAllowance && IsCovered(body, counted, after);
        if (body.Body.Rows is { } table && !isFree)
        {
            AddRow(body, table, counted, ref charged, ref listed, ref trace);
        }

        var mirrors = body.CanCorrect && counted.IsCorrection;
        foreach (var line in body.Lines)
        {
            switch (line.Form)
            {
                case LineForm.PlainGraduated:
                    var part = AddPlainGraduated(body, line, counted, after, body.LineScale, ref trace);
                    charged += part.Charged;
                    listed += part.Listed;
                    break;
                case LineForm.Each:
                    if (!isFree)
                    {
                        AddEach(line, mirrors, body.LineScale, ref charged, ref listed, ref trace);
                    }

                    break;
                case LineForm.Graduated:
                    AddGraduated(body, line, counted, after, ref charged, ref listed, body.LineScale, ref trace);
                    break;
                case LineForm.Volume:
                    AddVolume(body, line, counted, after, ref charged, ref listed, body.LineScale, ref trace);
                    break;
                default:
                    AddMatrix(body, line, counted, after, ref charged, ref listed, body.LineScale, ref trace);
                    break;
            }
        }

        if (body.IsPlain)
        {
            return new ExactAmounts<T>(charged, listed);
        }

        return Adjust(body, isFree, charged, listed, ref trace);
    }

    /// <summary>Upper bound of the scope's exact total, then the one rounding (language 8.3, steps 7 and 8).</summary>
    /// <param name="total">Exact total of the scope, this event included.</param>
    /// <returns>Smallest units of the credit that the scope has posted in all.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Posted(int index, T total)
    {
        if (_table.Bodies[index].ScopeMost is { } most && total > most)
        {
            total = most;
        }

        return Scaled.Round(total, _table.Unit, _table.Rounding);
    }

    private void Count<TTrace>(BodyTable<T> body, in Counted<T> counted, Span<T> after, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var quantities = counted.Quantities;
        var before = counted.Before;
        if (body.Floors is null && before.IsEmpty)
        {
            quantities.CopyTo(after);
            return;
        }

        for (var i = 0; i < quantities.Length; i++)
        {
            var quantity = quantities[i];
            if (body.Floors is not null && (counted.Reported & (1UL << i)) != 0)
            {
                var floored = T.Max(T.Abs(quantity), body.Floors[i]) + body.Additions![i];
                floored = T.IsNegative(quantity) ? -floored : floored;
                if (TTrace.IsOn && floored != quantity)
                {
                    trace.Add(new FloorStep(Rule.Meters[i], Exact(i, quantity), Exact(i, floored), FloorOf(body.Body, i).Location));
                }

                quantity = floored;
            }

            after[i] = before.IsEmpty ? quantity : before[i] + quantity;
        }
    }

    private static bool IsCovered(BodyTable<T> body, in Counted<T> counted, ReadOnlySpan<T> after)
    {
        var covered = body.FreeEvents != long.MaxValue;
        if (covered && counted.EventsBefore >= body.FreeEvents)
        {
            return false;
        }

        for (var meter = 0; meter < after.Length; meter++)
        {
            if (body.FreeUnits[meter] == T.Zero || (counted.Reported & (1UL << meter)) == 0)
            {
                continue;
            }

            if (counted.TotalBefore(meter) >= body.FreeUnits[meter])
            {
                return false;
            }

            covered = true;
        }

        if (!covered)
        {
            return false;
        }

        foreach (var line in body.Lines)
        {
            if (line.Meter < 0 || (counted.Reported & (1UL << line.Meter)) == 0)
            {
                continue;
            }

            var total = after[line.Meter];
            if (line.Chargeable(total, counted.FreeAfter(body, line.Meter, total))
                != line.Chargeable(counted.TotalBefore(line.Meter), counted.FreeBefore(line.Meter)))
            {
                return false;
            }
        }

        return true;
    }

    private void AddRow<TTrace>(
        BodyTable<T> body, RowTable table, in Counted<T> counted, ref T charged, ref T listed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var place = table.Find(counted.Facts);
        ref readonly var row = ref body.Rows[place];
        var amount = row.Part(body.CanCorrect && counted.IsCorrection ? -T.One : T.One);
        listed += amount;
        if (!row.IsWaived)
        {
            charged += amount;
        }

        if (TTrace.IsOn)
        {
            trace.Add(new RowStep<T>(Rule, table.Rows[place], amount, body.LineScale));
        }
    }

    private static void AddEach<TTrace>(LineTable<T> line, bool mirrors, int scale, ref T charged, ref T listed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        ref readonly var cost = ref line.Tiers[0];
        var amount = cost.Part(mirrors ? -T.One : T.One);
        listed += amount;
        if (!cost.IsWaived)
        {
            charged += amount;
        }

        if (TTrace.IsOn)
        {
            trace.Add(new EachStep<T>((EachLine)line.Line, amount, scale));
        }
    }

    // Sums in locals: a reference to the caller's would be written in every tier.
    private ExactAmounts<T> AddPlainGraduated<TTrace>(
        BodyTable<T> body, LineTable<T> line, in Counted<T> counted, ReadOnlySpan<T> after, int scale, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var from = counted.Before.IsEmpty ? T.Zero : counted.Before[line.Meter];
        var to = after[line.Meter];
        if (line.HasAllowance || line.Step != T.Zero)
        {
            (from, to) = Convert(body, line, counted, to, ref trace);
        }

        if (!TTrace.IsOn && from == T.Zero && to >= T.Zero && line.Rungs.Length > 0)
        {
            var sum = SumOf(line.Rungs, to);
            return new ExactAmounts<T>(sum, sum);
        }

        var listed = T.Zero;
        var waived = T.Zero;
        var tiers = line.Tiers;
        for (var i = 0; i < tiers.Length; i++)
        {
            ref readonly var tier = ref tiers[i];
            if (to <= tier.Start)
            {
                if (TTrace.IsOn && (counted.Reported & (1UL << line.Meter)) != 0)
                {
                    trace.Add(new NotReachedStep(Rule.Meters[line.Meter], (PerLine)line.Line, i));
                    continue;
                }

                break;
            }

            var units = (to < tier.End ? to : tier.End) - (from > tier.Start ? from : tier.Start);
            if (units <= T.Zero)
            {
                continue;
            }

            var amount = units * tier.Rate;
            listed += amount;
            if (tier.IsWaived)
            {
                waived += amount;
            }

            if (TTrace.IsOn)
            {
                trace.Add(new TierStep<T>(Rule, (PerLine)line.Line, i, units, tier.IsWaived ? T.Zero : amount, scale));
            }
        }

        return new ExactAmounts<T>(listed - waived, listed);
    }

    private static T SumOf((T End, T Rate)[] rungs, T quantity)
    {
        var sum = T.Zero;
        foreach (ref readonly var rung in rungs.AsSpan())
        {
            // A rate may be below zero where a later tier is dearer. What is summed up on the way may leave the width; the sum does not.
            unchecked
            {
                sum += rung.Rate * T.Min(quantity, rung.End);
            }
        }

        return sum;
    }

    private void AddGraduated<TTrace>(
        BodyTable<T> body, LineTable<T> line, in Counted<T> counted, ReadOnlySpan<T> after, ref T charged, ref T listed, int scale, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var (before, total) = Convert(body, line, counted, after[line.Meter], ref trace);
        for (var i = 0; i < line.Tiers.Length; i++)
        {
            ref readonly var tier = ref line.Tiers[i];
            var width = tier.Width(total);
            var widthBefore = tier.Width(before);
            var partBefore = counted.EventsBefore == 0 ? T.Zero : tier.Part(widthBefore);
            var amount = tier.Part(width) - partBefore;
            listed += amount;
            if (!tier.IsWaived)
            {
                charged += amount;
            }

            if (TTrace.IsOn)
            {
                var isListed = width != widthBefore || amount != T.Zero;
                Record(line, i, width - widthBefore, tier.IsWaived ? T.Zero : amount, isListed, scale, (counted.Reported & (1UL << line.Meter)) != 0, ref trace);
            }
        }
    }

    private void AddVolume<TTrace>(
        BodyTable<T> body, LineTable<T> line, in Counted<T> counted, ReadOnlySpan<T> after, ref T charged, ref T listed, int scale, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var hasBefore = !counted.Before.IsEmpty && counted.EventsBefore > 0;
        var (before, total) = Convert(body, line, counted, after[line.Meter], ref trace);
        var reached = TierOf(line, line.TiersBy is { } chooser ? after[chooser] : total);
        ref readonly var tier = ref line.Tiers[reached];
        var amount = tier.Part(total);
        var charge = tier.IsWaived ? T.Zero : amount;
        if (hasBefore)
        {
            ref readonly var old = ref line.Tiers[TierOf(line, line.TiersBy is { } by ? counted.Before[by] : before)];
            var partBefore = old.Part(before);
            amount -= partBefore;
            charge -= old.IsWaived ? T.Zero : partBefore;
        }

        listed += amount;
        charged += charge;
        if (TTrace.IsOn)
        {
            for (var i = 0; i < line.Tiers.Length; i++)
            {
                if (i == reached)
                {
                    Record(line, i, total - before, charge, isListed: total != before || amount != T.Zero || charge != T.Zero, scale, reported: true, ref trace);
                }
                else if (i > reached)
                {
                    trace.Add(new NotReachedStep(Rule.Meters[line.TiersBy ?? line.Meter], (PerLine)line.Line, i));
                }
            }
        }
    }

    private void AddMatrix<TTrace>(
        BodyTable<T> body, LineTable<T> line, in Counted<T> counted, ReadOnlySpan<T> after, ref T charged, ref T listed, int scale, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var per = (PerLine)line.Line;
        var (before, total) = Convert(body, line, counted, after[line.Meter], ref trace);
        var place = per.Matrix!.Find(counted.Facts);
        ref readonly var row = ref line.Tiers[place];
        var amount = row.Part(total - before);
        listed += amount;
        if (!row.IsWaived)
        {
            charged += amount;
        }

        if (TTrace.IsOn && total != before)
        {
            trace.Add(new MatrixStep<T>(Rule, per, per.Matrix.Rows[place], total - before, amount, scale));
        }
    }

    private void Record<TTrace>(LineTable<T> line, int tier, T units, T charged, bool isListed, int scale, bool reported, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (isListed)
        {
            trace.Add(new TierStep<T>(Rule, (PerLine)line.Line, tier, units, charged, scale));
        }
        else if (reported)
        {
            trace.Add(new NotReachedStep(Rule.Meters[line.Meter], (PerLine)line.Line, tier));
        }
    }

    private (T Before, T After) Convert<TTrace>(BodyTable<T> body, LineTable<T> line, in Counted<T> counted, T to, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        var from = counted.TotalBefore(line.Meter);
        var before = line.Chargeable(from, counted.FreeBefore(line.Meter));
        var after = line.Chargeable(to, counted.FreeAfter(body, line.Meter, to));
        if (TTrace.IsOn && (before != from || after != to))
        {
            var per = (PerLine)line.Line;
            trace.Add(new ConversionStep(
                Rule.Meters[per.Meter], per, Exact(per.Meter, to - from), Exact(per.Meter, after - before), line.HasAllowance));
        }

        return (before, after);
    }

    private ExactAmounts<T> Adjust<TTrace>(BodyTable<T> body, bool isFree, T charged, T listed, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        charged *= body.Multiplier;
        listed *= body.Multiplier;
        if (TTrace.IsOn && (body.Body.MarkUp ?? body.Body.Discount) is not null)
        {
            RecordAdjustments(body, charged, ref trace);
        }

        if (!isFree)
        {
            var bounded = Bound(body, charged);
            if (TTrace.IsOn && bounded != charged)
            {
                trace.Add(new BoundStep(
                    BoundOf(body.Body, isMaximum: T.IsNegative(charged) && body.CanCorrect ? bounded > charged : bounded < charged), Scaled.ToExact(charged, Scale), Scaled.ToExact(bounded, Scale)));
            }

            charged = bounded;
            listed = Bound(body, listed);
        }

        return new ExactAmounts<T>(charged, listed);
    }

    private static T Bound(BodyTable<T> body, T amount)
    {
        if (T.IsNegative(amount) && body.CanCorrect)
        {
            return -Bound(body, -amount);
        }

        if (body.EventLeast is { } least && amount < least)
        {
            amount = least;
        }

        return body.EventMost is { } most && amount > most ? most : amount;
    }

    private void RecordAdjustments<TTrace>(BodyTable<T> body, T amount, ref TTrace trace)
        where TTrace : struct, ITrace
    {
        if (body.Body.MarkUp is { } markUp)
        {
            trace.Add(new AdjustmentStep(markUp, IsMarkUp: true, Scaled.ToExact(amount, Scale)));
        }

        if (body.Body.Discount is { } discount)
        {
            trace.Add(new AdjustmentStep(discount, IsMarkUp: false, Scaled.ToExact(amount, Scale)));
        }
    }

    private static PriceBound BoundOf(PriceBody body, bool isMaximum)
    {
        foreach (var bound in body.Bounds)
        {
            if (bound.IsMaximum == isMaximum && bound.Scope.Kind == ScopeKind.Event)
            {
                return bound;
            }
        }

        throw new InvalidOperationException("A bound was applied that the body does not have.");
    }

    private static QuantityFloor FloorOf(PriceBody body, int meter) => body.Floors.First(f => f.Meter == meter);

    // The last tier that begins below the total; "from" of a fractional meter owns its very start.
    private static int TierOf(LineTable<T> line, T total)
    {
        total = T.Abs(total);
        var tiers = line.Tiers;
        for (var i = tiers.Length - 1; i > 0; i--)
        {
            if (tiers[i].Start < total || (tiers[i].IncludesStart && tiers[i].Start == total))
            {
                return i;
            }
        }

        return 0;
    }

    private ExactDecimal Exact(int meter, T quantity) => Scaled.ToExact(quantity, Rule.Meters[meter].Places);
}
