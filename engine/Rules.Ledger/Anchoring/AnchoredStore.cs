using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Anchoring;

/// <summary>
/// A store whose heads are anchored in a file outside it after every commit. It does not open over a store that has lost or changed what was
/// anchored: a chain inside a database cannot see that its own tail is gone.
/// </summary>
internal sealed class AnchoredStore : ILedgerStore
{
    private readonly ILedgerStore _store;
    private readonly AnchorLog _log;
    private readonly string _roots;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    private AnchoredStore(ILedgerStore store, AnchorLog log, string roots, TimeProvider time)
    {
        _store = store;
        _log = log;
        _roots = roots;
        _time = time;
        _loop = Task.Run(LoopAsync);
    }

    public int LargestBatch => _store.LargestBatch;

    public IAppStore? App => _store.App;

    public int Writers => _store.Writers;

    public bool IsExclusive => _store.IsExclusive;

    public bool KeepsSamples => _store.KeepsSamples;

    /// <summary>Why the newest heads are not anchored, or the last day has no root; null while all is well.</summary>
    public string? Fault => _log.Fault ?? RootFault;

    private string? RootFault { get; set; }

    /// <summary>Compares the store with its anchor and goes on with it; without a file one is begun with the heads as they are.</summary>
    /// <exception cref="LedgerStartException">The store contradicts the anchor, or the file cannot be used.</exception>
    public static async Task<AnchoredStore> OpenAsync(ILedgerStore store, string path, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var content = AnchorLog.Read(path);
            await using var snapshot = await store.BeginReadAsync(cancellationToken);
            var heads = await AnchorComparison.HeadsAsync(snapshot, cancellationToken);
            if (content is not null && await AnchorComparison.CompareAsync(snapshot, heads, content.Heads, cancellationToken) is { IsEmpty: false } found)
            {
                throw Behind(path, found);
            }

            AnchorLog log;
            if (content is null || content.ValidLength == 0 || content.Lines > 2 * heads.Count)
            {
                log = AnchorLog.Create(path, heads.Values.Where(head => head.Sequence > 0));
            }
            else
            {
                log = AnchorLog.Continue(path, content);
                log.Append([.. heads.Values.Where(head => head.Sequence > (content.Heads.GetValueOrDefault(head.Account)?.Sequence ?? 0))]);
            }

            return new AnchoredStore(store, log, RootLog.PathBeside(path), time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "anchor_unusable",
                $"The anchor {path} cannot be read and written: {e.Message} Give the process the right to, or name another place (Rules:AnchorPath).", e);
        }
    }

    public async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken) =>
        new Transaction(_log, await _store.BeginWriteAsync(cancellationToken));

    public ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken) => _store.BeginReadAsync(cancellationToken);

    // What was made up is not anchored, so that nothing is missed when it is gone.
    public ValueTask<bool> RemoveSampleAsync(string account, CancellationToken cancellationToken) => _store.RemoveSampleAsync(account, cancellationToken);

    public ValueTask<ImmutableArray<string>> SamplesAsync(CancellationToken cancellationToken) => _store.SamplesAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
        _log.Dispose();
        await _store.DisposeAsync();
    }

    internal static LedgerStartException Behind(string path, ImmutableArray<AnchorContradiction> found)
    {
        var others = found.Length switch
        {
            1 => "",
            2 => ", and so does 1 other account",
            _ => $", and so do {found.Length - 1} other accounts",
        };
        return new LedgerStartException(LedgerStartException.NeedsDecision, "database_behind_anchor",
            $"The database does not have all that was once committed: {found[0]}{others}. It was restored from an older backup, its last commits were lost, or it was changed "
            + $"by hand; the anchor is {path}. Nothing was written. Look first: rules ledger verify DATABASE --anchor {path}. Then restore a newer copy of the database; or, if this state "
            + $"is to be the history from now on, say so and it is recorded: rules ledger accept DATABASE --anchor {path} --by NAME --reason TEXT.");
    }

    /// <summary>Brings anchors to the disk, and writes the root of a day that has ended. What fails is tried again a second later.</summary>
    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        LocalDate? rooted = null;
        try
        {
            do
            {
                _log.Flush();
                var day = RootLog.LastDay(Instants.Now(_time));
                if (rooted is null || day > rooted)
                {
                    rooted = await RootAsync(day) ? day : rooted;
                }
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task<bool> RootAsync(LocalDate day)
    {
        try
        {
            if (RootLog.Newest(_roots) is not { } newest || newest.Day < day)
            {
                await using var snapshot = await _store.BeginReadAsync(_stopping.Token);
                var root = await RootLog.ComputeAsync(snapshot, day, _stopping.Token);
                if (root.Accounts > 0)
                {
                    RootLog.Append(_roots, root);
                }
            }

            RootFault = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException)
        {
            RootFault = e.Message;
            return false;
        }
    }

    private sealed class Transaction(AnchorLog log, IWriteTransaction transaction) : IWriteTransaction
    {
        private readonly List<AccountHead> _heads = [];

        public StoreMoment Moment => transaction.Moment;

        public void Expect(string account, IReadOnlyCollection<string> keys, IReadOnlyCollection<string> lots) => transaction.Expect(account, keys, lots);

        public ValueTask LockCatalogueAsync(CancellationToken cancellationToken) => transaction.LockCatalogueAsync(cancellationToken);

        public ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken) => transaction.AccountAsync(account, cancellationToken);

        public ValueTask<ImmutableArray<ScopeState>> ScopesAsync(StoredAccount account, IReadOnlyList<ScopeId> scopes, CancellationToken cancellationToken) =>
            transaction.ScopesAsync(account, scopes, cancellationToken);

        public ValueTask<StoredAnswer?> AnswerAsync(StoredAccount account, string key, CancellationToken cancellationToken) =>
            transaction.AnswerAsync(account, key, cancellationToken);

        public ValueTask<bool> HasLotAsync(StoredAccount account, string lot, CancellationToken cancellationToken) =>
            transaction.HasLotAsync(account, lot, cancellationToken);

        public ValueTask<bool> HasUseAsync(StoredAccount account, string use, CancellationToken cancellationToken) =>
            transaction.HasUseAsync(account, use, cancellationToken);

        public ValueTask<ImmutableArray<HoldState>> HoldsAsync(
            StoredAccount account, Instant dueBy, string? named, CancellationToken cancellationToken) =>
            transaction.HoldsAsync(account, dueBy, named, cancellationToken);

        public ValueTask<Use?> UseAsync(StoredAccount account, string use, CancellationToken cancellationToken) =>
            transaction.UseAsync(account, use, cancellationToken);

        public ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, IReadOnlyList<long> numbers, CancellationToken cancellationToken) =>
            transaction.LotsAsync(account, numbers, cancellationToken);

        public ValueTask<LotState?> LotAsync(StoredAccount account, string lot, CancellationToken cancellationToken) =>
            transaction.LotAsync(account, lot, cancellationToken);

        public ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, Instant liveAt, CancellationToken cancellationToken) =>
            transaction.LotsAsync(account, liveAt, cancellationToken);

        public ValueTask<StoredAccount> OpenAccountAsync(NewAccount account, CancellationToken cancellationToken) =>
            transaction.OpenAccountAsync(account, cancellationToken);

        public ValueTask AppendAsync(AccountAppend append, CancellationToken cancellationToken)
        {
            if (append.Entries is [.., var last] && !append.Before.IsSample)
            {
                _heads.Add(new AccountHead(last.Account, last.Sequence, last.Hash));
            }

            return transaction.AppendAsync(append, cancellationToken);
        }

        public ValueTask PublishAsync(StoredVersion version, CancellationToken cancellationToken) => transaction.PublishAsync(version, cancellationToken);

        public ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken) => transaction.AddCheckpointAsync(checkpoint, cancellationToken);

        // After the commit: an anchor never lies ahead of what is durable.
        public async ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            await transaction.CommitAsync(cancellationToken);
            if (_heads.Count > 0)
            {
                log.Append(_heads);
            }
        }

        public ValueTask DisposeAsync() => transaction.DisposeAsync();
    }
}
