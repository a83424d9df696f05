using Dapper;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Verification;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Verification;

/// <summary>Someone who owns the file changes it by hand, triggers and constraints out of the way: the verification names the first bad entry.</summary>
public sealed class VerifierTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_verification_that_is_stopped_leaves_nothing_running()
    {
        await using (var store = Open())
        {
            await FillAsync(store);
            using var stopping = new CancellationTokenSource();
            await using var snapshot = await store.BeginReadAsync(default);
            var verifier = new Verifier(snapshot, new StopAtOnce(stopping));
            await Should.ThrowAsync<OperationCanceledException>(() => verifier.VerifyAsync(null, stopping.Token));
        }

        if (OperatingSystem.IsLinux())
        {
            // Also not the database's own check, which runs beside the reading.
            Directory.GetFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget).ShouldNotContain(_directory.Database);
        }

        await using var again = Open();
        await again.ShouldHoldAsync();
    }

    [Theory]
    [InlineData("UPDATE journal SET amount=amount+1 WHERE seq=4", "chain", 4)]
    [InlineData("UPDATE journal SET occurred_at=occurred_at-1 WHERE seq=5", "chain", 5)]
    [InlineData("UPDATE journal SET idem_key='other' WHERE seq=5", "chain", 5)]
    [InlineData("UPDATE journal SET prev_hash=zeroblob(32) WHERE seq=3", "chain", 3)]
    [InlineData("UPDATE journal SET hash=zeroblob(32) WHERE seq=6", "chain", 6)]
    [InlineData("DELETE FROM journal WHERE seq=4", "gapless", 5)]
    [InlineData("UPDATE posting SET d_available=d_available-1, d_spent=d_spent+1 WHERE entry_id=4", "chain", 4)]
    [InlineData("UPDATE lot SET expires_at=expires_at+1 WHERE lot_no=1", "chain", 2)]
    [InlineData("UPDATE account_value SET value='silver' WHERE kind=1", "chain", 1)]
    [InlineData("UPDATE usage_event SET content=CAST('{\"amount\":\"1\"}' AS BLOB) WHERE entry_id=5", "trace", 5)]
    [InlineData("UPDATE answer SET body=CAST('{}' AS BLOB) WHERE answer_id=5", "trace", 5)]
    [InlineData("DELETE FROM idempotency WHERE idem_key='c5'", "key", 5)]
    [InlineData("UPDATE idempotency SET entry_id=4 WHERE idem_key='c5'", "key", 5)]
    [InlineData("UPDATE journal SET balance_after=balance_after+1 WHERE seq=5", "balance", 5)]
    [InlineData("UPDATE account SET opened_at=opened_at-1", "chain", 1)]
    [InlineData("UPDATE account_head SET head_seq=5, head_hash=(SELECT hash FROM journal WHERE seq=5)", "head", 6)]
    [InlineData("UPDATE lot_state SET available=available+1, granted=granted+1 WHERE lot_no=1", "lots", null)]
    [InlineData("DELETE FROM lot_state WHERE lot_no=2", "lots", null)]
    public async Task A_change_by_hand_is_found(string change, string check, int? sequence)
    {
        await using (var store = Open())
        {
            await FillAsync(store);
            await store.ShouldHoldAsync();
        }

        ChangeByHand(change);
        await using var changed = Open();
        var report = await changed.VerifyAsync();
        report.Holds.ShouldBeFalse();
        var problem = report.Problems.Where(p => p.Check != "integrity").ShouldHaveSingleItem();
        problem.Check.ShouldBe(check);
        problem.Account.ShouldBe("acme");
        problem.Sequence.ShouldBe(sequence);
    }

    [Fact]
    public async Task A_head_of_another_hash_is_told_apart_from_one_of_another_entry()
    {
        await using (var store = Open())
        {
            await FillAsync(store);
        }

        ChangeByHand("UPDATE account_head SET head_hash=zeroblob(32)");
        await using var changed = Open();
        var problem = (await changed.VerifyAsync()).Problems.Where(static p => p.Check != "integrity").ShouldHaveSingleItem();
        (problem.Check, problem.Message).ShouldBe(("head", "The account's head has another hash than its last entry."));
    }

    [Fact]
    public async Task A_draw_on_a_lot_that_had_expired_is_found_although_its_chain_holds()
    {
        await using (var store = Open())
        {
            await FillAsync(store);
        }

        // The expiry moves before the draws, and every hash after it is made to fit: only the check of the draw can see it.
        ChangeByHand("UPDATE lot SET expires_at=effective_at+1 WHERE lot_no=1");
        await RehashAsync();
        await using var changed = Open();
        var problem = (await changed.VerifyAsync()).Problems.Where(p => p.Check != "integrity").ShouldHaveSingleItem();
        problem.Check.ShouldBe("draw");
        problem.Sequence.ShouldBe(4);
    }

    [Theory]
    [InlineData("DROP TRIGGER journal_u", "the trigger journal_u is not there")]
    [InlineData("CREATE TRIGGER mine AFTER INSERT ON posting BEGIN SELECT 1; END", "the trigger mine is not of this program")]
    [InlineData("DROP TRIGGER journal_u; CREATE TRIGGER journal_u BEFORE UPDATE ON journal BEGIN SELECT 1; END", "the trigger journal_u is not as this program made it")]
    [InlineData("DROP INDEX lot_entry", "the index lot_entry is not there")]
    public async Task A_guard_that_was_taken_away_is_found(string change, string found)
    {
        await using (var store = Open())
        {
            await FillAsync(store);
        }

        using (var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=false"))
        {
            connection.Open();
            connection.Execute(change);
        }

        await using var changed = Open();
        var problem = (await changed.VerifyAsync()).Problems.ShouldHaveSingleItem();
        (problem.Check, problem.Message).ShouldBe(("integrity", found));
    }

    [Fact]
    public async Task One_account_is_verified_alone()
    {
        await using (var store = Open())
        {
            await FillAsync(store);
            await store.RunAsync(BankCommands.Open("bolt", BankCommands.Start));
        }

        ChangeByHand("UPDATE journal SET amount=amount+1 WHERE seq=4");
        await using var changed = Open();
        (await changed.VerifyAsync("bolt")).Problems.ShouldAllBe(problem => problem.Check == "integrity");
        (await changed.VerifyAsync("acme")).Problems.ShouldContain(problem => problem.Check == "chain");
    }

    [Fact]
    public async Task An_account_that_is_not_there_is_a_problem()
    {
        await using var store = Open();
        (await store.VerifyAsync("nobody")).Problems.ShouldHaveSingleItem().Check.ShouldBe("account");
    }

    [Fact]
    public async Task A_report_counts_accounts_and_entries()
    {
        await using var store = Open();
        await FillAsync(store);
        var report = await store.VerifyAsync();
        report.Accounts.ShouldBe(1);
        report.Entries.ShouldBe(6);
    }

    private static async Task FillAsync(SqliteLedgerStore store)
    {
        var at = BankCommands.Start;
        var later = at + Duration.FromHours(1);
        await store.RunAsync(BankCommands.Open("acme", at), BankCommands.Grant("acme", "g2", "g2", 100, at, Duration.FromDays(30)),
            BankCommands.Grant("acme", "g3", "g3", 100, at), BankCommands.Charge("acme", "c4", 7, later), BankCommands.Charge("acme", "c5", 9, later),
            BankCommands.Charge("acme", "c6", 7, later));
    }

    private SqliteLedgerStore Open() => SqliteLedgerStore.Open(_directory.Database, new ManualTime(BankCommands.Start));

    private void ChangeByHand(string change)
    {
        using var connection = Unguarded();
        connection.Execute(change).ShouldBeGreaterThan(0);
    }

    private SqliteConnection Unguarded()
    {
        var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=false;Foreign Keys=false");
        connection.Open();
        connection.Execute("PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON");
        foreach (var trigger in connection.Query<string>("SELECT name FROM sqlite_master WHERE type='trigger'").ToList())
        {
            connection.Execute($"DROP TRIGGER {trigger}");
        }

        return connection;
    }

    private async Task RehashAsync()
    {
        var entries = new List<Rules.Ledger.Journal.JournalEntry>();
        await using (var store = Open())
        {
            await using var snapshot = await store.BeginReadAsync(default);
            await foreach (var proof in snapshot.EntryProofsAsync("acme", default))
            {
                var entry = proof.Entry with { PreviousHash = entries.Count == 0 ? proof.Entry.PreviousHash : entries[^1].Hash };
                entries.Add(entry with { Hash = Rules.Ledger.Journal.EntryHash.Of(entry) });
            }
        }

        using var connection = Unguarded();
        foreach (var entry in entries)
        {
            connection.Execute("UPDATE journal SET prev_hash=@previous, hash=@hash WHERE seq=@Sequence",
                new { previous = entry.PreviousHash.ToArray(), hash = entry.Hash.ToArray(), entry.Sequence });
        }

        connection.Execute("UPDATE account_head SET head_hash=@hash", new { hash = entries[^1].Hash.ToArray() });
    }

    private sealed class StopAtOnce(CancellationTokenSource stopping) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => stopping.Cancel();
    }
}
