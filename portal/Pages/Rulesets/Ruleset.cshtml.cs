using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>One ruleset: its versions through time.</summary>
public sealed class RulesetPageModel(CreditLedger ledger, TimeProvider time) : PageModel
{
    public RulesetRow Row { get; private set; } = null!;

    /// <summary>Newest first.</summary>
    public ImmutableArray<RulesetVersion> Versions { get; private set; } = [];

    public Timeline Timeline { get; private set; } = null!;

    public RulesetModel Current => Row.InForce?.Model ?? Row.Newest;

    public IActionResult OnGet(string name)
    {
        if (ledger.Rulesets.Find(name) is not { } ruleset)
        {
            return NotFound();
        }

        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        Row = RulesetRow.At(ruleset, now);
        Versions = ledger.Rulesets.Versions(name);
        Timeline = Timeline.Of(ruleset, now);
        return Page();
    }

    public string State(RulesetVersion version) =>
        version.Model.Version == Row.InForce?.Model.Version ? "in force"
        : Row.InForce is { } inForce && version.Model.Version < inForce.Model.Version ? "superseded"
        : "scheduled";
}
