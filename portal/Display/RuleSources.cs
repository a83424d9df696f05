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

/// <summary>Published rule text, ready to be shown. A published text never changes, so what is known about it is kept.</summary>
public sealed class RuleSources(CreditLedger ledger)
{
    private readonly ConcurrentDictionary<string, ImmutableArray<StyledSpan>> _styles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);

    public SourceViewBuilder View(RulesetVersion version) => new(TextOf(version), _styles.GetOrAdd(version.Sha256, static (_, version) => Style(version), version));

    /// <summary>What the compiler and the examples say about a version.</summary>
    public Verdict Judge(RulesetVersion version) => _verdicts.GetOrAdd(
        version.Sha256,
        static (_, it) =>
        {
            var compilation = it.ledger.Rulesets.Compile(it.version);
            return new Verdict(compilation.Diagnostics, ExampleRunner.Run(it.version.Model), compilation.Assumptions);
        },
        (ledger, version));

    private static SourceText TextOf(RulesetVersion version) => SourceText.From(version.Text, version.FileName);

    private static ImmutableArray<StyledSpan> Style(RulesetVersion version) =>
        [.. Classifier.Classify(SyntaxTree.Parse(TextOf(version))).Select(span => new StyledSpan(span.Span, Class(span.Class)))];

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
}

/// <param name="Problems">In order of position.</param>
/// <param name="Examples">In file order.</param>
/// <param name="Assumptions">In order of position.</param>
public sealed record Verdict(ImmutableArray<Diagnostic> Problems, ImmutableArray<ExampleResult> Examples, ImmutableArray<Assumption> Assumptions);
