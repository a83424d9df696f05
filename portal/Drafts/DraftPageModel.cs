using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.SignIn;

namespace Rules.Portal.Drafts;

/// <summary>What the pages about one draft have in common: the draft, who acts, what stood in the way.</summary>
public abstract class DraftPageModel(CreditLedger ledger) : PageModel
{
    protected CreditLedger Ledger => ledger;

    public Draft Draft { get; protected set; } = null!;

    /// <summary>Why the last step was refused; null where it was not.</summary>
    public DraftProblem? Problem { get; protected set; }

    /// <summary>The draft's row version that the page was made of.</summary>
    [BindProperty]
    public int RowVersion { get; set; }

    /// <summary>What the signed-in person may do with drafts.</summary>
    public DraftActor Actor => HttpContext.Actor();

    /// <summary>Of the newest version; before there is one, of the draft itself.</summary>
    public DateTimeZone Zone => ledger.Rulesets.Versions(Draft.Ruleset) is [var newest, ..] ? newest.Model.Zone
        : ledger.Rulesets.Compile(SourceText.From(Draft.Text)).Model?.Zone ?? DateTimeZone.Utc;

    public bool May(AuditAction action) => DraftRoad.Allows(action, Draft.State, Actor.Rights);

    /// <summary>Finds the draft.</summary>
    /// <returns>False where there is none.</returns>
    protected async Task<bool> FindAsync(string id, string? ruleset, CancellationToken cancellationToken)
    {
        if (await ledger.Drafts.FindAsync(id, cancellationToken) is not { } draft || (ruleset is not null && draft.Ruleset != ruleset))
        {
            return false;
        }

        Draft = draft;
        return true;
    }

    /// <summary>Takes what a step answered.</summary>
    /// <returns>True where it was done.</returns>
    protected bool Take(DraftResult result)
    {
        Draft = result.Draft ?? Draft;
        Problem = result.Problem;
        if (Problem is not null)
        {
            Response.StatusCode = Problem.Code switch
            {
                DraftProblemCodes.RightMissing or DraftProblemCodes.OwnDraft => StatusCodes.Status403Forbidden,
                DraftProblemCodes.Changed or DraftProblemCodes.State or DraftProblemCodes.Conflict or DraftProblemCodes.ApprovalStale => StatusCodes.Status409Conflict,
                _ => StatusCodes.Status422UnprocessableEntity,
            };
        }

        return result.Succeeded;
    }
}
