using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Alerts and postpaid use over the shipped file of Roboflow: what each cycle used outlives a restart, and verification agrees.</summary>
public sealed class AlertLedgerTests : IAsyncLifetime, IDisposable
{
    private const string Banner = "80% of included credits used";

    private readonly ManualTime _time = new(Instant.FromUtc(2026, 4, 10, 9, 0));
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([RuleFiles.Roboflow], default);
        var opened = await _ledger.OpenAccountAsync(
            new OpenAccount("w", "roboflow", _time.Now)
            {
                Plan = "Core",
                Facts = [new NamedText("created", "2026-04-02")],
                Terms = [new NamedText("core-included", "60"), new NamedText("flex-threshold", "20")],
            },
            "open",
            default);
        opened.Status.ShouldBe(CommandStatus.Accepted);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Level_is_passed_once_however_the_use_is_cut_and_the_ledger_restarted()
    {
        (await UseAsync("30")).ShouldBeEmpty();
        await ReopenAsync();
        (await UseAsync("17")).ShouldBeEmpty();
        await ReopenAsync();
        (await UseAsync("1")).ShouldBe([Banner]);
        await ReopenAsync();
        (await UseAsync("1")).ShouldBeEmpty();
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Next_cycle_begins_to_count_anew()
    {
        (await UseAsync("60")).ShouldBe([Banner]);
        _time.Now = Instant.FromUtc(2026, 5, 10, 9, 0);
        (await UseAsync("47")).ShouldBeEmpty();
        (await UseAsync("1")).ShouldBe([Banner]);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Grant_raises_the_base_of_the_running_cycle()
    {
        (await UseAsync("40")).ShouldBeEmpty();
        await _ledger.GrantAsync("w", new GrantCredits("g1", "included", 40, _time.Now), "g1", default);
        (await UseAsync("39.99")).ShouldBeEmpty();
        (await UseAsync("0.01")).ShouldBe([Banner]);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Balance_tells_the_standing_level_until_the_cycle_is_over()
    {
        await UseAsync("40");
        (await StandingAsync()).ShouldBeEmpty();
        await UseAsync("10");
        await ReopenAsync();
        (await StandingAsync()).ShouldBe([$"alert \"{Banner}\": 50 used, the level is 48"]);
        _time.Now = Instant.FromUtc(2026, 5, 10, 9, 0);
        (await StandingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Quote_fires_what_the_charge_would()
    {
        await UseAsync("47");
        AlertsOf(await _ledger.QuoteAsync("w", Event("1"), default)).ShouldBe([Banner]);
        (await UseAsync("1")).ShouldBe([Banner]);
    }

    [Fact]
    public async Task Postpaid_use_is_counted_per_cycle_over_restarts()
    {
        await UseAsync("75");
        await ReopenAsync();
        await UseAsync("5");
        (await _ledger.ChargeAsync("w", Event("1"), "blocked", default)).Outcome.ShouldBe(QuoteOutcome.Blocked);
        _time.Now = Instant.FromUtc(2026, 5, 10, 9, 0);
        await ReopenAsync();
        await UseAsync("80");
        (await _ledger.ChargeAsync("w", Event("1"), "again", default)).Outcome.ShouldBe(QuoteOutcome.Blocked);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    private async Task<string[]> StandingAsync()
    {
        using var balance = JsonDocument.Parse(BalanceJson.Write((await _ledger.BalanceAsync("w", null, default)).ShouldNotBeNull()));
        return balance.RootElement.TryGetProperty("alerts", out var alerts) ? [.. alerts.EnumerateArray().Select(a => a.GetProperty("text").GetString()!)] : [];
    }

    private async Task<string[]> UseAsync(string units)
    {
        var result = await _ledger.ChargeAsync("w", Event(units), Guid.NewGuid().ToString(), default);
        result.Outcome.ShouldBe(QuoteOutcome.Charged, result.Error?.Message);
        return AlertsOf(result);
    }

    private static string[] AlertsOf(CommandResult result) =>
        [.. JsonDocument.Parse(result.Body).RootElement.GetProperty("alerts").EnumerateArray().Select(a => a.GetString()!)];

    private UsageEvent Event(string units) =>
        new() { OccurredAt = _time.Now, Action = "data", Quantities = [new MeteredQuantity("data-unit", ExactDecimal.Parse(units))] };

    private async Task ReopenAsync()
    {
        await _ledger.DisposeAsync();
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
    }
}
