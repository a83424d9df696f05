using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>What there is to say about a place.</summary>
/// <param name="Span">What it is said about.</param>
/// <param name="Text">Paragraphs of plain text, an empty line between them.</param>
public sealed record HoverText(TextSpan Span, string Text);
