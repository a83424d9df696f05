using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Drafts;

namespace Rules.Portal.Pages.Reviews;

/// <summary>What waits for somebody, what is scheduled, and what was done.</summary>
public sealed class IndexModel(CreditLedger ledger, TimeProvider time) : PageModel
{
    private const int Latest = 100;

    public ImmutableArray<Draft> Waiting { get; private set; } = [];

    public ImmutableArray<Draft> Others { get; private set; } = [];

    public ImmutableArray<AuditRecord> Log { get; private set; } = [];

    public ImmutableArray<AuditRecord> Emergencies { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var drafts = await ledger.Drafts.ListAsync(null, open: true, cancellationToken);
        Waiting = drafts.RemoveAll(static draft => !IsWaiting(draft));
        Others = drafts.RemoveAll(IsWaiting);
        Log = await ledger.Drafts.AuditAsync(null, null, null, Latest, cancellationToken);
        Emergencies = await ledger.Drafts.EmergenciesAsync(null, Instant.FromDateTimeOffset(time.GetUtcNow()) - Duration.FromDays(7), cancellationToken);
    }

    private static bool IsWaiting(Draft draft) => draft.State is DraftState.Review or DraftState.Approved or DraftState.Scheduled;
}
