using System.Numerics;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>
/// Scales a price to integers over its common denominator and proves the width they need: with quantities below 10^15 of up to 9 places,
/// rates of the declared places and totals of at most 10^15 smallest units, the largest intermediate is known before any event.
/// </summary>
internal static class PriceTableBuilder
{
    // Two spare bits under the type's own limit: a sum of two proved values never needs a further proof.
    private static readonly BigInteger s_int64 = BigInteger.One << 61;
    private static readonly BigInteger s_int128 = BigInteger.One << 125;

    /// <param name="decimals">Of the credit, or of the currency for <c>sell</c>.</param>
    /// <param name="leastScale">Places of totals that were counted with other figures and are to be added to.</param>
    public static PriceTable Build(PriceRule rule, int decimals, RoundingMode rounding, int leastScale = 0)
    {
        var scale = Math.Max(Math.Max(decimals, leastScale), rule.Bodies.Max(b => LinePlaces(rule, b) + AdjustmentPlaces(b)));
        scale = Math.Max(scale, rule.Bodies.Max(b => b.Bounds.Select(x => Figure(x.Amount).Scale).DefaultIfEmpty(0).Max()));
        var bound = rule.Bodies.Select(b => Bound(rule, b, scale)).Max();
        bound += Scaled.AmountLimit * BigInteger.Pow(10, scale - decimals) * 2;
        return bound < s_int64 ? Build<long>(rule, scale, decimals, rounding)
            : bound < s_int128 ? Build<Int128>(rule, scale, decimals, rounding)
            : Build<BigInteger>(rule, scale, decimals, rounding);
    }

    /// <summary>The same with a stated width, for measuring and for comparing the widths with each other.</summary>
    internal static PriceTable<T> Build<T>(PriceRule rule, int scale, int decimals, RoundingMode rounding)
        where T : struct, IBinaryInteger<T>
    {
        var bodies = new BodyTable<T>[rule.Bodies.Length];
        for (var i = 0; i < bodies.Length; i++)
        {
            bodies[i] = BuildBody<T>(rule, rule.Bodies[i], scale);
        }

        return new PriceTable<T>(rule, bodies, scale, decimals, rounding);
    }

    /// <summary>The quotient where it is a finite decimal, which the binder has made sure of (PR0307).</summary>
    internal static ExactDecimal DivideExactly(ExactDecimal dividend, ExactDecimal divisor)
    {
        var numerator = dividend.Mantissa * BigInteger.Pow(10, divisor.Scale);
        var denominator = divisor.Mantissa * BigInteger.Pow(10, dividend.Scale);
        for (var places = 0; places <= 64; places++)
        {
            var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
            if (remainder.IsZero)
            {
                return new ExactDecimal(quotient, places);
            }

            numerator *= 10;
        }

        throw new InvalidOperationException("A size without an exact share reached the price compiler.");
    }

    private static BodyTable<T> BuildBody<T>(PriceRule rule, PriceBody body, int scale)
        where T : struct, IBinaryInteger<T>
    {
        var lineScale = scale - AdjustmentPlaces(body);
        var hasFloors = !body.Floors.IsEmpty;
        var eventLeast = BoundOf<T>(body, isMaximum: false, ofEvent: true, scale);
        var eventMost = BoundOf<T>(body, isMaximum: true, ofEvent: true, scale);
        return new BodyTable<T>
        {
            Body = body,
            Lines = [.. body.Lines.Select(l => BuildLine<T>(rule, body, l, lineScale))],
            Rows = body.Rows is { } table ? [.. table.Rows.Select(r => CostOf<T>(r.Cost, lineScale))] : [],
            Floors = hasFloors ? ByMeter<T>(rule, body, isAddition: false) : null,
            Additions = hasFloors ? ByMeter<T>(rule, body, isAddition: true) : null,
            Multiplier = Exactly<T>(Multiplier(body), AdjustmentPlaces(body)),
            HasAllowance = !body.Allowances.IsEmpty,
            FreeUnits = FreeUnits<T>(rule, body),
            FreeEvents = FreeEvents(body),
            CanCorrect = body.Corrections == Corrections.Allowed,
            EventLeast = eventLeast,
            EventMost = eventMost,
            ScopeMost = BoundOf<T>(body, isMaximum: true, ofEvent: false, scale),
            ScopeLeast = BoundOf<T>(body, isMaximum: false, ofEvent: false, scale),
            IsPlain = body.MarkUp is null && body.Discount is null && eventLeast is null && eventMost is null,
            LineScale = lineScale,
        };
    }

    private static LineTable<T> BuildLine<T>(PriceRule rule, PriceBody body, PriceLine line, int scale)
        where T : struct, IBinaryInteger<T>
    {
        if (line is EachLine each)
        {
            return new LineTable<T> { Line = line, Form = LineForm.Each, Tiers = [CostOf<T>(each.Cost, scale)] };
        }

        var per = (PerLine)line;
        var places = rule.Meters[per.Meter].Places;
        var limits = per.Ladder.TiersBy is { } chooser ? rule.Meters[chooser].Places : places;
        var free = body.Allowances.FirstOrDefault(a => a.Meter == per.Meter);
        var tiers = per.Matrix is { } matrix
            ? matrix.Rows.Select(r => TierOf<T>(per, ExactDecimal.Zero, null, includesStart: false, r.Cost, places, places, scale)).ToArray()
            : [.. per.Ladder.Tiers.Select(t => TierOf<T>(per, t.Start, t.End, t.IncludesStart, t.Cost, limits, places, scale))];
        var form = FormOf(per, tiers, body.Corrections == Corrections.Allowed);
        return new LineTable<T>
        {
            Line = line,
            Meter = per.Meter,
            Form = form,
            Tiers = tiers,
            Rungs = form == LineForm.PlainGraduated && !Array.Exists(tiers, static tier => tier.IsWaived) ? RungsOf(tiers) : [],
            TiersBy = per.Ladder.TiersBy,
            Step = per.Conversion is { } conversion ? Exactly<T>(conversion.Step, places) : T.Zero,
            StepRounding = per.Conversion?.Rounding ?? ConversionRounding.Up,
            Free = free is null ? T.Zero : Exactly<T>(free.Count, places),
            HasAllowance = free is not null || FreeEvents(body) != long.MaxValue,
        };
    }

    private static (T End, T Rate)[] RungsOf<T>(TierTable<T>[] tiers)
        where T : struct, IBinaryInteger<T>
    {
        var rungs = new (T End, T Rate)[tiers.Length];
        for (var i = 0; i < tiers.Length; i++)
        {
            rungs[i] = (tiers[i].End, tiers[i].Rate - (i < tiers.Length - 1 ? tiers[i + 1].Rate : T.Zero));
        }

        return rungs;
    }

    private static T[] FreeUnits<T>(PriceRule rule, PriceBody body)
        where T : struct, IBinaryInteger<T>
    {
        var units = new T[rule.Meters.Length];
        foreach (var allowance in body.Allowances)
        {
            if (allowance.Meter is { } meter)
            {
                units[meter] = Exactly<T>(allowance.Count, rule.Meters[meter].Places);
            }
        }

        return units;
    }

    private static long FreeEvents(PriceBody body)
    {
        foreach (var allowance in body.Allowances)
        {
            if (allowance.Meter is null)
            {
                return (long)allowance.Count.Mantissa;
            }
        }

        return long.MaxValue;
    }

    // The plain form prices a total that only grows.
    private static LineForm FormOf<T>(PerLine line, TierTable<T>[] tiers, bool canShrink)
        where T : struct, IBinaryInteger<T>
    {
        if (line.Matrix is not null)
        {
            return LineForm.Matrix;
        }

        if (line.Ladder.Kind == LadderKind.Volume && tiers.Length > 1)
        {
            return LineForm.Volume;
        }

        var isPlain = Array.TrueForAll(tiers, t => t.Fee == T.Zero && t.Package == T.Zero && !t.IsCapped);
        return isPlain && !canShrink ? LineForm.PlainGraduated : LineForm.Graduated;
    }

    private static TierTable<T> TierOf<T>(
        PerLine line, ExactDecimal start, ExactDecimal? end, bool includesStart, Cost cost, int limitPlaces, int places, int scale)
        where T : struct, IBinaryInteger<T>
    {
        var package = PackageOf(line, cost);
        return new TierTable<T>
        {
            Start = Exactly<T>(start, limitPlaces),
            End = end is { } last ? Exactly<T>(last, limitPlaces) : T.CreateChecked(4 * BeyondQuantities(limitPlaces)),
            IncludesStart = includesStart,
            Rate = package is null ? Exactly<T>(ShareOf(line, cost), scale - places) : Exactly<T>(RateOf(cost), scale),
            Package = package is { } size ? Exactly<T>(size, places) : T.Zero,
            CompletePackages = cost.PackageSize is null && line.Counting != UnitCounting.StartedPackages,
            Fee = cost.Fee is { } fee ? Exactly<T>(Figure(fee), scale) : T.Zero,
            FeeEvenAtZero = cost.FeeEvenAtZero,
            IsCapped = cost.AtMost is not null,
            Cap = cost.AtMost is { } cap ? Exactly<T>(Figure(cap), scale) : T.Zero,
            IsWaived = cost.IsWaived,
        };
    }

    private static TierTable<T> CostOf<T>(Cost cost, int scale)
        where T : struct, IBinaryInteger<T> => new()
        {
            Start = T.Zero,
            End = T.One,
            Rate = Exactly<T>(RateOf(cost), scale),
            Fee = cost.Fee is { } fee ? Exactly<T>(Figure(fee), scale) : T.Zero,
            IsCapped = cost.AtMost is not null,
            Cap = cost.AtMost is { } cap ? Exactly<T>(Figure(cap), scale) : T.Zero,
            IsWaived = cost.IsWaived,
        };

    private static int LinePlaces(PriceRule rule, PriceBody body)
    {
        var places = 0;
        foreach (var line in body.Lines)
        {
            if (line is EachLine each)
            {
                places = Math.Max(places, CostPlaces(each.Cost));
                continue;
            }

            var per = (PerLine)line;
            foreach (var cost in Costs(per))
            {
                places = Math.Max(places, CostPlaces(cost));
                if (PackageOf(per, cost) is null)
                {
                    places = Math.Max(places, ShareOf(per, cost).Scale + rule.Meters[per.Meter].Places);
                }
            }
        }

        return body.Rows is { } table ? Math.Max(places, table.Rows.Max(r => CostPlaces(r.Cost))) : places;
    }

    /// <summary>The largest magnitude that evaluating the body can meet, in units of the price.</summary>
    private static BigInteger Bound(PriceRule rule, PriceBody body, int scale)
    {
        var lineScale = scale - AdjustmentPlaces(body);
        var sum = BigInteger.Zero;
        var quantities = BigInteger.One;
        foreach (var line in body.Lines)
        {
            if (line is EachLine each)
            {
                sum += AtScale(RateOf(each.Cost), lineScale) + FeeAt(each.Cost, lineScale);
                continue;
            }

            var per = (PerLine)line;
            var places = rule.Meters[per.Meter].Places;
            var quantity = BeyondQuantities(places);
            quantities = BigInteger.Max(quantities, 4 * quantity);
            if (per.Ladder.TiersBy is { } chooser)
            {
                quantities = BigInteger.Max(quantities, 4 * BeyondQuantities(rule.Meters[chooser].Places));
            }

            var steepest = BigInteger.Zero;
            foreach (var cost in Costs(per))
            {
                var largest = PackageOf(per, cost) is { } size
                    ? ((quantity / BigInteger.Max(1, AtScale(size, places))) + 1) * AtScale(RateOf(cost), lineScale)
                    : quantity * AtScale(ShareOf(per, cost), lineScale - places);
                steepest = BigInteger.Max(steepest, largest);
                sum += FeeAt(cost, lineScale);
            }

            sum += steepest;
        }

        if (body.Rows is { } table)
        {
            sum += table.Rows.Max(r => AtScale(RateOf(r.Cost), lineScale) + FeeAt(r.Cost, lineScale));
        }

        // Totals before and after an event, each below the bound of one legal total.
        sum = 2 * sum * BigInteger.Max(1, AtScale(Multiplier(body), AdjustmentPlaces(body)));
        foreach (var bound in body.Bounds)
        {
            sum += AtScale(Figure(bound.Amount), scale);
        }

        return BigInteger.Max(sum, quantities);
    }

    private static IEnumerable<Cost> Costs(PerLine line) =>
        line.Matrix is { } matrix ? matrix.Rows.Select(r => r.Cost) : line.Ladder.Tiers.Select(t => t.Cost);

    private static ExactDecimal? PackageOf(PerLine line, Cost cost) =>
        cost.PackageSize ?? (line.Counting == UnitCounting.Exact && !CountsWholeShares(line) ? null : line.Size);

    // The binder has made sure that every part of such a total is a whole number of shares (PR0307), so counting them is exact.
    private static bool CountsWholeShares(PerLine line) => line.Conversion is not null && !line.Size.HasFiniteReciprocal;

    private static ExactDecimal ShareOf(PerLine line, Cost cost) =>
        line.Size == ExactDecimal.One ? RateOf(cost) : DivideExactly(RateOf(cost), line.Size);

    private static ExactDecimal RateOf(Cost cost) => cost.Rate is { } rate ? Figure(rate) : ExactDecimal.Zero;

    private static BigInteger FeeAt(Cost cost, int scale) =>
        (cost.Fee is { } fee ? AtScale(Figure(fee), scale) : 0) + (cost.AtMost is { } cap ? AtScale(Figure(cap), scale) : 0);

    private static int CostPlaces(Cost cost) => Math.Max(
        cost.Rate is null ? 0 : RateOf(cost).Scale,
        Math.Max(cost.Fee is { } fee ? Figure(fee).Scale : 0, cost.AtMost is { } cap ? Figure(cap).Scale : 0));

    private static ExactDecimal Multiplier(PriceBody body)
    {
        var up = body.MarkUp is { } markUp ? ExactDecimal.One + (Figure(markUp.Percent) * Percent) : ExactDecimal.One;
        var down = body.Discount is { } discount ? ExactDecimal.One - (Figure(discount.Percent) * Percent) : ExactDecimal.One;
        return up * down;
    }

    private static ExactDecimal Percent { get; } = new(Int128.One, 2);

    private static int AdjustmentPlaces(PriceBody body) => Multiplier(body).Scale;

    private static T? BoundOf<T>(PriceBody body, bool isMaximum, bool ofEvent, int scale)
        where T : struct, IBinaryInteger<T>
    {
        foreach (var bound in body.Bounds)
        {
            if (bound.IsMaximum == isMaximum && bound.Scope.Kind == ScopeKind.Event == ofEvent)
            {
                return Exactly<T>(Figure(bound.Amount), scale);
            }
        }

        return null;
    }

    private static T[] ByMeter<T>(PriceRule rule, PriceBody body, bool isAddition)
        where T : struct, IBinaryInteger<T>
    {
        var values = new T[rule.Meters.Length];
        foreach (var floor in body.Floors)
        {
            if (floor.IsAddition == isAddition)
            {
                values[floor.Meter] = Exactly<T>(floor.Quantity, rule.Meters[floor.Meter].Places);
            }
        }

        return values;
    }

    private static ExactDecimal Figure(Amount amount) =>
        amount.Fixed ?? throw new InvalidOperationException("A figure that depends on a term reached the price compiler.");

    private static BigInteger BeyondQuantities(int places) => Scaled.QuantityLimit * BigInteger.Pow(10, places);

    private static BigInteger AtScale(ExactDecimal value, int scale) => value.Scale <= scale
        ? BigInteger.Abs(value.Mantissa) * BigInteger.Pow(10, scale - value.Scale)
        : (BigInteger.Abs(value.Mantissa) / BigInteger.Pow(10, value.Scale - scale)) + 1;

    private static T Exactly<T>(ExactDecimal value, int scale)
        where T : struct, IBinaryInteger<T> => Scaled.TryFromExact<T>(value, scale, out var scaled)
            ? scaled
            : throw new InvalidOperationException("A figure does not fit the width that was proved for it.");
}
