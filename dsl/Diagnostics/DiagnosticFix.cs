using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Diagnostics;

/// <summary>A mechanical repair: apply all edits to the text that was diagnosed.</summary>
/// <param name="Title">What it does, in lower case and without a stop, such as <c>write 1,000</c>.</param>
/// <param name="Edits">Never empty; they do not overlap.</param>
public sealed record DiagnosticFix(string Title, ImmutableArray<TextEdit> Edits)
{
    /// <summary>A repair by one edit.</summary>
    public DiagnosticFix(string title, TextSpan span, string newText)
        : this(title, [new TextEdit(span, newText)])
    {
    }
}
