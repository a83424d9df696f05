using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Ledger.Replays;
using Rules.Portal.Replays;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Replays;

/// <summary>Replays that run or were kept, newest first; and a form that begins one.</summary>
public sealed class IndexModel(CreditLedger ledger, ReplayRuns runs, PastReplays pasts, IClock clock) : PageModel
{
    private const int PageSize = 50;
    private readonly Dictionary<string, string> _published = new(StringComparer.Ordinal);

    /// <summary>Days that a replay may cover.</summary>
    public static ImmutableArray<int> Windows { get; } = [7, 30, 90];

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>Ids of 1 to 5 drafts of one ruleset.</summary>
    [BindProperty(SupportsGet = true)]
    public string[] Draft { get; set; } = [];

    [BindProperty]
    public int Days { get; set; } = 30;

    /// <summary>Names to group by, with commas between them.</summary>
    [BindProperty]
    public string? By { get; set; } = "action";

    /// <summary>Only this account; empty: all of the ruleset.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    /// <summary>Drafts that are still to be published.</summary>
    public ImmutableArray<Draft> Drafts { get; private set; } = [];

    public ImmutableArray<ReplayRunning> Running { get; private set; } = [];

    public ImmutableArray<StoredReplay> Kept { get; private set; } = [];

    public string? Next { get; private set; }

    /// <summary>Why no replay was begun; null where none was asked for.</summary>
    public string? Problem { get; private set; }

    /// <summary>A version was published since: the same replay may come to something else.</summary>
    public bool IsStale(StoredReplay kept)
    {
        if (kept.Published is null)
        {
            return false;
        }

        if (!_published.TryGetValue(kept.Ruleset, out var now))
        {
            _published.Add(kept.Ruleset, now = pasts.PublishedHash(kept.Ruleset));
        }

        return now != kept.Published;
    }

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!IsAllowed(HttpContext))
        {
            return await RefuseAsync("Replaying a draft needs the role editor or approver. An admin can give it to you.", cancellationToken, StatusCodes.Status403Forbidden);
        }

        var drafts = new List<Draft>();
        foreach (var id in Draft.Where(static id => !string.IsNullOrEmpty(id)).Distinct(StringComparer.Ordinal).Take(PastReplays.MostDrafts + 1))
        {
            if (await ledger.Drafts.FindAsync(id, cancellationToken) is { } found)
            {
                drafts.Add(found);
            }
        }

        if (drafts.Count is 0 or > PastReplays.MostDrafts)
        {
            return await RefuseAsync(drafts.Count == 0 ? "Choose a draft to replay." : $"Choose at most {PastReplays.MostDrafts} drafts.", cancellationToken);
        }

        if (drafts.FirstOrDefault(other => other.Ruleset != drafts[0].Ruleset) is { } stranger)
        {
            return await RefuseAsync($"Choose drafts of one ruleset: these are of {drafts[0].Ruleset} and of {stranger.Ruleset}.", cancellationToken);
        }

        if (!Windows.Contains(Days))
        {
            return await RefuseAsync($"Choose {string.Join(", ", Windows)} days.", cancellationToken);
        }

        ImmutableArray<string> by = [.. (By ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
        if (by.Length > ReplayRequest.MostNames || by.Any(static name => name.Length > WireLimits.NameCharacters))
        {
            return await RefuseAsync($"Group by at most {ReplayRequest.MostNames} names of at most {WireLimits.NameCharacters} characters.", cancellationToken);
        }

        var ruleset = drafts[0].Ruleset;
        var account = string.IsNullOrWhiteSpace(Account) ? null : Account.Trim();
        if (account is not null && await ledger.RulesetOfAsync(account, cancellationToken) != ruleset)
        {
            return await RefuseAsync($"Ruleset {ruleset} has no account \"{account}\". Leave it out, or name one of that ruleset.", cancellationToken);
        }

        var zone = ledger.Rulesets.Versions(ruleset) is [var newest, ..] ? newest.Model.Zone : DateTimeZone.Utc;
        var today = clock.GetCurrentInstant().InZone(zone).Date;
        var window = new PastWindow(zone.AtStartOfDay(today.PlusDays(1 - Days)).ToInstant(), zone.AtStartOfDay(today.PlusDays(1)).ToInstant());
        var request = new ReplayRequest(ruleset, window, [.. drafts.Select(draft => new DraftText(NameOf(draft, drafts), draft.Text))])
        {
            Account = account,
            Records = [.. by.Where(static name => name is not ("action" or "day"))],
        };
        if (pasts.Check(request)?.Refusal is { } refusal)
        {
            return await RefuseAsync($"{refusal.Message} {refusal.Help}", cancellationToken);
        }

        return runs.Start(request, ["day", .. by.Where(static name => name != "day")], HttpContext.Actor().Name) is { } run
            ? Redirect($"/replays/{run.Id}")
            : await RefuseAsync("Too many replays run. Wait for one, or stop one.", cancellationToken);
    }

    /// <summary>Whoever writes or approves drafts replays them.</summary>
    internal static bool IsAllowed(HttpContext context) => (context.Actor().Rights & (DraftRights.Edit | DraftRights.Approve)) != DraftRights.None;

    // Two people may each write a next version.
    private static string NameOf(Draft draft, List<Draft> all) => all.Count(other => other.Number == draft.Number) == 1
        ? $"draft {draft.Number}"
        : all.Count(other => other.Number == draft.Number && other.Author == draft.Author) == 1 ? $"draft {draft.Number} of {draft.Author}" : $"draft {draft.Number}, {draft.Id[..6]}";

    private async Task<IActionResult> RefuseAsync(string problem, CancellationToken cancellationToken, int status = StatusCodes.Status422UnprocessableEntity)
    {
        Problem = problem;
        Response.StatusCode = status;
        await LoadAsync(cancellationToken);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Drafts = await ledger.Drafts.ListAsync(null, open: true, cancellationToken);
        Running = runs.Running;
        var page = await ledger.Replays.ListAsync(null, After, PageSize, cancellationToken);
        Kept = page.Items;
        Next = page.Next is null ? null : "/replays" + QueryString.Create("after", page.Next);
    }
}
