using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>One ruleset: its versions through time.</summary>
public sealed class RulesetPageModel(CreditLedger ledger, TimeProvider time) : PageModel
{
    private const int Latest = 20;

    /// <summary>Those that are neither published nor given up, the one changed last first.</summary>
    public ImmutableArray<Draft> Drafts { get; private set; } = [];

    /// <summary>What was done with drafts of this ruleset, newest first.</summary>
    public ImmutableArray<AuditRecord> Log { get; private set; } = [];

    /// <summary>Versions that were published without approval in the last week, newest first.</summary>
    public ImmutableArray<AuditRecord> Emergencies { get; private set; } = [];

    /// <summary>Why a draft was not begun; null where nothing stood in the way.</summary>
    public DraftProblem? Problem { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>Nothing but drafts of its first version is there.</summary>
    public bool IsToCome => Row is null;

    /// <summary>Set where a version is published.</summary>
    public RulesetRow Row { get; private set; } = null!;

    /// <summary>Newest first.</summary>
    public ImmutableArray<RulesetVersion> Versions { get; private set; } = [];

    public Timeline Timeline { get; private set; } = null!;

    public RulesetModel Current => Row.InForce?.Model ?? Row.Newest;

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken cancellationToken)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        Name = name;
        Drafts = await ledger.Drafts.ListAsync(name, open: true, cancellationToken);
        if (ledger.Rulesets.Find(name) is not { } ruleset)
        {
            Log = Drafts.IsEmpty ? [] : await ledger.Drafts.AuditAsync(name, null, null, Latest, cancellationToken);
            return Drafts.IsEmpty ? NotFound() : Page();
        }

        Row = RulesetRow.At(ruleset, now);
        Versions = ledger.Rulesets.Versions(name);
        Log = await ledger.Drafts.AuditAsync(name, null, null, Latest, cancellationToken);
        Emergencies = await ledger.Drafts.EmergenciesAsync(name, now - Duration.FromDays(7), cancellationToken);
        Timeline = Timeline.Of(ruleset, Drafts, now);
        return Page();
    }

    /// <summary>Begins a draft of the next version.</summary>
    public Task<IActionResult> OnPostDraftAsync(string name, CancellationToken cancellationToken) =>
        BeginAsync(name, by => ledger.Drafts.CreateAsync(name, by, cancellationToken), cancellationToken);

    /// <summary>Begins a draft that goes back to an earlier version.</summary>
    public Task<IActionResult> OnPostRollbackAsync(string name, int version, string? reason, CancellationToken cancellationToken) =>
        BeginAsync(name, by => ledger.Drafts.PrepareRollbackAsync(name, version, reason ?? "", by, cancellationToken), cancellationToken);

    private async Task<IActionResult> BeginAsync(string name, Func<DraftActor, Task<DraftResult>> begin, CancellationToken cancellationToken)
    {
        var begun = await begin(HttpContext.Actor());
        if (begun.Succeeded)
        {
            return LocalRedirect($"/rulesets/{name}/draft/{begun.Draft!.Id}");
        }

        Problem = begun.Problem;
        Response.StatusCode = Problem!.Code == DraftProblemCodes.RightMissing ? StatusCodes.Status403Forbidden : StatusCodes.Status422UnprocessableEntity;
        return await OnGetAsync(name, cancellationToken);
    }

    public string State(RulesetVersion version) =>
        version.Model.Version == Row.InForce?.Model.Version ? "in force"
        : Row.InForce is { } inForce && version.Model.Version < inForce.Model.Version ? "superseded"
        : "scheduled";
}
