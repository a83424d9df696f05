using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.Display;
using Rules.Portal.Pages.Rulesets;
using Rules.Portal.Pages.Shared;

namespace Rules.Portal.Pages;

/// <summary>What is in force, who has what, and what happened last.</summary>
public sealed class OverviewModel(CreditLedger ledger, TimeProvider time) : PageModel
{
    private const int Latest = 12;
    private const int Shown = 8;

    public ImmutableArray<RulesetRow> Rulesets { get; private set; } = [];

    public EntriesTable Entries { get; private set; } = null!;

    public ImmutableArray<AccountSummary> Accounts { get; private set; } = [];

    /// <summary>Whether the made-up company is among what is shown: its ids begin with <c>sample-</c>.</summary>
    public bool HasSample => Accounts.Any(account => AccountLinks.IsSample(account.Id));

    public bool HasMoreAccounts { get; private set; }

    /// <summary>Drafts that wait for a review or for their start.</summary>
    public ImmutableArray<Draft> Waiting { get; private set; } = [];

    /// <summary>Versions that were published without approval in the last week.</summary>
    public ImmutableArray<AuditRecord> Emergencies { get; private set; } = [];

    /// <summary>The newest charge: the shortest way to an explanation.</summary>
    public EntrySummary? NewestCharge { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        Rulesets = [.. ledger.Rulesets.All.Select(ruleset => RulesetRow.At(ruleset, now))];
        var entries = await ledger.EntriesAsync(new EntryFilter(Limit: Latest), cancellationToken);
        Entries = new EntriesTable("Latest entries", entries.Items, DateTimeZone.Utc, WithAccount: true) { IsFull = false };
        var accounts = await ledger.AccountsAsync(new AccountFilter(Limit: Shown), cancellationToken);
        Accounts = accounts.Items;
        HasMoreAccounts = accounts.Next is not null;
        Waiting = (await ledger.Drafts.ListAsync(null, open: true, cancellationToken)).RemoveAll(static draft => draft.State is DraftState.Draft or DraftState.Rejected);
        Emergencies = await ledger.Drafts.EmergenciesAsync(null, now - Duration.FromDays(7), cancellationToken);
        NewestCharge = entries.Items.FirstOrDefault(entry => entry.Kind == Engine.Accounts.EntryKind.Charge && entry.Amount > 0);
    }
}
