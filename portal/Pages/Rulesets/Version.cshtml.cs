using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Rules.Ledger;
using Rules.Portal.Display;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>One published version: its text with what the compiler says about it, and its examples.</summary>
public sealed class VersionModel(CreditLedger ledger, RuleSources sources, TimeProvider time) : PageModel
{
    public RulesetVersion Version { get; private set; } = null!;

    public RulesetRow Row { get; private set; } = null!;

    public SourceView Source { get; private set; } = null!;

    public ImmutableArray<Diagnostic> Problems { get; private set; } = [];

    public ImmutableArray<ExampleResult> Examples { get; private set; } = [];

    public ImmutableArray<Assumption> Assumptions { get; private set; } = [];

    public IActionResult OnGet(string name, int number)
    {
        var version = ledger.Rulesets.Versions(name).FirstOrDefault(candidate => candidate.Model.Version == number);
        if (version is null || ledger.Rulesets.Find(name) is not { } ruleset)
        {
            return NotFound();
        }

        Version = version;
        Row = RulesetRow.At(ruleset, Instant.FromDateTimeOffset(time.GetUtcNow()));
        (Problems, Examples, Assumptions) = sources.Judge(version);
        Source = sources.View(version).WithProblems(Problems).Build($"{name} version {number}");
        return Page();
    }

    /// <summary>The text as it was published, byte for byte.</summary>
    public IActionResult OnGetText(string name, int number) =>
        ledger.Rulesets.Versions(name).FirstOrDefault(candidate => candidate.Model.Version == number) is { } version
            ? Content(version.Text, "text/plain; charset=utf-8")
            : NotFound();
}
