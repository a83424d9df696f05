using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Writing;

/// <summary>
/// Laws of histories with debts, holds and credits that come back, tried on random ones in the real store; the seed is the test's argument and
/// stands in its name. The other side is a purse counted unit by unit.
/// </summary>
public sealed class MovementPropertyTests
{
    private const int Steps = 80;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L2_L5_L7_L10_L12_every_step_comes_to_what_a_purse_counted_unit_by_unit_comes_to(int seed)
    {
        var time = new ManualTime(BankCommands.Start);
        await using var store = SqliteLedgerStore.OpenInMemory(time);
        await using var ledger = await OpenAsync(store, time);
        var purse = new UnitPurse();
        var number = 0;
        foreach (var step in MovementSteps.Of(seed, Steps))
        {
            number++;
            time.Now = step.At;
            var result = await step.RunAsync(ledger);
            var expected = purse.Apply(step);
            var where = $"step {number} of seed {seed}: {step}";
            WordOf(result).ShouldBe(expected, where);
            if (result.Status == CommandStatus.Invalid)
            {
                // Nothing is stored, also not what fell due.
                continue;
            }

            var proof = await store.AccountProofAsync("a");
            var found = proof.Lots.Select(Counts).ToList();
            found.ShouldBe([.. purse.Lots.Select(lot => (lot.Id, (long)lot.Available, (long)lot.Held, (long)lot.Spent, (long)lot.Expired))], where);
            proof.Head.State.Debts.Select(debt => debt.Left).ShouldBe(purse.Debts.Where(debt => debt.Owed > 0).Select(debt => (long)debt.Owed), where);
        }

        (await ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty($"seed {seed}");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L1_L3_L22_no_step_creates_credits_and_an_open_debt_has_none_to_draw(int seed)
    {
        var time = new ManualTime(BankCommands.Start);
        await using var store = SqliteLedgerStore.OpenInMemory(time);
        await using var ledger = await OpenAsync(store, time);
        var granted = 0L;
        foreach (var step in MovementSteps.Of(seed + 100, Steps))
        {
            time.Now = step.At;
            var result = await step.RunAsync(ledger);
            granted += step.Kind == 'g' && result.Status == CommandStatus.Accepted ? step.Amount : 0;
            var proof = await store.AccountProofAsync("a");
            proof.Lots.Sum(lot => lot.Granted).ShouldBe(granted, $"seed {seed}: {step}");
            foreach (var lot in proof.Lots)
            {
                (lot.Available + lot.Held + lot.Spent + lot.Expired + lot.Moved).ShouldBe(lot.Granted);
                new[] { lot.Available, lot.Held, lot.Spent, lot.Expired, lot.Moved }.ShouldAllBe(amount => amount >= 0);
            }

            if (!proof.Head.State.Debts.IsEmpty && result.Status != CommandStatus.Invalid)
            {
                proof.Lots.Where(lot => Lives(lot, step.At)).Sum(lot => lot.Available).ShouldBe(0, $"seed {seed}: {step}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L16_L21_any_split_into_batches_gives_the_same_journal_and_no_entry_is_ever_altered(int seed)
    {
        var alone = await HashesAsync(seed, together: false);
        var together = await HashesAsync(seed, together: true);
        together.ShouldBe(alone);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L8_sending_everything_again_changes_nothing_and_answers_the_same(int seed)
    {
        var time = new ManualTime(BankCommands.Start);
        await using var store = SqliteLedgerStore.OpenInMemory(time);
        await using var ledger = await OpenAsync(store, time);
        var steps = MovementSteps.Of(seed, Steps);
        var first = new List<CommandResult>();
        foreach (var step in steps)
        {
            time.Now = step.At;
            first.Add(await step.RunAsync(ledger));
        }

        var journal = await store.HashesAsync();
        for (var i = 0; i < steps.Count; i++)
        {
            if (first[i].Status is CommandStatus.Accepted or CommandStatus.Refused)
            {
                var again = await steps[i].RunAsync(ledger);
                again.Replayed.ShouldBeTrue($"step {i} of seed {seed}");
                again.Body.ToArray().ShouldBe(first[i].Body.ToArray());
            }
        }

        (await store.HashesAsync()).ShouldBe(journal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L9_a_charge_and_its_reversal_restore_every_open_lot_exactly(int seed)
    {
        await RestoresAsync(seed, async (ledger, at, amount) =>
        {
            (await ledger.ChargeAsync("a", MovementSteps.Usage(amount, at), "probe", default)).Status.ShouldBe(CommandStatus.Accepted);
            (await ledger.ReverseAsync("a", new ReverseUse("probe", at), "undo", default)).Status.ShouldBe(CommandStatus.Accepted);
        });
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L11_a_hold_and_its_release_come_to_nothing(int seed)
    {
        await RestoresAsync(seed, async (ledger, at, amount) =>
        {
            (await ledger.HoldAsync("a", new HoldCredits("probe", MovementSteps.Usage(amount, at)), "probe", default)).Status.ShouldBe(CommandStatus.Accepted);
            (await ledger.ReleaseAsync("a", new ReleaseHold("probe", at), "undo", default)).Status.ShouldBe(CommandStatus.Accepted);
        });
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task L11_a_hold_captured_whole_is_a_charge(int seed)
    {
        var charged = await AfterAsync(seed, (ledger, at, amount) => ledger.ChargeAsync("a", MovementSteps.Usage(amount, at), "probe", default));
        var captured = await AfterAsync(seed, async (ledger, at, amount) =>
        {
            await ledger.HoldAsync("a", new HoldCredits("probe", MovementSteps.Usage(amount, at)), "probe", default);
            await ledger.CaptureAsync("a", new CaptureHold("probe", at), "capture", default);
        });
        captured.ShouldBe(charged);
    }

    private static async Task RestoresAsync(int seed, Func<CreditLedger, Instant, int, Task> probe)
    {
        var before = await AfterAsync(seed, (_, _, _) => Task.CompletedTask);
        (await AfterAsync(seed, probe)).ShouldBe(before);
    }

    // The lots after a random history and one more thing done to an account that has something available.
    private static async Task<List<(string, long, long, long, long)>> AfterAsync(int seed, Func<CreditLedger, Instant, int, Task> probe)
    {
        var time = new ManualTime(BankCommands.Start);
        await using var store = SqliteLedgerStore.OpenInMemory(time);
        await using var ledger = await OpenAsync(store, time);
        foreach (var step in MovementSteps.Of(seed + 200, 40))
        {
            time.Now = step.At;
            await step.RunAsync(ledger);
        }

        time.Now += Duration.FromMinutes(1);
        await ledger.GrantAsync("a", new GrantCredits("last", "prepaid", 200, time.Now), "last", default);
        await probe(ledger, time.Now, 1 + (seed * 7 % 90));
        return [.. (await store.AccountProofAsync("a")).Lots.Select(Counts)];
    }

    private static async Task<string[]> HashesAsync(int seed, bool together)
    {
        var time = new ManualTime(BankCommands.Start);
        await using var store = SqliteLedgerStore.OpenInMemory(time);
        await using var ledger = await OpenAsync(store, time);
        var running = new List<Task<CommandResult>>();
        string[] before = [];
        foreach (var step in MovementSteps.Of(seed, Steps))
        {
            time.Now = step.At;
            running.Add(step.RunAsync(ledger));
            if (!together)
            {
                await running[^1];
                var after = await store.HashesAsync();
                after.Take(before.Length).ShouldBe(before);
                before = after;
            }
        }

        await Task.WhenAll(running);
        await store.ShouldHoldAsync();
        return await store.HashesAsync();
    }

    private static async Task<CreditLedger> OpenAsync(SqliteLedgerStore store, ManualTime time)
    {
        var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("moves.v1.rules", MovementSteps.Rules)], default);
        (await ledger.OpenAccountAsync(new OpenAccount("a", "moves", time.Now), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        return ledger;
    }

    private static string WordOf(CommandResult result) => result.Status switch
    {
        CommandStatus.Accepted => "ok",
        CommandStatus.Refused => "refused",
        _ => result.Error?.Code ?? result.Status.ToString(),
    };

    private static (string Id, long Available, long Held, long Spent, long Expired) Counts(LotState lot) =>
        (lot.Lot.Id, lot.Available, lot.Held, lot.Spent, lot.Expired);

    private static bool Lives(LotState lot, Instant at) => !lot.IsEnded && (lot.Lot.ExpiresAt is not { } end || at < end);
}
