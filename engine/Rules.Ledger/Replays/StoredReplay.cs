using NodaTime;

namespace Rules.Ledger.Replays;

/// <summary>A replay that has ended.</summary>
/// <param name="Position">Rises with every replay; 0 before it is stored.</param>
/// <param name="Id">16 characters.</param>
/// <param name="Account">Where only one was replayed.</param>
/// <param name="Request">What was asked for, as JSON, with hashes in the place of texts.</param>
/// <param name="Result">What it came to, as JSON; empty in a list.</param>
public sealed record StoredReplay(
    long Position, string Id, string Ruleset, string? Account, Instant RequestedAt, string RequestedBy, Instant EndedAt, ReplayState State,
    ReadOnlyMemory<byte> Request, ReadOnlyMemory<byte> Result)
{
    /// <summary>Events that were priced again; null where it came to no result.</summary>
    public long? Events { get; init; }

    /// <summary>Tells which versions were published then, as the result's binding does; null where it came to no result.</summary>
    public string? Published { get; init; }
}

/// <summary>How a replay stands. The numbers are stored.</summary>
public enum ReplayState
{
    Running = 1,
    Done = 2,

    /// <summary>Stopped on the way: the result has the accounts that were done, where there were any.</summary>
    Cancelled = 3,
    Failed = 4,
}
