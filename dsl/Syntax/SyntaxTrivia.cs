using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

/// <summary>What stands between two tokens: spaces, line breaks that end no line of content, remarks to the reader, or text that could not be read.</summary>
/// <param name="Kind"><see cref="SyntaxKind.WhitespaceTrivia"/>, <see cref="SyntaxKind.NewLineTrivia"/>,
/// <see cref="SyntaxKind.CommentTrivia"/> or <see cref="SyntaxKind.SkippedTrivia"/>.</param>
/// <param name="Span">Absolute in the file; never empty.</param>
public readonly record struct SyntaxTrivia(SyntaxKind Kind, TextSpan Span);
