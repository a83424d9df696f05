using NodaTime;

namespace Rules.Ledger.Outbox;

/// <summary>What was done to an alert. The numbers are stored.</summary>
public enum MuteAction
{
    Muted = 1,
    Unmuted = 2,
}

/// <summary>A line of the log of mutes. It never changes: of the lines of one ruleset, alert and account the newest counts.</summary>
/// <param name="Position">Rises with every line.</param>
/// <param name="By">A person's name.</param>
/// <param name="Account">Null: every account of the ruleset.</param>
/// <param name="Until">Exclusive; null: until it is unmuted. An unmuting has none.</param>
/// <param name="Reason">Null for an unmuting.</param>
public sealed record MuteRecord(long Position, Instant At, string By, MuteAction Action, string Ruleset, string Alert, string? Account, Instant? Until, string? Reason);

/// <summary>The log of mutes in words.</summary>
public static class MuteWords
{
    /// <summary>A sentence without its subject and its full stop, such as "unmuted the alert “running low” of bookbag".</summary>
    public static string Of(MuteRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var what = $"the alert “{record.Alert}” of {record.Ruleset}{(record.Account is { } account ? $" for {account}" : "")}";
        return record.Action == MuteAction.Muted
            ? $"muted {what} {(record.Until is { } until ? $"until {until}" : "until it is unmuted")}: {record.Reason}"
            : $"unmuted {what}";
    }
}
