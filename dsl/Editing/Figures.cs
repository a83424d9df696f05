using System.Collections.Immutable;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>Finds the figures of a rule file that decide what is charged, granted or kept: rates, limits of tiers, costs, grants, percentages, durations.</summary>
public static class Figures
{
    /// <summary>
    /// Numbers and percentages by position, each with its sign. Not among them: numbers that only name or lay down a form (the language, versions,
    /// decimals, values of a list), those of examples and promises, which are the proof, and the default of a fact that no rule reads.
    /// </summary>
    public static ImmutableArray<TextSpan> Find(SyntaxTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var read = new HashSet<string>(StringComparer.Ordinal);
        var rules = tree.Root.Items.Where(static i => i is not (ExampleSyntax or PromiseSyntax)).ToImmutableArray();
        foreach (var rule in rules)
        {
            CollectRead(rule, read);
        }

        var figures = ImmutableArray.CreateBuilder<TextSpan>();
        foreach (var rule in rules)
        {
            Collect(rule, read, figures);
        }

        return figures.ToImmutable();
    }

    private static void Collect(SyntaxNode node, HashSet<string> read, ImmutableArray<TextSpan>.Builder figures)
    {
        switch (node)
        {
            case PrecisionSyntax or OneOfDomainSyntax or UnreadableLineSyntax:
            case FactLineSyntax fact when fact.Domain is OneOfDomainSyntax || !read.Contains(fact.Name.ValueText):
                return;
        }

        foreach (var child in node.Children)
        {
            if (child.Node is { } inner)
            {
                Collect(inner, read, figures);
            }
            else if (child.Token is { Kind: SyntaxKind.NumberToken or SyntaxKind.PercentToken, IsMissing: false, HasError: false } figure)
            {
                figures.Add(figure.Span);
            }
        }
    }

    // A name of another kind that is spelt like the fact counts as well: then the default is listed once too often, never left out.
    private static void CollectRead(SyntaxNode node, HashSet<string> read)
    {
        foreach (var child in node.Children)
        {
            if (child.Node is { } inner)
            {
                if (inner is not (FactLineSyntax or RegardlessClauseSyntax))
                {
                    CollectRead(inner, read);
                }
            }
            else if (child.Token is { Kind: SyntaxKind.NameToken or SyntaxKind.StringToken } name)
            {
                read.Add(name.ValueText);
            }
        }
    }
}
