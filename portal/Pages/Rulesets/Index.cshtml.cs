using System.Collections.Immutable;
using System.Numerics;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.Burn;
using Rules.Portal.Display;
using Rules.Portal.Drafts;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>The rulesets: what is in force and comes next, who is changing it, whether it proves itself, and what it charges a day.</summary>
public sealed class IndexModel(CreditLedger ledger, RuleSources sources, BurnCache burn, TimeProvider time) : PageModel
{
    /// <summary>Days of a line.</summary>
    public const int Days = 30;

    /// <summary>Published ones by name, then those that are being begun.</summary>
    public ImmutableArray<ListedRuleset> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var now = Instant.FromDateTimeOffset(time.GetUtcNow());
        var drafts = (await ledger.Drafts.ListAsync(null, open: true, cancellationToken)).ToLookup(static draft => draft.Ruleset, StringComparer.Ordinal);
        var published = ledger.Rulesets.All;
        var used = published.IsEmpty ? null : await burn.ReadAsync(cancellationToken);
        Rows =
        [
            .. published.Select(ruleset => Listed(ruleset, [.. drafts[ruleset.Name]], used!, now)),
            .. drafts.Where(of => ledger.Rulesets.Find(of.Key) is null).OrderBy(static of => of.Key, StringComparer.Ordinal).Select(static of => new ListedRuleset(of.Key, null, [.. of])),
        ];
    }

    private ListedRuleset Listed(PublishedRuleset ruleset, ImmutableArray<Draft> drafts, BurnReading used, Instant now)
    {
        var row = RulesetRow.At(ruleset, now);
        var shown = (row.InForce ?? row.Next!).Model.Version;
        var first = now.InZone(row.Newest.Zone).Date.PlusDays(1 - Days);
        return new ListedRuleset(ruleset.Name, row, drafts)
        {
            Next = row.Next is { } next ? new NextVersion(next.Model.Version, next.ActiveFrom, $"/rulesets/{ruleset.Name}/v/{next.Model.Version}")
                : drafts.Where(draft => draft.State == DraftState.Scheduled).MinBy(static draft => draft.EffectiveAt) is { } scheduled
                    ? new NextVersion(scheduled.Number, scheduled.EffectiveAt!.Value, $"/reviews/{scheduled.Id}") : null,
            // What is known of a version is kept: it is proved once.
            Examples = sources.Judge(ledger.Rulesets.Versions(ruleset.Name).First(version => version.Model.Version == shown)).Examples,
            Use = Spark.Of(first, Days, used.ByDay(ruleset.Name, row.Newest.Zone, first)),
        };
    }
}

/// <summary>A line of the list.</summary>
/// <param name="Row">Null: nothing is published under the name yet.</param>
/// <param name="Drafts">Those that are open, the one changed last first.</param>
public sealed record ListedRuleset(string Name, RulesetRow? Row, ImmutableArray<Draft> Drafts)
{
    /// <summary>Published or scheduled; null where nothing is to come.</summary>
    public NextVersion? Next { get; init; }

    /// <summary>Of the version in force, or of the first.</summary>
    public ImmutableArray<Engine.Proof.ExampleResult> Examples { get; init; } = [];

    /// <summary>Null where nothing is published.</summary>
    public Spark? Use { get; init; }

    public int Failing => Examples.Count(static example => !example.Holds);

    /// <summary>In plain decimal notation.</summary>
    public string Plain(Int128 units) => new ExactDecimal((BigInteger)units, Row!.Newest.Credit.Decimals).ToString();
}

/// <param name="Address">Of its page, or of its review.</param>
public sealed record NextVersion(int Version, Instant At, string Address);

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
