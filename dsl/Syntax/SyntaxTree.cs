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

    /// <summary>The text that was parsed.</summary>
    public SourceText Text { get; }

    /// <summary>Always there, whatever the text.</summary>
    public RuleFileSyntax Root { get; }

    /// <summary>Every token that stands in the text, in its order; missing tokens are only in the tree. Their full spans, one after the other, are the text.</summary>
    public ImmutableArray<SyntaxToken> Tokens { get; }

    /// <summary>PR0001 to PR0022, by position.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>Words and quoted names in text that could not be read. Each may have been a declaration, so binding counts them as declared.</summary>
    public IReadOnlySet<string> SkippedNames { get; }
}
