using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Rules.Engine.Model;

namespace Rules.Engine.Replay;

/// <summary>
/// The ladders of all shapes side by side, in steps of four terms, each with at least as many steps as most have: events of any shapes are priced one
/// after the other without a branch that depends on what they are.
/// </summary>
internal sealed class LadderSheet
{
    // A ladder of more steps is priced with as many as it has; the others need not wait for it.
    private const int MostAlike = 4;

    private readonly Row[] _rows;
    private readonly Step[] _steps;

    /// <param name="plans">By the code of the shape.</param>
    public LadderSheet(ReadOnlySpan<ShapePlan> plans)
    {
        var ladders = new List<Step>[plans.Length];
        var alike = 0;
        for (var shape = 0; shape < plans.Length; shape++)
        {
            ladders[shape] = plans[shape].Ladder is { } ladder ? StepsOf(ladder) : [];
            alike = ladders[shape].Count <= MostAlike ? Math.Max(alike, ladders[shape].Count) : alike;
        }

        var all = new List<Step>();
        _rows = new Row[plans.Length];
        for (var shape = 0; shape < plans.Length; shape++)
        {
            if (plans[shape] is { Ladder: { } ladder } plan)
            {
                var first = all.Count;
                all.AddRange(ladders[shape]);
                while (all.Count - first < alike)
                {
                    all.Add(new Step(0, long.MaxValue, default, default));
                }

                _rows[shape] = new Row(
                    ladder.Constant, Scaled.AmountLimit * ladder.Unit, ladder.Unit, ladder.Rounding, first, all.Count - first, plan.Queue, plan.MayBePinned);
            }
        }

        _steps = [.. all];
    }

    /// <param name="Unit">0 where the shape has no ladder.</param>
    private readonly record struct Row(long Constant, long Most, long Unit, RoundingMode Rounding, int First, int Steps, int Queue, bool MayBePinned);

    /// <summary>Four terms of one column, fewer with rates of zero.</summary>
    /// <param name="Last">The largest stored integer that is legal.</param>
    private readonly record struct Step(int Column, long Last, Vector256<long> Ends, Vector256<long> Rates);

    /// <summary>
    /// Prices events that follow each other, up to the first that stands whole, has no ladder, or has a quantity or an amount outside its limits.
    /// </summary>
    /// <param name="charges">Receives what they come to; as many are priced at most, at least one.</param>
    /// <param name="hasOldScopes">Events that a scope of an older version may price are not priced.</param>
    /// <param name="sum">Of the charges.</param>
    /// <param name="isOneQueue">All draw from the same lots in the same order.</param>
    /// <returns>How many are priced.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Price(UsageColumns usage, int index, Span<long> charges, bool hasOldScopes, out long sum, out bool isOneQueue)
    {
        var stride = usage.Stride;
        var shapes = usage.Shape.AsSpan(index, charges.Length);
        var quantities = usage.Quantities.AsSpan(index * stride, charges.Length * stride);
        var queue = shapes[0] < 0 ? -1 : _rows[shapes[0]].Queue;
        var otherQueues = 0;
        sum = 0;
        var i = 0;
        for (; i < shapes.Length && shapes[i] >= 0; i++)
        {
            ref readonly var row = ref _rows[shapes[i]];
            if (row.Unit == 0 || (hasOldScopes && row.MayBePinned))
            {
                break;
            }

            var exact = row.Constant;
            var outside = 0L;
            // PriceTableBuilder has proved that no total of legal quantities leaves Int64.
            unchecked
            {
                if (stride > 0)
                {
                    var own = quantities.Slice(i * stride, stride);
                    var parts = Vector256<long>.Zero;
                    foreach (ref readonly var step in _steps.AsSpan(row.First, row.Steps))
                    {
                        var quantity = own[step.Column];
                        outside |= quantity | (step.Last - quantity);
                        parts += step.Rates * Vector256.Min(Vector256.Create(quantity), step.Ends);
                    }

                    exact += Vector256.Sum(parts);
                }

                outside |= exact | (row.Most - exact);
            }

            if (outside < 0)
            {
                break;
            }

            var charge = Scaled.Round(exact, row.Unit, row.Rounding);
            charges[i] = charge;
            sum += charge;
            otherQueues |= row.Queue ^ queue;
        }

        isOneQueue = otherQueues == 0;
        return i;
    }

    // Every column has a step, since its quantity has a limit whatever it costs.
    private static List<Step> StepsOf(Ladder ladder)
    {
        var steps = new List<Step>();
        for (var column = 0; column < ladder.Limits.Length; column++)
        {
            var terms = ladder.Terms.Where(term => term.Column == column).ToList();
            for (var first = 0; first == 0 || first < terms.Count; first += Vector256<long>.Count)
            {
                var (ends, rates) = (new long[Vector256<long>.Count], new long[Vector256<long>.Count]);
                for (var i = 0; i < ends.Length && first + i < terms.Count; i++)
                {
                    (ends[i], rates[i]) = (terms[first + i].End, terms[first + i].Rate);
                }

                steps.Add(new Step(column, ladder.Limits[column] - 1, Vector256.Create(ends), Vector256.Create(rates)));
            }
        }

        return steps;
    }
}
