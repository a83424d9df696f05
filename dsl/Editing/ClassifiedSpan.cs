using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>A run of characters of one class, for highlighting.</summary>
/// <param name="Span">Absolute in the file, within one line, never empty.</param>
/// <param name="Class">What the characters are.</param>
public readonly record struct ClassifiedSpan(TextSpan Span, TokenClass Class);
