using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger.Replays;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    /// <summary>
    /// The past of a ruleset's accounts, or of one of them, in a window: every command that was accepted, in the order of recording, and how the
    /// account stood before, from one snapshot.
    /// </summary>
    /// <param name="progress">Told the number of entries read, now and then.</param>
    /// <returns>Null for a ruleset that is unknown.</returns>
    public Task<PastUsage?> PastAsync(string ruleset, string? account, PastWindow window, Action<long>? progress, CancellationToken cancellationToken) =>
        PastAsync(ruleset, account, window, progress, long.MaxValue, cancellationToken);

    /// <param name="most">Uses that are read at most, those before the window included.</param>
    /// <returns>Null for a ruleset that is unknown, and where there are more.</returns>
    /// <inheritdoc cref="PastAsync(string, string?, PastWindow, Action{long}?, CancellationToken)"/>
    public async Task<PastUsage?> PastAsync(
        string ruleset, string? account, PastWindow window, Action<long>? progress, long most, CancellationToken cancellationToken)
    {
        await using (var snapshot = await _store.BeginReadAsync(cancellationToken))
        {
            await Rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        }

        return Rulesets.Find(ruleset) is { } published
            ? await BeginPast(published, account, window.From).UpToAsync(window.Until, most, progress, cancellationToken)
            : null;
    }

    /// <summary>A past that begins at an instant and grows with the ledger. Nothing is read yet.</summary>
    /// <param name="account">Only this one; null: all of the ruleset.</param>
    public GrowingPast BeginPast(PublishedRuleset ruleset, string? account, Instant from) => new(_store, ruleset, account, from);
}
