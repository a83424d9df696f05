using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Outbox;

/// <summary>Alerts that somebody keeps quiet: they are recorded as ever, but not delivered, and pages show them dimmed. An alert is known by its ruleset and its name, whatever the version.</summary>
public sealed class AlertMutes
{
    /// <summary>Characters of a reason.</summary>
    public const int LongestReason = 500;

    /// <summary>Characters of an alert's name that can be muted.</summary>
    public const int LongestName = 400;

    /// <summary>The most lines of the log at once.</summary>
    public const int LargestPage = 500;

    private readonly IAppStore _store;
    private readonly TimeProvider _time;

    internal AlertMutes(IAppStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>Mutes an alert; one that is muted is muted anew, with the new end and reason.</summary>
    /// <param name="account">Null: for every account of the ruleset.</param>
    /// <param name="until">Null: until it is unmuted.</param>
    /// <param name="by">A person's name.</param>
    /// <returns>False where the end has come already, or a text is empty or too long: nothing is muted.</returns>
    public async Task<bool> MuteAsync(string ruleset, string alert, string? account, Instant? until, string reason, string by, CancellationToken cancellationToken)
    {
        var now = Instants.Now(_time);
        if (until <= now || alert.Length is 0 or > LongestName || reason.Length is 0 or > LongestReason)
        {
            return false;
        }

        await _store.AddMuteAsync(new MuteRecord(0, now, by, MuteAction.Muted, ruleset, alert, account, Instants.Floor(until), reason), cancellationToken);
        return true;
    }

    /// <summary>Ends a mute.</summary>
    /// <returns>False where none of that ruleset, alert and account holds.</returns>
    public async Task<bool> UnmuteAsync(string ruleset, string alert, string? account, string by, CancellationToken cancellationToken)
    {
        var now = Instants.Now(_time);
        if (!(await SinceAsync(now, cancellationToken)).Holding(now).Any(mute => mute.Ruleset == ruleset && mute.Alert == alert && mute.Account == account))
        {
            return false;
        }

        await _store.AddMuteAsync(new MuteRecord(0, now, by, MuteAction.Unmuted, ruleset, alert, account, null, null), cancellationToken);
        return true;
    }

    /// <summary>Enough to tell what was muted at any instant from one on.</summary>
    public async Task<Mutes> SinceAsync(Instant since, CancellationToken cancellationToken) => new(await _store.MutesAsync(since, cancellationToken));

    /// <summary>What was done, newest first. A limit outside 1 to 500 is brought inside.</summary>
    /// <param name="before">Only lines of a smaller position; null: from the newest.</param>
    public ValueTask<ImmutableArray<MuteRecord>> LogAsync(long? before, int limit, CancellationToken cancellationToken) =>
        _store.MuteLogAsync(before ?? long.MaxValue, Math.Clamp(limit, 1, LargestPage), cancellationToken);
}

/// <summary>Which alerts were muted when.</summary>
public sealed class Mutes
{
    private readonly ILookup<(string Ruleset, string Alert, string? Account), MuteRecord> _lines;

    /// <param name="lines">By position, ascending.</param>
    internal Mutes(ImmutableArray<MuteRecord> lines) => _lines = lines.ToLookup(static line => (line.Ruleset, line.Alert, line.Account));

    /// <summary>The mute that kept an alert quiet at an instant, for all accounts or for its own; null where none did.</summary>
    public MuteRecord? Of(string ruleset, string alert, string account, Instant at) => At((ruleset, alert, null), at) ?? At((ruleset, alert, account), at);

    /// <summary>The mute that keeps an alert quiet for every account, or, where one is named, for that one alone; null where none does.</summary>
    public MuteRecord? Exactly(string ruleset, string alert, string? account, Instant at) => At((ruleset, alert, account), at);

    /// <summary>Those that hold at an instant, the newest first.</summary>
    public ImmutableArray<MuteRecord> Holding(Instant at) =>
        [.. _lines.Select(lines => At(lines.Key, at)).OfType<MuteRecord>().OrderByDescending(static mute => mute.Position)];

    private MuteRecord? At((string Ruleset, string Alert, string? Account) what, Instant at) =>
        _lines[what].LastOrDefault(line => line.At <= at) is { Action: MuteAction.Muted } mute && !(mute.Until <= at) ? mute : null;
}
