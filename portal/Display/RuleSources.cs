using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Ledger;

namespace Rules.Portal.Display;

/// <summary>Published rule text, ready to be shown.</summary>
public sealed class RuleSources
{
    public SourceViewBuilder View(RulesetVersion version) => new(SourceText.From(version.Text, version.FileName), []);

    /// <summary>What the compiler says today about a version that once was accepted; in order of position.</summary>
    public ImmutableArray<Diagnostic> Problems(RulesetVersion version) =>
        RulesetCompiler.Compile(SourceText.From(version.Text, version.FileName)).Diagnostics;
}
