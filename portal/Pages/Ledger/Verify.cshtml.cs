using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Ledger.Verification;
using Rules.Portal.SignIn;
using Rules.Portal.Verification;

namespace Rules.Portal.Pages.Ledger;

/// <summary>The proof of the ledger's history: the last one, the one under way, and the export that others can prove.</summary>
public sealed class VerifyModel(CreditLedger ledger, VerificationRuns runs) : PageModel
{
    public RunningProof? Running { get; private set; }

    public Proof? Last { get; private set; }

    public string? Failure { get; private set; }

    /// <summary>Why the newest heads are not anchored outside the database; null while they are.</summary>
    public string? AnchorFault => ledger.AnchorFault;

    public static bool MayExport(HttpContext context) => context.Has(PersonRoles.Admin) || context.Has(PersonRoles.Operator);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Running = runs.Running;
        Last = await runs.LastAsync(cancellationToken);
        Failure = runs.Failure;
    }

    /// <summary>Anybody who is signed in may ask for a proof: it reads, and one runs at a time.</summary>
    public IActionResult OnPost()
    {
        runs.Start(HttpContext.Person()!.Name);
        return LocalRedirect("/ledger/verify");
    }

    /// <summary>Every entry as a line of JSON with the bytes that its hash is taken over.</summary>
    public async Task<IActionResult> OnGetExportAsync(CancellationToken cancellationToken)
    {
        if (!MayExport(HttpContext))
        {
            return Forbid();
        }

        Response.ContentType = "application/x-ndjson";
        Response.Headers.ContentDisposition = "attachment; filename=\"ledger.jsonl\"";
        await ledger.ExportAsync(Response.Body, new ExportWindow(), cancellationToken);
        return new EmptyResult();
    }
}
