using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Portal.Accounts;

namespace Rules.Portal.Pages.Accounts;

/// <summary>Accounts with what they hold, by id.</summary>
public sealed class IndexModel(CreditLedger ledger, IClock clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ruleset { get; set; }

    /// <summary>Part of an id.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public ImmutableArray<PublishedRuleset> Rulesets { get; private set; } = [];

    /// <summary>Each with what it used lately; in order of id.</summary>
    public ImmutableArray<AccountOutlook> Accounts { get; private set; } = [];

    /// <summary>The pace of all accounts is taken from this window, or what of it an account has lived through.</summary>
    public (Instant From, Instant To) Window { get; private set; }

    /// <summary>Most decimals of any balance shown.</summary>
    public int Align => Accounts.Where(account => !account.Account.Buckets.IsEmpty).Select(account => account.Account.Decimals).DefaultIfEmpty().Max();

    /// <summary>Address of the following page; null on the last.</summary>
    public string? Next { get; private set; }

    public bool IsFiltered => !string.IsNullOrWhiteSpace(Ruleset) || !string.IsNullOrWhiteSpace(Search);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Rulesets = ledger.Rulesets.All;
        var ruleset = string.IsNullOrWhiteSpace(Ruleset) ? null : Ruleset;
        var search = string.IsNullOrWhiteSpace(Search) ? null : Search.Trim();
        var page = await ledger.AccountsAsync(new AccountFilter(ruleset, search, string.IsNullOrEmpty(After) ? null : After), cancellationToken);
        var now = clock.GetCurrentInstant();
        Window = (now - AccountOutlook.Lately, now);
        var accounts = ImmutableArray.CreateBuilder<AccountOutlook>(page.Items.Length);
        foreach (var summary in page.Items)
        {
            // One that was removed in between is left out.
            if (await ledger.BalanceAsync(summary.Id, at: null, cancellationToken) is { } account)
            {
                accounts.Add(await AccountOutlook.ReadAsync(ledger, account, cancellationToken));
            }
        }

        Accounts = accounts.ToImmutable();
        if (page.Next is { } next)
        {
            var query = QueryString.Create("after", next);
            query = ruleset is null ? query : query.Add("ruleset", ruleset);
            Next = "/accounts" + (search is null ? query : query.Add("search", search));
        }
    }
}
