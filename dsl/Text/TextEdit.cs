namespace Rules.Dsl.Text;

/// <summary>A replacement of one span of a text; an empty span inserts, an empty new text deletes.</summary>
/// <param name="Span">In positions of the text before any edit.</param>
/// <param name="NewText">What stands there afterwards.</param>
public readonly record struct TextEdit(TextSpan Span, string NewText);
