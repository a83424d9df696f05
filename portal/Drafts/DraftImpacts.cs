using System.Globalization;
using System.Runtime.CompilerServices;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Ledger.Replays;
using Rules.Portal.Replays;

namespace Rules.Portal.Drafts;

/// <summary>Prices again, under drafts, what was used lately: what the ledger charged, or, where it charged nothing, the end of what was imported.</summary>
public sealed class DraftImpacts(CreditLedger ledger, PastReplays replays, IClock clock)
{
    private static readonly ReplayOutcome _first = new()
    {
        Refusal = new ReplayRefusal(ReplayRefusalKind.RulesetUnknown, "There is nothing to compare with: no version of these rules is published.",
            "The calculator and the examples show what they cost. Once a version is published and charges, drafts show what they change."),
    };

    /// <summary>All of it.</summary>
    /// <param name="text">Without errors of the compiler.</param>
    public async Task<DraftImpact> OfAsync(Draft draft, string text, DateTimeZone zone, CancellationToken cancellationToken)
    {
        DraftImpact? last = null;
        await foreach (var impact in PreviewAsync(draft, text, zone, estimates: false, cancellationToken))
        {
            last = impact;
        }

        return last!;
    }

    /// <summary>All of it, and ahead of that an estimate where it takes long.</summary>
    /// <inheritdoc cref="PastReplays.PreviewAsync" path="/param"/>
    /// <inheritdoc cref="OfAsync" path="/param"/>
    public async IAsyncEnumerable<DraftImpact> PreviewAsync(
        Draft draft, string text, DateTimeZone zone, bool estimates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (ledger.Rulesets.Find(draft.Ruleset) is null)
        {
            yield return DraftImpact.Of(_first, PastSource.Ledger, zone);
            yield break;
        }

        var request = await RequestAsync(draft, text, zone, cancellationToken);
        await foreach (var outcome in replays.PreviewAsync(request, estimates, cancellationToken))
        {
            yield return DraftImpact.Of(outcome, request.Source, zone);
        }
    }

    private async Task<ReplayRequest> RequestAsync(Draft draft, string text, DateTimeZone zone, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"draft {draft.Number}");
        var charged = new ReplayRequest(draft.Ruleset, WindowBefore(clock.GetCurrentInstant(), zone), [new DraftText(name, text)]);
        return await ledger.Imports.LastAsync(draft.Ruleset, cancellationToken) is not { } last || await replays.HasUsageAsync(charged, cancellationToken)
            ? charged
            : charged with { Source = PastSource.Imported, Window = WindowBefore(last + Duration.FromTicks(10), zone) };
    }

    // The first day whole.
    private static PastWindow WindowBefore(Instant end, DateTimeZone zone) =>
        new(zone.AtStartOfDay(end.InZone(zone).Date.PlusDays(-DraftImpact.Days)).ToInstant(), end);
}
