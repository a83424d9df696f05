using NodaTime;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Storage.SqlServer;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.SqlServer;
using Rules.Ledger.Tests.Stores;
using Rules.Ledger.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Writing;

public sealed class RetryPolicyTests : IDisposable
{
    private static readonly Instant _t0 = BankCommands.Start;
    private static readonly int[] _numbers = [1205, 1222, -2];

    private readonly TemporaryDirectory _directory = new();
    private readonly InstantTime _time = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task F16_what_fails_in_passing_is_tried_five_times()
    {
        var attempts = 0;
        await Should.ThrowAsync<Storage.StoreException>(() => Policy().RunAsync(() => throw Deadlock(ref attempts)));
        attempts.ShouldBe(5);
    }

    [Fact]
    public async Task What_is_refused_is_tried_once()
    {
        var attempts = 0;
        await Should.ThrowAsync<Storage.StoreException>(() => Policy().RunAsync(() =>
        {
            attempts++;
            throw SqlServerErrors.Of(SqlErrors.Exception(547));
        }));
        attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Waits_are_drawn_from_a_range_that_widens_to_half_a_second()
    {
        var bounds = new List<int>();
        var policy = new RetryPolicy(_time, below =>
        {
            bounds.Add(below);
            return below - 1;
        });
        var attempts = 0;
        await Should.ThrowAsync<Storage.StoreException>(() => policy.RunAsync(() => throw Deadlock(ref attempts)));
        bounds.ShouldBe([21, 61, 171, 501]);
        _time.Elapsed.ShouldBe(TimeSpan.FromMilliseconds(20 + 60 + 170 + 500));
    }

    [Fact]
    public async Task After_ten_seconds_nothing_is_tried_again()
    {
        var attempts = 0;
        await Should.ThrowAsync<Storage.StoreException>(() => Policy().RunAsync(() =>
        {
            _time.Elapsed += TimeSpan.FromSeconds(4);
            throw Deadlock(ref attempts);
        }));
        attempts.ShouldBe(3);
    }

    [Fact]
    public async Task A_store_that_stays_away_answers_every_command_of_the_batch_that_its_outcome_is_unknown()
    {
        await using var real = SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0));
        var attempts = 0;
        var store = new SharedStore(real) { OnBegin = () => throw Deadlock(ref attempts) };
        PendingCommand[] commands = [.. Enumerable.Range(0, 6).Select(i => BankCommands.Charge("acme", $"c{i}", 1, _t0))];
        await new BatchRunner(store, Policy(), null).RunAsync(commands);
        foreach (var command in commands)
        {
            (await command.Completion).Status.ShouldBe(CommandStatus.OutcomeUnknown);
        }

        attempts.ShouldBe(5);
    }

    [Fact]
    public async Task F16_a_commit_whose_answer_was_lost_is_found_by_its_keys_and_not_done_again()
    {
        await using var real = SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0));
        await real.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 10, _t0));
        var lost = 1;
        var store = new SharedStore(real)
        {
            OnCommitted = () =>
            {
                if (lost-- > 0)
                {
                    throw SqlServerErrors.OfCommit(SqlErrors.Exception(64));
                }
            },
        };
        PendingCommand[] commands = [BankCommands.Charge("acme", "a", 3, _t0), BankCommands.Charge("acme", "b", 4, _t0)];
        await new BatchRunner(store, Policy(), null).RunAsync(commands);
        foreach (var command in commands)
        {
            (await command.Completion).Status.ShouldBe(CommandStatus.Accepted);
        }

        (await real.AccountProofAsync("acme")).Lots.Single().Spent.ShouldBe(7);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task F16_with_a_fifth_of_all_calls_failing_nothing_is_lost_and_nothing_doubled(int seed)
    {
        await using var real = SqliteLedgerStore.Open(_directory.Database, new ManualTime(_t0));
        await real.RunAsync(BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g", "g", 150, _t0));
        var random = new Random(seed);
        var faults = 0;
        void MayFail(Func<Exception> fault)
        {
            if (random.Next(100) < 20)
            {
                faults++;
                throw fault();
            }
        }

        var store = new SharedStore(real)
        {
            OnBegin = () => MayFail(() => SqlServerErrors.Of(SqlErrors.Exception(_numbers[random.Next(_numbers.Length)]))),
            OnCommitted = () => MayFail(() => SqlServerErrors.OfCommit(SqlErrors.Exception(10054))),
        };
        var runner = new BatchRunner(store, Policy(), null);
        var waiting = Enumerable.Range(0, 200).ToList();
        var accepted = 0;
        var unknown = 0;
        while (waiting.Count > 0)
        {
            var batch = waiting.Take(random.Next(1, 8)).ToList();
            var commands = batch.Select(i => BankCommands.Charge("acme", $"c{i}", 1, _t0)).ToList();
            await runner.RunAsync(commands);
            for (var i = 0; i < batch.Count; i++)
            {
                var answer = await commands[i].Completion;
                if (answer.Status == CommandStatus.OutcomeUnknown)
                {
                    unknown++;
                    continue;
                }

                waiting.Remove(batch[i]);
                accepted += answer.Status == CommandStatus.Accepted ? 1 : 0;
            }
        }

        faults.ShouldBeGreaterThan(5);
        // The policy, not the client, did the repeating: five faults in a row are rare.
        unknown.ShouldBeLessThan(faults);
        accepted.ShouldBe(150);
        (await real.AccountProofAsync("acme")).Lots.Single().Spent.ShouldBe(150);
        await real.ShouldHoldAsync();
    }

    private static Storage.StoreException Deadlock(ref int attempts)
    {
        attempts++;
        return SqlServerErrors.Of(SqlErrors.Exception(1205));
    }

    private RetryPolicy Policy() => new(_time, static below => below - 1);

    /// <summary>A time that passes only by waiting, and at once.</summary>
    private sealed class InstantTime : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
            {
                Elapsed += dueTime;
            }

            return base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
        }
    }
}
