using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Tests.Stores;

/// <summary>A real store that a test changes in one thing.</summary>
internal class StoreDecorator(ILedgerStore store) : ILedgerStore
{
    public ILedgerStore Inner => store;

    public IAppStore? App => store.App;

    public virtual int LargestBatch => store.LargestBatch;

    public virtual int Writers => store.Writers;

    public virtual bool IsExclusive => store.IsExclusive;

    public virtual ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken) => store.BeginWriteAsync(cancellationToken);

    public virtual ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken) => store.BeginReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}

/// <inheritdoc cref="StoreDecorator"/>
internal class TransactionDecorator(IWriteTransaction transaction) : IWriteTransaction
{
    public virtual StoreMoment Moment => transaction.Moment;

    public virtual void Expect(string account, IReadOnlyCollection<string> keys, IReadOnlyCollection<string> lots) => transaction.Expect(account, keys, lots);

    public virtual ValueTask LockCatalogueAsync(CancellationToken cancellationToken) => transaction.LockCatalogueAsync(cancellationToken);

    public virtual ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken) => transaction.AccountAsync(account, cancellationToken);

    public ValueTask<ImmutableArray<ScopeState>> ScopesAsync(StoredAccount account, IReadOnlyList<ScopeId> scopes, CancellationToken cancellationToken) =>
        transaction.ScopesAsync(account, scopes, cancellationToken);

    public ValueTask<StoredAnswer?> AnswerAsync(StoredAccount account, string key, CancellationToken cancellationToken) => transaction.AnswerAsync(account, key, cancellationToken);

    public ValueTask<bool> HasLotAsync(StoredAccount account, string lot, CancellationToken cancellationToken) => transaction.HasLotAsync(account, lot, cancellationToken);

    public ValueTask<bool> HasUseAsync(StoredAccount account, string use, CancellationToken cancellationToken) => transaction.HasUseAsync(account, use, cancellationToken);

    public ValueTask<ImmutableArray<HoldState>> HoldsAsync(StoredAccount account, Instant dueBy, string? named, CancellationToken cancellationToken) =>
        transaction.HoldsAsync(account, dueBy, named, cancellationToken);

    public ValueTask<Use?> UseAsync(StoredAccount account, string use, CancellationToken cancellationToken) => transaction.UseAsync(account, use, cancellationToken);

    public ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, IReadOnlyList<long> numbers, CancellationToken cancellationToken) =>
        transaction.LotsAsync(account, numbers, cancellationToken);

    public ValueTask<LotState?> LotAsync(StoredAccount account, string lot, CancellationToken cancellationToken) => transaction.LotAsync(account, lot, cancellationToken);

    public ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, Instant liveAt, CancellationToken cancellationToken) =>
        transaction.LotsAsync(account, liveAt, cancellationToken);

    public ValueTask<StoredAccount> OpenAccountAsync(NewAccount account, CancellationToken cancellationToken) => transaction.OpenAccountAsync(account, cancellationToken);

    public virtual ValueTask AppendAsync(AccountAppend append, CancellationToken cancellationToken) => transaction.AppendAsync(append, cancellationToken);

    public ValueTask PublishAsync(StoredVersion version, CancellationToken cancellationToken) => transaction.PublishAsync(version, cancellationToken);

    public ValueTask AddCheckpointAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken) => transaction.AddCheckpointAsync(checkpoint, cancellationToken);

    public virtual ValueTask CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

    public ValueTask DisposeAsync() => transaction.DisposeAsync();
}
