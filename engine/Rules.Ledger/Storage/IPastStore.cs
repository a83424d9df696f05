using System.Collections.Immutable;
using Rules.Ledger.Replays;

namespace Rules.Ledger.Storage;

/// <summary>What the entries say of past usage, once more in columns: made from the entries, and made again from them wherever it is missing.</summary>
public interface IPastStore
{
    /// <summary>Segments behind one, by generation and number.</summary>
    /// <param name="account">Only segments whose range holds it; null: all.</param>
    ValueTask<ImmutableArray<StoredPastSegment>> PastSegmentsAsync(
        string ruleset, string? account, (long Generation, int Number) after, int limit, CancellationToken cancellationToken);

    /// <summary>The last generation of a ruleset and up to which position of the journal it has all entries; zeros where there is none.</summary>
    ValueTask<(long Generation, long Position)> LastPastGenerationAsync(string ruleset, CancellationToken cancellationToken);

    /// <summary>Adds one generation, in one transaction.</summary>
    /// <exception cref="StoreException">There is a generation of that number: somebody else was faster.</exception>
    ValueTask AddPastSegmentsAsync(ImmutableArray<StoredPastSegment> segments, CancellationToken cancellationToken);

    /// <summary>Removes a generation and those after it.</summary>
    ValueTask RemovePastSegmentsAsync(string ruleset, long generation, CancellationToken cancellationToken);
}
