using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Writing;

/// <summary>What is unused rolls over in the real store; the seed is the test's argument.</summary>
public sealed class RolloverLawTests
{
    private const int Plan = 100;

    private static readonly Instant _t0 = Instant.FromUtc(2026, 1, 31, 10, 0);

    public static TheoryData<int, string, int> Cases
    {
        get
        {
            var data = new TheoryData<int, string, int>();
            foreach (var (seed, unused, cap) in new[]
            {
                (1, "up to 40 credits for 1 cycle", 40), (2, "up to 40 credits for 3 cycles", 40), (3, "up to 50% for 2 months", 50),
                (4, "up to 150 credits for ever", 150), (5, "for 2 cycles", int.MaxValue), (6, "up to 60 credits, at least 9 credits, for 2 cycles", 60),
            })
            {
                data.Add(seed, unused, cap);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task L13_rollover_carries_no_more_than_its_cap_and_creates_nothing(int seed, string unused, int cap)
    {
        var random = new Random(seed);
        var time = new ManualTime(_t0);
        await using var store = SqliteLedgerStore.OpenInMemory(time);
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("rolls.v1.rules", Rules(unused))], default);
        (await ledger.OpenAccountAsync(new OpenAccount("acme", "rolls", _t0) { Plan = "Team" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        var carriedOnce = false;
        for (var step = 0; step < 150; step++)
        {
            time.Now += Duration.FromHours(random.Next(1, 24 * 12));
            var usage = new UsageEvent { OccurredAt = time.Now, Action = "use", Quantities = [new("unit", random.Next(0, 50))] };
            await ledger.ChargeAsync("acme", usage, $"k{step}", default);

            var proof = await store.AccountProofAsync("acme");
            var cycle = proof.Head.State.Cycle!;
            var carried = proof.Lots.Where(lot => lot.Lot.Cycle < cycle.Number && !lot.IsEnded && (lot.Lot.ExpiresAt is not { } end || time.Now < end)).Sum(lot => lot.Available);
            carried.ShouldBeLessThanOrEqualTo(cap, $"step {step}");
            carriedOnce |= carried > 0;
            // What moves out of a lot is granted to another, and a top-up to the minimum is all that is added to what plans grant.
            var raised = proof.Lots.Sum(lot => lot.Granted - lot.Moved) - proof.Lots.Sum(lot => lot.Lot.Amount);
            raised.ShouldBeInRange(0, unused.Contains("at least", StringComparison.Ordinal) ? 9 * cycle.Number : 0, $"step {step}");
            proof.Lots.Where(lot => lot.Lot.Origin == LotOrigin.Plan).Sum(lot => lot.Lot.Amount).ShouldBe(Plan * (cycle.Number + 1), $"step {step}");
        }

        carriedOnce.ShouldBeTrue();
        await store.ShouldHoldAsync();
        (await ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    private static string Rules(string unused) => $"""
        language 1
        ruleset rolls version 1 effective 2026-01-01
        credit "credit" to 0 decimals
        account shop
        meter unit whole
        action use
          measures unit
        price use
          per unit 1 credit
        bucket included from plan
          unused rolls over {unused}
        consume included
        cycle monthly
        plan Team grants {Plan} credits every month into included
        at zero
          if short refuse

        """;
}
