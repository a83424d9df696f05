using System.Collections.Immutable;
using System.Security.Cryptography;
using Rules.Engine.Replay;
using Rules.Ledger.Journal;
using Rules.Ledger.Replays;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    /// <summary>
    /// The past of a ruleset's accounts, or of one of them, in a window: every command that was accepted, in the order of recording, and how the
    /// account stood before, from one snapshot.
    /// </summary>
    /// <param name="progress">Told the number of entries read, now and then.</param>
    /// <returns>Null for a ruleset that is unknown.</returns>
    public Task<PastUsage?> PastAsync(string ruleset, string? account, PastWindow window, Action<long>? progress, CancellationToken cancellationToken) =>
        PastAsync(ruleset, account, window, progress, long.MaxValue, cancellationToken);

    /// <param name="most">Uses that are read at most, those before the window included.</param>
    /// <returns>Null for a ruleset that is unknown, and where there are more.</returns>
    /// <inheritdoc cref="PastAsync(string, string?, PastWindow, Action{long}?, CancellationToken)"/>
    public async Task<PastUsage?> PastAsync(
        string ruleset, string? account, PastWindow window, Action<long>? progress, long most, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        await Rulesets.KnowAsync(snapshot.Moment, cancellationToken);
        if (Rulesets.Find(ruleset) is not { } published)
        {
            return null;
        }

        var shapes = new UsageShapes();
        var readers = new SortedDictionary<string, PastReader>(StringComparer.Ordinal);
        foreach (var id in await snapshot.AccountIdsAsync(ruleset, account, cancellationToken))
        {
            readers.Add(id, new PastReader(published, shapes, window));
        }

        var read = 0L;
        var uses = 0L;
        await foreach (var proof in snapshot.EntryProofsAsync(account, cancellationToken))
        {
            if (readers.TryGetValue(proof.Entry.Account, out var reader))
            {
                uses += reader.Add(proof) ? 1 : 0;
                if (uses > most)
                {
                    return null;
                }
            }

            if ((++read & 0xFFF) == 0)
            {
                progress?.Invoke(read);
            }
        }

        return Collect(published, window, shapes, readers, cancellationToken);
    }

    private static PastUsage Collect(
        Engine.Model.PublishedRuleset ruleset, PastWindow window, UsageShapes shapes, SortedDictionary<string, PastReader> readers, CancellationToken cancellationToken)
    {
        var forwarder = new ReplayRun.Forwarder(ruleset);
        var accounts = ImmutableArray.CreateBuilder<AccountHistory>(readers.Count);
        var stuck = ImmutableArray.CreateBuilder<StuckAccount>();
        var heads = new CanonicalBytes();
        foreach (var (id, reader) in readers)
        {
            if (reader.ToHistory(forwarder, cancellationToken) is { } history)
            {
                accounts.Add(history);
                heads.Text(id);
                heads.Int64(reader.Head.Sequence);
                heads.Bytes(reader.Head.Hash.Span);
            }

            if (reader.Stuck is { } sequence)
            {
                stuck.Add(new StuckAccount(id, sequence));
            }
        }

        return new PastUsage(ruleset, window, shapes, accounts.ToImmutable(), accounts.Sum(static a => (long)a.Usage.Count),
            Convert.ToHexStringLower(SHA256.HashData(heads.Written)), stuck.ToImmutable());
    }
}
