using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Engine.Model;
using Rules.Ledger;

namespace Rules.Portal.Pages.Accounts;

/// <summary>Accounts with what they hold, by id.</summary>
public sealed class IndexModel(CreditLedger ledger) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ruleset { get; set; }

    /// <summary>Part of an id.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public ImmutableArray<PublishedRuleset> Rulesets { get; private set; } = [];

    public ImmutableArray<AccountSummary> Accounts { get; private set; } = [];

    /// <summary>Most decimals of any balance shown.</summary>
    public int Align => Accounts.Where(account => !account.Balances.IsEmpty).Select(account => account.Decimals).DefaultIfEmpty().Max();

    /// <summary>Address of the following page; null on the last.</summary>
    public string? Next { get; private set; }

    public bool IsFiltered => !string.IsNullOrWhiteSpace(Ruleset) || !string.IsNullOrWhiteSpace(Search);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Rulesets = ledger.Rulesets.All;
        var ruleset = string.IsNullOrWhiteSpace(Ruleset) ? null : Ruleset;
        var search = string.IsNullOrWhiteSpace(Search) ? null : Search.Trim();
        var page = await ledger.AccountsAsync(new AccountFilter(ruleset, search, string.IsNullOrEmpty(After) ? null : After), cancellationToken);
        Accounts = page.Items;
        if (page.Next is { } next)
        {
            var query = QueryString.Create("after", next);
            query = ruleset is null ? query : query.Add("ruleset", ruleset);
            Next = "/accounts" + (search is null ? query : query.Add("search", search));
        }
    }
}
