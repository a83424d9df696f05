using System.Collections.Immutable;
using System.Numerics;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    private BoundLadder BindLadder(PerComponentSyntax line, LadderSyntax syntax, BoundCountedUnit unit, BoundScope? scope, PriceContext context)
    {
        var kind = syntax.ModeKeyword.Kind == SyntaxKind.VolumeKeyword ? LadderKind.Volume : LadderKind.Graduated;
        BoundAmount? listPrice = null;
        UnitSymbol? tiersBy = null;
        var repricing = false;
        foreach (var option in syntax.Options)
        {
            switch (option)
            {
                case ListPriceOptionSyntax list:
                    listPrice = RequirePriced(BindAmount(list.Amount), context, unit.Unit);
                    break;
                case RepricingOptionSyntax again:
                    repricing = true;
                    if (kind == LadderKind.Graduated)
                    {
                        Report(DiagnosticDescriptors.GraduatedReprices, again.Phrase.Location);
                    }

                    break;
                case TiersByOptionSyntax by:
                    tiersBy = BindMeasured(by.Meter, context);
                    if (kind == LadderKind.Graduated)
                    {
                        Report(DiagnosticDescriptors.GraduatedTiersBy, by.TiersBy.Location);
                    }

                    break;
            }
        }

        if (context.Action is { IsError: false } action && !line.HasError)
        {
            CheckScope(syntax, kind, scope, repricing, action);
        }

        var ladder = new BoundLadder(syntax.Location, kind, BindTiers(line, tiersBy ?? unit.Unit, unit.Unit, listPrice, context))
        {
            ListPrice = listPrice,
            TiersBy = tiersBy,
            RepricesEarlierUnits = repricing,
        };
        CheckTiers(ladder, unit);
        if (scope is null || repricing)
        {
            ReportDearerQuantities(ladder, unit);
        }

        return ladder;
    }

    private void CheckScope(LadderSyntax syntax, LadderKind kind, BoundScope? scope, bool repricing, ActionSymbol action)
    {
        if (kind == LadderKind.Graduated && scope is null)
        {
            var mode = syntax.ModeKeyword;
            var scopes = action.Key is { } key ? new[] { key.Name, "cycle" } : ["cycle"];
            var fixes = scopes.Select(s => new DiagnosticFix($"add \"within each {s}\"", new TextSpan(mode.Span.End, 0), $" within each {s}"));
            Report(
                DiagnosticDescriptors.LadderWithoutScope, mode.Location, [.. fixes],
                string.Join(" or ", scopes.Select(static s => $"\"graduated within each {s}\"")));
        }
        else if (kind == LadderKind.Volume && scope is { Kind: not ScopeKind.Event } && !repricing)
        {
            Report(
                DiagnosticDescriptors.VolumeAccumulates, scope.Location,
                [new DiagnosticFix("write \"graduated\"", syntax.ModeKeyword.Span, "graduated")],
                scope.Location.Text);
        }
    }

    private ImmutableArray<BoundTier> BindTiers(
        PerComponentSyntax line, UnitSymbol limits, UnitSymbol priced, BoundAmount? listPrice, PriceContext context)
    {
        var lines = Lines(line).OfType<TierLineSyntax>().ToList();
        var costs = new List<BoundCost>(lines.Count);
        foreach (var tier in lines)
        {
            costs.Add(BindCost(tier.Cost, context, priced, listPrice ?? (costs.Count > 0 ? costs[0].Rate : null), isTier: true));
        }

        if ((listPrice ?? costs.FirstOrDefault()?.Rate) is { } list && lines is not [{ HasError: true }, ..])
        {
            CheckClaims(lines, costs, list);
        }

        // A ladder with an unreadable tier has gaps that are no mistake of their own.
        if (BlockHasError(line) || limits.IsError || lines.Count == 0 || !TryBounds(lines, limits, out var bounds))
        {
            return [];
        }

        ReportRisingRates(costs);
        var tiers = ImmutableArray.CreateBuilder<BoundTier>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var (start, includesStart) = bounds[i];
            tiers.Add(new BoundTier(LineLocation(lines[i]), start, includesStart, i + 1 < lines.Count ? bounds[i + 1].Start : null, costs[i])
            {
                Remarks = BindRemarks(lines[i]),
            });
        }

        return tiers.ToImmutable();
    }

    /// <summary>PR0704: the last quantities of a volume tier that cost more than the first of the next. Told in whole units.</summary>
    private void ReportDearerQuantities(BoundLadder ladder, BoundCountedUnit unit)
    {
        if (ladder is not { Kind: LadderKind.Volume, TiersBy: null } || unit is not { Counting: UnitCounting.Exact, Unit: MeterSymbol { IsWhole: true } or CreditSymbol }
            || unit.Size != 1)
        {
            return;
        }

        for (var i = 1; i < ladder.Tiers.Length; i++)
        {
            var (below, tier) = (ladder.Tiers[i - 1], ladder.Tiers[i]);
            if (!TryLine(below.Cost, out var belowRate, out var belowFee) || !TryLine(tier.Cost, out var rate, out var fee)
                || belowRate.Sign <= 0 || !tier.Start.IsWhole || !below.Start.IsWhole)
            {
                continue;
            }

            var start = tier.IncludesStart ? tier.Start : tier.Start + 1;
            var last = start - 1;
            var price = (start * rate) + fee;
            if ((last * belowRate) + belowFee <= price)
            {
                continue;
            }

            var first = ExactDecimal.Max(below.IncludesStart ? below.Start : below.Start + 1, WholeQuotient(ExactDecimal.Max(price - belowFee, 0), belowRate) + 1);
            if (first > last)
            {
                continue;
            }

            Report(
                DiagnosticDescriptors.MoreCostsLess, tier.Location,
                first == last ? $"{last.ToGroupedString()} costs" : $"{first.ToGroupedString()} to {last.ToGroupedString()} cost",
                start.ToGroupedString(), last.ToGroupedString(), WriteFigure((last * belowRate) + belowFee, below.Cost.Rate!), WriteFigure(price, below.Cost.Rate!));
        }
    }

    private static bool TryLine(BoundCost cost, out ExactDecimal rate, out ExactDecimal fee)
    {
        fee = default;
        rate = default;
        return cost is { PackageSize: null, AtMost: null, IsWaived: false } && cost.Rate is { Kind: AmountKind.Credits or AmountKind.Money }
            && TryConstant(cost.Rate, out rate) && (cost.Fee is null || TryConstant(cost.Fee.Amount, out fee));
    }

    // Rounded down; the divisor is above zero.
    private static ExactDecimal WholeQuotient(ExactDecimal dividend, ExactDecimal divisor)
    {
        var scale = Math.Max(dividend.Scale, divisor.Scale);
        var whole = dividend.Mantissa * BigInteger.Pow(10, scale - dividend.Scale) / (divisor.Mantissa * BigInteger.Pow(10, scale - divisor.Scale));
        return new ExactDecimal(whole);
    }

    private void ReportRisingRates(List<BoundCost> costs)
    {
        for (var i = 1; i < costs.Count; i++)
        {
            if (costs[i - 1].PackageSize == costs[i].PackageSize && TryConstant(costs[i - 1].Rate, out var before) && TryConstant(costs[i].Rate, out var here) && here > before)
            {
                Report(DiagnosticDescriptors.RateRises, costs[i].Location, before.ToGroupedString(), here.ToGroupedString());
            }
        }
    }

    /// <summary>Where each tier starts, exclusive unless said; false where the ladder is not whole, which is then reported.</summary>
    private bool TryBounds(List<TierLineSyntax> lines, UnitSymbol unit, out List<(ExactDecimal Start, bool Includes)> bounds)
    {
        bounds = [];
        var spelling = SpellingOf(lines[0].Bound);
        foreach (var line in lines)
        {
            if (SpellingOf(line.Bound) != spelling)
            {
                Report(
                    DiagnosticDescriptors.TierSpellingsMixed, line.Bound.Location,
                    Example(SpellingOf(line.Bound)), Example(spelling));
                return false;
            }

            if (IsWhole(unit) && FiguresOf(line.Bound).FirstOrDefault(static f => !f.NumberValue.IsWhole) is { } fraction)
            {
                Report(DiagnosticDescriptors.NotWhole, fraction.Location, fraction.Text, Plural(unit));
                return false;
            }
        }

        return spelling switch
        {
            TierSpelling.Starts => TryStarts(lines, bounds),
            TierSpelling.From => TryFrom(lines, unit, bounds),
            TierSpelling.Widths => TryWidths(lines, bounds),
            _ => TryRanges(lines, unit, bounds),
        };
    }

    private bool TryStarts(List<TierLineSyntax> lines, List<(ExactDecimal Start, bool Includes)> bounds)
    {
        foreach (var line in lines)
        {
            var start = line.Bound is OverBoundSyntax over ? over.Number.NumberValue : ExactDecimal.Zero;
            if (bounds.Count == 0 && !start.IsZero)
            {
                Report(DiagnosticDescriptors.TierFirstStart, line.Bound.Location, start.ToGroupedString(), "base");
                return false;
            }

            if (bounds.Count > 0 && !IsAscending(line.Bound, bounds[^1].Start, start, start))
            {
                return false;
            }

            bounds.Add((start, false));
        }

        return true;
    }

    private bool TryFrom(List<TierLineSyntax> lines, UnitSymbol unit, List<(ExactDecimal Start, bool Includes)> bounds)
    {
        var isWhole = IsWhole(unit);
        var before = ExactDecimal.Zero;
        foreach (var line in lines)
        {
            var from = ((FromBoundSyntax)line.Bound).Number.NumberValue;
            if (bounds.Count == 0)
            {
                if (!IsFirstUnit(from, unit))
                {
                    Report(DiagnosticDescriptors.TierFirstStart, line.Bound.Location, from.ToGroupedString(), isWhole ? "from 1" : "from 0");
                    return false;
                }

                bounds.Add((ExactDecimal.Zero, false));
            }
            else
            {
                if (!IsAscending(line.Bound, before, from, from))
                {
                    return false;
                }

                bounds.Add(isWhole ? (from - 1, false) : (from, true));
            }

            before = from;
        }

        return true;
    }

    private bool TryWidths(List<TierLineSyntax> lines, List<(ExactDecimal Start, bool Includes)> bounds)
    {
        var start = ExactDecimal.Zero;
        for (var i = 0; i < lines.Count; i++)
        {
            bounds.Add((start, false));
            if (lines[i].Bound is NextBoundSyntax next)
            {
                if (next.Number.NumberValue.IsZero)
                {
                    Report(DiagnosticDescriptors.TierNotAscending, lines[i].Bound.Location, start.ToGroupedString(), start.ToGroupedString());
                    return false;
                }

                start += next.Number.NumberValue;
            }
            else if (i + 1 < lines.Count)
            {
                Report(DiagnosticDescriptors.TierAfterOpenEnd, lines[i + 1].Bound.Location);
                return false;
            }
        }

        if (lines[^1].Bound is not NextBoundSyntax)
        {
            return true;
        }

        Report(
            DiagnosticDescriptors.TierOpenEnd, lines[^1].Bound.Location,
            [new DiagnosticFix("write \"rest\"", lines[^1].Bound.Span, "rest")],
            start.ToGroupedString(), "rest");
        return false;
    }

    private bool TryRanges(List<TierLineSyntax> lines, UnitSymbol unit, List<(ExactDecimal Start, bool Includes)> bounds)
    {
        var isWhole = IsWhole(unit);
        var step = isWhole ? ExactDecimal.One : ExactDecimal.Zero;
        ExactDecimal? end = null;
        var before = ExactDecimal.Zero;
        foreach (var line in lines)
        {
            var low = line.Bound is RangeBoundSyntax range ? range.Low : ((AndUpBoundSyntax)line.Bound).Number;
            var from = low.NumberValue;
            if (bounds.Count == 0)
            {
                if (!IsFirstUnit(from, unit))
                {
                    Report(DiagnosticDescriptors.TierFirstStart, line.Bound.Location, from.ToGroupedString(), isWhole ? "1 to ..." : "0 to ...");
                    return false;
                }

                bounds.Add((ExactDecimal.Zero, false));
            }
            else
            {
                if (end is not { } last)
                {
                    Report(DiagnosticDescriptors.TierAfterOpenEnd, line.Bound.Location);
                    return false;
                }

                if (!IsAscending(line.Bound, before, from, from) || !Meets(line.Bound, low, last, step))
                {
                    return false;
                }

                bounds.Add((last, false));
            }

            before = from;
            end = line.Bound is RangeBoundSyntax { High.NumberValue: var high } ? high : null;
            if (end is { } to && (to < from || (to == from && !isWhole)))
            {
                Report(DiagnosticDescriptors.TierBackwards, line.Bound.Location, to.ToGroupedString(), from.ToGroupedString());
                return false;
            }
        }

        if (end is not { } open)
        {
            return true;
        }

        var start = ((RangeBoundSyntax)lines[^1].Bound).Low.Text;
        Report(
            DiagnosticDescriptors.TierOpenEnd, lines[^1].Bound.Location,
            [new DiagnosticFix($"write {start} and up", lines[^1].Bound.Span, $"{start} and up")],
            open.ToGroupedString(), start + " and up");
        return false;
    }

    /// <summary>Whether a range starts where the one before it ends; otherwise PR0101 or PR0102.</summary>
    private bool Meets(TierBoundSyntax bound, SyntaxToken low, ExactDecimal end, ExactDecimal step)
    {
        var from = low.NumberValue;
        var meant = end + step;
        if (from == meant)
        {
            return true;
        }

        ImmutableArray<DiagnosticFix> fixes = [new DiagnosticFix($"start this tier at {meant.ToGroupedString()}", low.Span, meant.ToGroupedString())];
        if (from < meant)
        {
            Report(DiagnosticDescriptors.TierOverlap, bound.Location, fixes, end.ToGroupedString(), from.ToGroupedString(), meant.ToGroupedString());
        }
        else if (step.IsZero)
        {
            Report(DiagnosticDescriptors.TierFractionGap, bound.Location, fixes, end.ToGroupedString(), from.ToGroupedString());
        }
        else
        {
            Report(
                DiagnosticDescriptors.TierGap, bound.Location, fixes,
                meant.ToGroupedString(), end.ToGroupedString(), from.ToGroupedString(), meant.ToGroupedString());
        }

        return false;
    }

    private bool IsAscending(TierBoundSyntax bound, ExactDecimal before, ExactDecimal start, ExactDecimal written)
    {
        if (start > before)
        {
            return true;
        }

        Report(DiagnosticDescriptors.TierNotAscending, bound.Location, written.ToGroupedString(), before.ToGroupedString());
        return false;
    }

    private enum TierSpelling
    {
        Starts,
        From,
        Ranges,
        Widths,
    }

    private static TierSpelling SpellingOf(TierBoundSyntax bound) => bound switch
    {
        BaseBoundSyntax or OverBoundSyntax => TierSpelling.Starts,
        FromBoundSyntax => TierSpelling.From,
        NextBoundSyntax or RestBoundSyntax => TierSpelling.Widths,
        _ => TierSpelling.Ranges,
    };

    private static string Example(TierSpelling spelling) => spelling switch
    {
        TierSpelling.Starts => "base / over ...",
        TierSpelling.From => "from ...",
        TierSpelling.Widths => "next ... / rest",
        _ => "... to ... / ... and up",
    };

    private static IEnumerable<SyntaxToken> FiguresOf(TierBoundSyntax bound) => bound switch
    {
        OverBoundSyntax over => [over.Number],
        FromBoundSyntax from => [from.Number],
        RangeBoundSyntax range => [range.Low, range.High],
        AndUpBoundSyntax up => [up.Number],
        NextBoundSyntax next => [next.Number],
        _ => [],
    };

    private bool IsWhole(UnitSymbol unit) => unit switch
    {
        MeterSymbol meter => meter.IsWhole,
        CurrencySymbol currency => currency.Decimals == 0,
        _ => _credit.Decimals == 0,
    };

    // Bundles of credits begin with one credit, however many decimals a credit has.
    private bool IsFirstUnit(ExactDecimal from, UnitSymbol unit) => from.IsZero || (from == 1 && (IsWhole(unit) || unit is CreditSymbol));

    private static string Plural(UnitSymbol unit) => unit switch
    {
        MeterSymbol meter => meter.Plural,
        CreditSymbol => "credits",
        _ => unit.Name,
    };
}
