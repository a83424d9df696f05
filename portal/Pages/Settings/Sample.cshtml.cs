using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger;
using Rules.Portal.Sample;

namespace Rules.Portal.Pages.Settings;

/// <summary>What of the ledger is made up, and its removal.</summary>
public sealed class SampleModel(CreditLedger ledger, SampleProgress progress, ISampleRemoval removal) : PageModel
{
    public ImmutableArray<string> Accounts { get; private set; } = [];

    public SampleStage Stage => progress.Stage;

    public string? Problem { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken) => Accounts = await ledger.SamplesAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(bool confirmed, CancellationToken cancellationToken)
    {
        if (confirmed)
        {
            await removal.RemoveAsync();
            return LocalRedirect("/settings/sample");
        }

        Problem = "Nothing was removed. Say with the mark that all sample accounts are to go.";
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await OnGetAsync(cancellationToken);
        return Page();
    }
}
