using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger;
using Rules.Ledger.Imports;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Settings.Imports;

/// <summary>One import: what it holds, and taking it back.</summary>
public sealed class WithdrawModel(CreditLedger ledger) : PageModel
{
    public ImmutableArray<UsageBatch> Batches { get; private set; } = [];

    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(string import, CancellationToken cancellationToken)
    {
        Batches = await ledger.Imports.BatchesAsync(import, cancellationToken);
        return Batches.IsEmpty ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostAsync(string import, CancellationToken cancellationToken)
    {
        try
        {
            var batches = await ledger.Imports.WithdrawAsync(import, HttpContext.Person()!.Name, cancellationToken);
            return batches.IsEmpty ? NotFound() : LocalRedirect("/settings/imports");
        }
        catch (UsageImportException e)
        {
            Problem = e.Message;
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return await OnGetAsync(import, cancellationToken);
        }
    }
}
