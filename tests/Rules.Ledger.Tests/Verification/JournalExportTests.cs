using System.Text;
using System.Text.Json;
using NodaTime;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Matrix;
using Rules.Ledger.Tests.Stores;
using Rules.Ledger.Verification;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Verification;

/// <summary>Exports that go on behind one another, over a store whose accounts are written beside each other and read one after the other.</summary>
public sealed class JournalExportTests : IDisposable
{
    private static readonly Instant _t0 = Instant.FromUtc(2026, 3, 1, 9, 0);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Exports_behind_one_another_hold_every_entry_once_where_a_store_reads_account_by_account()
    {
        var time = new ManualTime(_t0);
        var store = new SeveralWriters(SqliteLedgerStore.Open(_directory.Database, time));
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([Simulation.SimulatedRules.File], default);
        var exported = new List<long>();
        var after = 0L;
        for (var round = 0; round < 3; round++)
        {
            foreach (var account in new[] { "bolt", "acme" })
            {
                if (round == 0)
                {
                    await Scenarios.FundAsync(ledger, account, 1_000);
                }

                await ledger.ChargeAsync(account, Scenarios.Use(1), Scenarios.Key(round), default);
            }

            using var stream = new MemoryStream();
            var written = await ledger.ExportAsync(stream, new ExportWindow(After: after), default);
            exported.AddRange(Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("position").GetInt64()));
            after = written.Position;
        }

        exported.Order().ShouldBe(Enumerable.Range(1, exported.Count).Select(static position => (long)position));
        after.ShouldBe(exported.Max());
        store.ReadsWhileLocked.ShouldBe(3);
    }

    /// <summary>A store of several writers, whose snapshots give the entries of one account after those of another.</summary>
    private sealed class SeveralWriters(ILedgerStore store) : StoreDecorator(store)
    {
        private bool _locked;

        public int ReadsWhileLocked { get; private set; }

        public override int Writers => 2;

        public override bool IsExclusive => false;

        public override async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken) =>
            new Locking(await base.BeginWriteAsync(cancellationToken), locked => _locked = locked);

        public override async ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken)
        {
            ReadsWhileLocked += _locked ? 1 : 0;
            _locked = false;
            return SnapshotByAccount.Of(await base.BeginReadAsync(cancellationToken));
        }

        private sealed class Locking(IWriteTransaction transaction, Action<bool> lockedIs) : TransactionDecorator(transaction)
        {
            public override async ValueTask LockCatalogueAsync(CancellationToken cancellationToken)
            {
                await base.LockCatalogueAsync(cancellationToken);
                lockedIs(true);
            }

            public override async ValueTask CommitAsync(CancellationToken cancellationToken)
            {
                await base.CommitAsync(cancellationToken);
                lockedIs(false);
            }
        }
    }
}
