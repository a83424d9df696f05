using NodaTime;

namespace Rules.Ledger.Imports;

/// <summary>A part of an import that became durable at once.</summary>
/// <param name="Batch">1 for the first of the ruleset; each is one more.</param>
/// <param name="Import">16 characters, the same for all batches of one import.</param>
/// <param name="Source">Name of the file, for people.</param>
/// <param name="MappingSha256">Of the mapping, so that a file is gone on with as it was begun.</param>
/// <param name="Position">Bytes of the file that were read up to its end.</param>
/// <param name="PrefixSha256">Of these bytes.</param>
/// <param name="Lines">Lines of the file up to its end.</param>
/// <param name="Events">Stored by this batch.</param>
/// <param name="Duplicates">Left out by this batch, since an event of the same id was there.</param>
/// <param name="IsLast">The file ended with it.</param>
public sealed record UsageBatch(
    string Ruleset, long Batch, string Import, string Source, ReadOnlyMemory<byte> MappingSha256, Instant ImportedAt, string ImportedBy, long Position,
    ReadOnlyMemory<byte> PrefixSha256, long Lines, long Events, long Duplicates, bool IsLast)
{
    /// <summary>Null while its events are there.</summary>
    public UsageWithdrawal? Withdrawn { get; init; }
}

/// <summary>An import was taken back: its events are gone, its batches are the record of what there was.</summary>
/// <param name="By">Who took it back.</param>
public readonly record struct UsageWithdrawal(Instant At, string By);

/// <summary>Events of a range of accounts, packed. Hashes are of what was packed.</summary>
/// <param name="Number">1 for the first of its batch.</param>
/// <param name="From">Of the earliest event.</param>
/// <param name="Until">Of the latest event.</param>
/// <param name="Columns">Empty where they were not asked for.</param>
/// <param name="Ids">Empty where they were not asked for.</param>
public sealed record StoredUsageSegment(
    long Batch, int Number, string FirstAccount, string LastAccount, Instant From, Instant Until, long Events, ReadOnlyMemory<byte> Columns,
    ReadOnlyMemory<byte> ColumnsSha256, ReadOnlyMemory<byte> Ids, ReadOnlyMemory<byte> IdsSha256);
