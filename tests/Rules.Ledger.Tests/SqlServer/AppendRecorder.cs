using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Stores;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>Keeps what the writer hands to a store.</summary>
internal sealed class AppendRecorder() : StoreDecorator(SqliteLedgerStore.OpenInMemory(new ManualTime(BankCommands.Start)))
{
    public List<AccountAppend> Appends { get; } = [];

    public override async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken) =>
        new Transaction(Appends, await base.BeginWriteAsync(cancellationToken));

    private sealed class Transaction(List<AccountAppend> appends, IWriteTransaction transaction) : TransactionDecorator(transaction)
    {
        public override ValueTask AppendAsync(AccountAppend append, CancellationToken cancellationToken)
        {
            appends.Add(append);
            return base.AppendAsync(append, cancellationToken);
        }
    }
}
