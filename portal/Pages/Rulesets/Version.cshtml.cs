using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
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

    /// <summary>Number of the newest version, in force or not.</summary>
    public int Newest => Row.Newest.Version;

    public SourceView Source { get; private set; } = null!;

    public ImmutableArray<Diagnostic> Problems { get; private set; } = [];

    public ImmutableArray<ExampleResult> Examples { get; private set; } = [];

    public ImmutableArray<Assumption> Assumptions { get; private set; } = [];

    /// <summary><c>file</c>: the file alone. Otherwise an amendment is shown with everything that it takes over.</summary>
    [BindProperty(SupportsGet = true)]
    public string? View { get; set; }

    public bool ShowsFile => View == "file";

    /// <summary>The version takes something over from others.</summary>
    public bool IsAmendment { get; private set; }

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
        IsAmendment = ledger.Rulesets.Compile(version).BuildsOn.Length > 0;
        Source = (ShowsFile ? sources.ViewFile(version) : sources.View(version)).WithProblems(Problems).Build($"{name} version {number}");
        return Page();
    }

    /// <summary>Where a place is shown: on this page, or on that of the version that holds it.</summary>
    public (string Address, string Words) LinkTo(TextLocation place)
    {
        var written = place.Line;
        if (place.FileName == Version.FileName)
        {
            return ($"#L{written}", $"line {written}");
        }

        var from = RuleFileId.OfFileName(place.FileName);
        var words = from is { } id ? $"version {id.Version}, line {written}" : $"{place.FileName}, line {written}";
        return Source.Find(place.FileName, written) is { } line ? ($"#{line.Anchor}", words) : ($"/rulesets/{from?.Name}/v/{from?.Version}#L{written}", words);
    }

    /// <summary>The text as it was published, byte for byte.</summary>
    public IActionResult OnGetText(string name, int number) =>
        ledger.Rulesets.Versions(name).FirstOrDefault(candidate => candidate.Model.Version == number) is { } version
            ? Content(version.Text, "text/plain; charset=utf-8")
            : NotFound();
}
