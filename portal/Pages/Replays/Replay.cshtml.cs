using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Replays;
using Rules.Portal.Replays;

namespace Rules.Portal.Pages.Replays;

/// <summary>One replay: how far it has come, or what it came to.</summary>
public sealed class ReplayModel(CreditLedger ledger, ReplayRuns runs, PastReplays pasts) : PageModel
{
    public string Id { get; private set; } = "";

    /// <summary>Null once it has ended.</summary>
    public ReplayRunning? Running { get; private set; }

    /// <summary>Null while it runs.</summary>
    public StoredReplay? Kept { get; private set; }

    /// <summary>Null where nothing was replayed.</summary>
    public ReplayView? View { get; private set; }

    /// <summary>A version was published since, so that the same replay may come to something else.</summary>
    public bool IsStale => View is { Failure: null } view && view.Published != pasts.PublishedHash(Ruleset);

    public (Instant From, Instant Until) Window { get; private set; }

    public string Ruleset => Running?.Request.Ruleset ?? Kept!.Ruleset;

    public DateTimeZone Zone => ledger.Rulesets.Versions(Ruleset) is [var newest, ..] ? newest.Model.Zone : DateTimeZone.Utc;

    public int Decimals => ledger.Rulesets.Versions(Ruleset) is [var newest, ..] ? newest.Model.Credit.Decimals : 0;

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken) => await FindAsync(id, cancellationToken) ? Page() : NotFound();

    /// <summary>The stored result, byte for byte.</summary>
    public async Task<IActionResult> OnGetJsonAsync(string id, CancellationToken cancellationToken) =>
        await ledger.Replays.FindAsync(id, cancellationToken) is { Result.IsEmpty: false } kept ? File(kept.Result.ToArray(), "application/json") : NotFound();

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

    private async Task<bool> FindAsync(string id, CancellationToken cancellationToken)
    {
        Id = id;
        Running = runs.Find(id);
        if (Running is { } run)
        {
            Window = (run.Request.Window.From, run.Request.Window.Until);
            return true;
        }

        Kept = await ledger.Replays.FindAsync(id, cancellationToken);
        if (Kept is null)
        {
            return false;
        }

        Window = ReplayView.WindowOf(Kept);
        View = ReplayView.Read(Kept);
        return true;
    }
}
