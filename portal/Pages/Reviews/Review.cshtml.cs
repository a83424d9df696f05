using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Rules.Engine.Replay;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.Drafts;

namespace Rules.Portal.Pages.Reviews;

/// <summary>One draft as others see it: what it changes, and the steps that are open to the visitor.</summary>
public sealed class ReviewModel(CreditLedger ledger, DraftImpacts impacts) : DraftPageModel(ledger)
{
    public DraftPreview Preview { get; private set; } = null!;

    /// <summary>What the text would have made of the past; null for a draft that has ended or cannot be read whole.</summary>
    public DraftImpact? Impact { get; private set; }

    /// <summary>The checks of the ruleset with their figures; empty where there are no figures.</summary>
    public ImmutableArray<GuardRail> Guards { get; private set; } = [];

    /// <summary>A guard rail does not hold: whoever publishes says so again.</summary>
    public bool NeedsConfirmation => Guards.Any(static guard => !guard.Holds);

    /// <summary>What has to be typed where a guard rail does not hold.</summary>
    public string Confirmation => FormattableString.Invariant($"{Draft.Ruleset} v{Draft.Number}");

    /// <summary>The text of the version that the draft changes beside the draft's own; empty where the version is not there.</summary>
    public ImmutableArray<DiffLine> Diff { get; private set; } = [];

    public ImmutableArray<DraftComment> Comments { get; private set; } = [];

    /// <summary>The line that a comment is to be about; null: the whole text.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Line { get; set; }

    public string? LineText => Line is { } line && Draft.Text.Split('\n') is var lines && line >= 1 && line <= lines.Length ? lines[line - 1].TrimEnd('\r') : null;

    /// <summary>A comment that was not taken.</summary>
    public string? Said { get; private set; }

    public bool MaySpeak => Actor.May(DraftRights.Edit) || Actor.May(DraftRights.Approve);

    public ImmutableArray<AuditRecord> Log { get; private set; } = [];

    /// <summary>What an approval would be bound to.</summary>
    public string Hash => DraftHash.TextOf(Draft);

    /// <summary>In the visitor's words.</summary>
    [BindProperty]
    public string? Reason { get; set; }

    public bool IsOwn => Draft.Authors.Contains(Actor.Name, StringComparer.OrdinalIgnoreCase);

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(id, null, cancellationToken) ? await ShowAsync(cancellationToken) : NotFound();

    /// <param name="seen">Hash of what the page showed.</param>
    public Task<IActionResult> OnPostApproveAsync(string id, string? seen, CancellationToken cancellationToken) =>
        StepAsync(id, () => Ledger.Drafts.ApproveAsync(id, RowVersion, seen ?? "", Actor, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostRejectAsync(string id, CancellationToken cancellationToken) =>
        StepAsync(id, () => Ledger.Drafts.RejectAsync(id, RowVersion, Reason ?? "", Actor, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostScheduleAsync(string id, string? confirmed, CancellationToken cancellationToken) =>
        ConfirmedAsync(id, AuditAction.Scheduled, confirmed, () => Ledger.Drafts.ScheduleAsync(id, RowVersion, Actor, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostPublishAsync(string id, string? confirmed, CancellationToken cancellationToken) =>
        ConfirmedAsync(id, AuditAction.Published, confirmed, () => Ledger.Drafts.PublishAsync(id, RowVersion, Actor, cancellationToken), cancellationToken);

    public async Task<IActionResult> OnPostSayAsync(string id, string? body, CancellationToken cancellationToken)
    {
        if (!await FindAsync(id, null, cancellationToken))
        {
            return NotFound();
        }

        if (Take(await Ledger.Drafts.CommentAsync(id, Line, body ?? "", Actor, cancellationToken)))
        {
            return LocalRedirect($"/reviews/{id}#discussion");
        }

        Said = body;
        return await ShowAsync(cancellationToken);
    }

    public Task<IActionResult> OnPostEmergencyAsync(string id, CancellationToken cancellationToken) =>
        StepAsync(id, () => Ledger.Drafts.PublishInEmergencyAsync(id, RowVersion, Reason ?? "", Actor, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostWithdrawAsync(string id, CancellationToken cancellationToken) =>
        StepAsync(id, () => Ledger.Drafts.WithdrawAsync(id, RowVersion, Actor, cancellationToken), cancellationToken);

    // The figures are those of now: what the past has grown by since the review counts too.
    private async Task<IActionResult> ConfirmedAsync(string id, AuditAction action, string? confirmed, Func<Task<DraftResult>> step, CancellationToken cancellationToken)
    {
        if (!await FindAsync(id, null, cancellationToken))
        {
            return NotFound();
        }

        if (!May(action))
        {
            return await StepAsync(id, step, cancellationToken);
        }

        await MeasureAsync(cancellationToken);
        if (NeedsConfirmation && !string.Equals(confirmed?.Trim(), Confirmation, StringComparison.Ordinal))
        {
            Problem = new DraftProblem("confirmation_required", $"A guard rail does not hold. To do it nevertheless, type \"{Confirmation}\" where the page asks for it.");
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return await ShowAsync(cancellationToken);
        }

        return await StepAsync(id, step, cancellationToken);
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        Preview = DraftPreview.Of(Ledger.Rulesets, Draft, Draft.Text);
        Impact = Draft.IsOpen && Preview.Check.Compilation.Model is not null
            ? await impacts.OfAsync(Draft, Draft.Text, Zone, cancellationToken)
            : null;
        Guards = Impact is { Refusal: null } ? ReplayImpact.GuardRails(Impact.Report!, 1, (await Ledger.Drafts.GuardsAsync(Draft.Ruleset, cancellationToken)).Limits) : [];
    }

    private async Task<IActionResult> StepAsync(string id, Func<Task<DraftResult>> step, CancellationToken cancellationToken)
    {
        if (!await FindAsync(id, null, cancellationToken))
        {
            return NotFound();
        }

        return Take(await step()) ? LocalRedirect($"/reviews/{id}") : await ShowAsync(cancellationToken);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancellationToken)
    {
        ModelState.Clear();
        RowVersion = Draft.RowVersion;
        await MeasureAsync(cancellationToken);
        var old = Ledger.Rulesets.Versions(Draft.Ruleset).FirstOrDefault(version => version.Model.Version == Draft.Base);
        Diff = old is not null ? TextMerge.Diff(old.Text, Draft.Text) : Draft.IsFirst ? TextMerge.Added(Draft.Text) : [];
        Comments = await Ledger.Drafts.CommentsAsync(Draft.Id, cancellationToken);
        Log = await Ledger.Drafts.AuditAsync(null, Draft.Id, null, DraftRoad.LargestPage, cancellationToken);
        return Page();
    }
}
