using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Rules.Engine.Wire;
using Rules.Ledger.Writing;

namespace Rules.Ledger;

/// <summary>What the ledger counts about itself, under the name <see cref="Name"/>. No label holds anything of a customer's.</summary>
public static class LedgerInstruments
{
    /// <summary>Of the meter and of the activity source.</summary>
    public const string Name = "Rules.Ledger";

    private static readonly Meter _meter = new(Name);

    private static readonly Counter<long> _commands = _meter.CreateCounter<long>(
        "rules.commands", "{command}", "Commands answered, by kind and by what they came to.");

    private static readonly Counter<long> _replays = _meter.CreateCounter<long>(
        "rules.replays", "{command}", "Commands whose key had been answered before.");

    private static readonly Histogram<long> _commitSize = _meter.CreateHistogram<long>(
        "rules.commit.commands", "{command}", "Commands that shared a commit.");

    private static readonly Histogram<long> _commitTime = _meter.CreateHistogram<long>(
        "rules.commit.duration", "us", "From the first read under the lock to the end of the commit.");

    private static readonly ConcurrentDictionary<Type, string> _kinds = [];

    private static long _waiting;

    // Asked for, not added up: whoever begins to listen late would otherwise see commands leave that it never saw come.
    static LedgerInstruments() =>
        _meter.CreateObservableUpDownCounter("rules.queue.length", static () => Interlocked.Read(ref _waiting), "{command}", "Commands that wait for the writer.");

    internal static ActivitySource Activities { get; } = new(Name);

    /// <summary>Before the command is queued: the writer may take it before its caller says another word.</summary>
    internal static void Queued() => Interlocked.Increment(ref _waiting);

    internal static void Taken(int commands) => Interlocked.Add(ref _waiting, -commands);

    internal static void Committed(int commands, long microseconds)
    {
        _commitSize.Record(commands);
        _commitTime.Record(microseconds);
    }

    internal static void Answered(PendingCommand command, CommandResult result)
    {
        var operation = _kinds.GetOrAdd(command.GetType(), KindOf);
        _commands.Add(1, new KeyValuePair<string, object?>("command", operation), new KeyValuePair<string, object?>("outcome", OutcomeOf(result)));
        if (result.Replayed)
        {
            _replays.Add(1, new KeyValuePair<string, object?>("command", operation));
        }
    }

    // ChargeCommand is "charge", OpenAccountCommand "open_account".
    private static string KindOf(Type command)
    {
        var name = (command.IsGenericType ? command.GenericTypeArguments[0] : command).Name.AsSpan();
        name = name.EndsWith("Command", StringComparison.Ordinal) ? name[..^"Command".Length] : name;
        var words = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            _ = char.IsAsciiLetterUpper(letter) && words.Length > 0 ? words.Append('_') : words;
            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }

    private static string OutcomeOf(CommandResult result) => result.Status switch
    {
        CommandStatus.Accepted => result.Outcome is { } outcome ? WireNames.Of(outcome) : "accepted",
        CommandStatus.Refused => result.Outcome is { } outcome ? WireNames.Of(outcome) : "refused",
        CommandStatus.AccountUnknown => "account_unknown",
        CommandStatus.AccountExists => "account_exists",
        CommandStatus.KeyReused => "key_reused",
        CommandStatus.Invalid => "invalid",
        CommandStatus.Busy => "busy",
        _ => "outcome_unknown",
    };
}
