using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Comparison;
using Rules.Engine.Proof;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.Display;

namespace Rules.Portal.Drafts;

/// <summary>Everything the portal says about a text beside its editor.</summary>
public sealed class DraftPreview
{
    private DraftPreview(CheckedText check, RulesetVersion? against, SourceView source)
    {
        Check = check;
        Against = against;
        Source = source;
        Changes = check.Compilation.Model is { } model && against is not null ? ModelComparison.Compare(against.Model, model) : null;
        Outline = Outliner.Items(SyntaxTree.Parse(check.Compilation.Source));
        Fixes = [.. Problems.Where(IsOwn).SelectMany(problem => problem.Fixes.Select(fix => new OfferedFix(problem, fix)))];
    }

    public CheckedText Check { get; }

    /// <summary>The published version that the text is compared with; null where there is none.</summary>
    public RulesetVersion? Against { get; }

    public SourceView Source { get; }

    public ImmutableArray<Diagnostic> Problems => Check.Diagnostics;

    public int Errors => Problems.Count(static problem => problem.Severity == DiagnosticSeverity.Error);

    public ImmutableArray<ExampleResult> Examples => Check.Examples;

    /// <summary>The effects against the published version, the dearest first; null while the text cannot be read whole.</summary>
    public ImmutableArray<Change>? Changes { get; }

    /// <summary>What a first version, which changes nothing, begins with; null while the text cannot be read whole, and for any other.</summary>
    public string? Declared => Against is null && Check.Compilation.Model is { } model
        ? $"Nothing was charged by these rules before. They declare {Listed((model.Actions.Length, "action"), (model.Buckets.Length, "bucket"), (model.Plans.Length, "plan"), (model.Alerts.Length, "alert"), (model.Examples.Length, "example"))}."
        : null;

    public ImmutableArray<OutlineItem> Outline { get; }

    /// <summary>Mechanical repairs, numbered as the page offers them.</summary>
    public ImmutableArray<OfferedFix> Fixes { get; }

    /// <summary>Those repairs among them that let examples expect what the rules give.</summary>
    public ImmutableArray<OfferedFix> Expectations => Fixes.RemoveAll(static offered => offered.Problem.Id != DiagnosticDescriptors.ExampleFails.Id);

    public static DraftPreview Of(RulesetCatalogue rulesets, Draft draft, string text)
    {
        var id = new RuleFileId(draft.Ruleset, draft.Number);
        var check = rulesets.Check(id.FileName, text);
        var versions = rulesets.Versions(draft.Ruleset);
        var against = versions.FirstOrDefault(version => version.Model.Version == draft.Base) ?? versions.FirstOrDefault(version => version.Model.Version < draft.Number);
        return new DraftPreview(check, against, RuleSources.ViewText(check.Compilation.Source).WithProblems(check.Diagnostics).Build($"the draft of {id}"));
    }

    private static string Listed(params ReadOnlySpan<(int Count, string What)> parts)
    {
        var counted = new List<string>();
        foreach (var (count, what) in parts)
        {
            if (count > 0)
            {
                counted.Add($"{AmountText.Count(count)} {what}{(count == 1 ? "" : "s")}");
            }
        }

        return counted.Count switch { 0 => "nothing that is charged", 1 => counted[0], _ => $"{string.Join(", ", counted.SkipLast(1))} and {counted[^1]}" };
    }

    public bool IsOwn(Diagnostic problem) => ReferenceEquals(problem.Location.Source, Check.Compilation.Source);

    /// <summary>Where a place stands: a line of this text, or of the version that holds it.</summary>
    public (string Address, string Words) LinkTo(TextLocation place)
    {
        var from = RuleFileId.OfFileName(place.FileName);
        return place.FileName == Check.Compilation.Source.FileName || from is null
            ? ($"#L{place.Line}", $"line {place.Line}")
            : ($"/rulesets/{from.Value.Name}/v/{from.Value.Version}#L{place.Line}", $"version {from.Value.Version}, line {place.Line}");
    }
}

/// <param name="Problem">That it repairs.</param>
public sealed record OfferedFix(Diagnostic Problem, DiagnosticFix Fix);
