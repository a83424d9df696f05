using System.Collections.Immutable;

namespace Rules.Dsl.Text;

/// <summary>A text put together from lines of others, and where each line was written.</summary>
/// <param name="Text">The whole.</param>
/// <param name="Lines">For each line of it, the line it was taken from.</param>
public sealed record ResolvedText(SourceText Text, ImmutableArray<TextLine> Lines)
{
    /// <summary>A text that stands for itself.</summary>
    public static ResolvedText Of(SourceText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ResolvedText(text, [.. Enumerable.Range(1, text.LineCount).Select(text.GetLine)]);
    }
}
