using System.Collections.Immutable;
using Dapper;
using Microsoft.Data.Sqlite;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Stores;

public sealed class SqliteFileContractTests : LedgerStoreContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    protected override ILedgerStore Open(TimeProvider time) => SqliteLedgerStore.Open(_directory.Database, time);
}

public sealed class SqliteAppContractTests : AppStoreContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    protected override ILedgerStore Open(TimeProvider time) => SqliteLedgerStore.Open(_directory.Database, time);
}

public sealed class SqliteMemoryContractTests : LedgerStoreContract
{
    protected override bool SeesSnapshotsBesideWrites => false;

    protected override ILedgerStore Open(TimeProvider time) => SqliteLedgerStore.OpenInMemory(time);
}

public sealed class SqliteLedgerStoreTests : IDisposable
{
    private static readonly ManualTime _time = new(BankCommands.Start);

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, string> AppendOnly => new()
    {
        { "rule_version", "author='x'" },
        { "account", "ruleset='x'" },
        { "period", "cycle_no=9" },
        { "account_value", "value='x'" },
        { "bucket", "name='x'" },
        { "answer", "body=x'00'" },
        { "journal", "amount=amount+1" },
        { "idempotency", "answer_id=NULL" },
        { "lot", "expires_at=NULL" },
        { "posting", "d_spent=d_spent" },
        { "usage_event", "action='x'" },
        { "checkpoint", "content=x'00'" },
        { "schema_migration", "name='x'" },
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_second_opener_is_told_who_has_the_file()
    {
        await using var first = Open();
        var refusal = Should.Throw<LedgerStartException>(() => Open());
        refusal.ExitCode.ShouldBe(75);
        refusal.Code.ShouldBe("database_in_use");
        refusal.Message.ShouldContain(_directory.Database + ".lock");
    }

    [Fact]
    public async Task A_closed_file_opens_again_with_what_was_committed()
    {
        await using (var first = Open())
        {
            await first.RunAsync(BankCommands.Open("acme", BankCommands.Start));
        }

        await using var second = Open();
        (await second.AccountProofAsync("acme")).Head.HeadSequence.ShouldBe(1);
    }

    [Fact]
    public async Task A_newer_database_refuses_to_start()
    {
        await using (Open(SqliteMigrator.Embedded.Add(Migration.Of(SqliteMigrator.Embedded.Length + 1, "0099-later", "CREATE TABLE later(x);"))))
        {
        }

        var refusal = Should.Throw<LedgerStartException>(() => Open());
        refusal.ExitCode.ShouldBe(78);
        refusal.Code.ShouldBe("database_newer");
        refusal.Message.ShouldContain("0099-later");
    }

    [Fact]
    public async Task A_migration_with_other_bytes_refuses_to_start()
    {
        var first = SqliteMigrator.Embedded[0];
        await using (Open([first]))
        {
        }

        var changed = Migration.Of(first.Id, first.Name, first.Sql + "-- changed");
        var refusal = Should.Throw<LedgerStartException>(() => Open([changed]));
        refusal.Code.ShouldBe("migration_changed");
        refusal.Message.ShouldContain(first.Sha256);
        refusal.Message.ShouldContain(changed.Sha256);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
        var migrations = SqliteMigrator.Embedded;
        var broken = Migration.Of(migrations.Length + 1, "0002-broken", "CREATE TABLE half(x); CREATE TABLE half(x);");
        Should.Throw<LedgerStartException>(() => Open(migrations.Add(broken)));
        await using var store = Open();
        Read<long>("SELECT COUNT(*) FROM sqlite_master WHERE name='half'").ShouldBe(0);
    }

    [Fact]
    public void A_database_of_something_else_is_not_touched()
    {
        Write("CREATE TABLE notes(text)");
        Should.Throw<LedgerStartException>(() => Open()).Code.ShouldBe("database_foreign");
        Read<long>("SELECT COUNT(*) FROM sqlite_master").ShouldBe(1);
    }

    [Fact]
    public async Task A_file_that_is_no_database_refuses_to_start()
    {
        await File.WriteAllTextAsync(_directory.Database, new string('x', 5000));
        Should.Throw<LedgerStartException>(() => Open()).Code.ShouldBe("database_unreadable");
    }

    [Fact]
    public void Migrations_are_numbered_without_gaps() =>
        SqliteMigrator.Embedded.Select(m => m.Id).ShouldBe(Enumerable.Range(1, SqliteMigrator.Embedded.Length));

    [Fact]
    public async Task Every_commit_reaches_the_disk()
    {
        await using var store = Open();
        using var writer = SqliteDatabase.File(_directory.Database).OpenWriter();
        writer.ExecuteScalar<string>("PRAGMA journal_mode").ShouldBe("wal");
        writer.ExecuteScalar<long>("PRAGMA synchronous").ShouldBe(2);
        writer.ExecuteScalar<long>("PRAGMA foreign_keys").ShouldBe(1);
        writer.ExecuteScalar<long>("PRAGMA recursive_triggers").ShouldBe(1);
        writer.ExecuteScalar<long>("PRAGMA trusted_schema").ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        await using var store = Open();
        using var reader = SqliteDatabase.File(_directory.Database).OpenReader();
        Should.Throw<SqliteException>(() => reader.Execute("INSERT INTO bucket(ruleset,name) VALUES('a','b')"));
        reader.ExecuteScalar<long>("PRAGMA wal_autocheckpoint").ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(AppendOnly))]
    public async Task Stored_rows_are_neither_changed_nor_removed_nor_replaced(string table, string change)
    {
        await using var store = Open();
        await FillAsync(store);
        using var connection = SqliteDatabase.File(_directory.Database).OpenWriter();
        connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}").ShouldBeGreaterThan(0);
        Should.Throw<SqliteException>(() => connection.Execute($"UPDATE {table} SET {change}"));
        Should.Throw<SqliteException>(() => connection.Execute($"DELETE FROM {table}"));
        Should.Throw<SqliteException>(() => connection.Execute($"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"));
    }

    [Fact]
    public async Task A_refusal_may_be_pruned_and_an_accepted_key_may_not()
    {
        await using var store = Open();
        await FillAsync(store);
        using var connection = SqliteDatabase.File(_directory.Database).OpenWriter();
        connection.Execute("DELETE FROM idempotency WHERE entry_id IS NULL").ShouldBe(1);
        connection.Execute("DELETE FROM answer WHERE accepted=0").ShouldBe(1);
        Should.Throw<SqliteException>(() => connection.Execute("DELETE FROM idempotency WHERE entry_id IS NOT NULL"));
    }

    private static async Task FillAsync(SqliteLedgerStore store)
    {
        var at = BankCommands.Start;
        await using (var transaction = await store.BeginWriteAsync(default))
        {
            await transaction.PublishAsync(new StoredVersion("bank", 1, "bank.v1.rules", "", new byte[32], "", "0", "system", at, at, at), default);
            await transaction.CommitAsync(default);
        }

        await store.RunAsync(BankCommands.Open("acme", at), BankCommands.Grant("acme", "g", "g", 100, at), BankCommands.Charge("acme", "c", 7, at),
            BankCommands.Charge("acme", "d", 700, at));
        await using var write = await store.BeginWriteAsync(default);
        var account = (await write.AccountAsync("acme", default))!;
        var cycle = new Rules.Engine.Accounts.Cycle(0, new NodaTime.LocalDateTime(2026, 3, 1, 0, 0), at, at + NodaTime.Duration.FromDays(31));
        await write.AppendAsync(new AccountAppend
        {
            Before = account,
            Entries = [],
            Answers = [],
            Scopes = [],
            Values = [],
            Cycles = [new NewCycle(cycle, account.HeadSequence, OfEntry: false)],
            After = account.State,
        }, default);
        await write.AddCheckpointAsync(new StoredCheckpoint("acme", account.HeadSequence, account.HeadHash, 1, new byte[32], new byte[] { 1 }, at), default);
        await write.CommitAsync(default);
    }

    private SqliteLedgerStore Open() => SqliteLedgerStore.Open(_directory.Database, _time);

    private SqliteLedgerStore Open(ImmutableArray<Migration> migrations) => SqliteLedgerStore.Open(_directory.Database, _time, migrations);

    private void Write(string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=false");
        connection.Execute(sql);
    }

    private T Read<T>(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=false");
        return connection.ExecuteScalar<T>(sql)!;
    }
}
