using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Settings;

/// <summary>People and their roles.</summary>
public sealed class PeopleModel(CreditLedger ledger, KnownPeople known) : PageModel
{
    public ImmutableArray<Person> People { get; private set; } = [];

    /// <summary>Why the last step was refused; null where it was not.</summary>
    public PersonProblem? Problem { get; private set; }

    /// <summary>What was asked for and refused.</summary>
    public string? Name { get; private set; }

    /// <summary>A new link, shown this once.</summary>
    public string? Link { get; private set; }

    public string? LinkOf { get; private set; }

    private string By => HttpContext.Person()!.Name;

    public async Task OnGetAsync(CancellationToken cancellationToken) => People = await ledger.People.ListAsync(cancellationToken);

    public async Task<IActionResult> OnPostAddAsync(string? name, int[]? roles, CancellationToken cancellationToken)
    {
        Name = name?.Trim() ?? "";
        var added = await ledger.People.AddAsync(Name, Roles(roles), By, cancellationToken);
        if (!added.Succeeded)
        {
            return await ShowAsync(added.Problem, cancellationToken);
        }

        Name = null;
        return await LinkAsync(added.Person!.Id, cancellationToken);
    }

    public Task<IActionResult> OnPostRolesAsync(string? id, int rowVersion, int[]? roles, CancellationToken cancellationToken) =>
        StepAsync(id, () => ledger.People.ChangeRolesAsync(id ?? "", rowVersion, Roles(roles), By, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostRevokeAsync(string? id, int rowVersion, CancellationToken cancellationToken) =>
        StepAsync(id, () => ledger.People.RevokeAsync(id ?? "", rowVersion, By, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostRestoreAsync(string? id, int rowVersion, CancellationToken cancellationToken) =>
        StepAsync(id, () => ledger.People.RestoreAsync(id ?? "", rowVersion, By, cancellationToken), cancellationToken);

    public Task<IActionResult> OnPostLinkAsync(string? id, CancellationToken cancellationToken) => LinkAsync(id ?? "", cancellationToken);

    private static PersonRoles Roles(int[]? roles) => (PersonRoles)(roles ?? []).Aggregate(0, static (all, role) => all | role);

    private async Task<IActionResult> LinkAsync(string id, CancellationToken cancellationToken)
    {
        if (await ledger.People.IssueLinkAsync(id, By, cancellationToken) is not { } secret)
        {
            return await ShowAsync(new PersonProblem("person_unknown", "There is nobody of that id who may sign in."), cancellationToken);
        }

        Link = $"{Request.Scheme}://{Request.Host}{SignInPaths.Link(secret)}";
        LinkOf = (await ledger.People.FindAsync(id, cancellationToken))!.Name;
        await OnGetAsync(cancellationToken);
        return Page();
    }

    private async Task<IActionResult> StepAsync(string? id, Func<Task<PersonResult>> step, CancellationToken cancellationToken)
    {
        var result = await step();
        known.Forget(id ?? "");
        return result.Succeeded ? LocalRedirect("/settings/people") : await ShowAsync(result.Problem, cancellationToken);
    }

    private async Task<IActionResult> ShowAsync(PersonProblem? problem, CancellationToken cancellationToken)
    {
        Problem = problem;
        Response.StatusCode = problem?.Code == "person_changed" ? StatusCodes.Status409Conflict : StatusCodes.Status422UnprocessableEntity;
        await OnGetAsync(cancellationToken);
        return Page();
    }
}
