using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Balances of instants to come.</summary>
public sealed class BalanceAheadTests : IAsyncLifetime, IDisposable
{
    private const string Text = """
        language 1
        ruleset clock version 1 effective 2026-01-01
        credit "credit" to 0 decimals
        account shop
        action use
        price use
          each 1 credit
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle every 1 hour
        plan Team grants 10 credits every cycle into included
        alert "low"
          at 80% of included used
        at zero
          if short refuse

        """;

    private static readonly Instant _start = Instant.FromUtc(2026, 3, 1, 0, 0);

    private readonly ManualTime _time = new(_start);
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([new RuleFile("clock.v1.rules", Text)], default);
        (await _ledger.OpenAccountAsync(new OpenAccount("w", "clock", _start) { Plan = "Team" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Balance_ahead_has_done_what_falls_due_by_then()
    {
        var balance = (await _ledger.BalanceAsync("w", _start + Duration.FromDays(90), default)).ShouldNotBeNull();

        balance.Stuck.ShouldBeNull();
        balance.Cycle!.Number.ShouldBe(90 * 24);
        balance.Buckets.ShouldHaveSingleItem().Available.ShouldBe(10);
    }

    [Fact]
    public async Task Balance_so_far_ahead_that_too_much_falls_due_is_refused()
    {
        var balance = (await _ledger.BalanceAsync("w", Instant.FromUtc(2199, 1, 1, 0, 0), default)).ShouldNotBeNull();

        balance.Stuck!.Code.ShouldBe("too_far_ahead");
        balance.Buckets.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_fell_due_by_now_is_always_done()
    {
        _time.Now = _start + Duration.FromDays(300);

        var balance = (await _ledger.BalanceAsync("w", null, default)).ShouldNotBeNull();

        balance.Cycle!.Number.ShouldBe(300 * 24);
        balance.Buckets.ShouldHaveSingleItem().Available.ShouldBe(10);
    }
}
