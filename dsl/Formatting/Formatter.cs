using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Formatting;

/// <summary>
/// Gives rule files their one layout: two spaces a level, one space between words, columns of ladders and tables under each other.
/// Words, figures, comments, the breaks of long lines and single blank lines stay as the author wrote them.
/// </summary>
public static class Formatter
{
    /// <summary>
    /// The text in its one layout, or null where the file has mistakes of writing: what could not be read is not moved.
    /// Formatting what was formatted changes nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">The layout would read differently from the text: a fault of the formatter, never of the file.</exception>
    public static SourceText? Format(SyntaxTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        if (tree.Diagnostics.Any(static d => d.Severity == DiagnosticSeverity.Error))
        {
            return null;
        }

        var formatted = SourceText.From(new LayoutBuilder(tree).Build(), tree.Text.FileName);
        return ReadsTheSame(tree, SyntaxTree.Parse(formatted))
            ? formatted
            : throw new InvalidOperationException("The formatted text does not read as the original does.");
    }

    // Kinds hold the indentation and the line breaks, so equal sequences are equal trees.
    private static bool ReadsTheSame(SyntaxTree before, SyntaxTree after) =>
        before.Root.DescendantTokens.Select(static t => (t.Kind, t.Kind == SyntaxKind.NewLineToken ? "" : t.Text))
            .SequenceEqual(after.Root.DescendantTokens.Select(static t => (t.Kind, t.Kind == SyntaxKind.NewLineToken ? "" : t.Text)))
        && Comments(before).SequenceEqual(Comments(after), StringComparer.Ordinal);

    private static IEnumerable<string> Comments(SyntaxTree tree) => tree.Root.DescendantTokens
        .SelectMany(static t => t.LeadingTrivia)
        .Where(static t => t.Kind == SyntaxKind.CommentTrivia)
        .Select(t => tree.Text.ToString(t.Span).TrimEnd());
}
