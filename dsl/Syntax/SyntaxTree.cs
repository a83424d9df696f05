using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

/// <summary>A parsed rule file: every character of the text, and what is wrong with its writing.</summary>
public sealed class SyntaxTree
{
    /// <summary>The deepest nesting of blocks, and of conditions in one line, that is read; deeper is PR0008.</summary>
    public const int MaximumDepth = 64;

    /// <summary>The most tiers and rows in one file; more is PR0009.</summary>
    public const int MaximumTiers = 10_000;

    internal SyntaxTree(
        SourceText text,
        RuleFileSyntax root,
        ImmutableArray<SyntaxToken> tokens,
        ImmutableArray<Diagnostic> diagnostics,
        IReadOnlySet<string> skippedNames)
    {
        Text = text;
        Root = root;
        Tokens = tokens;
        Diagnostics = diagnostics;
        SkippedNames = skippedNames;
    }

    /// <summary>Reads a text of any content: never throws, and always answers a whole tree. A text that is too large gives an empty file and PR0001.</summary>
    public static SyntaxTree Parse(SourceText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var diagnostics = new DiagnosticBag();
        var tokens = Lex(text, diagnostics);
        var parser = new Parser(text, tokens, diagnostics);
        var root = parser.ParseFile();
        return new SyntaxTree(
            text,
            root,
            parser.RemainingTokens,
            text.IsTooLarge ? [TooLarge(text)] : diagnostics.ToImmutable(),
            parser.SkippedNames);
    }

    /// <summary>As <see cref="Parse(SourceText)"/>.</summary>
    public static SyntaxTree Parse(string text, string fileName = "") => Parse(SourceText.From(text, fileName));

    /// <summary>
    /// What could stand at a position: instead of the word that the position touches, or else of the next one. Asks the same decisions
    /// that parse the file.
    /// </summary>
    /// <param name="text">The text as it is typed.</param>
    /// <param name="position">From zero, the length of the text included.</param>
    public static ExpectedWords FindExpectedWords(SourceText text, int position)
    {
        ArgumentNullException.ThrowIfNull(text);
        var diagnostics = new DiagnosticBag();
        var tokens = Lex(text, diagnostics);
        var index = tokens.FindIndex(token => token.Span.End >= position && token.Kind is not (SyntaxKind.IndentToken or SyntaxKind.DedentToken));
        index = index < 0 ? tokens.Count - 1 : index;
        var touched = tokens[index];
        if (touched.Kind is not (SyntaxKind.NewLineToken or SyntaxKind.EndOfFileToken))
        {
            // A word that is still being typed decides nothing.
            touched.BecomeMisspelt(SyntaxKind.None);
        }

        return new Parser(text, tokens, diagnostics).FindExpected(index);
    }

    /// <summary>The text that was parsed.</summary>
    public SourceText Text { get; }

    /// <summary>Always there, whatever the text.</summary>
    public RuleFileSyntax Root { get; }

    /// <summary>Every token that stands in the text, in its order; missing tokens are only in the tree. Their full spans, one after the other, are the text.</summary>
    public ImmutableArray<SyntaxToken> Tokens { get; }

    /// <summary>PR0001 to PR0023, by position.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>Words and quoted names in text that could not be read. Each may have been a declaration, so binding counts them as declared.</summary>
    public IReadOnlySet<string> SkippedNames { get; }

    private static List<SyntaxToken> Lex(SourceText text, DiagnosticBag diagnostics) => text.IsTooLarge
        ? [new SyntaxToken(text, SyntaxKind.EndOfFileToken, SyntaxKind.EndOfFileToken, 0, text.Length, text.Length, TokenFlags.Error)]
        : new Lexer(text, diagnostics).Lex();

    private static Diagnostic TooLarge(SourceText text) =>
        new(DiagnosticDescriptors.FileTooLarge, new TextLocation(text, new TextSpan(0, 0)), [], []);
}
