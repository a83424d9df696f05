using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Faults;
using Rules.Ledger.Tests.Matrix;
using Rules.Ledger.Tests.Simulation;
using Rules.Ledger.Tests.Stores;
using Rules.Ledger.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Writing;

/// <summary>An account in memory is the one in the database, whatever happens to either.</summary>
public sealed class RememberedAccountsTests : IDisposable
{
    private static readonly Instant _t0 = Instant.FromUtc(2026, 3, 1, 9, 0);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_was_read_before_a_write_is_not_remembered_after_it()
    {
        var accounts = new RememberedAccounts();
        var early = accounts.Begin("acme");
        accounts.Written(Account("acme", 2));
        early.Remember(Account("acme", 1));
        accounts.Find("acme")!.HeadSequence.ShouldBe(2);

        var before = accounts.Begin("acme");
        accounts.Forget("acme");
        before.Remember(Account("acme", 2));
        accounts.Find("acme").ShouldBeNull();

        accounts.Begin("acme").Remember(Account("acme", 3));
        accounts.Find("acme")!.HeadSequence.ShouldBe(3);
    }

    [Fact]
    public void Memory_is_bounded_and_what_was_cleared_away_does_not_come_back()
    {
        var accounts = new RememberedAccounts();
        var early = accounts.Begin("acme");
        for (var i = 0; i < 20_001; i++)
        {
            accounts.Written(Account(Scenarios.Key(i), 1));
        }

        accounts.Find(Scenarios.Key(0)).ShouldBeNull();
        accounts.Written(Account("acme", 2));
        early.Remember(Account("acme", 1));
        accounts.Find("acme")!.HeadSequence.ShouldBe(2);
    }

    [Fact]
    public async Task Quote_asked_for_after_a_charge_was_answered_knows_of_it()
    {
        const int credits = 3_000;
        await using var ledger = await OpenAsync();
        await Scenarios.FundAsync(ledger, "acme", credits);
        var (answered, next, quotes) = (0, -1, 0);
        var charging = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < credits; i = Interlocked.Increment(ref next))
            {
                (await ledger.ChargeAsync("acme", Scenarios.Use(1), Scenarios.Key(i), default)).Status.ShouldBe(CommandStatus.Accepted);
                Interlocked.Increment(ref answered);
            }
        })).ToArray();
        var quoting = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref answered) < credits)
            {
                var left = credits - Volatile.Read(ref answered);
                (await ledger.QuoteAsync("acme", Scenarios.Use(left + 1), default)).Status.ShouldBe(CommandStatus.Refused);
                Interlocked.Increment(ref quotes);
            }
        })).ToArray();
        await Task.WhenAll([.. charging, .. quoting]);
        quotes.ShouldBeGreaterThan(0);
        (await ledger.QuoteAsync("acme", Scenarios.Use(1), default)).Status.ShouldBe(CommandStatus.Refused);
        await Scenarios.ShouldHoldAsync(ledger);
    }

    [Theory]
    [InlineData("before the commit", 100)]
    [InlineData("after the commit", 99)]
    public async Task Commit_whose_answer_is_lost_leaves_no_memory_of_what_was_before(string site, int left)
    {
        var store = new FaultStore(SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0)), 1) { Armed = new HashSet<string> { site } };
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = new ManualTime(_t0) }, default);
        await ledger.Rulesets.LoadAsync([SimulatedRules.WithoutCorrections], default);
        await Scenarios.FundAsync(ledger, "acme", 100);
        (await ledger.QuoteAsync("acme", Scenarios.Use(100), default)).Status.ShouldBe(CommandStatus.Accepted);
        store.Percent = 100;
        (await ledger.ChargeAsync("acme", Scenarios.Use(1), "lost", default)).Status.ShouldBe(CommandStatus.OutcomeUnknown);
        store.Percent = 0;
        (await ledger.QuoteAsync("acme", Scenarios.Use(left), default)).Status.ShouldBe(CommandStatus.Accepted);
        (await ledger.QuoteAsync("acme", Scenarios.Use(left + 1), default)).Status.ShouldBe(CommandStatus.Refused);
        (await ledger.ChargeAsync("acme", Scenarios.Use(1), "lost", default)).Replayed.ShouldBe(site == "after the commit");
    }

    [Fact]
    public async Task Account_in_use_is_read_once()
    {
        var time = new ManualTime(_t0);
        await using var counting = new CountingStore(SqliteLedgerStore.Open(_directory.Database, time));
        await using var ledger = await CreditLedger.OpenAsync(counting, new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([SimulatedRules.WithoutCorrections], default);
        await Scenarios.FundAsync(ledger, "acme", 100);
        var reads = counting.Reads;
        for (var i = 0; i < 10; i++)
        {
            await ledger.QuoteAsync("acme", Scenarios.Use(1), default);
            await ledger.ChargeAsync("acme", Scenarios.Use(1), Scenarios.Key(i), default);
        }

        counting.Reads.ShouldBe(reads);
        await Scenarios.ShouldHoldAsync(ledger);
    }

    [Fact]
    public async Task Ledger_beside_the_process_that_writes_remembers_nothing()
    {
        await using var ledger = await OpenAsync();
        await Scenarios.FundAsync(ledger, "acme", 10);
        await using var beside = await CreditLedger.OpenSqliteReadOnlyAsync(_directory.Database, new LedgerOptions { Time = new ManualTime(_t0) }, default);
        for (var left = 10; left > 0; left--)
        {
            (await beside.QuoteAsync("acme", Scenarios.Use(left), default)).Status.ShouldBe(CommandStatus.Accepted);
            (await beside.QuoteAsync("acme", Scenarios.Use(left + 1), default)).Status.ShouldBe(CommandStatus.Refused);
            await ledger.ChargeAsync("acme", Scenarios.Use(1), Scenarios.Key(left), default);
        }
    }

    private async Task<CreditLedger> OpenAsync()
    {
        var ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = new ManualTime(_t0) }, default);
        await ledger.Rulesets.LoadAsync([SimulatedRules.WithoutCorrections], default);
        return ledger;
    }

    private static StoredAccount Account(string id, long sequence) =>
        new(1, new AccountState { Id = id, Ruleset = "sim", OpenedAt = _t0, LastAt = _t0, NextLot = 1 }, sequence, new byte[32], 0);

    /// <summary>Counts accounts that are read to be quoted or written.</summary>
    private sealed class CountingStore(ILedgerStore store) : StoreDecorator(store)
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public override async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken) =>
            new Transaction(this, await base.BeginWriteAsync(cancellationToken));

        public override ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return base.BeginReadAsync(cancellationToken);
        }

        private sealed class Transaction(CountingStore counting, IWriteTransaction transaction) : TransactionDecorator(transaction)
        {
            public override ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken)
            {
                Interlocked.Increment(ref counting._reads);
                return base.AccountAsync(account, cancellationToken);
            }
        }
    }
}
