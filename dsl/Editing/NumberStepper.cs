using System.Numerics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>Steps a figure up and down by one of its last digit.</summary>
public static class NumberStepper
{
    /// <summary>
    /// The edit that gives the number or percentage at a position, its end included, its next value: <c>0.0004</c> becomes <c>0.0005</c>,
    /// <c>1,000</c> becomes <c>1,001</c>. Decimals stay as many as written and grouping stays; a percentage stays within 0 to 100 and no
    /// figure falls below zero. Null where there is no figure, or none further.
    /// </summary>
    /// <param name="tree">The file.</param>
    /// <param name="position">From zero.</param>
    /// <param name="steps">Below zero for down.</param>
    public static TextEdit? Step(SyntaxTree tree, int position, int steps)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var token = tree.Tokens.FirstOrDefault(t => IsFigure(t) && t.Span.Start <= position && t.Span.End >= position);
        if (token is null)
        {
            return null;
        }

        var digits = token.Text.TrimEnd('%');
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : digits.Length - point - 1;
        var value = new ExactDecimal(token.NumberValue.Mantissa * BigInteger.Pow(10, decimals - token.NumberValue.Scale) + steps, decimals);
        if (value.IsNegative || (token.Kind == SyntaxKind.PercentToken && value > 100) || value == token.NumberValue)
        {
            return null;
        }

        // A figure from a thousand on that was written without commas stays without them; one that was too short for them gets them.
        var isGrouped = digits.Contains(',', StringComparison.Ordinal) || token.NumberValue < 1000;
        var text = value.ToString(decimals, isGrouped) + token.Text[digits.Length..];
        return new TextEdit(token.Span, text);
    }

    private static bool IsFigure(SyntaxToken token) => token.Kind is SyntaxKind.NumberToken or SyntaxKind.PercentToken && !token.HasError && !token.Span.IsEmpty;
}
