using NodaTime;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Faults;

public sealed class FaultTests : IDisposable
{
    private static readonly Instant _t0 = BankCommands.Start;

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task F13_F16_clients_that_repeat_until_they_are_answered_lose_none_and_double_none(int seed)
    {
        await using var real = SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0));
        await real.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 150, _t0));
        var store = new FaultStore(real, seed) { Percent = 20 };
        var waiting = Enumerable.Range(0, 200).ToList();
        var accepted = new List<int>();
        var random = new Random(seed);
        for (var round = 0; waiting.Count > 0; round++)
        {
            round.ShouldBeLessThan(500);
            var batch = waiting.Take(random.Next(1, 40)).ToList();
            var commands = batch.Select(i => BankCommands.Charge("acme", $"c{i}", 1, _t0)).ToList();
            await CommandWriter.RunAsync(store, commands);
            for (var i = 0; i < batch.Count; i++)
            {
                var answer = await commands[i].Completion;
                if (answer.Status != CommandStatus.OutcomeUnknown)
                {
                    waiting.Remove(batch[i]);
                    if (answer.Status == CommandStatus.Accepted)
                    {
                        accepted.Add(batch[i]);
                    }
                }
            }
        }

        store.Faults.ShouldBeGreaterThan(10);
        accepted.Count.ShouldBe(150);
        (await real.AccountProofAsync("acme")).Lots.Single().Spent.ShouldBe(150);
        var keys = new List<string>();
        await using (var snapshot = await real.BeginReadAsync(default))
        {
            await foreach (var proof in snapshot.EntryProofsAsync("acme", default))
            {
                keys.Add(proof.Entry.Key);
            }
        }

        keys.Where(key => key.StartsWith('c')).Order(StringComparer.Ordinal).ShouldBe(accepted.Select(i => $"c{i}").Order(StringComparer.Ordinal));
        await real.ShouldHoldAsync();
    }

    [Fact]
    public async Task F7_a_full_disk_is_told_and_writing_resumes_when_there_is_room()
    {
        await using var store = SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0));
        await store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 1_000_000, _t0));
        await using (var transaction = (SqliteWriteTransaction)await store.BeginWriteAsync(default))
        {
            // The file may not grow any more on this connection.
            var pages = transaction.Session.Statement("PRAGMA max_page_count=1");
            pages.Step();
            pages.Reset();
        }

        var answered = 0;
        CommandResult answer;
        do
        {
            answer = await store.RunAsync(BankCommands.Charge("acme", $"c{answered++}", 1, _t0));
            answered.ShouldBeLessThan(10_000);
        }
        while (answer.Status == CommandStatus.Accepted);

        // The failed batch closed the connection, and with it the limit: this is the disk with room again.
        answer.Status.ShouldBe(CommandStatus.OutcomeUnknown);
        var again = await store.RunAsync(BankCommands.Charge("acme", $"c{answered - 1}", 1, _t0));
        again.Status.ShouldBe(CommandStatus.Accepted);
        again.Replayed.ShouldBeFalse();
        (await store.AccountProofAsync("acme")).Lots.Single().Spent.ShouldBe(answered);
        await store.ShouldHoldAsync();
    }

    [Fact]
    public async Task F8_a_file_that_may_not_be_written_is_told_and_writing_goes_on_when_it_may()
    {
        await using var store = SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0));
        await store.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 100, _t0));
        await using (var transaction = (SqliteWriteTransaction)await store.BeginWriteAsync(default))
        {
            // As a file that somebody has made read-only answers, on this connection.
            var refuse = transaction.Session.Statement("PRAGMA query_only=1");
            refuse.Step();
            refuse.Reset();
        }

        (await store.RunAsync(BankCommands.Charge("acme", "c", 1, _t0))).Status.ShouldBe(CommandStatus.OutcomeUnknown);
        var again = await store.RunAsync(BankCommands.Charge("acme", "c", 1, _t0));
        (again.Status, again.Replayed).ShouldBe((CommandStatus.Accepted, false));
        (await store.AccountProofAsync("acme")).Lots.Single().Spent.ShouldBe(1);
        await store.ShouldHoldAsync();
    }
}
