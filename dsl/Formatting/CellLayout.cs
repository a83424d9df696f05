using Rules.Dsl.Syntax;

namespace Rules.Dsl.Formatting;

/// <summary>Which words of a line stand in which column of its table.</summary>
internal static class CellLayout
{
    /// <summary>The words of the line without its remarks; a line that is no part of a table is one cell.</summary>
    public static IEnumerable<IReadOnlyList<SyntaxToken>> Of(LineSyntax line) => line switch
    {
        TierLineSyntax tier => [Words(tier.Bound), .. Of(tier.Cost)],
        RowLineSyntax row => [row.Values is { } values ? Words(values) : [row.OtherwiseKeyword!], .. Of(row.Cost)],
        ListEntryLineSyntax entry => entry.Tags is { } tags ? [[entry.Name], Words(tags)] : [[entry.Name]],
        PlanSyntax plan => [[plan.PlanKeyword, plan.Name], Words(plan.Grant)],
        PackSyntax pack => [[pack.PackKeyword, pack.Name], [.. Words(pack.Amount), pack.IntoKeyword, pack.Bucket]],
        _ => [[.. Head(line)]],
    };

    // A percentage beside an amount is a column of its own, with whatever follows it.
    private static IEnumerable<IReadOnlyList<SyntaxToken>> Of(CostSyntax cost)
    {
        var words = Words(cost);
        if (cost.Amount is null || cost.Off is null)
        {
            return [words];
        }

        var split = words.IndexOf(cost.Off.Value);
        return [words[..split], words[split..]];
    }

    private static List<SyntaxToken> Words(SyntaxNode node) => [.. node.DescendantTokens];

    private static IEnumerable<SyntaxToken> Head(LineSyntax line)
    {
        foreach (var child in line.Children)
        {
            if (child.Node is LineEndSyntax)
            {
                yield break;
            }

            if (child.Token is { } token)
            {
                yield return token;
                continue;
            }

            foreach (var word in child.Node!.DescendantTokens)
            {
                yield return word;
            }
        }
    }
}
