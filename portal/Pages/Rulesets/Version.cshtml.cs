using System.Collections.Immutable;
using System.Numerics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Comparison;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Ledger.Storage;
using Rules.Portal.Burn;
using Rules.Portal.Display;
using Rules.Portal.Pages.Shared;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>One published version: its text with what the compiler says about it, what it changed and charged, whose it is, and its examples.</summary>
public sealed class VersionModel(CreditLedger ledger, RuleSources sources, VersionUses uses, TimeProvider time) : PageModel
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

    /// <summary>The version that it is compared with; any that is none, and nothing: the one before it.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Against { get; set; }

    /// <summary>Every other version, newest first.</summary>
    public ImmutableArray<RulesetVersion> Others { get; private set; } = [];

    /// <summary>Null for the first version alone.</summary>
    public RulesetVersion? Compared { get; private set; }

    /// <summary>What it changes of <see cref="Compared"/>; null where there is none.</summary>
    public ChangesView? Changes { get; private set; }

    /// <summary>The version that takes over; null where none is published.</summary>
    public PublishedVersion? Successor { get; private set; }

    /// <summary>What it charged; null where it charged nothing.</summary>
    public VersionUse? Charged { get; private set; }

    /// <summary>The draft that it was; null where it was published from a file.</summary>
    public Draft? Draft { get; private set; }

    /// <summary>What was done on the way, in order; empty where it was published from a file.</summary>
    public ImmutableArray<AuditRecord> Log { get; private set; } = [];

    /// <summary>Reasons that were given on the way, in order.</summary>
    public IEnumerable<AuditRecord> Reasons => Log.Where(static record => record.Reason is not null);

    /// <summary>In plain decimal notation.</summary>
    public string Plain(Int128 units) => new ExactDecimal((BigInteger)units, Version.Model.Credit.Decimals).ToString();

    /// <summary>The version takes something over from others.</summary>
    public bool IsAmendment { get; private set; }

    public async Task<IActionResult> OnGetAsync(string name, int number, CancellationToken cancellationToken)
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
        Others = ledger.Rulesets.Versions(name).Remove(version);
        Compared = Others.FirstOrDefault(other => other.Model.Version == Against) ?? Others.FirstOrDefault(other => other.Model.Version < number);
        Changes = Compared is null ? null : new ChangesView(ModelComparison.Compare(Compared.Model, version.Model), LinkTo);
        Successor = ruleset.Versions.FirstOrDefault(later => later.Model.Version > number);
        Charged = (await uses.OfAsync(name, cancellationToken)).FirstOrDefault(use => use.Version == number);
        Draft = await ledger.Drafts.PublishedAsync(name, number, cancellationToken);
        Log = Draft is null ? [] : [.. (await ledger.Drafts.AuditAsync(null, Draft.Id, null, DraftRoad.LargestPage, cancellationToken)).Reverse()];
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
