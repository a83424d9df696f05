using System.Collections.Immutable;
using System.Numerics;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Comparison;

/// <summary>Quantities for which one price is above (1), equal to (0) or below (-1) another. Ends as people count: a whole meter from 1 on.</summary>
/// <param name="To">Null: without end.</param>
internal readonly record struct QuantityRange(Fraction From, bool IncludesFrom, Fraction? To, bool IncludesTo, int Sign);

/// <summary>A ladder as the function from a quantity to what it costs: straight between its limits.</summary>
internal sealed class LadderCurve(PerLine line)
{
    private readonly Fraction _size = line.Size;

    /// <summary>True where the cost is straight between limits and depends on nothing but the counted quantity.</summary>
    public static bool Fits(PerLine line) =>
        line is { Counting: UnitCounting.Exact, Conversion: null, Matrix: null, Ladder: { TiersBy: null, RepricesEarlierUnits: false } }
        && line.Ladder.Tiers.All(static t => t.Cost is { PackageSize: null, FeeEvenAtZero: false }
            && IsFixed(t.Cost.Rate) && IsFixed(t.Cost.Fee) && IsFixed(t.Cost.AtMost));

    /// <summary>The cost of so many units that are counted together (language, 8.3, step 4).</summary>
    public Fraction At(Fraction quantity)
    {
        var tiers = line.Ladder.Tiers;
        if (line.Ladder.Kind == LadderKind.Volume)
        {
            var reached = tiers[0];
            foreach (var tier in tiers)
            {
                var order = quantity.CompareTo(tier.Start);
                reached = order > 0 || (order == 0 && tier.IncludesStart) ? tier : reached;
            }

            return Part(reached.Cost, quantity);
        }

        var sum = Fraction.Zero;
        foreach (var tier in tiers)
        {
            var width = (tier.End is { } end ? Fraction.Min(quantity, end) : quantity) - tier.Start;
            if (width.Sign > 0)
            {
                sum += Part(tier.Cost, width);
            }
        }

        return sum;
    }

    /// <summary>The signs of the difference to an older curve over all quantities above zero, ascending, neighbours never alike.</summary>
    public ImmutableArray<QuantityRange> Against(LadderCurve older, bool isWhole)
    {
        var limits = Limits().Concat(older.Limits()).Where(static l => l.Sign > 0).Append(Fraction.Zero).Distinct().Order().ToList();
        var pieces = new List<QuantityRange>();
        for (var i = 0; i < limits.Count; i++)
        {
            var from = limits[i];
            Fraction? to = i + 1 < limits.Count ? limits[i + 1] : null;
            if (from.Sign > 0)
            {
                pieces.Add(new QuantityRange(from, true, from, true, Difference(older, from).Sign));
            }

            // Two points inside fix the straight line.
            var step = to is { } next ? (next - from) / 3 : 1;
            var (first, second) = (from + step, from + step + step);
            var (low, high) = (Difference(older, first), Difference(older, second));
            var slope = (high - low) / step;
            var root = slope.Sign == 0 ? from : first - (low / slope);
            if (slope.Sign != 0 && root.CompareTo(from) > 0 && (to is null || root.CompareTo(to.Value) < 0))
            {
                pieces.Add(new QuantityRange(from, false, root, false, -slope.Sign));
                pieces.Add(new QuantityRange(root, true, root, true, 0));
                pieces.Add(new QuantityRange(root, false, to, false, slope.Sign));
            }
            else
            {
                pieces.Add(new QuantityRange(from, false, to, false, low.Sign != 0 ? low.Sign : high.Sign));
            }
        }

        return Merge(isWhole ? [.. pieces.Select(Whole).OfType<QuantityRange>()] : pieces);
    }

    /// <summary>True where some unit costs more than before although no total does, or the other way round.</summary>
    public bool AnyUnitAgainst(LadderCurve older, int sign)
    {
        var limits = Limits().Concat(older.Limits()).Append(Fraction.Zero).Distinct().Order().ToList();
        for (var i = 0; i < limits.Count; i++)
        {
            var step = i + 1 < limits.Count ? (limits[i + 1] - limits[i]) / 3 : 1;
            var slope = Difference(older, limits[i] + step + step) - Difference(older, limits[i] + step);
            if (slope.Sign == -sign)
            {
                return true;
            }
        }

        return false;
    }

    private Fraction Difference(LadderCurve older, Fraction quantity) => At(quantity) - older.At(quantity);

    private Fraction Part(Cost cost, Fraction width)
    {
        if (cost.IsWaived)
        {
            return Fraction.Zero;
        }

        var part = (Figure(cost.Rate) / _size * width) + Figure(cost.Fee);
        return cost.AtMost?.Fixed is { } most ? Fraction.Min(part, most) : part;
    }

    // Where a tier begins, and where its cap is reached.
    private IEnumerable<Fraction> Limits()
    {
        foreach (var tier in line.Ladder.Tiers)
        {
            yield return tier.Start;
            var rate = Figure(tier.Cost.Rate) / _size;
            if (tier.Cost.AtMost?.Fixed is { } most && rate.Sign > 0)
            {
                var width = (most - Figure(tier.Cost.Fee)) / rate;
                yield return line.Ladder.Kind == LadderKind.Volume ? width : width + tier.Start;
            }
        }
    }

    private static Fraction Figure(Amount? amount) => amount?.Fixed is { } figure ? figure : Fraction.Zero;

    private static bool IsFixed(Amount? amount) => amount is null || amount.Fixed is not null;

    // The whole quantities of a range, both ends included; null where there are none.
    private static QuantityRange? Whole(QuantityRange range)
    {
        var from = range.IncludesFrom ? range.From.Ceiling() : range.From.Floor() + 1;
        BigInteger? to = range.To is not { } end ? null : range.IncludesTo ? end.Floor() : end.Ceiling() - 1;
        return to < from
            ? null
            : range with { From = new ExactDecimal(from), IncludesFrom = true, To = to is { } last ? new ExactDecimal(last) : null, IncludesTo = to is not null };
    }

    private static ImmutableArray<QuantityRange> Merge(IReadOnlyList<QuantityRange> pieces)
    {
        var merged = ImmutableArray.CreateBuilder<QuantityRange>();
        foreach (var piece in pieces)
        {
            if (merged.Count > 0 && merged[^1].Sign == piece.Sign)
            {
                merged[^1] = merged[^1] with { To = piece.To, IncludesTo = piece.IncludesTo };
            }
            else
            {
                merged.Add(piece);
            }
        }

        return merged.ToImmutable();
    }
}
