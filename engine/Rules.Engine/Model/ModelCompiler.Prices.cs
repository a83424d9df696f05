using System.Collections.Immutable;
using Rules.Dsl.Text;
using B = Rules.Dsl.Binding;

namespace Rules.Engine.Model;

internal sealed partial class ModelCompiler
{
    private static readonly ExactDecimal s_percent = new(1, 2);

    private PriceRule PriceOf(B.BoundPrice price, ActionRule action)
    {
        var by = price.By.Select(f => Find(action.Facts, f)).ToImmutableArray();
        var bodies = new List<PriceBody>();
        AddBody(bodies, price.Body, -1, when: null, price.Body.Location, action.Meters, action.Facts, by);
        return new PriceRule([.. by.Select(f => f.Index)], action.Meters, [.. bodies], price.Location);
    }

    // Depth first, so that a body stands before those that refine it.
    private void AddBody(
        List<PriceBody> bodies,
        B.BoundPriceBody bound,
        int parent,
        Condition? when,
        TextLocation location,
        ImmutableArray<Meter> meters,
        ImmutableArray<Fact> facts,
        ImmutableArray<Fact> by)
    {
        var index = bodies.Count;
        bodies.Add(BodyOf(bound, index, parent, when, location, meters, facts, by));
        foreach (var exception in bound.Exceptions)
        {
            AddBody(bodies, exception.Body, index, ConditionOf(exception.Condition, facts), exception.Location, meters, facts, by);
        }
    }

    private PriceBody BodyOf(
        B.BoundPriceBody bound,
        int index,
        int parent,
        Condition? when,
        TextLocation location,
        ImmutableArray<Meter> meters,
        ImmutableArray<Fact> facts,
        ImmutableArray<Fact> by)
    {
        var counting = bound.Components.OfType<B.BoundPerComponent>().Select(c => c.Scope)
            .Concat(bound.Allowances.Select(a => a.Scope))
            .FirstOrDefault(s => s is not null);
        var scope = ScopeOf(counting);
        var bounds = bound.Limits.Select(BoundOf).ToImmutableArray();
        return new PriceBody
        {
            Index = index,
            Parent = parent,
            When = when,
            Lines = [.. bound.Components.Select(c => LineOf(c, meters, facts))],
            Rows = bound.Rows.IsEmpty ? null : TableOf(bound.Rows, by, facts),
            Allowances = [.. bound.Allowances.Select(a => AllowanceOf(a, meters))],
            Floors = [.. bound.Floors.Select(f => new QuantityFloor(PlaceOf(meters, f.Unit), f.Quantity, f.Kind == B.FloorKind.More, f.Location))],
            MarkUp = AdjustmentOf(bound, B.AdjustmentKind.MarkUp),
            Discount = AdjustmentOf(bound, B.AdjustmentKind.Discount),
            Bounds = bounds,
            Corrections = CorrectionsOf(bound.Corrections),
            CountingScope = scope,
            PostingScope = bounds.Select(b => b.Scope).Append(scope).MaxBy(s => s.Kind),
            Location = location,
        };
    }

    private PriceLine LineOf(B.BoundComponent component, ImmutableArray<Meter> meters, ImmutableArray<Fact> facts)
    {
        if (component is B.BoundEachComponent each)
        {
            return new EachLine(CostOf(each.Cost), each.Location);
        }

        var per = (B.BoundPerComponent)component;
        var counting = per.Unit.Counting switch
        {
            B.UnitCounting.StartedPackages => UnitCounting.StartedPackages,
            B.UnitCounting.CompletePackages => UnitCounting.CompletePackages,
            _ => UnitCounting.Exact,
        };
        return new PerLine(PlaceOf(meters, per.Unit.Unit), per.Unit.Size, counting, LadderOf(per, meters), per.Ladder is not null, per.Location)
        {
            Conversion = per.Conversion is { } conversion ? ConversionOf(conversion) : null,
            Matrix = per.Matrix is { } matrix ? TableOf(matrix.Rows, [.. matrix.By.Select(f => Find(facts, f))], facts) : null,
        };
    }

    private Ladder LadderOf(B.BoundPerComponent per, ImmutableArray<Meter> meters)
    {
        if (per.Ladder is not { } ladder)
        {
            // A matrix replaces the ladder; its one tier is never looked at.
            var cost = per.Cost is { } single ? CostOf(single) : new Cost(null, null, null, FeeEvenAtZero: false, null, IsWaived: false, per.Location);
            return new Ladder(LadderKind.Graduated, [new Tier(ExactDecimal.Zero, IncludesStart: false, End: null, cost, per.Location)], null, RepricesEarlierUnits: false, per.Location);
        }

        return new Ladder(
            ladder.Kind == B.LadderKind.Graduated ? LadderKind.Graduated : LadderKind.Volume,
            [.. ladder.Tiers.Select(t => new Tier(t.Start, t.IncludesStart, t.End, CostOf(t.Cost), t.Location))],
            ladder.TiersBy is { } chooser ? PlaceOf(meters, chooser) : null,
            ladder.RepricesEarlierUnits,
            ladder.Location);
    }

    private static Conversion ConversionOf(B.BoundConversion conversion) => new(
        conversion.Rounding switch
        {
            B.ConversionRounding.Up => ConversionRounding.Up,
            B.ConversionRounding.Down => ConversionRounding.Down,
            _ => ConversionRounding.HalfUp,
        },
        conversion.Step,
        conversion.Location);

    private Cost CostOf(B.BoundCost cost) => new(
        cost.Rate is { } rate ? AmountOf(rate) : null,
        cost.PackageSize,
        cost.Fee is { } fee ? AmountOf(fee.Amount) : null,
        cost.Fee?.EvenAtZero ?? false,
        cost.AtMost is { } most ? AmountOf(most) : null,
        cost.IsWaived,
        cost.Location)
    {
        RateElsewhere = cost.Rate is { } stated && NamedRate(stated) is { } named && named.Location.FileName != cost.Location.FileName ? named.Location : null,
    };

    private static B.RateSymbol? NamedRate(B.BoundAmount amount) => amount switch
    {
        B.BoundRateAmount rate => rate.Rate,
        B.BoundPercentOfAmount share => NamedRate(share.Of),
        B.BoundDiscountedAmount discounted => NamedRate(discounted.Of),
        _ => null,
    };

    private RowTable TableOf(ImmutableArray<B.BoundRow> bound, ImmutableArray<Fact> by, ImmutableArray<Fact> facts)
    {
        _ = facts;
        var rows = bound.Select(r => new Row([.. r.Values.Select((v, i) => ValueOf(by[i], v))], CostOf(r.Cost), r.Location)).ToImmutableArray();
        var sizes = by.Select(f => f.Values.Length).ToImmutableArray();
        var otherwise = -1;
        for (var i = 0; i < rows.Length; i++)
        {
            otherwise = rows[i].Values.IsEmpty ? i : otherwise;
        }

        var cells = new int[sizes.Aggregate(1, (a, b) => a * b)];
        Array.Fill(cells, otherwise);
        for (var i = 0; i < rows.Length; i++)
        {
            if (!rows[i].Values.IsEmpty)
            {
                var cell = 0;
                for (var j = 0; j < sizes.Length; j++)
                {
                    cell = (cell * sizes[j]) + (int)rows[i].Values[j].Code;
                }

                cells[cell] = i;
            }
        }

        return new RowTable([.. by.Select(f => f.Index)], sizes, rows, [.. cells]);
    }

    private Allowance AllowanceOf(B.BoundAllowance allowance, ImmutableArray<Meter> meters) =>
        new(allowance.Count, allowance.Unit is { } unit ? PlaceOf(meters, unit) : null, allowance.Location);

    private PriceAdjustment? AdjustmentOf(B.BoundPriceBody bound, B.AdjustmentKind kind)
    {
        var adjustment = bound.Adjustments.FirstOrDefault(a => a.Kind == kind);
        return adjustment is null ? null : new PriceAdjustment(AmountOf(adjustment.Percent), adjustment.Location);
    }

    private PriceBound BoundOf(B.BoundPriceLimit limit) =>
        new(limit.Kind == B.LimitKind.AtMost, AmountOf(limit.Amount), ScopeOf(limit.Scope), limit.Location);

    private static Corrections CorrectionsOf(B.BoundCorrections? corrections) => corrections?.Kind switch
    {
        null => Corrections.Refused,
        B.CorrectionsKind.CostNothing => Corrections.CostNothing,
        _ => Corrections.Allowed,
    };

    private static Scope ScopeOf(B.BoundScope? scope) => scope?.Kind switch
    {
        null or B.ScopeKind.Event => Scope.Event,
        B.ScopeKind.Hour => new Scope(ScopeKind.Hour, "hour"),
        B.ScopeKind.Day => new Scope(ScopeKind.Day, "day"),
        B.ScopeKind.Cycle => new Scope(ScopeKind.Cycle, "cycle"),
        _ => new Scope(ScopeKind.Key, scope.Key!.Name),
    };

    private int PlaceOf(ImmutableArray<Meter> meters, B.UnitSymbol unit) => meters.IndexOf(MeterOf(unit));

    private Amount AmountOf(B.BoundAmount bound)
    {
        switch (bound)
        {
            case B.BoundLiteralAmount literal:
                return new FixedAmount(literal.Value, literal.Location);
            case B.BoundRateAmount rate:
                return AmountOf(rate.Rate.Amount) is { Fixed: { } figure }
                    ? new FixedAmount(figure, rate.Location)
                    : AmountOf(rate.Rate.Amount);
            case B.BoundTermAmount term:
                return new TermAmount(_indexes[term.Term], term.Location);
            case B.BoundPercentOfAmount share:
                var whole = AmountOf(share.Of);
                return whole.Fixed is { } all
                    ? new FixedAmount(all * share.Percent * s_percent, share.Location)
                    : new SharedAmount(share.Percent, whole, share.Location);
            case B.BoundDiscountedAmount discounted:
                var list = AmountOf(discounted.Of);
                var off = AmountOf(discounted.Off);
                return list.Fixed is { } price && off.Fixed is { } percent
                    ? new FixedAmount(price - (price * percent * s_percent), discounted.Location)
                    : new DiscountedAmount(list, off, discounted.Location);
            default:
                throw new InvalidOperationException($"No amount for {bound.GetType().Name}.");
        }
    }
}
