using System.Collections.Immutable;
using Rules.Ledger.Replays;

namespace Rules.Ledger.Storage;

/// <summary>Results of replays, which never change.</summary>
public interface IReplayStore
{
    ValueTask AddReplayAsync(StoredReplay replay, CancellationToken cancellationToken);

    /// <summary>Null where there is none of that id.</summary>
    ValueTask<StoredReplay?> ReplayAsync(string id, CancellationToken cancellationToken);

    /// <summary>Without results, newest first; of one ruleset or of all.</summary>
    /// <param name="before">Only those of a smaller <see cref="StoredReplay.Position"/>.</param>
    ValueTask<ImmutableArray<StoredReplay>> ReplaysAsync(string? ruleset, long before, int limit, CancellationToken cancellationToken);
}
