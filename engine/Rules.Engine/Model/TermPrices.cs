using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>Prices whose figures are terms: what a term stands for is put in its place, and the price is then like any other.</summary>
internal static class TermPrices
{
    public static bool DependsOnTerms(PriceRule rule) => FirstTerm(rule) is not null;

    /// <summary>The first figure that depends on a term; null where none does.</summary>
    public static Amount? FirstTerm(PriceRule rule)
    {
        Amount? found = null;
        _ = Map(rule, (amount, _) =>
        {
            found ??= amount.Fixed is null ? amount : null;
            return amount;
        });
        return found;
    }

    /// <param name="figure">What an amount of a body comes to for the account, in the scope that it belongs to.</param>
    public static PriceRule Fix(PriceRule rule, Func<PriceBody, Amount, Scope, ExactDecimal> figure) => rule with
    {
        Bodies = [.. rule.Bodies.Select(b => Map(b, (a, scope) => a.Fixed is null ? new FixedAmount(figure(b, a, scope), a.Location) : a))],
    };

    private static PriceRule Map(PriceRule rule, Func<Amount, Scope, Amount> map) => rule with { Bodies = [.. rule.Bodies.Select(b => Map(b, map))] };

    // A bound over a scope belongs to that scope, all else to the one that counts.
    private static PriceBody Map(PriceBody body, Func<Amount, Scope, Amount> map)
    {
        Amount Counted(Amount amount) => map(amount, body.CountingScope);
        return body with
        {
            Lines = [.. body.Lines.Select(l => Map(l, Counted))],
            Rows = Map(body.Rows, Counted),
            MarkUp = Map(body.MarkUp, Counted),
            Discount = Map(body.Discount, Counted),
            Bounds = [.. body.Bounds.Select(b => b with { Amount = map(b.Amount, b.Scope.Kind == ScopeKind.Event ? body.CountingScope : b.Scope) })],
        };
    }

    private static PriceLine Map(PriceLine line, Func<Amount, Amount> map) => line switch
    {
        EachLine each => each with { Cost = Map(each.Cost, map) },
        PerLine per => per with
        {
            Ladder = per.Ladder with { Tiers = [.. per.Ladder.Tiers.Select(t => t with { Cost = Map(t.Cost, map) })] },
            Matrix = Map(per.Matrix, map),
        },
        _ => throw new InvalidOperationException($"No amounts are known of {line.GetType().Name}."),
    };

    private static RowTable? Map(RowTable? table, Func<Amount, Amount> map) =>
        table is null ? null : table with { Rows = [.. table.Rows.Select(r => r with { Cost = Map(r.Cost, map) })] };

    private static PriceAdjustment? Map(PriceAdjustment? adjustment, Func<Amount, Amount> map) =>
        adjustment is null ? null : adjustment with { Percent = map(adjustment.Percent) };

    private static Cost Map(Cost cost, Func<Amount, Amount> map) => cost with
    {
        Rate = cost.Rate is { } rate ? map(rate) : null,
        Fee = cost.Fee is { } fee ? map(fee) : null,
        AtMost = cost.AtMost is { } most ? map(most) : null,
    };
}
