using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.Imports;
using Rules.Portal.Imports;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Settings.Imports;

/// <summary>One uploaded file: what its columns mean, the check, the import.</summary>
public sealed class UploadModel(CreditLedger ledger, UploadStore uploads, ImportRuns runs) : PageModel
{
    public UploadedUsage Upload { get; private set; } = null!;

    public ImportRun? Run { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>Members that the ruleset's rules can read, for the list beside a field.</summary>
    public ImmutableArray<string> Members { get; private set; } = [];

    /// <summary>Actions of the file that no version of the ruleset has, with their events.</summary>
    public ImmutableArray<KeyValuePair<string, long>> Unpriced(UsageImportResult result) => ledger.Rulesets.Find(Upload.Ruleset) is { } ruleset ? result.Unpriced(ruleset) : [];

    public IActionResult OnGet(string id) => Find(id) ? Page() : NotFound();

    public Task<IActionResult> OnPostCheckAsync(string id, string[] columns, string[] members, string? constants, CancellationToken cancellationToken) =>
        StartAsync(id, columns, members, constants, isDryRun: true, cancellationToken);

    public Task<IActionResult> OnPostImportAsync(string id, string[] columns, string[] members, string? constants, CancellationToken cancellationToken) =>
        StartAsync(id, columns, members, constants, isDryRun: false, cancellationToken);

    public IActionResult OnPostDiscard(string id)
    {
        if (Find(id) && Run is not { IsRunning: true })
        {
            uploads.Discard(id);
        }

        return LocalRedirect("/settings/imports");
    }

    private async Task<IActionResult> StartAsync(string id, string[] columns, string[] members, string? constants, bool isDryRun, CancellationToken cancellationToken)
    {
        if (!Find(id))
        {
            return NotFound();
        }

        if (Run is not { IsRunning: true })
        {
            var said = columns.Zip(members, static (column, member) => (column, member: member ?? "")).DistinctBy(static pair => pair.column)
                .ToImmutableDictionary(static pair => pair.column, static pair => pair.member.Trim(), StringComparer.Ordinal);
            Upload = Upload with { Members = said, Constants = (constants ?? "").ReplaceLineEndings("\n").Trim() };
            await uploads.SaveAsync(Upload, cancellationToken);
            if (ImportRuns.Mapping(Upload, out var problem) is not { } mapping)
            {
                Problem = problem;
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return Page();
            }

            runs.Start(Upload, mapping, isDryRun, HttpContext.Person()!.Name);
        }

        return LocalRedirect($"/settings/imports/{id}");
    }

    private bool Find(string id)
    {
        Run = runs.Find(id);
        if (uploads.Find(id) is not { } upload)
        {
            return false;
        }

        Upload = upload;
        Members = MembersOf(ledger.Rulesets.Find(upload.Ruleset)?.Versions[^1].Model);
        return true;
    }

    private static ImmutableArray<string> MembersOf(RulesetModel? rules) =>
    [
        "id", "account", "at", "action", "amount",
        .. rules?.Actions.SelectMany(static action => action.Meters.Select(static meter => "quantities." + meter.Name)).Distinct() ?? [],
        .. rules?.Actions.SelectMany(static action => action.Facts.Select(static fact => "facts." + fact.Name)).Distinct() ?? [],
        .. rules?.Recorded.Select(static name => "record." + name) ?? [],
        "state.plan",
        .. rules?.AccountFacts.Select(static fact => "state.facts." + fact.Name) ?? [],
    ];
}
