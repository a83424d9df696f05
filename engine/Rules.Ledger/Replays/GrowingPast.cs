using System.Collections.Immutable;
using System.Security.Cryptography;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Replay;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Replays;

/// <summary>
/// The past of a ruleset's accounts from an instant on, which grows with the ledger: what was read once is kept, and only later entries are read to bring it up to
/// a later instant. Pasts that it gave out stay as they are. Not for use by two callers at once.
/// </summary>
public sealed class GrowingPast
{
    // Recorded behind the end of a past and read along with it: a few while the ledger is written to, everything for a past that ended long ago.
    private const int MostAhead = 65_536;

    private readonly ILedgerStore _store;
    private readonly PublishedRuleset _ruleset;
    private readonly string? _account;
    private readonly Instant _from;
    private readonly UsageShapes _shapes = new();
    private readonly SortedDictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly ReplayRun.Forwarder _forwarder;
    private long _position;
    private long _uses;
    private int _ahead;
    private bool _isCut;

    internal GrowingPast(ILedgerStore store, PublishedRuleset ruleset, string? account, Instant from)
    {
        (_store, _ruleset, _account, _from) = (store, ruleset, account, from);
        _forwarder = new ReplayRun.Forwarder(ruleset);
    }

    /// <summary>Where it ends, exclusive; before everything while nothing was read.</summary>
    public Instant Until { get; private set; } = Instant.MinValue;

    /// <summary>False once it ended so far behind the ledger that what came after it was not kept: it cannot be brought further.</summary>
    public bool CanGrow => _ahead <= MostAhead && !_isCut;

    /// <summary>The past up to an instant: what is in segments, and what one snapshot has behind them.</summary>
    /// <param name="until">Exclusive; not before the one given last.</param>
    /// <param name="most">Uses that are kept at most, those before the past included.</param>
    /// <param name="progress">Told the number of entries read, now and then.</param>
    /// <returns>Null where there are more.</returns>
    /// <exception cref="InvalidOperationException">It cannot grow to there.</exception>
    public async Task<PastUsage?> UpToAsync(Instant until, long most, Action<long>? progress, CancellationToken cancellationToken)
    {
        if (until < Until || (until > Until && !CanGrow))
        {
            throw new InvalidOperationException("This past cannot be brought to that instant.");
        }

        if (_accounts.Count == 0)
        {
            await ReadSegmentsAsync(until, cancellationToken);
        }

        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        if (!await EndAtEntriesAsync(snapshot, cancellationToken))
        {
            // Not of this journal: everything is read from the entries.
            _accounts.Clear();
            (_position, _uses, _ahead, _isCut) = (0, 0, 0, false);
        }

        return await UpToAsync(snapshot, until, most, progress, cancellationToken);
    }

    // What was put into segments; the first that is damaged, and those behind it, are not used.
    private async Task ReadSegmentsAsync(Instant until, CancellationToken cancellationToken)
    {
        if (_store.App is not { } app)
        {
            return;
        }

        var complete = 0L;
        await foreach (var (segment, parts) in PastSegments.ReadAsync(app, _ruleset.Name, _account, _shapes, cancellationToken))
        {
            if (parts is null)
            {
                break;
            }

            complete = segment.Position;
            await using var snapshot = await _store.BeginReadAsync(cancellationToken);
            foreach (var part in parts.Where(part => _account is null || part.Account == _account))
            {
                await TakeAsync(part, until, async sequence => (await snapshot.EntryAsync(part.Account, sequence, cancellationToken))?.Entry);
            }
        }

        // Of one account alone, the segments that do not hold it were not read.
        _position = _account is null ? complete : _accounts.Values.Select(static account => account.Position).FirstOrDefault();
    }

    private async ValueTask TakeAsync(PastPart part, Instant until, Func<long, ValueTask<JournalEntry?>> entryAt)
    {
        if (!_accounts.TryGetValue(part.Account, out var account))
        {
            _accounts.Add(part.Account, account = new Account(new PastReader(_ruleset, _shapes, _from)));
        }

        if (part.First != account.Sequence + 1 || !await part.GiveAsync(account.Reader, until, entryAt))
        {
            // No end that any journal has: it will be read from the entries.
            account.End = (part.Last, default);
            return;
        }

        account.Reader.MoveTo(part.Last, part.Hash);
        account.End = (part.Last, part.Hash);
        (account.Sequence, account.Position) = (part.Last, part.Position);
        _uses += part.Events;
        // Some of them may lie behind the end: such a past cannot be brought further.
        _isCut |= part.RecordedUntil >= until;
    }

    private async Task<bool> EndAtEntriesAsync(IReadSnapshot snapshot, CancellationToken cancellationToken)
    {
        foreach (var (id, account) in _accounts)
        {
            if (account.End is not { } end)
            {
                continue;
            }

            if (await snapshot.EntryHashAsync(id, end.Sequence, cancellationToken) is not { } hash || !hash.Span.SequenceEqual(end.Hash.Span))
            {
                return false;
            }

            account.End = null;
        }

        return true;
    }

    private async Task<PastUsage?> UpToAsync(IReadSnapshot snapshot, Instant until, long most, Action<long>? progress, CancellationToken cancellationToken)
    {
        Until = until;
        foreach (var id in await snapshot.AccountIdsAsync(_ruleset.Name, _account, cancellationToken))
        {
            _accounts.TryAdd(id, new Account(new PastReader(_ruleset, _shapes, _from)));
        }

        foreach (var account in _accounts.Values)
        {
            while (account.Ahead.TryPeek(out var proof) && proof.Entry.RecordedAt < until)
            {
                account.Ahead.Dequeue();
                _ahead--;
                _uses += account.Reader.Add(proof) ? 1 : 0;
            }
        }

        var read = 0L;
        await foreach (var proof in snapshot.EntryProofsAsync(_account, _position, cancellationToken))
        {
            _position = Math.Max(_position, proof.Position);
            if (_accounts.TryGetValue(proof.Entry.Account, out var account) && proof.Entry.Sequence == account.Sequence + 1)
            {
                Add(account, proof);
                if (_uses > most)
                {
                    return null;
                }
            }

            if ((++read & 0xFFF) == 0)
            {
                progress?.Invoke(read);
            }
        }

        if (_uses > most || !await ReadSkippedAsync(snapshot, most, cancellationToken))
        {
            return null;
        }

        if (_isCut)
        {
            await foreach (var head in snapshot.HeadsAsync(until, cancellationToken))
            {
                _accounts.GetValueOrDefault(head.Account)?.Reader.MoveTo(head.Sequence, head.Hash);
            }
        }

        return ToPast(until, cancellationToken);
    }

    // Where several write at once, an entry may become visible after others of a higher position: the heads tell whose were passed over.
    private async Task<bool> ReadSkippedAsync(IReadSnapshot snapshot, long most, CancellationToken cancellationToken)
    {
        var behind = new List<string>();
        await foreach (var head in snapshot.HeadsAsync(recordedBefore: null, cancellationToken))
        {
            if (_accounts.TryGetValue(head.Account, out var account) && head.Sequence > account.Sequence)
            {
                behind.Add(head.Account);
            }
        }

        foreach (var id in behind)
        {
            var account = _accounts[id];
            await foreach (var proof in snapshot.EntryProofsAsync(id, account.Position, cancellationToken))
            {
                Add(account, proof);
                if (_uses > most)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void Add(Account account, EntryProof proof)
    {
        (account.Sequence, account.Position) = (proof.Entry.Sequence, proof.Position);
        if (proof.Entry.RecordedAt < Until)
        {
            _uses += account.Reader.Add(proof) ? 1 : 0;
        }
        else if (++_ahead <= MostAhead)
        {
            account.Ahead.Enqueue(proof);
        }
    }

    private PastUsage ToPast(Instant until, CancellationToken cancellationToken)
    {
        var accounts = ImmutableArray.CreateBuilder<AccountHistory>(_accounts.Count);
        var stuck = ImmutableArray.CreateBuilder<StuckAccount>();
        var heads = new CanonicalBytes();
        foreach (var (id, account) in _accounts)
        {
            if (account.HistoryOf(_forwarder, cancellationToken) is { } history)
            {
                accounts.Add(history);
                heads.Text(id);
                heads.Int64(account.Reader.Head.Sequence);
                heads.Bytes(account.Reader.Head.Hash.Span);
            }

            if (account.Reader.Stuck is { } sequence)
            {
                stuck.Add(new StuckAccount(id, sequence));
            }
        }

        return new PastUsage(_ruleset, new PastWindow(_from, until), _shapes, accounts.ToImmutable(), accounts.Sum(static a => (long)a.Usage.Count),
            Convert.ToHexStringLower(SHA256.HashData(heads.Written)), stuck.ToImmutable());
    }

    private sealed class Account(PastReader reader)
    {
        private AccountHistory? _history;
        private long _historyOf;

        public PastReader Reader => reader;

        /// <summary>Entries that were read but lie behind the end.</summary>
        public Queue<EntryProof> Ahead { get; } = [];

        /// <summary>Of the last entry that was read.</summary>
        public long Sequence { get; set; }

        public long Position { get; set; }

        /// <summary>The entry at which its segments end, until it was looked up.</summary>
        public (long Sequence, ReadOnlyMemory<byte> Hash)? End { get; set; }

        public AccountHistory? HistoryOf(ReplayRun.Forwarder forwarder, CancellationToken cancellationToken)
        {
            if (reader.Head.Sequence != _historyOf)
            {
                _history = reader.ToHistory(forwarder, cancellationToken);
                _historyOf = reader.Head.Sequence;
            }

            return _history;
        }
    }
}
