using System.Numerics;
using Rules.Dsl.Binding;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>What one line of a price charges, in words with exact figures.</summary>
internal static class LineCharge
{
    /// <summary>The line and what it charges; null where the line is no line of a price, or one with mistakes.</summary>
    public static (TextLocation Line, string Text)? Describe(Compilation compilation, int position)
    {
        foreach (var price in compilation.Ruleset.Prices)
        {
            if (Describe(compilation, price.Body, price.Action.Name, price.By, position) is { } found)
            {
                return found;
            }
        }

        foreach (var sell in compilation.Ruleset.Sells)
        {
            if (Describe(compilation, sell.Body, "purchase", [], position) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static (TextLocation, string)? Describe(
        Compilation compilation, BoundPriceBody body, string action, IReadOnlyList<FactSymbol> by, int position)
    {
        foreach (var row in body.Rows.Where(r => Covers(compilation, r.Location, position)))
        {
            return With(row.Location, $"each {action}{Where(by, row)}: {Cost(row.Cost, "")}");
        }

        foreach (var component in body.Components)
        {
            if (component is BoundEachComponent each && Covers(compilation, each.Location, position))
            {
                return With(each.Location, $"each {action}: {Cost(each.Cost, "")}");
            }

            if (component is BoundPerComponent per && Describe(compilation, per, position) is { } found)
            {
                return found;
            }
        }

        foreach (var free in body.Allowances.Where(a => Covers(compilation, a.Location, position)))
        {
            return With(free.Location, $"the first {Quantity(free.Count, free.Unit, action)}{Within(free.Scope)} cost nothing");
        }

        foreach (var floor in body.Floors.Where(f => Covers(compilation, f.Location, position)))
        {
            var quantity = Quantity(floor.Quantity, floor.Unit, "");
            return With(floor.Location, floor.Kind == FloorKind.AtLeast ? $"each {action} counts as at least {quantity}" : $"each {action} counts {quantity} more");
        }

        foreach (var change in body.Adjustments.Where(a => Covers(compilation, a.Location, position)))
        {
            return With(change.Location, $"the whole price is {(change.Kind == AdjustmentKind.MarkUp ? "raised" : "lowered")} by {Figure(change.Percent)}");
        }

        foreach (var limit in body.Limits.Where(l => Covers(compilation, l.Location, position)))
        {
            return With(
                limit.Location,
                (limit.Scope is null ? $"each {action} costs" : $"all of it{Within(limit.Scope)} costs") + (limit.Kind == LimitKind.AtLeast ? " at least " : " at most ") + Figure(limit.Amount));
        }

        foreach (var exception in body.Exceptions)
        {
            if (Describe(compilation, exception.Body, action, by, position) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static (TextLocation, string)? Describe(Compilation compilation, BoundPerComponent per, int position)
    {
        if (per.Unit.Unit.IsError)
        {
            return null;
        }

        foreach (var row in per.Matrix?.Rows.Where(r => Covers(compilation, r.Location, position)) ?? [])
        {
            return With(row.Location, $"{One(per)}{Where(per.Matrix!.By, row)}: {Cost(row.Cost, "")}");
        }

        if (per.Ladder is { } ladder)
        {
            for (var i = 0; i < ladder.Tiers.Length; i++)
            {
                if (Covers(compilation, ladder.Tiers[i].Location, position))
                {
                    return With(ladder.Tiers[i].Location, Tier(per, ladder, i));
                }
            }
        }

        if (!Covers(compilation, per.Location, position))
        {
            return null;
        }

        var scope = Within(per.Scope);
        return per.Cost is { } cost
            ? With(per.Location, $"{One(per)}: {Cost(cost, "")}{Sum(per, cost, 1000)}{(scope.Length > 0 ? "; counted" + scope : "")}")
            : per.Ladder is { } tiers ? With(per.Location, Ladder(per, tiers) + scope)
            : With(per.Location, $"{One(per)} at the price of its row");
    }

    private static string Ladder(BoundPerComponent per, BoundLadder ladder) => (ladder.Kind == LadderKind.Graduated
        ? $"each of the {Plural(per.Unit.Unit)} is priced in the tier it falls in"
        : $"all {Plural(per.Unit.Unit)} are priced in the tier that the total reaches") + $", {ladder.Tiers.Length} in all";

    private static string Tier(BoundPerComponent per, BoundLadder ladder, int index)
    {
        var tier = ladder.Tiers[index];
        var unit = per.Unit.Unit;
        var isWhole = unit is MeterSymbol { IsWhole: true };
        var first = isWhole ? tier.Start + 1 : tier.Start;
        var range = (tier.End, isWhole) switch
        {
            ({ } end, true) => end == first ? Quantity(end, unit, "") : $"{first.ToGroupedString()} to {Quantity(end, unit, "")}",
            ({ } end, false) => index == 0 ? $"up to {Quantity(end, unit, "")}" : $"over {tier.Start.ToGroupedString()} up to {Quantity(end, unit, "")}",
            _ => index == 0 ? $"all {Plural(unit)}" : $"over {Quantity(tier.Start, unit, "")}",
        };
        var price = Cost(tier.Cost, per.Unit is { Size: var size } && size == 1 && per.Unit.Counting == UnitCounting.Exact ? " each" : " " + PerSize(per));
        var at = tier.End ?? (tier.Start.IsZero ? 1000 : tier.Start * 2);
        return $"{range}: {price}{Total(per, ladder, at)}";
    }

    // Only where the line alone decides: no conversion, no packages on the line, no tier chosen by another meter, no limit
    // at which the next tier begins already.
    private static string Total(BoundPerComponent per, BoundLadder ladder, ExactDecimal at)
    {
        if (per.Conversion is not null || per.Unit.Counting != UnitCounting.Exact || ladder.TiersBy is not null
            || (ladder.Kind == LadderKind.Volume && ladder.Tiers.Any(static t => t.IncludesStart)))
        {
            return "";
        }

        var sum = ExactDecimal.Zero;
        BoundAmount? like = null;
        for (var i = 0; i < ladder.Tiers.Length; i++)
        {
            var tier = ladder.Tiers[i];
            var isLast = i == ladder.Tiers.Length - 1 || tier.End >= at;
            var units = ladder.Kind == LadderKind.Volume ? at : (isLast ? at : tier.End!.Value) - tier.Start;
            if (ladder.Kind == LadderKind.Graduated || isLast)
            {
                if (Part(per, tier.Cost, units) is not { } part)
                {
                    return "";
                }

                sum += part;
                like ??= tier.Cost.Rate ?? tier.Cost.Fee?.Amount;
            }

            if (isLast)
            {
                break;
            }
        }

        return like is null ? "" : $"; {Quantity(at, per.Unit.Unit, "")} cost {Binder.WriteFigure(sum, like)} in all";
    }

    private static string Sum(BoundPerComponent per, BoundCost cost, ExactDecimal at) =>
        per.Conversion is null && per.Unit.Counting == UnitCounting.Exact && Part(per, cost, at) is { } sum && (cost.Rate ?? cost.Fee?.Amount) is { } like
            ? $"; {Quantity(at, per.Unit.Unit, "")} cost {Binder.WriteFigure(sum, like)}"
            : "";

    // The price of a part, as in language section 8.3 step 4; null where a figure is agreed per account or has no end.
    private static ExactDecimal? Part(BoundPerComponent per, BoundCost cost, ExactDecimal units)
    {
        if (cost.IsWaived)
        {
            return ExactDecimal.Zero;
        }

        var sum = ExactDecimal.Zero;
        if (cost.Rate is { } rate)
        {
            if (!Binder.TryConstant(rate, out var figure)
                || (cost.PackageSize is { } package ? Started(units, package) : Share(units, per.Unit.Size)) is not { } packs)
            {
                return null;
            }

            sum = figure * packs;
        }

        if (cost.Fee is { } fee)
        {
            if (!Binder.TryConstant(fee.Amount, out var flat))
            {
                return null;
            }

            sum += flat;
        }

        return cost.AtMost is not { } most ? sum : Binder.TryConstant(most, out var limit) ? ExactDecimal.Min(sum, limit) : null;
    }

    private static ExactDecimal? Started(ExactDecimal units, ExactDecimal size)
    {
        if (size.Sign <= 0)
        {
            return null;
        }

        var (whole, part) = Fraction(units, size);
        return new ExactDecimal(BigInteger.DivRem(whole, part, out var remainder) + (remainder.IsZero ? 0 : 1));
    }

    private static ExactDecimal? Share(ExactDecimal units, ExactDecimal size)
    {
        if (size.Sign <= 0)
        {
            return null;
        }

        const int Scale = 40;
        var (whole, part) = Fraction(units, size);
        var quotient = BigInteger.DivRem(whole * BigInteger.Pow(10, Scale), part, out var remainder);
        return remainder.IsZero ? new ExactDecimal(quotient, Scale) : null;
    }

    private static (BigInteger Whole, BigInteger Part) Fraction(ExactDecimal units, ExactDecimal size)
    {
        var scale = Math.Max(units.Scale, size.Scale);
        return (units.Mantissa * BigInteger.Pow(10, scale - units.Scale), size.Mantissa * BigInteger.Pow(10, scale - size.Scale));
    }

    private static bool Covers(Compilation compilation, TextLocation location, int position) =>
        ReferenceEquals(location.Source, compilation.Tree.Text) && location.Span.Start <= position && position <= location.Span.End;

    private static (TextLocation, string)? With(TextLocation line, string text) => (line, char.ToUpperInvariant(text[0]) + text[1..] + ".");

    private static string Cost(BoundCost cost, string each)
    {
        var parts = new List<string>();
        if (cost.Rate is { } rate)
        {
            parts.Add(Figure(rate) + (cost.PackageSize is { } size ? $" per started package of {size.ToGroupedString()}" : each));
        }

        if (cost.Fee is { } fee)
        {
            parts.Add(Figure(fee.Amount) + " flat" + (fee.EvenAtZero ? " even at zero" : ""));
        }

        return string.Join(" and ", parts)
            + (cost.AtMost is { } most ? ", at most " + Figure(most) : "")
            + (cost.IsWaived ? ", waived: charged nothing" : "");
    }

    private static string Figure(BoundAmount amount)
    {
        if (amount.Kind == AmountKind.Percent)
        {
            return Binder.Write(amount);
        }

        var isPlain = amount is BoundLiteralAmount;
        return Binder.TryConstant(amount, out var value)
            ? Binder.WriteFigure(value, amount) + (isPlain ? "" : $" ({amount.Location.Text})")
            : Binder.Write(amount);
    }

    private static string One(BoundPerComponent per) => per.Unit.Size == 1 && per.Unit.Counting == UnitCounting.Exact
        ? "each " + Name(per.Unit.Unit)
        : PerSize(per);

    private static string PerSize(BoundPerComponent per) => per.Unit.Counting switch
    {
        UnitCounting.StartedPackages => $"per started package of {Quantity(per.Unit.Size, per.Unit.Unit, "")}",
        UnitCounting.CompletePackages => $"per complete package of {Quantity(per.Unit.Size, per.Unit.Unit, "")}",
        _ => $"per {Quantity(per.Unit.Size, per.Unit.Unit, "")}",
    };

    private static string Where(IReadOnlyList<FactSymbol> by, BoundRow row) => row.IsOtherwise
        ? " with any other " + string.Join(" and ", by)
        : " with " + string.Join(" and ", row.Values.Select((v, i) => $"{(i < by.Count ? by[i].Name + " " : "")}{v}"));

    private static string Within(BoundScope? scope) => scope is null ? "" : scope.Kind switch
    {
        ScopeKind.Event => "",
        ScopeKind.Key => " within each " + scope.Key,
        _ => " within each " + scope.Kind.ToString().ToLowerInvariant(),
    };

    private static string Quantity(ExactDecimal count, UnitSymbol? unit, string events) =>
        count.ToGroupedString() + " " + (unit is null ? events : count == 1 ? Name(unit) : Plural(unit));

    private static string Name(UnitSymbol unit) => unit is CreditSymbol ? "credit" : unit.Name;

    private static string Plural(UnitSymbol unit) => unit switch
    {
        CreditSymbol => "credits",
        MeterSymbol meter => meter.Plural,
        _ => unit.Name,
    };
}
