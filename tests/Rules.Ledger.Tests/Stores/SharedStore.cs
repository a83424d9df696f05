using NodaTime;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Tests.Stores;

/// <summary>
/// A store as several nodes see one that they share: it has a time and a catalogue of its own and takes writers of several accounts at once.
/// </summary>
internal sealed class SharedStore(ILedgerStore store) : StoreDecorator(store)
{
    private readonly Lock _gate = new();
    private int _writing;

    /// <summary>The store's own time; null: it has none.</summary>
    public Instant? Now { get; set; }

    /// <summary>How long a transaction waits before it begins.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Called before a transaction begins; may throw.</summary>
    public Action OnBegin { get; set; } = static () => { };

    /// <summary>Called after a commit was done; may throw.</summary>
    public Action OnCommitted { get; set; } = static () => { };

    /// <summary>Most transactions that were open or waiting at once.</summary>
    public int MostAtOnce { get; private set; }

    public override int LargestBatch => 8;

    public override int Writers => 4;

    public override bool IsExclusive => false;

    public override async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_writing);
        }

        try
        {
            OnBegin();
            await Task.Delay(Delay, TimeProvider.System, cancellationToken);
            var versions = await VersionsAsync(cancellationToken);
            return new Transaction(this, await base.BeginWriteAsync(cancellationToken), new StoreMoment(Now, versions));
        }
        finally
        {
            lock (_gate)
            {
                _writing--;
            }
        }
    }

    private async Task<int> VersionsAsync(CancellationToken cancellationToken)
    {
        await using var snapshot = await BeginReadAsync(cancellationToken);
        return (await snapshot.VersionsAsync(cancellationToken)).Length;
    }

    private sealed class Transaction(SharedStore shared, IWriteTransaction transaction, StoreMoment moment) : TransactionDecorator(transaction)
    {
        public override StoreMoment Moment => moment;

        public override async ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            await base.CommitAsync(cancellationToken);
            shared.OnCommitted();
        }
    }
}
