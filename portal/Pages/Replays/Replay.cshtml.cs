using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Replays;
using Rules.Portal.Drafts;
using Rules.Portal.Replays;

namespace Rules.Portal.Pages.Replays;

/// <summary>One replay: how far it has come, or what it came to. Which draft is looked at and which accounts are listed is in the address.</summary>
public sealed class ReplayModel(CreditLedger ledger, ReplayRuns runs, PastReplays pasts) : PageModel
{
    /// <summary>Which accounts can be listed, with what they are called.</summary>
    public static ImmutableArray<(string Key, string Name)> Choices { get; } =
        [("", "all that differ"), ("dearer", "dearer"), ("cheaper", "cheaper"), ("sooner", "run out sooner"), ("stopped", "with stopped uses")];

    public string Id { get; private set; } = "";

    /// <summary>The draft that is looked at, from 1 in the order of the request; another number is the first.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Draft { get; set; }

    /// <summary>A key of <see cref="Choices"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Show { get; set; }

    /// <summary>Only accounts that pay at least as many per cent more or less.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Least { get; set; }

    /// <summary>Null once it has ended.</summary>
    public ReplayRunning? Running { get; private set; }

    /// <summary>Null while it runs.</summary>
    public StoredReplay? Kept { get; private set; }

    /// <summary>Null where nothing was replayed.</summary>
    public ReplayView? View { get; private set; }

    /// <summary>Place of the draft that is looked at among the candidates; 1 or more.</summary>
    public int Chosen { get; private set; } = 1;

    /// <summary>Accounts of the filter.</summary>
    public ImmutableArray<AccountView> Rows { get; private set; } = [];

    /// <summary>Why <see cref="Least"/> cannot be used; null where it can.</summary>
    public string? LeastFault { get; private set; }

    public bool IsFiltered => !string.IsNullOrEmpty(Show) || !string.IsNullOrWhiteSpace(Least);

    /// <summary>Null where nothing was charged by day.</summary>
    public DayChart? Chart { get; private set; }

    /// <summary>A version was published since, so that the same replay may come to something else.</summary>
    public bool IsStale => View is { Failure: null } view && view.Published != pasts.PublishedHash(Ruleset);

    public PastWindow Window { get; private set; }

    public string Ruleset => Running?.Request.Ruleset ?? Kept!.Ruleset;

    public DateTimeZone Zone => ledger.Rulesets.Versions(Ruleset) is [var newest, ..] ? newest.Model.Zone : DateTimeZone.Utc;

    public int Decimals => ledger.Rulesets.Versions(Ruleset) is [var newest, ..] ? newest.Model.Credit.Decimals : 0;

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken) => await FindAsync(id, cancellationToken) ? Page() : NotFound();

    /// <summary>The stored result, byte for byte.</summary>
    public async Task<IActionResult> OnGetJsonAsync(string id, CancellationToken cancellationToken) =>
        await ledger.Replays.FindAsync(id, cancellationToken) is { Result.IsEmpty: false } kept ? File(kept.Result.ToArray(), "application/json") : NotFound();

    /// <summary>The accounts of the filter, exact, one a row.</summary>
    public async Task<IActionResult> OnGetCsvAsync(string id, CancellationToken cancellationToken)
    {
        if (!await FindAsync(id, cancellationToken) || View is not { Failure: null } view)
        {
            return NotFound();
        }

        if (LeastFault is not null)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        IEnumerable<string?> head =
        [
            "account", "plan", "events", .. view.Candidates.Select(static candidate => candidate.Name), "change", "ran_out_at_first", "ran_out_at", "days_later", "stopped",
        ];
        var rows = Rows.Select(account => (IEnumerable<string?>)
        [
            account.Account, account.Plan, account.Events.ToString(CultureInfo.InvariantCulture), .. account.Results.Select(static result => result.Charged),
            account.Change(Chosen).ToString(), Instants(account.Results[0]), Instants(account.Results[Chosen]),
            account.Results[Chosen].DaysLater?.ToString(CultureInfo.InvariantCulture), account.Results[Chosen].Stopped.ToString(CultureInfo.InvariantCulture),
        ]);
        return File(ReportJson.Table(head, rows), "text/csv; charset=utf-8", $"replay-{Ruleset}-{id}.csv");
    }

    /// <summary>Its progress as server-sent events, as <c>/v1/replays/{id}/events</c> tells it.</summary>
    public async Task<IActionResult> OnGetEventsAsync(string id, CancellationToken cancellationToken)
    {
        if (!await FindAsync(id, cancellationToken))
        {
            return NotFound();
        }

        await new ReplayEvents(Running, Kept?.State ?? default).ExecuteAsync(HttpContext);
        return new EmptyResult();
    }

    public async Task<IActionResult> OnPostStopAsync(string id, CancellationToken cancellationToken)
    {
        if (!IndexModel.IsAllowed(HttpContext))
        {
            return Forbid();
        }

        if (!await FindAsync(id, cancellationToken))
        {
            return NotFound();
        }

        if (Running is { } run)
        {
            run.Cancel();
            await run.Ended.WaitAsync(cancellationToken);
        }

        return Redirect($"/replays/{id}");
    }

    /// <summary>The address of this page with the draft, the filter and a handler.</summary>
    public string Address(int draft, bool filtered, string? handler = null)
    {
        var query = QueryString.Empty;
        foreach (var (name, value) in new (string, string?)[]
        {
            ("handler", handler), ("draft", draft == 1 ? null : draft.ToString(CultureInfo.InvariantCulture)), ("show", filtered ? Show : null), ("least", filtered ? Least : null),
        })
        {
            query = string.IsNullOrEmpty(value) ? query : query.Add(name, value);
        }

        return $"/replays/{Id}{query}";
    }

    /// <summary>The days of one account under the same drafts.</summary>
    public string AccountAddress(string account) => $"/replays/{Id}/accounts/{Uri.EscapeDataString(account)}";

    private async Task<bool> FindAsync(string id, CancellationToken cancellationToken)
    {
        Id = id;
        Running = runs.Find(id);
        if (Running is { } run)
        {
            Window = run.Request.Window;
            return true;
        }

        Kept = await ledger.Replays.FindAsync(id, cancellationToken);
        if (Kept is null)
        {
            return false;
        }

        Window = ReplayView.AskedOf(Kept).Window;
        View = ReplayView.Read(Kept);
        if (View is { Failure: null } view)
        {
            Chosen = int.TryParse(Draft, NumberStyles.None, CultureInfo.InvariantCulture, out var draft) && draft >= 1 && draft < view.Candidates.Length ? draft : 1;
            Rows = [.. view.Largest.Where(Chooses(LeastPercent()))];
            Chart = ChartOf(view);
        }

        return true;
    }

    private ExactDecimal? LeastPercent()
    {
        if (Least?.Trim().TrimEnd('%').Trim() is not { Length: > 0 } text)
        {
            return null;
        }

        if (text.Length <= 12 && ExactDecimal.TryParse(text, out var percent) && !percent.IsNegative)
        {
            return percent;
        }

        LeastFault = "Write a number of per cent, such as 5.";
        return null;
    }

    private Func<AccountView, bool> Chooses(ExactDecimal? least)
    {
        var chosen = Chosen;
        Func<AccountView, bool> shown = Show switch
        {
            "dearer" => account => account.Change(chosen).Sign > 0,
            "cheaper" => account => account.Change(chosen).Sign < 0,
            "sooner" => account => account.Results[chosen].RanOutAt is { } then && (account.Results[0].RanOutAt is not { } before || then < before),
            "stopped" => account => account.Results[chosen].Stopped > 0,
            _ => account => !account.Change(chosen).IsZero || account.Results[chosen].RanOutAt != account.Results[0].RanOutAt,
        };

        // Who paid nothing pays endlessly many per cent more.
        return least is not { } percent ? shown : account => shown(account)
            && ExactDecimal.Abs(account.Change(chosen)) * 100 >= ExactDecimal.Abs(ExactDecimal.Parse(account.Results[0].Charged)) * percent;
    }

    private DayChart? ChartOf(ReplayView view)
    {
        if (view.Groups.FirstOrDefault(static groups => groups.Name == "day") is not { Groups.IsEmpty: false } days)
        {
            return null;
        }

        var sums = days.Groups.ToDictionary(static day => LocalDatePattern.Iso.Parse(day.Value).Value, day => (Units(day.Charged[0]), Units(day.Charged[Chosen])));
        var first = LocalDate.Min(Window.From.InZone(Zone).Date, sums.Keys.Min());
        return DayChart.Of(first, LocalDate.Max(first.PlusDays(1), LocalDate.Max(Window.Until.InZone(Zone).Date, sums.Keys.Max())), sums, Decimals, DayChart.Whole);
    }

    /// <summary>A change in per cent; empty where there was nothing before.</summary>
    public string Percent(string before, string after) => Display.PercentText.Change(Units(before), Units(after));

    private Int128 Units(string amount) => (Int128)(ExactDecimal.Parse(amount) * new ExactDecimal(BigInteger.Pow(10, Decimals))).Mantissa;

    private static string? Instants(AccountResultView result) => result.RanOutAt is { } at ? InstantText.Format(at) : null;
}
