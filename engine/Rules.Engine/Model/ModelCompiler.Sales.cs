using System.Collections.Immutable;
using B = Rules.Dsl.Binding;

namespace Rules.Engine.Model;

internal sealed partial class ModelCompiler
{
    private ImmutableArray<SellRule> Sells() => [.. _bound.Sells.Select(SellOf)];

    // A bucket is sold by the bodies that price actions, with the credit as the only meter and the facts of the account.
    private SellRule SellOf(B.BoundSell bound)
    {
        var currency = CurrencyOf(bound.Body);
        var meters = ImmutableArray.Create(MeterOf(_bound.Credit));
        var bodies = new List<PriceBody>();
        AddBody(bodies, bound.Body, -1, when: null, bound.Body.Location, meters, _accountFacts, by: []);
        var price = new PriceRule([], meters, [.. bodies], bound.Location);
        var unit = currency is null
            ? new CreditUnit(_bound.Credit.Name, _bound.Credit.Decimals, RoundingMode.HalfUp, bound.Location)
            : new CreditUnit(currency.Name, currency.Decimals, Rounding(currency.Rounding), currency.Location);
        return new SellRule(_indexes[bound.Bucket], price, unit, bound.Location);
    }

    private static B.CurrencySymbol? CurrencyOf(B.BoundPriceBody body)
    {
        foreach (var component in body.Components)
        {
            var costs = component switch
            {
                B.BoundEachComponent each => [each.Cost],
                B.BoundPerComponent { Ladder: { } ladder } => ladder.Tiers.Select(t => t.Cost),
                B.BoundPerComponent { Matrix: { } matrix } => matrix.Rows.Select(r => r.Cost),
                B.BoundPerComponent { Cost: { } cost } => [cost],
                _ => Enumerable.Empty<B.BoundCost>(),
            };
            foreach (var cost in costs)
            {
                if ((cost.Rate?.Currency ?? cost.Fee?.Amount.Currency) is { } currency)
                {
                    return currency;
                }
            }
        }

        return body.Exceptions.Select(e => CurrencyOf(e.Body)).FirstOrDefault(c => c is not null);
    }

    // By bucket; null where it is not sold or where the price depends on terms of the account.
    private ImmutableArray<PriceTable?> SellTables(ImmutableArray<SellRule> sells)
    {
        var tables = new PriceTable?[_bound.Buckets.Length];
        foreach (var sell in sells)
        {
            if (!TermPrices.DependsOnTerms(sell.Price))
            {
                tables[sell.Bucket] = PriceTableBuilder.Build(sell.Price, sell.Money.Decimals, sell.Money.Rounding);
            }
        }

        return [.. tables];
    }

    private ImmutableArray<PromiseRule> Promises() => [.. _bound.Promises.Select(p => new PromiseRule(
        p.Name,
        p.When is { } when ? ConditionOf(when, _accountFacts) : null,
        AmountOf(p.Size),
        p.IsFromSizeUp,
        _indexes[p.Left],
        p.Relation switch
        {
            B.PromiseRelation.Under => PromiseRelation.Under,
            B.PromiseRelation.Over => PromiseRelation.Over,
            _ => PromiseRelation.SameAs,
        },
        _indexes[p.Right],
        p.Location)
    {
        Inherited = InheritanceOf(p.InheritedFrom),
    })];

    private ImmutableArray<AlertRule> Alerts()
    {
        var alerts = ImmutableArray.CreateBuilder<AlertRule>(_bound.Alerts.Length);
        foreach (var alert in _bound.Alerts)
        {
            alerts.Add(new AlertRule(alert.Alert.Name, [.. alert.Levels.Select(LevelOf)], alert.Shows, alert.Offers, alert.Location)
            {
                FiresAgain = alert.FiresAgain,
                CountsFreshCreditsOnly = alert.CountsFreshCreditsOnly,
            });
        }

        return alerts.MoveToImmutable();
    }

    private AlertLevel LevelOf(B.BoundAlertLevel level) => new(
        level.Crossing switch
        {
            B.LevelCrossing.Above => LevelCrossing.Above,
            B.LevelCrossing.Below => LevelCrossing.Below,
            B.LevelCrossing.AtEvery => LevelCrossing.AtEvery,
            _ => LevelCrossing.At,
        },
        level.Figure == B.LevelFigure.Used ? LevelFigure.Used : LevelFigure.Left,
        [.. level.Amounts.Select(AmountOf)],
        level.Amounts[0].Kind == B.AmountKind.Percent,
        level.Bucket is { } bucket ? _indexes[bucket] : null,
        level.ThenEvery is { } step ? AmountOf(step) : null,
        level.Location);
}
