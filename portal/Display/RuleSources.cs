using System.Collections.Concurrent;
using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Rules.Ledger;

namespace Rules.Portal.Display;

/// <summary>
/// Published rule text, ready to be shown. A published text never changes, nor does what it builds on, so what is known about it is kept.
/// </summary>
public sealed class RuleSources(CreditLedger ledger)
{
    private readonly ConcurrentDictionary<(string Sha256, bool IsFull), Shown> _shown = new();
    private readonly ConcurrentDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);

    /// <summary>The full text of a version: of an amendment everything that holds, each line under the version that wrote it.</summary>
    public SourceViewBuilder View(RulesetVersion version) => View(version, isFull: true);

    /// <summary>The file of a version alone.</summary>
    public SourceViewBuilder ViewFile(RulesetVersion version) => View(version, isFull: false);

    private SourceViewBuilder View(RulesetVersion version, bool isFull)
    {
        var (text, styles, own) = _shown.GetOrAdd((version.Sha256, isFull), static (key, it) =>
        {
            var compilation = it.ledger.Rulesets.Compile(it.version);
            var text = key.IsFull ? compilation.Resolved : ResolvedText.Of(compilation.Source);
            return new Shown(text, Style(text.Text), compilation.Source);
        }, (ledger, version));
        return new SourceViewBuilder(text, styles, own);
    }

    /// <summary>A text that is not published; nothing is kept of it.</summary>
    public static SourceViewBuilder ViewText(SourceText text) => new(text, Style(text));

    /// <summary>What the compiler and the examples say about a version.</summary>
    public Verdict Judge(RulesetVersion version) => _verdicts.GetOrAdd(
        version.Sha256,
        static (_, it) =>
        {
            var compilation = it.ledger.Rulesets.Compile(it.version);
            return new Verdict(compilation.Diagnostics, ExampleRunner.Run(it.version.Model), compilation.Assumptions);
        },
        (ledger, version));

    private static ImmutableArray<StyledSpan> Style(SourceText text) =>
        [.. Classifier.Classify(SyntaxTree.Parse(text)).Select(span => new StyledSpan(span.Span, Class(span.Class)))];

    private static string Class(TokenClass kind) => kind switch
    {
        TokenClass.Keyword => "t-keyword",
        TokenClass.Name => "t-name",
        TokenClass.String => "t-string",
        TokenClass.Number or TokenClass.Percent or TokenClass.Date => "t-number",
        TokenClass.Unit => "t-unit",
        TokenClass.Comment => "t-comment",
        _ => "t-error",
    };

    private sealed record Shown(ResolvedText Text, ImmutableArray<StyledSpan> Styles, SourceText Own);
}

/// <param name="Problems">In order of position.</param>
/// <param name="Examples">In file order.</param>
/// <param name="Assumptions">In order of position.</param>
public sealed record Verdict(ImmutableArray<Diagnostic> Problems, ImmutableArray<ExampleResult> Examples, ImmutableArray<Assumption> Assumptions);
