using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.Imports;
using Rules.Portal.Imports;
using Rules.Portal.SignIn;
using Rules.Portal.Web;

namespace Rules.Portal.Pages.Settings.Imports;

/// <summary>Usage that was never charged here: what was imported, what is on its way, and a form that brings more.</summary>
[UploadLimit(UploadStore.Largest + 65_536)]
public sealed class IndexModel(CreditLedger ledger, UploadStore uploads, ImportRuns runs) : PageModel
{
    public ImmutableArray<PublishedRuleset> Rulesets => ledger.Rulesets.All;

    /// <summary>Imports, each with its batches; the newest first.</summary>
    public ImmutableArray<ImmutableArray<UsageBatch>> Imports { get; private set; } = [];

    public ImmutableArray<UploadedUsage> Uploads { get; private set; } = [];

    [BindProperty]
    public string? Ruleset { get; set; }

    public string? Problem { get; private set; }

    public ImportRun? RunOf(UploadedUsage upload) => runs.Find(upload.Id);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Uploads = uploads.All();
        Imports = [.. (await ledger.Imports.ListAsync(null, cancellationToken)).GroupBy(static batch => batch.Import)
            .Select(static batches => batches.ToImmutableArray()).OrderByDescending(static batches => batches[0].ImportedAt)];
    }

    public async Task<IActionResult> OnPostAsync(IFormFile? file, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(Ruleset) || ledger.Rulesets.Find(Ruleset) is null)
        {
            return await RefuseAsync("Choose the ruleset by whose rules the usage is to be replayed.", cancellationToken);
        }

        var name = UploadStore.Name(file, out var problem);
        if (problem is not null)
        {
            return await RefuseAsync(problem, cancellationToken);
        }

        await using var content = file!.OpenReadStream();
        var upload = await uploads.AddAsync(content, name, Ruleset, HttpContext.Person()!.Name, cancellationToken);
        return LocalRedirect($"/settings/imports/{upload.Id}");
    }

    private async Task<IActionResult> RefuseAsync(string problem, CancellationToken cancellationToken)
    {
        Problem = problem;
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await OnGetAsync(cancellationToken);
        return Page();
    }
}
