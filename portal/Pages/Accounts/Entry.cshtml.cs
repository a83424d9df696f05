using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger;
using Rules.Portal.Display;

namespace Rules.Portal.Pages.Accounts;

/// <summary>
/// One entry. A charge is shown as its own evaluation told it: the steps on the left, and on the right the source of the version that
/// priced it, whatever version is in force by now.
/// </summary>
public sealed class EntryModel(CreditLedger ledger, RuleSources sources) : PageModel
{
    /// <summary>The step lit from the start.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Step { get; set; }

    public EntryDetail Detail { get; private set; } = null!;

    public EntrySummary Entry => Detail.Summary;

    public RulesetVersion? Version { get; private set; }

    public DateTimeZone Zone { get; private set; } = DateTimeZone.Utc;

    /// <summary>Null for entries that priced nothing.</summary>
    public Explanation? Explanation { get; private set; }

    public ImmutableArray<ExplanationFact> Facts { get; private set; } = [];

    /// <summary>Null where the entry names no version.</summary>
    public SourceView? Source { get; private set; }

    /// <summary>Smallest units of all buckets before the entry; null for a ruleset without buckets.</summary>
    public long? BalanceBefore => Entry.BalanceAfter - Detail.Postings.Sum(posting => posting.Available);

    public bool HasNext { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id, long sequence, CancellationToken cancellationToken)
    {
        if (await ledger.EntryAsync(id, sequence, cancellationToken) is not { } detail)
        {
            return NotFound();
        }

        Detail = detail;
        HasNext = await ledger.EntryAsync(id, sequence + 1, cancellationToken) is not null;
        Version = ledger.Rulesets.Versions(Entry.Ruleset).FirstOrDefault(version => version.Model.Version == Entry.Version);
        Zone = Version?.Model.Zone ?? DateTimeZone.Utc;
        Explanation = detail.Answer is { } answer && Entry.Kind is EntryKind.Charge or EntryKind.Correction or EntryKind.Hold ? Explanation.Read(answer) : null;
        Facts = detail.Event is { } usage ? Explanation.ReadFacts(usage) : [];
        if (Version is not null && Explanation is not null)
        {
            Source = sources.View(Version).WithSteps(Explanation.Steps, Step).Build($"{Entry.Ruleset} version {Version.Model.Version}");
        }

        return Page();
    }

    /// <summary>The stored answer, byte for byte.</summary>
    public async Task<IActionResult> OnGetJsonAsync(string id, long sequence, CancellationToken cancellationToken) =>
        await ledger.EntryAsync(id, sequence, cancellationToken) is { Answer: { } answer }
            ? File(answer.ToArray(), "application/json")
            : NotFound();

    /// <summary>Numbers of the lines that the step's line belongs to, outermost first, with spaces between.</summary>
    public string HeadsOf(ExplanationStep step) =>
        LineOf(step) is { } line ? string.Join(' ', Source!.HeadsOf(line.Number)) : "";

    /// <summary>The line that made the step, as the source shows it; null where no single line did.</summary>
    public SourceLine? LineOf(ExplanationStep step) => step.Line is { } written ? Source?.Find(step.File == Version?.FileName ? null : step.File, written) : null;

    /// <summary>Digits that the rest of the explanation keeps under each other: the most that any step has.</summary>
    public int Places => Explanation is null ? Entry.Decimals : Math.Max(Entry.Decimals, Explanation.Steps.Select(step => PlacesOf(step.Amount)).DefaultIfEmpty().Max());

    private static int PlacesOf(string? plain) => plain is null || !plain.Contains('.', StringComparison.Ordinal) ? 0 : plain.Length - plain.IndexOf('.', StringComparison.Ordinal) - 1;
}
