using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
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

    public Task<IActionResult> OnPostScheduleAsync(string id, CancellationToken cancellationToken) =>
        StepAsync(id, () => Ledger.Drafts.ScheduleAsync(id, RowVersion, Actor, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostPublishAsync(string id, CancellationToken cancellationToken) =>
        StepAsync(id, () => Ledger.Drafts.PublishAsync(id, RowVersion, Actor, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostEmergencyAsync(string id, CancellationToken cancellationToken) =>
        StepAsync(id, () => Ledger.Drafts.PublishInEmergencyAsync(id, RowVersion, Reason ?? "", Actor, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostWithdrawAsync(string id, CancellationToken cancellationToken) =>
        StepAsync(id, () => Ledger.Drafts.WithdrawAsync(id, RowVersion, Actor, cancellationToken), cancellationToken);

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
        Preview = DraftPreview.Of(Ledger.Rulesets, Draft, Draft.Text);
        Impact = Draft.IsOpen && Preview.Check.Compilation.Model is not null
            ? await impacts.OfAsync(Draft, Draft.Text, Zone, cancellationToken)
            : null;
        Log = await Ledger.Drafts.AuditAsync(null, Draft.Id, null, DraftRoad.LargestPage, cancellationToken);
        return Page();
    }
}
