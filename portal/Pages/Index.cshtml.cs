using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.Accounts;
using Rules.Portal.Alerts;
using Rules.Portal.Burn;
using Rules.Portal.Display;
using Rules.Portal.Drafts;
using Rules.Portal.Pages.Rulesets;
using Rules.Portal.Pages.Shared;

namespace Rules.Portal.Pages;

/// <summary>What is in force, who has what, and what happened last.</summary>
public sealed class OverviewModel(CreditLedger ledger, BurnCache burn, TimeProvider time) : PageModel
{
    private const int Latest = 8;
    private const int Shown = 500;
    private const int Asked = 50;
    private const int Named = 10;
    private const int Fires = 5;
    private const int Looked = 100;
    private static readonly Duration _lately = Duration.FromDays(1);

    /// <summary>Days within which an account that runs out is named.</summary>
    public const int Soon = 7;

    /// <summary>What each ruleset's accounts used; in the order of <see cref="Rulesets"/>.</summary>
    public ImmutableArray<RulesetUse> Uses { get; private set; } = [];

    /// <summary>Accounts that run out within the next days if they go on as they did, the first one first; and those that have nothing left.</summary>
    public ImmutableArray<RunningOut> RunningOut { get; private set; } = [];

    /// <summary>Versions and drafts that start in the future.</summary>
    public ImmutableArray<ComingChange> Coming { get; private set; } = [];

    /// <summary>Alerts that fired within a day and are not muted.</summary>
    public ImmutableArray<FiredAlert> Fired { get; private set; } = [];

    /// <summary>The last lines of the audit log.</summary>
    public ImmutableArray<AuditRecord> Log { get; private set; } = [];

    public Instant Now { get; private set; }

    /// <summary>Something waits for somebody.</summary>
    public bool NeedsSomebody => !Waiting.IsEmpty || !Coming.IsEmpty || !Fired.IsEmpty;

    public ImmutableArray<RulesetRow> Rulesets { get; private set; } = [];

    public EntriesTable Entries { get; private set; } = null!;

    public ImmutableArray<AccountSummary> Accounts { get; private set; } = [];

    /// <summary>Whether the made-up company is among what is shown: its ids begin with <c>sample-</c>.</summary>
    public bool HasSample => Accounts.Any(account => AccountLinks.IsSample(account.Id));

    /// <summary>Drafts that wait for a review or for their start.</summary>
    public ImmutableArray<Draft> Waiting { get; private set; } = [];

    /// <summary>Versions that were published without approval in the last week.</summary>
    public ImmutableArray<AuditRecord> Emergencies { get; private set; } = [];

    /// <summary>The newest charge: the shortest way to an explanation.</summary>
    public EntrySummary? NewestCharge { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var now = Now = Instant.FromDateTimeOffset(time.GetUtcNow());
        Rulesets = [.. ledger.Rulesets.All.Select(ruleset => RulesetRow.At(ruleset, now))];
        var entries = await ledger.EntriesAsync(new EntryFilter(Limit: Latest), cancellationToken);
        Entries = new EntriesTable("Latest entries", entries.Items, DateTimeZone.Utc, WithAccount: true) { IsFull = false };
        var accounts = await ledger.AccountsAsync(new AccountFilter(Limit: Shown), cancellationToken);
        Accounts = accounts.Items;
        Waiting = (await ledger.Drafts.ListAsync(null, open: true, cancellationToken)).RemoveAll(static draft => draft.State is DraftState.Draft or DraftState.Rejected);
        Emergencies = await ledger.Drafts.EmergenciesAsync(null, now - Duration.FromDays(7), cancellationToken);
        var drafts = await ledger.Drafts.ListAsync(null, open: true, cancellationToken);
        Coming =
        [
            .. Rulesets.Where(static row => row.Next is not null).Select(static row => new ComingChange(row.Name, row.Next!.Model.Version, row.Next.ActiveFrom, row.Next.Model.Zone, $"/rulesets/{row.Name}/v/{row.Next.Model.Version}")),
            .. drafts.Where(static draft => draft is { State: DraftState.Scheduled, EffectiveAt: not null })
                .Select(draft => new ComingChange(draft.Ruleset, draft.Number, draft.EffectiveAt!.Value, ZoneOf(draft.Ruleset), $"/reviews/{draft.Id}")),
        ];
        var mutes = await ledger.Mutes.SinceAsync(now - _lately, cancellationToken);
        Fired =
        [
            .. (await ledger.Outbox.NewestAsync(null, null, Looked, cancellationToken)).Items.Select(static message => FiredAlert.Read(message.Body))
                .Where(fired => fired.At > now - _lately && fired.Mute(mutes, now) is null).Take(Fires),
        ];
        Log = await ledger.Drafts.AuditAsync(null, null, null, Latest, cancellationToken);
        var used = await burn.ReadAsync(cancellationToken);
        Uses = [.. Rulesets.Select(row => RulesetUse.Of(used, row.Name, row.Newest.Credit.Decimals, row.Newest.Zone, now))];
        RunningOut = await RunningOutAsync(used, cancellationToken);
        NewestCharge = entries.Items.FirstOrDefault(entry => entry.Kind == Engine.Accounts.EntryKind.Charge && entry.Amount > 0);
    }

    // Whom their pace alone would bring to nothing is asked about as the account's own page says it: with what expires, and what is granted before.
    private async Task<ImmutableArray<RunningOut>> RunningOutAsync(BurnReading used, CancellationToken cancellationToken)
    {
        var soon = Now + Duration.FromDays(Soon);
        var found = ImmutableArray.CreateBuilder<RunningOut>();
        foreach (var (account, left) in Accounts.Select(static account => (account, Balance.Of(account.Balances)))
            .Select(it => (it.account, left: it.Item2, at: it.Item2.IsEmpty ? Now : used.RunsOut(it.account.Id, it.Item2.Available)))
            .Where(it => it.at <= soon).OrderBy(static it => it.at).ThenBy(static it => it.account.Id, StringComparer.Ordinal).Take(Asked).Select(static it => (it.account, it.left)))
        {
            if (await ledger.BalanceAsync(account.Id, at: null, cancellationToken) is { } balance)
            {
                var end = (await AccountOutlook.ReadAsync(ledger, balance, cancellationToken)).RunOut;
                var at = end.Kind switch { RunOutKind.Empty => Now, RunOutKind.At => end.At, _ => null };
                if (at <= soon)
                {
                    found.Add(new RunningOut(account.Id, account.Ruleset, account.Decimals, left.Available, at));
                }
            }
        }

        return [.. found.OrderBy(static it => it.At).ThenBy(static it => it.Account, StringComparer.Ordinal).Take(Named)];
    }

    /// <summary>Days and hours until an instant, in words: <c>2 d 4 h</c>.</summary>
    public string Until(Instant at)
    {
        var left = at - Now;
        return left < Duration.FromHours(1) ? "less than an hour" : left.Days > 0 ? $"{left.Days} d {left.Hours} h" : $"{left.Hours} h";
    }

    private DateTimeZone ZoneOf(string ruleset) => ledger.Rulesets.Find(ruleset)?.Versions[^1].Model.Zone ?? DateTimeZone.Utc;
}

/// <summary>
/// What a ruleset's accounts used on days of its zone, the last of them up to now: today, seven days and thirty, each beside the days before until the same hour.
/// </summary>
public sealed record RulesetUse(int Decimals, UsedSpan Today, UsedSpan Week, UsedSpan Month, DayChart Chart)
{
    private const int Days = 30;

    public bool IsEmpty => Month.Now == 0 && (Month.Before ?? 0) == 0;

    public static RulesetUse Of(BurnReading used, string ruleset, int decimals, DateTimeZone zone, Instant now)
    {
        var today = now.InZone(zone).Date;
        var began = used.Began(ruleset);
        Instant Midnight(int daysAgo) => zone.AtStartOfDay(today.PlusDays(-daysAgo)).ToInstant();
        UsedSpan Span(int days)
        {
            var (from, before) = (Midnight(days - 1), Midnight((2 * days) - 1));
            return new UsedSpan(used.Used(ruleset, from, now), used.IsWhole && began <= before ? used.Used(ruleset, before, now - Duration.FromDays(days)) : null);
        }

        var first = today.PlusDays(1 - Days);
        return new RulesetUse(
            decimals,
            Span(1),
            Span(7),
            Span(Days),
            DayChart.Of(first, today, used.ByDay(ruleset, zone, first).ToDictionary(static day => day.Key, static day => (Int128.Zero, day.Value)), decimals));
    }

    /// <summary>In plain decimal notation.</summary>
    public string Plain(Int128 units) => new ExactDecimal((System.Numerics.BigInteger)units, Decimals).ToString();
}

/// <param name="Before">In the days before; null where the first use came after they had begun, and while the sample company is not whole.</param>
public readonly record struct UsedSpan(Int128 Now, Int128? Before);

/// <param name="Available">Smallest units.</param>
/// <param name="At">When nothing is left at the pace of the last seven days.</param>
public sealed record RunningOut(string Account, string Ruleset, int Decimals, long? Available, Instant? At);

/// <summary>A change of prices that is published or scheduled and not in force yet.</summary>
public sealed record ComingChange(string Ruleset, int Version, Instant At, DateTimeZone Zone, string Address);
