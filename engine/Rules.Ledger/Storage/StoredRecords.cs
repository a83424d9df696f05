using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;
using Rules.Ledger.Outbox;

namespace Rules.Ledger.Storage;

/// <summary>An account as a store read it.</summary>
/// <param name="Number">The store's own number of the account; enters no hash and no answer.</param>
/// <param name="State">Without scopes.</param>
/// <param name="HeadSequence">Sequence of the last entry; 0 before the first.</param>
/// <param name="HeadHash">Hash of the last entry, or of the opening.</param>
/// <param name="Period">Number of the last stored cycle; 0 before the first.</param>
public sealed record StoredAccount(long Number, AccountState State, long HeadSequence, ReadOnlyMemory<byte> HeadHash, int Period)
{
    /// <summary>Made up from its first moment on.</summary>
    public bool IsSample { get; init; }
}

/// <summary>What several nodes that share a store agree on by asking it.</summary>
/// <param name="Now">Its time; null where one process has the store, whose clock decides.</param>
/// <param name="Versions">Versions published in it, of all rulesets; null where one process has the store, and published them all.</param>
public readonly record struct StoreMoment(Instant? Now, int? Versions);

/// <param name="LastAt">Where the account's time begins; not before the opening.</param>
/// <param name="IsSample">Made up; only for a store that <see cref="ILedgerStore.KeepsSamples"/>.</param>
public sealed record NewAccount(string Id, string Ruleset, Instant OpenedAt, Instant LastAt, bool IsSample = false);

/// <summary>The first answer under a key.</summary>
/// <param name="Sequence">The command's own entry; null for refusals.</param>
public sealed record StoredAnswer(bool Accepted, ReadOnlyMemory<byte> RequestHash, QuoteOutcome? Outcome, long? Sequence, ReadOnlyMemory<byte> Body)
{
    /// <summary>A key that the system used for an entry that fell due: it has no request and no answer.</summary>
    public bool OfSystem => RequestHash.IsEmpty;
}

/// <summary>An answer to be stored under its key.</summary>
public sealed record NewAnswer(string Key, StoredAnswer Answer);

/// <summary>Everything that a batch did to one account.</summary>
public sealed record AccountAppend
{
    /// <summary>The account as it was read under the lock: the fence.</summary>
    public required StoredAccount Before { get; init; }

    /// <summary>In order of sequence; each continues the hash of the one before.</summary>
    public required IReadOnlyList<JournalEntry> Entries { get; init; }

    /// <summary>In the order given; accepted ones name an entry of <see cref="Entries"/>.</summary>
    public required IReadOnlyList<NewAnswer> Answers { get; init; }

    /// <summary>The scopes that changed, as they stand after the batch.</summary>
    public required IReadOnlyCollection<ScopeState> Scopes { get; init; }

    /// <summary>Cycles that began, in order.</summary>
    public required IReadOnlyList<NewCycle> Cycles { get; init; }

    /// <summary>Dated values that were set, in order.</summary>
    public required IReadOnlyList<NewValue> Values { get; init; }

    public required AccountState After { get; init; }

    /// <summary>What the entries have to tell others, in order; written with them or not at all.</summary>
    public IReadOnlyList<NewMessage> Messages { get; init; } = [];
}

/// <param name="Sequence">The entry that began it, or after which it began.</param>
/// <param name="OfEntry">An entry began it, and its hash covers it.</param>
public sealed record NewCycle(Cycle Cycle, long Sequence, bool OfEntry);

/// <param name="Sequence">The entry that set it; for a version, the entry after which the account moved to it.</param>
public sealed record NewValue(DatedValueKind Kind, DatedValue Value, long Sequence);

/// <summary>The numbers are stored.</summary>
public enum DatedValueKind
{
    Fact = 1,
    Term = 2,
    Plan = 3,
    Version = 4,
    Addon = 5,
}

/// <summary>A published version as it is stored.</summary>
/// <param name="PublishedAt">From when it counts as published; never after <paramref name="ActiveFrom"/>.</param>
/// <param name="RecordedAt">When it was stored, by the clock.</param>
public sealed record StoredVersion(string Ruleset, int Version, string FileName, string Text, ReadOnlyMemory<byte> Sha256, string Meaning, string EngineVersion,
    string Author, Instant ActiveFrom, Instant PublishedAt, Instant RecordedAt)
{
    /// <summary>Whether the text is the one that the hash was taken over.</summary>
    public bool IsPublishedText => Sha256.Span.SequenceEqual(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}

/// <summary>One line of a list of accounts.</summary>
public sealed record AccountRow(StoredAccount Account, Instant? LastEntryAt);

/// <summary>One line of a list of entries.</summary>
/// <param name="Position">Rises with every entry of the store; what a cursor names.</param>
public sealed record EntryRow(long Position, string Account, string Ruleset, long Sequence, EntryKind Kind, int? Version, long Amount, long? BalanceAfter,
    Instant OccurredAt, Instant RecordedAt, bool Late, string Key, string? Action, QuoteOutcome? Outcome);

/// <summary>An entry with everything it carries.</summary>
public sealed record EntryRecord(EntryRow Row, JournalEntry Entry, ReadOnlyMemory<byte>? Answer);

/// <summary>What a proof of one account starts from and must arrive at.</summary>
/// <param name="Lots">The state of every lot, also of those that no longer matter.</param>
/// <param name="OpenHolds">Numbers of the holds that are kept as open, ascending; the open debts stand in the head's state.</param>
public sealed record AccountProof(StoredAccount Head, ImmutableArray<LotState> Lots, ImmutableArray<long> OpenHolds);

/// <summary>One entry as a proof reads it.</summary>
/// <param name="KeyResolves">The key's row names this entry.</param>
/// <param name="TraceResolves">The stored event and answer give the entry's trace hash; true for entries without a trace.</param>
public sealed record EntryProof(JournalEntry Entry, bool KeyResolves, bool TraceResolves)
{
    /// <summary>Rises with every entry of the store; what an export goes on from.</summary>
    public long Position { get; init; }

    /// <summary>Of a reversal: what it takes back, as it stood before the entry; null for any other.</summary>
    public Use? Use { get; init; }

    /// <summary>The first answer of the command, as it was given; empty for entries that fell due.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>The checkpoint after the entry; null where there is none.</summary>
    public StoredCheckpoint? Checkpoint { get; init; }
}

/// <summary>An account as a proof of its first entries found it.</summary>
/// <param name="Sequence">The last of those entries.</param>
/// <param name="Hash">Of that entry.</param>
/// <param name="Rows">Lots, debts, holds and scopes in it.</param>
/// <param name="Sha256">Of the content before it was packed.</param>
/// <param name="Content">Packed.</param>
public sealed record StoredCheckpoint(string Account, long Sequence, ReadOnlyMemory<byte> Hash, int Rows, ReadOnlyMemory<byte> Sha256, ReadOnlyMemory<byte> Content,
    Instant CreatedAt)
{
    /// <summary>Of its entry, as <see cref="EntryProof.Position"/>; a store sets it.</summary>
    public long Position { get; init; }
}

/// <summary>How far an account has come.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="Sequence">Of its last entry; 0 before the first.</param>
/// <param name="Hash">Of its last entry, or of its opening.</param>
public sealed record AccountHead(string Account, long Sequence, ReadOnlyMemory<byte> Hash);

/// <summary>A bill as its entry keeps it.</summary>
/// <param name="Position">Rises with every entry of the store.</param>
/// <param name="Credits">Smallest units that were billed.</param>
/// <param name="From">Where the cycle began, or the bill before of the same bucket and cycle; null without cycles.</param>
/// <param name="To">When it fell due.</param>
/// <param name="Credited">Smallest units that were taken back since.</param>
public sealed record BillRow(long Position, string Account, string Ruleset, long Sequence, string Key, Bill Bill, long Credits, Instant? From, Instant To,
    Instant RecordedAt, long Credited);

/// <summary>A use as a report counts it.</summary>
/// <param name="Amount">Smallest units: charged, or given back by a reversal.</param>
/// <param name="Event">As canonical JSON; of a reversal, that of the use it takes back.</param>
/// <param name="OccurredAt">Of a reversal, when it was given back.</param>
/// <param name="Version">That priced it; null for a reversal.</param>
public sealed record StoredUse(string Account, string Ruleset, EntryKind Kind, long Amount, string Action, ReadOnlyMemory<byte> Event, Instant OccurredAt, int? Version);

/// <summary>What an account used within a quarter of an hour.</summary>
/// <param name="Start">Its begin.</param>
/// <param name="Events">Uses; a reversal is none.</param>
/// <param name="Units">Smallest units charged, less what reversals gave back.</param>
public sealed record QuarterUse(string Account, string Ruleset, Instant Start, long Events, Int128 Units);

/// <summary>What a version charged.</summary>
/// <param name="Events">Charges, captures and corrections.</param>
/// <param name="Units">Smallest units charged; what was reversed later is in them.</param>
public sealed record VersionUse(int Version, long Events, Int128 Units);

/// <param name="BalanceAfter">Available smallest units of all buckets after the entry; null where there is no bucket.</param>
public readonly record struct EntryMoment(long Sequence, Instant RecordedAt, long? BalanceAfter);
