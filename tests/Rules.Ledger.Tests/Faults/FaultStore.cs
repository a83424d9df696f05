using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Tests.Faults;

/// <summary>
/// A real store whose calls fail where the seed says: before they are made, or after they were and before anybody hears of it; or at which the
/// process dies: from then on nothing reaches the store.
/// </summary>
internal sealed class FaultStore(ILedgerStore store, int seed) : ILedgerStore
{
    /// <summary>Where a call may fail.</summary>
    public static readonly ImmutableArray<string> Sites = ["begin", "account", "scopes", "key", "append", "before the commit", "after the commit"];

    private readonly Random _random = new(seed);

    /// <summary>Chance of a fault at each call of an armed site, in percent.</summary>
    public int Percent { get; set; }

    /// <summary>The sites that fail; null: all of them.</summary>
    public IReadOnlySet<string>? Armed { get; init; }

    /// <summary>Chance that a fault is the death of the process, in percent.</summary>
    public int CrashPercent { get; init; }

    /// <summary>At the moment of a death, before anything is cleaned up.</summary>
    public Action? Crashing { get; init; }

    /// <summary>What became durable, in order; also where the caller does not hear of it.</summary>
    public Action<AccountAppend>? Committed { get; init; }

    public bool Crashed { get; private set; }

    public int Faults { get; private set; }

    public int LargestBatch => store.LargestBatch;

    public IAppStore? App => store.App;

    public int Writers => store.Writers;

    public bool IsExclusive => store.IsExclusive;

    public async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken)
    {
        MayFail("begin");
        return new FaultTransaction(this, await store.BeginWriteAsync(cancellationToken));
    }

    public ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken) => store.BeginReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private void MayFail(string where)
    {
        if (Crashed)
        {
            throw new StoreException("The process is dead.");
        }

        if (Armed?.Contains(where) == false || _random.Next(100) >= Percent)
        {
            return;
        }

        Faults++;
        if (_random.Next(100) < CrashPercent)
        {
            Crashed = true;
            Crashing?.Invoke();
        }

        throw new StoreException("Injected: " + where);
    }

    private sealed class FaultTransaction(FaultStore faults, IWriteTransaction transaction) : IWriteTransaction
    {
        private readonly List<AccountAppend> _appends = [];

        public StoreMoment Moment => transaction.Moment;

        public void Expect(string account, IReadOnlyCollection<string> keys, IReadOnlyCollection<string> lots) => transaction.Expect(account, keys, lots);

        public ValueTask LockCatalogueAsync(CancellationToken cancellationToken) => transaction.LockCatalogueAsync(cancellationToken);

        public ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken)
        {
            faults.MayFail("account");
            return transaction.AccountAsync(account, cancellationToken);
        }

        public ValueTask<ImmutableArray<ScopeState>> ScopesAsync(StoredAccount account, IReadOnlyList<ScopeId> scopes, CancellationToken cancellationToken)
        {
            faults.MayFail("scopes");
            return transaction.ScopesAsync(account, scopes, cancellationToken);
        }

        public ValueTask<StoredAnswer?> AnswerAsync(StoredAccount account, string key, CancellationToken cancellationToken)
        {
            faults.MayFail("key");
            return transaction.AnswerAsync(account, key, cancellationToken);
        }

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

        public async ValueTask AppendAsync(AccountAppend append, CancellationToken cancellationToken)
        {
            await transaction.AppendAsync(append, cancellationToken);
            _appends.Add(append);
            faults.MayFail("append");
        }

        public ValueTask PublishAsync(StoredVersion version, CancellationToken cancellationToken) => transaction.PublishAsync(version, cancellationToken);

        public ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken) => transaction.AddCheckpointAsync(checkpoint, cancellationToken);

        public async ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            faults.MayFail("before the commit");
            await transaction.CommitAsync(cancellationToken);
            foreach (var append in _appends)
            {
                faults.Committed?.Invoke(append);
            }

            faults.MayFail("after the commit");
        }

        public ValueTask DisposeAsync() => transaction.DisposeAsync();
    }
}
