using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>The published rulesets with the version in force and the one after it.</summary>
public sealed class IndexModel(CreditLedger ledger, TimeProvider time) : PageModel
{
    public ImmutableArray<RulesetRow> Rows { get; private set; } = [];

    public void OnGet()
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        Rows = [.. ledger.Rulesets.All.Select(ruleset => RulesetRow.At(ruleset, now))];
    }
}

/// <param name="InForce">Null before the first version is active.</param>
/// <param name="Next">The next version to become active; null when none is scheduled.</param>
public sealed record RulesetRow(string Name, RulesetModel Newest, PublishedVersion? InForce, PublishedVersion? Next, int Versions)
{
    public static RulesetRow At(PublishedRuleset ruleset, Instant now) => new(
        ruleset.Name,
        ruleset.Versions[^1].Model,
        ruleset.Versions.LastOrDefault(version => version.ActiveFrom <= now),
        ruleset.Versions.FirstOrDefault(version => version.ActiveFrom > now),
        ruleset.Versions.Length);

    public string Title => (InForce?.Model ?? Newest).Title ?? Name;
}
