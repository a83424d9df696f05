using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Portal.Imports;
using Rules.Portal.SignIn;
using Rules.Portal.Web;

namespace Rules.Portal.Pages.Reports;

/// <summary>Bills that wait to be compared with what the ledger charged, and a form that brings another.</summary>
[UploadLimit(Largest + 65_536)]
public sealed class BillsModel(CreditLedger ledger, [FromKeyedServices(UploadStore.Bills)] UploadStore bills) : PageModel
{
    /// <summary>Bytes of a file: it is read anew for each look at it.</summary>
    public const int Largest = 16 * 1024 * 1024;

    public ImmutableArray<PublishedRuleset> Rulesets => ledger.Rulesets.All;

    public ImmutableArray<UploadedUsage> Files { get; private set; } = [];

    [BindProperty]
    public string? Ruleset { get; set; }

    public string? Problem { get; private set; }

    public bool MayBring => MayChange(HttpContext);

    /// <summary>Whoever may bring a bill, or discard one.</summary>
    public static bool MayChange(HttpContext context) => context.Has(PersonRoles.Operator) || context.Has(PersonRoles.Admin);

    public void OnGet() => Files = bills.All();

    public async Task<IActionResult> OnPostAsync(IFormFile? file, CancellationToken cancellationToken)
    {
        if (!MayBring)
        {
            return Forbid();
        }

        if (string.IsNullOrEmpty(Ruleset) || ledger.Rulesets.Find(Ruleset) is null)
        {
            return Refuse("Choose the ruleset whose charges the bill is about.");
        }

        var name = UploadStore.Name(file, out var problem);
        if (problem is not null)
        {
            return Refuse(problem);
        }

        if (!name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse("A bill is a CSV file with a header, and its name ends in .csv.");
        }

        await using var content = file!.OpenReadStream();
        var kept = await bills.AddAsync(content, name, Ruleset, HttpContext.Person()!.Name, cancellationToken);
        return LocalRedirect(BillModel.AddressOf(kept.Id));
    }

    private PageResult Refuse(string problem)
    {
        Problem = problem;
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        OnGet();
        return Page();
    }
}
