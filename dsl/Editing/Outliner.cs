using System.Collections.Immutable;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Editing;

/// <summary>The items of a file in its order, by keyword and name.</summary>
public static class Outliner
{
    /// <summary>Head and items; a line that cannot be read is left out.</summary>
    public static ImmutableArray<OutlineItem> Items(SyntaxTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var header = tree.Root.Header;
        var items = ImmutableArray.CreateBuilder<OutlineItem>();
        if (!header.Name.IsMissing)
        {
            items.Add(new OutlineItem(header.Keyword.Text, Shown(header.Name), tree.Text.GetLineNumber(header.Name.Span.Start)));
        }

        foreach (var item in tree.Root.Items.OfType<ItemSyntax>().Where(static item => !item.Keyword.IsMissing))
        {
            var name = NameOf(item) is { IsMissing: false } token ? Shown(token) : null;
            items.Add(new OutlineItem(item.Keyword.Text, name, tree.Text.GetLineNumber(item.Keyword.Span.Start)));
        }

        return items.ToImmutable();
    }

    /// <summary>The token that names an item; null for one that has no name.</summary>
    public static SyntaxToken? NameOf(ItemSyntax item) => item switch
    {
        CreditSyntax credit => credit.Name,
        CurrencySyntax currency => currency.Name,
        AccountSyntax account => account.Name,
        ListSyntax list => list.Name,
        MeterSyntax meter => meter.Name,
        ActionSyntax action => action.Name,
        FreeActionSyntax free => free.Actions.Items[0],
        RateSyntax rate => rate.Name,
        TermSyntax term => term.Name,
        PriceSyntax price => price.Action,
        BucketSyntax bucket => bucket.Name,
        PlanSyntax plan => plan.Name,
        PackSyntax pack => pack.Name,
        SellSyntax sell => sell.Bucket,
        AlertSyntax alert => alert.Name,
        PromiseSyntax promise => promise.Name,
        ExampleSyntax example => example.Name,
        RemoveSyntax remove => remove.Name,
        _ => null,
    };

    private static string Shown(SyntaxToken name) => name.ValueText is { Length: > 0 } text ? text : name.Text;
}

/// <param name="Keyword">What it is: <c>price</c>.</param>
/// <param name="Name">Without quotes; null for an item without a name.</param>
/// <param name="Line">From 1.</param>
public sealed record OutlineItem(string Keyword, string? Name, int Line);
