using Rules.Engine.Replay;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Replays;

/// <summary>
/// Keeps past usage a second time, as columns: a past is read from them many times faster than from entries. The entries stay the truth: a segment that is not what its
/// checksum says, or does not end at the entry it names, is removed and made again.
/// </summary>
public sealed class PastSegments
{
    /// <summary>Uses behind the last segment from which on another is worth its row.</summary>
    public const int FewestEvents = 16_384;

    // Uses that are collected at most before they are stored.
    private const int MostEvents = 524_288;

    private readonly ILedgerStore _ledger;
    private readonly IPastStore _store;

    internal PastSegments(ILedgerStore ledger, IPastStore store) => (_ledger, _store) = (ledger, store);

    /// <summary>Puts the entries behind the last segment of a ruleset into new ones.</summary>
    /// <param name="fewest">With fewer uses nothing is stored.</param>
    /// <returns>How many uses were stored.</returns>
    /// <exception cref="StoreException">The database failed.</exception>
    public async Task<long> BuildAsync(string ruleset, int fewest, CancellationToken cancellationToken)
    {
        var ends = await EndsAsync(ruleset, cancellationToken);
        var (generation, position) = await _store.LastPastGenerationAsync(ruleset, cancellationToken);
        return await new Building(this, ruleset, ends, generation, position).RunAsync(fewest, cancellationToken);
    }

    // Where each account's segments end. What is not as it was stored is removed on the way, and so are those that do not end at an entry of the journal.
    private async Task<Dictionary<string, (long Sequence, long Position)>> EndsAsync(string ruleset, CancellationToken cancellationToken)
    {
        var ends = new Dictionary<string, PastPart>(StringComparer.Ordinal);
        await foreach (var (segment, parts) in ReadAsync(_store, ruleset, account: null, new UsageShapes(), cancellationToken))
        {
            if (parts is null)
            {
                await _store.RemovePastSegmentsAsync(ruleset, segment.Generation, cancellationToken);
                return await EndsAsync(ruleset, cancellationToken);
            }

            foreach (var part in parts)
            {
                ends[part.Account] = part;
            }
        }

        if (!await EndAtEntriesAsync(ends.Values, cancellationToken))
        {
            await _store.RemovePastSegmentsAsync(ruleset, generation: 1, cancellationToken);
            return [];
        }

        return ends.ToDictionary(static end => end.Key, static end => (end.Value.Last, end.Value.Position), StringComparer.Ordinal);
    }

    private async Task<bool> EndAtEntriesAsync(IEnumerable<PastPart> ends, CancellationToken cancellationToken)
    {
        await using var snapshot = await _ledger.BeginReadAsync(cancellationToken);
        foreach (var end in ends)
        {
            if (await snapshot.EntryHashAsync(end.Account, end.Last, cancellationToken) is not { } hash || !hash.Span.SequenceEqual(end.Hash.Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Removes the segments of a ruleset and makes them again from its entries.</summary>
    /// <returns>How many uses are in segments now.</returns>
    /// <exception cref="StoreException">The database failed.</exception>
    public async Task<long> RebuildAsync(string ruleset, CancellationToken cancellationToken)
    {
        await _store.RemovePastSegmentsAsync(ruleset, generation: 1, cancellationToken);
        return await BuildAsync(ruleset, fewest: 1, cancellationToken);
    }

    /// <summary>Segments with their parts, oldest first; null in the place of the parts of one that is damaged, which is the last.</summary>
    internal static async IAsyncEnumerable<(StoredPastSegment Segment, IReadOnlyList<PastPart>? Parts)> ReadAsync(
        IPastStore store, string ruleset, string? account, UsageShapes shapes, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int AtOnce = 8;
        var after = (Generation: 0L, Number: 0);
        while (true)
        {
            var segments = await store.PastSegmentsAsync(ruleset, account, after, AtOnce, cancellationToken);
            foreach (var segment in segments)
            {
                IReadOnlyList<PastPart>? parts = null;
                try
                {
                    parts = PackedPast.Parts(segment, shapes);
                }
                catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException or FormatException)
                {
                    // Told by the missing parts.
                }

                yield return (segment, parts);
                if (parts is null)
                {
                    yield break;
                }

                after = (segment.Generation, segment.Number);
            }

            if (segments.Length < AtOnce)
            {
                yield break;
            }
        }
    }

    /// <summary>One run over the entries behind the last segment.</summary>
    private sealed class Building(PastSegments segments, string ruleset, Dictionary<string, (long Sequence, long Position)> ends, long generation, long position)
    {
        private readonly Dictionary<string, PastPart> _parts = new(StringComparer.Ordinal);
        private UsageShapes _shapes = new();
        private long _generation = generation;
        private readonly long _complete = position;
        private long _reached = position;
        private long _collected;
        private long _stored;

        public async Task<long> RunAsync(int fewest, CancellationToken cancellationToken)
        {
            bool isWhole;
            do
            {
                // Written once the snapshot is closed: a store in memory has one connection.
                await using (var snapshot = await segments._ledger.BeginReadAsync(cancellationToken))
                {
                    isWhole = await CollectAsync(snapshot, cancellationToken);
                }

                if (_collected > 0 && _stored + _collected >= fewest)
                {
                    // Only the end of a run says up to where the entries of all accounts are there.
                    await StoreAsync(isWhole ? _reached : _complete, cancellationToken);
                }
            }
            while (!isWhole);
            return _stored;
        }

        /// <returns>False where there is more than is stored at once.</returns>
        private async Task<bool> CollectAsync(IReadSnapshot snapshot, CancellationToken cancellationToken)
        {
            var accounts = (await snapshot.AccountIdsAsync(ruleset, account: null, cancellationToken)).ToHashSet(StringComparer.Ordinal);
            await foreach (var proof in snapshot.EntryProofsAsync(account: null, _reached, cancellationToken))
            {
                _reached = Math.Max(_reached, proof.Position);
                if (accounts.Contains(proof.Entry.Account) && !Take(proof))
                {
                    return false;
                }
            }

            // An entry may have become visible behind others of a higher position.
            var behind = new List<string>();
            await foreach (var head in snapshot.HeadsAsync(recordedBefore: null, cancellationToken))
            {
                if (accounts.Contains(head.Account) && head.Sequence > ends.GetValueOrDefault(head.Account).Sequence)
                {
                    behind.Add(head.Account);
                }
            }

            foreach (var account in behind)
            {
                await foreach (var proof in snapshot.EntryProofsAsync(account, ends.GetValueOrDefault(account).Position, cancellationToken))
                {
                    if (!Take(proof))
                    {
                        return false;
                    }
                }
            }

            return true;
        }

        private bool Take(EntryProof proof)
        {
            var account = proof.Entry.Account;
            if (proof.Entry.Sequence != ends.GetValueOrDefault(account).Sequence + 1)
            {
                return true;
            }

            ends[account] = (proof.Entry.Sequence, proof.Position);
            if (!_parts.TryGetValue(account, out var part))
            {
                _parts.Add(account, part = new PastPart(account, _shapes));
            }

            var before = part.Events;
            part.Add(proof);
            _collected += part.Events - before;
            return _collected < MostEvents;
        }

        private async ValueTask StoreAsync(long reached, CancellationToken cancellationToken)
        {
            _generation++;
            await segments._store.AddPastSegmentsAsync(PackedPast.Pack(ruleset, _generation, reached, _parts.Values), cancellationToken);
            _stored += _collected;
            _collected = 0;
            _parts.Clear();
            _shapes = new UsageShapes();
        }
    }
}
