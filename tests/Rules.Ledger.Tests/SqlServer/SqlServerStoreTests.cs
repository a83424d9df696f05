using System.Reflection;
using Microsoft.Data.SqlClient;
using NodaTime;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Storage.SqlServer;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Stores;
using Rules.Ledger.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>What only a server can show.</summary>
public sealed class SqlServerStoreTests
{
    private static readonly Instant _t0 = BankCommands.Start;

    /// <summary>Every test of the contract, with the rows of its theories.</summary>
    public static TheoryData<string, int> Contract
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var method in typeof(LedgerStoreContract).GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null))
            {
                var rows = Math.Max(1, method.GetCustomAttributes<InlineDataAttribute>().Count());
                Enumerable.Range(0, rows).ToList().ForEach(row => data.Add(method.Name, row));
            }

            return data;
        }
    }

    [SqlServerTheory]
    [MemberData(nameof(Contract))]
    public async Task The_store_keeps_the_contract(string test, int row)
    {
        await using var database = await SqlServerAtHand.CreateDatabaseAsync();
        var contract = new SqlServerContract(await SqlServerLedgerStore.OpenAsync(database.Options, default));
        await contract.InitializeAsync();
        try
        {
            var method = typeof(LedgerStoreContract).GetMethod(test)!;
            var arguments = method.GetCustomAttributes<InlineDataAttribute>().ElementAtOrDefault(row)?.GetData(method).Single();
            await (Task)method.Invoke(contract, arguments)!;
        }
        finally
        {
            await contract.DisposeAsync();
        }
    }

    public static TheoryData<string> AppContract =>
        [.. typeof(AppStoreContract).GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).Select(method => method.Name)];

    [SqlServerTheory]
    [MemberData(nameof(AppContract))]
    public async Task The_store_keeps_the_contract_of_the_services_own_rows(string test)
    {
        await using var database = await SqlServerAtHand.CreateDatabaseAsync();
        var contract = new SqlServerAppContract(await SqlServerLedgerStore.OpenAsync(database.Options, default));
        await contract.InitializeAsync();
        try
        {
            await (Task)typeof(AppStoreContract).GetMethod(test)!.Invoke(contract, null)!;
        }
        finally
        {
            await contract.DisposeAsync();
        }
    }

    [SqlServerFact]
    public async Task L16_both_databases_hold_the_same_journal_bytes()
    {
        await using var database = await SqlServerAtHand.CreateDatabaseAsync();
        await using var server = new CallersClock(await SqlServerLedgerStore.OpenAsync(database.Options, default));
        await using var sqlite = SqliteLedgerStore.OpenInMemory(new ManualTime(_t0));
        foreach (var store in new ILedgerStore[] { server, sqlite })
        {
            var random = new Random(7);
            await store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Open("bolt", _t0));
            for (var i = 0; i < 40; i++)
            {
                var at = _t0 + Duration.FromMinutes(i);
                var account = random.Next(2) == 0 ? "acme" : "bolt";
                await store.RunAsync(BankCommands.Grant(account, $"g{i}", $"g{i}", random.Next(1, 90), at, random.Next(2) == 0 ? Duration.FromMinutes(random.Next(1, 20)) : null),
                    BankCommands.Charge(account, $"c{i}", random.Next(1, 60), at), BankCommands.Charge(account, $"d{i}", random.Next(1, 60), at));
            }

            await store.ShouldHoldAsync();
        }

        (await server.HashesAsync()).ShouldBe(await sqlite.HashesAsync());
    }

    [SqlServerFact]
    public async Task F15_two_nodes_draw_exactly_what_is_there()
    {
        await using var database = await SqlServerAtHand.CreateDatabaseAsync();
        await using var one = await SqlServerLedgerStore.OpenAsync(database.Options, default);
        await using var other = await SqlServerLedgerStore.OpenAsync(database.Options, default);
        await one.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 500, _t0));
        await using var first = new CommandWriter(one, 4096);
        await using var second = new CommandWriter(other, 4096);
        // Every command goes to both nodes.
        var answers = await Task.WhenAll(Enumerable.Range(0, 800).SelectMany(i => new[] { first, second }
            .Select(writer => writer.SubmitAsync(BankCommands.Charge("acme", $"c{i}", 1, _t0), default))));
        answers.Chunk(2).Count(pair => pair.All(answer => answer.Status == CommandStatus.Accepted)).ShouldBe(500);
        answers.Chunk(2).Count(pair => pair.All(answer => answer.Status == CommandStatus.Refused)).ShouldBe(300);
        answers.Chunk(2).ShouldAllBe(pair => pair.Count(answer => answer.Replayed) == 1);
        (await one.AccountProofAsync("acme")).Lots.Single().Spent.ShouldBe(500);
        await one.ShouldHoldAsync();
    }

    [SqlServerFact]
    public async Task S14_the_services_login_changes_nothing_but_by_the_procedures()
    {
        await using var database = await SqlServerAtHand.CreateDatabaseAsync();
        await using var store = await SqlServerLedgerStore.OpenAsync(database.Options, default);
        foreach (var batch in SqlServerMigrator.Batches(TSql.Script("Scripts.least-privilege").Sql))
        {
            await SqlServerAtHand.ExecuteAsync(database.ConnectionString, batch);
        }

        await SqlServerAtHand.ExecuteAsync(database.ConnectionString, "CREATE USER service WITHOUT LOGIN; ALTER ROLE ledger_app ADD MEMBER service");
        await store.RunAsync(BankCommands.Open("acme", _t0));
        foreach (var forbidden in new[]
        {
            "UPDATE ledger.journal SET amount = 1", "DELETE FROM ledger.idempotency", "INSERT ledger.catalogue(catalogue_id, versions) VALUES(2, 0)", "DROP TRIGGER ledger.journal_append_only",
            "ALTER TABLE ledger.journal NOCHECK CONSTRAINT ALL", "TRUNCATE TABLE ledger.posting", "EXEC xp_cmdshell 'dir'",
        })
        {
            await Should.ThrowAsync<SqlException>(() => SqlServerAtHand.ExecuteAsync(database.ConnectionString, $"EXECUTE AS USER = 'service'; {forbidden}"), forbidden);
        }

        await SqlServerAtHand.ExecuteAsync(database.ConnectionString,
            "EXECUTE AS USER = 'service'; BEGIN TRAN; EXEC ledger.lock_and_read @external_id = N'acme'; COMMIT; SELECT COUNT(*) AS n FROM ledger.journal");
    }

    [SqlServerFact]
    public async Task A_database_that_was_migrated_opens_again_and_a_changed_migration_does_not()
    {
        await using var database = await SqlServerAtHand.CreateDatabaseAsync();
        await using (await SqlServerLedgerStore.OpenAsync(database.Options, default))
        {
        }

        await using (await SqlServerLedgerStore.OpenAsync(database.Options, default))
        {
        }

        await using var connection = new SqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        var migrations = SqlServerMigrator.Embedded;
        var changed = migrations.SetItem(0, Migration.Of(1, migrations[0].Name, migrations[0].Sql + "-- changed"));
        Should.Throw<LedgerStartException>(() => Migrator.Migrate(new SqlServerMigrator(connection), changed)).Code.ShouldBe("migration_changed");
        Should.Throw<LedgerStartException>(() => Migrator.Migrate(new SqlServerMigrator(connection), migrations[..1])).Code.ShouldBe("database_newer");
    }

    [SqlServerFact]
    public async Task A_database_without_the_settings_is_refused()
    {
        await using var database = await SqlServerAtHand.CreateDatabaseAsync();
        await SqlServerAtHand.ExecuteAsync(database.ConnectionString, "ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION OFF");
        (await Should.ThrowAsync<LedgerStartException>(() => SqlServerLedgerStore.OpenAsync(database.Options, default))).Code.ShouldBe("database_settings");
    }

    [SqlServerFact]
    public async Task What_grows_is_refused_to_its_owner_as_well()
    {
        await using var database = await SqlServerAtHand.CreateDatabaseAsync();
        await using var store = await SqlServerLedgerStore.OpenAsync(database.Options, default);
        await store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 5, _t0));
        foreach (var change in new[] { "UPDATE ledger.journal SET amount = 1", "DELETE FROM ledger.posting", "UPDATE ledger.account_head SET head_seq = 0", "DELETE FROM ledger.idempotency" })
        {
            await Should.ThrowAsync<SqlException>(() => SqlServerAtHand.ExecuteAsync(database.ConnectionString, change), change);
        }
    }

    private sealed class SqlServerAppContract(ILedgerStore store) : AppStoreContract
    {
        protected override ILedgerStore Open(TimeProvider time) => store;
    }

    private sealed class SqlServerContract(ILedgerStore store) : LedgerStoreContract
    {
        protected override ILedgerStore Open(TimeProvider time) => store;
    }

    /// <summary>Entries are recorded by the caller's clock, so that two stores can be compared.</summary>
    private sealed class CallersClock(ILedgerStore store) : StoreDecorator(store)
    {
        public override async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken) => new Transaction(await base.BeginWriteAsync(cancellationToken));

        private sealed class Transaction(IWriteTransaction transaction) : TransactionDecorator(transaction)
        {
            public override StoreMoment Moment => default;
        }
    }
}
