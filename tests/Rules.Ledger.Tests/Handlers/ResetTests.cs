using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Renewals by command: what they do is written, read back and proved, also in the middle of what is due at their instant.</summary>
public sealed class ResetTests : IAsyncLifetime, IDisposable
{
    private const string Text = """
        language 1
        ruleset team version 1 effective 2026-01-01
        credit "credit" to 2 decimals, rounding half up
        currency USD to 2 decimals, rounding half up
        account shop
        meter token whole
        action use
          measures token
        price use
          per token 1 credit
          corrections allowed
        bucket included from plan
          unused rolls over up to 300 credits for 2 cycles
        bucket promo from plan
          unused expires at cycle end
        bucket prepaid from purchase
          unused never expires
        bucket flex postpaid at 0.02 USD
          limit 50 credits each cycle
          billed each cycle
        consume included, then promo, then prepaid, then flex
        cycle monthly
        plan Team grants 1000 credits every month into included
          also grants 100 credits every month into promo
        at zero
          if short owe, up to 500 credits
        """;

    private static readonly Instant _start = Instant.FromUtc(2026, 1, 31, 10, 0);

    private readonly ManualTime _time = new(_start);
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([new RuleFile("team.v1.rules", Text + "\n")], default);
        await OpenAsync("w");
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Reset_in_the_middle_of_a_cycle_is_proved_and_survives_a_restart()
    {
        _time.Now = Instant.FromUtc(2026, 2, 10, 0, 0);
        await UseAsync("w", 650, "u1");
        await ResetAsync("w", new ResetAccount(_time.Now));

        (await AvailableAsync("w")).ShouldBe([1300_00, 100_00, 0]);
        await ReopenAsync();
        (await AvailableAsync("w")).ShouldBe([1300_00, 100_00, 0]);
        await ProveAsync();
    }

    [Fact]
    public async Task Reset_at_the_instant_of_a_renewal_renews_once()
    {
        await UseAsync("w", 800, "u1");
        _time.Now = Instant.FromUtc(2026, 2, 28, 10, 0);
        await ResetAsync("w", new ResetAccount(_time.Now));

        (await AvailableAsync("w")).ShouldBe([1200_00, 100_00, 0]);
        await ProveAsync();
    }

    [Fact]
    public async Task Reset_after_a_renewal_of_the_same_instant_is_a_second_one()
    {
        await UseAsync("w", 800, "u1");
        _time.Now = Instant.FromUtc(2026, 2, 28, 10, 0);
        (await _ledger.AdvanceAsync("w", default)).Status.ShouldBe(CommandStatus.Accepted);
        await ResetAsync("w", new ResetAccount(_time.Now));

        await ProveAsync();
    }

    [Theory]
    [InlineData(true, 300_00)]
    [InlineData(false, 0)]
    public async Task Debt_is_kept_or_dropped_at_the_instant_of_a_renewal(bool keeps, long repaid)
    {
        // 1,100 of the plan, 50 of flex, 300 owed.
        await UseAsync("w", 1450, "u1");
        _time.Now = Instant.FromUtc(2026, 2, 28, 10, 0);
        await ResetAsync("w", new ResetAccount(_time.Now, KeepsDebt: keeps));

        var balance = (await _ledger.BalanceAsync("w", null, default)).ShouldNotBeNull();
        balance.Debts.ShouldBeEmpty();
        balance.Buckets[0].Available.ShouldBe(1000_00 - repaid);
        await ProveAsync();
    }

    [Fact]
    public async Task A_cycle_that_began_at_this_very_instant_is_not_begun_again_though_its_credits_are_used_up()
    {
        _time.Now = Instant.FromUtc(2026, 2, 10, 0, 0);
        await ResetAsync("w", new ResetAccount(_time.Now, RestartsCycle: true));
        (await AvailableAsync("w")).ShouldBe([1300_00, 100_00, 0]);
        await UseAsync("w", 1_400, "all");
        var before = (await _ledger.BalanceAsync("w", null, default))!.Cycle;

        (await _ledger.ResetAsync("w", new ResetAccount(_time.Now, RestartsCycle: true), "again", default)).Status.ShouldBe(CommandStatus.Accepted);

        (await AvailableAsync("w")).ShouldBe([0, 0, 0]);
        (await _ledger.BalanceAsync("w", null, default))!.Cycle.ShouldBe(before);
        await ProveAsync();
    }

    [Fact]
    public async Task A_plan_grants_once_at_an_instant_though_it_is_reset_there_in_several_ways()
    {
        _time.Now = Instant.FromUtc(2026, 2, 10, 0, 0);
        foreach (var (key, restarts) in new[] { ("keep", false), ("restart", true), ("again", true), ("and again", false) })
        {
            (await _ledger.ResetAsync("w", new ResetAccount(_time.Now, restarts), key, default)).Status.ShouldBe(CommandStatus.Accepted);
            if (key == "restart")
            {
                await UseAsync("w", 1_400, "all");
            }
        }

        (await AvailableAsync("w")).ShouldBe([0, 0, 0]);
        await ProveAsync();
    }

    [Fact]
    public async Task Same_reset_again_is_answered_and_not_done()
    {
        _time.Now = Instant.FromUtc(2026, 2, 10, 0, 0);
        var command = new ResetAccount(_time.Now, RestartsCycle: true);
        var first = await _ledger.ResetAsync("w", command, "r", default);
        _time.Now += Duration.FromHours(1);

        var again = await _ledger.ResetAsync("w", command, "r", default);

        (again.Replayed, again.Sequence).ShouldBe((true, first.Sequence));
        again.Body.ToArray().ShouldBe(first.Body.ToArray());
        (await _ledger.ResetAsync("w", command with { KeepsDebt = false }, "r", default)).Status.ShouldBe(CommandStatus.KeyReused);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Random_history_with_resets_is_proved(int seed)
    {
        var random = new Random(seed);
        await OpenAsync("v");
        var key = 0;
        for (var step = 0; step < 150; step++)
        {
            var account = random.Next(2) == 0 ? "v" : "w";
            // Often at a boundary, and often at the instant of the step before.
            _time.Now = random.Next(4) switch
            {
                0 => _time.Now,
                1 when (await _ledger.BalanceAsync(account, null, default))?.Cycle is { } cycle && cycle.End - _time.Now < Duration.FromDays(12) => Instant.Max(_time.Now, cycle.End),
                _ => _time.Now + Duration.FromHours(random.Next(1, 90)),
            };
            var id = string.Create(CultureInfo.InvariantCulture, $"k{++key}");
            var result = random.Next(9) switch
            {
                0 or 1 => await _ledger.ResetAsync(account, new ResetAccount(_time.Now, random.Next(3) == 0, random.Next(3) switch { 0 => true, 1 => false, _ => null }), id, default),
                2 => await _ledger.HoldAsync(account, new HoldCredits("h" + id, Usage(random.Next(1, 600))) { ExpiresAt = _time.Now + Duration.FromHours(random.Next(1, 200)) }, id, default),
                3 => await _ledger.RefundAsync(account, new RefundCredits(random.Next(1, 200), _time.Now), id, default),
                4 => await _ledger.GrantAsync(account, new GrantCredits("g" + id, "prepaid", random.Next(1, 300), _time.Now), id, default),
                5 => await _ledger.ReverseAsync(account, new ReverseUse(string.Create(CultureInfo.InvariantCulture, $"k{random.Next(1, key)}"), _time.Now), id, default),
                _ => await _ledger.ChargeAsync(account, Usage(random.Next(1, 900)), id, default),
            };
            result.Status.ShouldBeOneOf(CommandStatus.Accepted, CommandStatus.Refused, CommandStatus.Invalid);
        }

        var report = await _ledger.VerifyAsync(null, null, default);
        report.Problems.ShouldBeEmpty($"seed {seed}");
        report.Entries.ShouldBeGreaterThan(150);
    }

    private async Task OpenAsync(string account) =>
        (await _ledger.OpenAccountAsync(new OpenAccount(account, "team", _start) { Plan = "Team" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);

    private async Task UseAsync(string account, int amount, string key) =>
        (await _ledger.ChargeAsync(account, Usage(amount), key, default)).Status.ShouldBe(CommandStatus.Accepted);

    private async Task ResetAsync(string account, ResetAccount command)
    {
        var result = await _ledger.ResetAsync(account, command, "reset", default);
        result.Status.ShouldBe(CommandStatus.Accepted, result.Error?.Message);
        (await _ledger.EntryAsync(account, result.Sequence!.Value, default)).ShouldNotBeNull().Summary.Kind.ShouldBe(EntryKind.Reset);
    }

    private UsageEvent Usage(int amount) => new() { OccurredAt = _time.Now, Action = "use", Amount = amount };

    private async Task<long?[]> AvailableAsync(string account) =>
        [.. (await _ledger.BalanceAsync(account, null, default)).ShouldNotBeNull().Buckets.Take(3).Select(bucket => bucket.Available)];

    private async Task ProveAsync() => (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();

    private async Task ReopenAsync()
    {
        await _ledger.DisposeAsync();
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
    }
}
