using NodaTime;
using Rules.Engine.Accounts;

namespace Rules.Ledger.Journal;

/// <summary>
/// An entry in its place in an account's journal: what the engine wrote, with sequence, key, time of recording and hash chain.
/// </summary>
public sealed record JournalEntry
{
    /// <summary>The account's id.</summary>
    public required string Account { get; init; }

    /// <summary>1, 2, 3 … without gaps, per account.</summary>
    public required long Sequence { get; init; }

    /// <summary>The caller's idempotency key, or the system key of an entry that fell due.</summary>
    public required string Key { get; init; }

    /// <summary>Never before the entry of the sequence before; whole microseconds.</summary>
    public required Instant RecordedAt { get; init; }

    /// <summary>Read back from a store, it has neither <see cref="Entry.Quote"/>, <see cref="Entry.Event"/> nor <see cref="Entry.Scopes"/>.</summary>
    public required Entry Content { get; init; }

    /// <summary>The usage event took place longer ago than the tolerance for late events says.</summary>
    public bool Late { get; init; }

    /// <summary>The entry that this one undoes or settles; null for any other.</summary>
    public long? Reference { get; init; }

    /// <summary>Of a charge: charged, free, unmetered or not applicable.</summary>
    public QuoteOutcome? Outcome { get; init; }

    /// <summary>Available smallest units of all lots after the entry; null for an account that has never had a lot.</summary>
    public long? BalanceAfter { get; init; }

    /// <summary>The usage event as canonical JSON; empty for entries that priced nothing.</summary>
    public ReadOnlyMemory<byte> Event { get; init; }

    /// <summary>The command as canonical JSON where the entry's content does not say all that was asked; empty for any other.</summary>
    public ReadOnlyMemory<byte> Request { get; init; }

    /// <summary><see cref="EntryHash.OfTrace"/> of event and answer; empty for entries without an answer.</summary>
    public ReadOnlyMemory<byte> TraceHash { get; init; }

    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary><see cref="EntryHash.Of"/>; the previous hash of the next entry.</summary>
    public ReadOnlyMemory<byte> Hash { get; init; }
}
