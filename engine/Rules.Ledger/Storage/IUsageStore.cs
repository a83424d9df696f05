using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.Imports;

namespace Rules.Ledger.Storage;

/// <summary>Usage that was never charged here. Nothing of it is part of the journal, and nothing of it changes; an import can go as a whole.</summary>
public interface IUsageStore
{
    /// <summary>Batches of one ruleset or of all, by ruleset, then by number.</summary>
    ValueTask<ImmutableArray<UsageBatch>> UsageBatchesAsync(string? ruleset, CancellationToken cancellationToken);

    /// <summary>Of the latest event of a ruleset; null where there is none.</summary>
    ValueTask<Instant?> LastUsageAsync(string ruleset, CancellationToken cancellationToken);

    /// <summary>Adds a batch with its segments, in one transaction.</summary>
    /// <exception cref="StoreException">There is a batch of that number, since another import was faster; or the import was taken back.</exception>
    ValueTask AddUsageAsync(UsageBatch batch, ImmutableArray<StoredUsageSegment> segments, CancellationToken cancellationToken);

    /// <summary>Takes an import back: records it, and removes its segments, in one transaction.</summary>
    /// <exception cref="StoreException">It was taken back before.</exception>
    ValueTask WithdrawUsageAsync(string import, UsageWithdrawal withdrawal, CancellationToken cancellationToken);

    /// <summary>Segments behind one, by batch and number, each with its columns and ids.</summary>
    /// <param name="account">Only segments whose range holds it; null: all.</param>
    /// <param name="until">Only segments that begin before.</param>
    ValueTask<ImmutableArray<StoredUsageSegment>> UsageSegmentsAsync(
        string ruleset, string? account, Instant until, (long Batch, int Number) after, int limit, CancellationToken cancellationToken);
}
