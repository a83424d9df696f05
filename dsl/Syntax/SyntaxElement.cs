using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

/// <summary>A child of a node: exactly one of the two is set.</summary>
public readonly record struct SyntaxElement(SyntaxNode? Node, SyntaxToken? Token)
{
    /// <summary>The span without leading trivia.</summary>
    public TextSpan Span => Node?.Span ?? Token!.Span;
}
