using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Rules.Engine.Tests.Replay;
using Rules.Ledger.Replays;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Handlers;
using Rules.Ledger.Tests.Writing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Rules.Ledger.Tests.Replays;

/// <summary>Replaying a past under the versions in force gives exactly what the ledger charged (E14).</summary>
public sealed class PastReplayTests(ITestOutputHelper output)
{
    private static readonly Instant s_end = Instant.FromUtc(2031, 1, 1, 0, 0);

    // At night more of them.
    private static readonly int s_pasts = int.Parse(Environment.GetEnvironmentVariable("RULES_PASTS") ?? "6", CultureInfo.InvariantCulture);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task E14_holds_debts_and_credits_given_back_come_to_what_the_ledger_has(int seed)
    {
        var time = new ManualTime(BankCommands.Start);
        await using var store = SqliteLedgerStore.OpenInMemory(time);
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time, LateWindow = Duration.FromDays(3000) }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("moves.v1.rules", MovementSteps.Rules)], default);
        (await ledger.OpenAccountAsync(new OpenAccount("a", "moves", time.Now), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        var steps = MovementSteps.Of(seed, 160);
        for (var i = 0; i < steps.Count; i++)
        {
            time.Now = steps[i].At;
            await steps[i].RunAsync(ledger);
            if (i % 50 == seed)
            {
                await PastReplay.SegmentsShouldTellWhatEntriesTellAsync(ledger, store, "moves", new PastWindow(steps[i / 2].At, time.Now), $"seed {seed}, step {i}");
            }
        }

        time.Now = steps[^1].At + Duration.FromDays(2);
        await ledger.AdvanceAsync("a", default);
        (await PastReplay.ShouldEqualAsync(ledger, store, "moves", new PastWindow(Instant.MinValue, time.Now + Duration.FromTicks(10)), $"seed {seed}"))
            .ShouldBeGreaterThan(20);
        foreach (var place in new[] { 30, 80, 120 })
        {
            var window = new PastWindow(steps[place].At, time.Now + Duration.FromTicks(10));
            await PastReplay.ShouldEqualAsync(ledger, store, "moves", window, $"seed {seed} from step {place}");
            await PastReplay.SegmentsShouldTellWhatEntriesTellAsync(ledger, store, "moves", window, $"seed {seed} from step {place}");
        }
    }

    [Theory]
    [InlineData("biodock")]
    [InlineData("ai-engine")]
    [InlineData("bookbag")]
    [InlineData("roboflow")]
    public async Task E14_random_pasts_under_shipped_rules_come_to_what_the_ledger_charged(string rules)
    {
        var compared = 0;
        for (var seed = 1; seed <= s_pasts; seed++)
        {
            compared += await ChargesComparedAsync(rules, seed);
        }

        output.WriteLine($"{rules}: {compared} charges of {s_pasts} pasts");
        compared.ShouldBeGreaterThan(20 * s_pasts);
    }

    // A past ends early where the plan blocks what is used and nothing is bought.
    private static async Task<int> ChargesComparedAsync(string rules, int seed)
    {
        var time = new ManualTime(BankCommands.Start);
        await using var store = SqliteLedgerStore.OpenInMemory(time);
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time, LateWindow = Duration.FromDays(3000) }, default);
        await ledger.Rulesets.LoadAsync([FileOf(rules)], default);
        var ruleset = ledger.Rulesets.Find(rules)!;
        var history = new RandomHistory(ruleset, new Random(seed)).Next(new UsageShapes(), 150);
        await RunAsync(ledger, time, history);

        var middle = history.Usage.RecordedAtOf(70);
        time.Now = history.Usage.RecordedAtOf(149) + Duration.FromDays(40);
        await ledger.AdvanceAsync("a", default);
        var until = time.Now + Duration.FromTicks(10);
        var compared = await PastReplay.ShouldEqualAsync(ledger, store, rules, new PastWindow(Instant.MinValue, until), $"seed {seed}");
        await PastReplay.ShouldEqualAsync(ledger, store, rules, new PastWindow(middle, until), $"seed {seed}, second half");
        await PastReplay.SegmentsShouldTellWhatEntriesTellAsync(ledger, store, rules, new PastWindow(middle, until), $"seed {seed}");
        await PastReplay.SegmentsShouldTellWhatEntriesTellAsync(ledger, store, rules, new PastWindow(Instant.MinValue, middle), $"seed {seed}, ended long ago");
        return compared;
    }

    [Theory]
    [InlineData("biodock", "capture, correct, hold, release, reverse")]
    [InlineData("ai-engine", "capture, correct, hold, refund, release, replace, reverse, void")]
    [InlineData("roboflow", "capture, correct, hold, refund, release, replace, reverse, void")]
    [InlineData("bookbag", "capture, correct, hold, refund, release, replace, reverse, void")]
    public async Task E14_holds_corrections_replacements_and_credits_given_back_under_shipped_rules(string rules, string kinds)
    {
        var compared = 0;
        var accepted = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 1; seed <= 8; seed++)
        {
            var time = new ManualTime(BankCommands.Start);
            await using var store = SqliteLedgerStore.OpenInMemory(time);
            await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time, LateWindow = Duration.FromDays(3000) }, default);
            await ledger.Rulesets.LoadAsync([FileOf(rules)], default);
            var history = new RandomHistory(ledger.Rulesets.Find(rules)!, new Random(100 + seed)).Next(new UsageShapes(), 150);
            var movements = new RandomMovements(ledger, new Random(seed));
            await RunAsync(ledger, time, history, movements);

            time.Now = history.Usage.RecordedAtOf(149) + Duration.FromDays(40);
            await ledger.AdvanceAsync("a", default);
            var until = time.Now + Duration.FromTicks(10);
            compared += await PastReplay.ShouldEqualAsync(ledger, store, rules, new PastWindow(Instant.MinValue, until), $"seed {seed}");
            foreach (var place in new[] { 40, 110 })
            {
                await PastReplay.ShouldEqualAsync(ledger, store, rules, new PastWindow(history.Usage.RecordedAtOf(place), until), $"seed {seed} from use {place}");
            }

            await PastReplay.SegmentsShouldTellWhatEntriesTellAsync(ledger, store, rules, new PastWindow(history.Usage.RecordedAtOf(70), until), $"seed {seed}");
            foreach (var (kind, times) in movements.Accepted)
            {
                accepted[kind] = accepted.GetValueOrDefault(kind) + times;
            }
        }

        string.Join(", ", accepted.Keys).ShouldBe(kinds, string.Join(", ", accepted));
        compared.ShouldBeGreaterThan(200);
    }

    [Fact]
    public async Task Same_past_has_the_same_hash_and_one_more_charge_another()
    {
        var time = new ManualTime(BankCommands.Start);
        await using var ledger = await CreditLedger.OpenInMemoryAsync(new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("moves.v1.rules", MovementSteps.Rules)], default);
        await ledger.OpenAccountAsync(new OpenAccount("a", "moves", time.Now), "open", default);
        var window = new PastWindow(time.Now, s_end);
        var first = await ledger.PastAsync("moves", null, window, null, default);
        (await ledger.PastAsync("moves", "a", window, null, default))!.Hash.ShouldBe(first!.Hash);
        await ledger.ChargeAsync("a", MovementSteps.Usage(3, time.Now), "one", default);
        var second = await ledger.PastAsync("moves", null, window, null, default);
        second!.Hash.ShouldNotBe(first.Hash);
        second.Events.ShouldBe(1);
    }

    [Fact]
    public async Task Ruleset_or_account_that_is_unknown_has_no_past()
    {
        var time = new ManualTime(BankCommands.Start);
        await using var ledger = await CreditLedger.OpenInMemoryAsync(new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("moves.v1.rules", MovementSteps.Rules)], default);
        (await ledger.PastAsync("other", null, new PastWindow(time.Now, s_end), null, default)).ShouldBeNull();
        (await ledger.PastAsync("moves", "nobody", new PastWindow(time.Now, s_end), null, default))!.Accounts.ShouldBeEmpty();
    }

    private static RuleFile FileOf(string rules) => rules switch
    {
        "biodock" => RuleFiles.Biodock,
        "bookbag" => RuleFiles.Bookbag,
        "ai-engine" => RuleFiles.AiEngine,
        _ => RuleFiles.Roboflow,
    };

    private static async Task RunAsync(CreditLedger ledger, ManualTime time, AccountHistory history, RandomMovements? movements = null)
    {
        var opening = history.Opening;
        time.Now = opening.OpenedAt;
        (await ledger.OpenAccountAsync(
            new OpenAccount("a", opening.Ruleset, opening.OpenedAt)
            {
                Plan = opening.Plans is [var plan, ..] ? plan.Value : null,
                Facts = Named(opening.Facts),
                Terms = Named(opening.Terms),
            },
            "open",
            default)).Status.ShouldBe(CommandStatus.Accepted);
        var operation = 0;
        for (var i = 0; i <= history.Usage.Count; i++)
        {
            for (; operation < history.Operations.Length && history.Operations[operation].Before == i; operation++)
            {
                time.Now = history.Operations[operation].Operation.RecordedAt;
                await RunAsync(ledger, history.Operations[operation].Operation, $"op{operation}");
                if (history.Operations[operation].Operation is GrantOperation grant)
                {
                    movements?.Granted(grant.Command.Id);
                }
            }

            if (i < history.Usage.Count)
            {
                time.Now = history.Usage.RecordedAtOf(i);
                var key = string.Create(CultureInfo.InvariantCulture, $"use{i}");
                await ledger.ChargeAsync("a", history.Usage[i], key, default);
                if (movements is not null)
                {
                    movements.Used(key);
                    await movements.StepAsync(history.Usage[i], time.Now, "m" + key);
                }

                if (i % 37 == 36)
                {
                    await ledger.ResetAsync("a", new ResetAccount(time.Now, RestartsCycle: i % 2 == 0), string.Create(CultureInfo.InvariantCulture, $"reset{i}"), default);
                }
            }
        }
    }

    private static Task<CommandResult> RunAsync(CreditLedger ledger, AccountOperation operation, string key) => operation switch
    {
        GrantOperation grant => ledger.GrantAsync("a", grant.Command, key, default),
        BuyOperation buy => ledger.BuyAsync("a", buy.Command, key, default),
        SetOperation set => ledger.SetAsync("a", new SetFactsAndTerms(set.Facts, set.Terms), key, default),
        ChangePlanOperation change => ledger.ChangePlanAsync("a", new ChangePlan(change.Plan), key, default),
        _ => throw new NotSupportedException(operation.GetType().Name),
    };

    private static ImmutableArray<NamedText> Named(ImmutableArray<DatedValue> values) => [.. values.Select(v => new NamedText(v.Name, v.Value))];
}
