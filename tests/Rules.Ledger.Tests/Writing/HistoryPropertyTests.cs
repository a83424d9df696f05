using NodaTime;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Writing;

/// <summary>Laws of every history, tried on random ones; the seed is the test's argument and stands in its name.</summary>
public sealed class HistoryPropertyTests
{
    private const int Commands = 300;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L1_L3_L15_every_prefix_of_a_history_is_conserved_gapless_and_chained(int seed)
    {
        await using var store = SqliteLedgerStore.OpenInMemory(new ManualTime(BankCommands.Start));
        foreach (var batch in Split(History(seed), new Random(seed)))
        {
            await CommandWriter.RunAsync(store, batch);
            await store.ShouldHoldAsync();
        }

        foreach (var account in Accounts)
        {
            foreach (var lot in (await store.AccountProofAsync(account)).Lots)
            {
                (lot.Available + lot.Held + lot.Spent + lot.Expired + lot.Moved).ShouldBe(lot.Granted);
                new[] { lot.Available, lot.Held, lot.Spent, lot.Expired, lot.Moved }.ShouldAllBe(amount => amount >= 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L2_L7_balances_and_refusals_are_those_of_a_purse_counted_by_hand(int seed)
    {
        await using var store = SqliteLedgerStore.OpenInMemory(new ManualTime(BankCommands.Start));
        var purses = new Dictionary<string, Purse>();
        var steps = Steps(seed);
        var results = await store.RunAsync([.. steps.Select(step => step.ToCommand())]);
        for (var i = 0; i < steps.Count; i++)
        {
            results[i].Status.ShouldBe(Purse.Apply(purses, steps[i]), $"step {i} of seed {seed}: {steps[i]}");
        }

        foreach (var (account, purse) in purses)
        {
            var lots = (await store.AccountProofAsync(account)).Lots;
            lots.Sum(lot => lot.Available).ShouldBe(purse.Lots.Sum(lot => lot.Left), $"seed {seed}, {account}");
            lots.Sum(lot => lot.Spent).ShouldBe(purse.Spent, $"seed {seed}, {account}");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L16_any_split_into_batches_gives_the_same_journal(int seed)
    {
        var expected = await JournalAsync([.. History(seed).Select(command => new[] { command })]);
        foreach (var split in new[] { 7, 8 })
        {
            (await JournalAsync(Split(History(seed), new Random((seed * 100) + split)))).ShouldBe(expected, $"seed {seed}, split {split}");
        }

        (await JournalAsync([[.. History(seed)]])).ShouldBe(expected, $"seed {seed}, one batch");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L8_sending_everything_again_changes_nothing_and_answers_the_same(int seed)
    {
        await using var store = SqliteLedgerStore.OpenInMemory(new ManualTime(BankCommands.Start));
        var first = await store.RunAsync([.. History(seed)]);
        var journal = await store.HashesAsync();
        var second = await store.RunAsync([.. History(seed)]);
        (await store.HashesAsync()).ShouldBe(journal);
        for (var i = 0; i < first.Length; i++)
        {
            // What was refused as invalid or unknown was not stored, and is judged anew.
            if (first[i].Status is CommandStatus.Accepted or CommandStatus.Refused)
            {
                second[i].Replayed.ShouldBeTrue($"step {i} of seed {seed}");
                second[i].Status.ShouldBe(first[i].Status);
                second[i].Body.ToArray().ShouldBe(first[i].Body.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L18_accounts_do_not_feel_each_other(int seed)
    {
        var expected = await JournalAsync(Split(History(seed), new Random(seed)));
        var byAccount = Steps(seed).GroupBy(step => step.Account).OrderByDescending(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Select(step => step.ToCommand()).ToArray());
        (await JournalAsync(byAccount)).ShouldBe(expected, $"seed {seed}");
    }

    private static readonly string[] Accounts = ["acme", "bolt", "corp"];

    private static async Task<string[]> JournalAsync(IEnumerable<IReadOnlyList<PendingCommand>> batches)
    {
        await using var store = SqliteLedgerStore.OpenInMemory(new ManualTime(BankCommands.Start));
        foreach (var batch in batches)
        {
            await CommandWriter.RunAsync(store, batch);
        }

        await store.ShouldHoldAsync();
        return await store.HashesAsync();
    }

    private static IEnumerable<PendingCommand> History(int seed) => Steps(seed).Select(step => step.ToCommand());

    private static IEnumerable<IReadOnlyList<PendingCommand>> Split(IEnumerable<PendingCommand> commands, Random random)
    {
        var batch = new List<PendingCommand>();
        foreach (var command in commands)
        {
            batch.Add(command);
            if (random.Next(9) == 0)
            {
                yield return batch;
                batch = [];
            }
        }

        yield return batch;
    }

    /// <summary>Openings first; then grants with and without an end, charges that fit and that do not, repeated keys, and a clock that also steps back.</summary>
    private static List<Step> Steps(int seed)
    {
        var random = new Random(seed);
        var at = BankCommands.Start;
        var steps = Accounts.Select(account => new Step('o', account, "open", 0, at, null)).ToList();
        for (var i = 0; i < Commands; i++)
        {
            at += Duration.FromSeconds(random.Next(-120, 600));
            var account = Accounts[random.Next(Accounts.Length)];
            steps.Add(random.Next(10) switch
            {
                0 => new Step('g', account, $"g{i}", random.Next(1, 400), at, null),
                1 => new Step('g', account, $"g{i}", random.Next(1, 400), at, Duration.FromMinutes(random.Next(1, 90))),
                2 when i > 10 => steps[random.Next(Accounts.Length, steps.Count)] with { At = at },
                _ => new Step('c', account, $"c{i}", random.Next(0, 80), at, null),
            });
        }

        return steps;
    }

    private sealed record Step(char Kind, string Account, string Key, long Amount, Instant At, Duration? Life)
    {
        public PendingCommand ToCommand() => Kind switch
        {
            'o' => BankCommands.Open(Account, At, Key),
            'g' => BankCommands.Grant(Account, Key, Key, Amount, At, Life),
            _ => BankCommands.Charge(Account, Key, Amount, At),
        };
    }

    /// <summary>The same bank with a list of coins: no store, no sequence, no shared arithmetic.</summary>
    private sealed class Purse
    {
        private readonly Dictionary<string, CommandStatus> _answers = [];
        private Instant _now = Instant.MinValue;

        public List<(long Left, Instant End)> Lots { get; private set; } = [];

        public long Spent { get; private set; }

        public static CommandStatus Apply(Dictionary<string, Purse> purses, Step step)
        {
            if (step.Kind == 'o')
            {
                purses.Add(step.Account, new Purse { _now = step.At });
                return CommandStatus.Accepted;
            }

            var purse = purses[step.Account];
            if (!purse._answers.TryGetValue(step.Key, out var status))
            {
                purse._answers[step.Key] = status = purse.Apply(step);
            }

            return status;
        }

        private CommandStatus Apply(Step step)
        {
            _now = _now > step.At ? _now : step.At;
            Lots = [.. Lots.Where(lot => lot.Left > 0 && lot.End > _now)];
            if (step.Kind == 'g')
            {
                Lots.Add((step.Amount, step.Life is { } life ? _now + life : Instant.MaxValue));
                return CommandStatus.Accepted;
            }

            if (Lots.Sum(lot => lot.Left) < step.Amount)
            {
                return CommandStatus.Refused;
            }

            for (var coin = 0; coin < step.Amount; coin++)
            {
                var first = Lots.Select((lot, i) => (lot, i)).Where(it => it.lot.Left > 0).OrderBy(it => it.lot.End).ThenBy(it => it.i).First().i;
                Lots[first] = (Lots[first].Left - 1, Lots[first].End);
            }

            Spent += step.Amount;
            return CommandStatus.Accepted;
        }
    }
}
