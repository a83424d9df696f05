using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Ledger;
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
        NewestCharge = entries.Items.FirstOrDefault(entry => entry.Kind == Engine.Accounts.EntryKind.Charge && entry.Amount > 0);
    }
}
