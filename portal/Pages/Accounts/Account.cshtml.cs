using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Ledger.People;
using Rules.Portal.Accounts;
using Rules.Portal.Pages.Shared;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Accounts;

/// <summary>One account: what it has, how long that lasts, what it was used for, where it came from, and its latest entries.</summary>
public sealed class AccountModel(CreditLedger ledger) : PageModel
{
    private const int Latest = 20;

    /// <summary>By what use can be told apart; events that do not say it are told together.</summary>
    public static ImmutableArray<string> Groups { get; } = ["action", "model", "agent", "project"];

    public AccountBalance Account { get; private set; } = null!;

    public RulesetModel? Model { get; private set; }

    public DateTimeZone Zone { get; private set; } = DateTimeZone.Utc;

    public EntriesTable Entries { get; private set; } = null!;

    public bool HasMore { get; private set; }

    public AccountOutlook Outlook { get; private set; } = null!;

    /// <summary>Null where no balance is kept.</summary>
    public BalanceChart? Chart { get; private set; }

    /// <summary>Drawn where there is no <see cref="Chart"/>; null where nothing was used either.</summary>
    public UseChart? Bars { get; private set; }

    /// <summary>Whole days of the page's zone, the newest last, and what was available at the end of each.</summary>
    public ImmutableArray<(DayUse Day, long? Available)> Days { get; private set; } = [];

    [BindProperty(SupportsGet = true, Name = "by")]
    public string? By { get; set; }

    public UsageReport Usage { get; private set; } = null!;

    /// <summary>Drafts of the ruleset that are still to be published.</summary>
    public ImmutableArray<Draft> Drafts { get; private set; } = [];

    public bool IsOperator => HttpContext.Person()!.Has(PersonRoles.Operator);

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
        Outlook = await AccountOutlook.ReadAsync(ledger, account, cancellationToken);
        await ReadDaysAsync(cancellationToken);
        var by = Groups.Contains(By ?? "") ? By! : Model?.Recorded.FirstOrDefault(Groups.Contains) ?? Groups[0];
        By = by;
        Usage = await ledger.UsageAsync(new UsageFilter(Outlook.From, Outlook.To, [by], id, Limit: 200), cancellationToken);
        Drafts = await ledger.Drafts.ListAsync(account.Ruleset, open: true, cancellationToken);
        var page = await ledger.EntriesAsync(new EntryFilter(id, Limit: Latest), cancellationToken);
        Entries = new EntriesTable("Latest entries", page.Items, Zone, WithAccount: false);
        HasMore = page.Next is not null;
        return Page();
    }

    private async Task ReadDaysAsync(CancellationToken cancellationToken)
    {
        var today = Account.At.InZone(Zone).Date;
        var first = today.PlusDays(1 - BalanceChart.Back);
        var days = await ledger.DaysAsync(Account.Id, Zone.AtStartOfDay(first).ToInstant(), Account.At + Duration.FromTicks(1), Zone, cancellationToken) ?? [];
        var points = BalanceChart.Instants(Account.At);
        var ends = days.Select(day => Instant.Min(Account.At, Zone.AtStartOfDay(day.Day.PlusDays(1)).ToInstant() - Duration.FromTicks(10))).ToList();
        var balances = await ledger.BalancesAsync(Account.Id, [.. points, .. ends], cancellationToken);
        Days = [.. days.Select((day, i) => (day, balances.Length > points.Length + i ? balances[points.Length + i].Available : null))];

        // The pace of a whole day: today is not one yet.
        var whole = Days.Where(day => day.Day.Day < today).TakeLast(7).Select(static day => day.Day.Units).ToList();
        Chart = BalanceChart.Of(Outlook, balances[..points.Length], whole.DefaultIfEmpty(0).Min(), whole.DefaultIfEmpty(0).Max(), Zone);
        Bars = Chart is null ? UseChart.Of(days, Account.Decimals) : null;
    }
}
