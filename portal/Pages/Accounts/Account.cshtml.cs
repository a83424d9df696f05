using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Portal.Pages.Shared;

namespace Rules.Portal.Pages.Accounts;

/// <summary>One account: what it has, where it came from, and its latest entries.</summary>
public sealed class AccountModel(CreditLedger ledger) : PageModel
{
    private const int Latest = 20;

    public AccountBalance Account { get; private set; } = null!;

    public RulesetModel? Model { get; private set; }

    public DateTimeZone Zone { get; private set; } = DateTimeZone.Utc;

    public EntriesTable Entries { get; private set; } = null!;

    public bool HasMore { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken)
    {
        if (await ledger.BalanceAsync(id, at: null, cancellationToken) is not { } account)
        {
            return NotFound();
        }

        Account = account;
        var ruleset = ledger.Rulesets.Find(account.Ruleset);
        Model = account.Version is { } version ? ruleset?.Version(version) : ruleset?.Versions[^1].Model;
        Zone = Model?.Zone ?? DateTimeZone.Utc;
        var page = await ledger.EntriesAsync(new EntryFilter(id, Limit: Latest), cancellationToken);
        Entries = new EntriesTable("Latest entries", page.Items, Zone, WithAccount: false);
        HasMore = page.Next is not null;
        return Page();
    }
}
