using System.Text;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Simulation;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>What a correction below zero gives back, whatever has become of the lots that paid.</summary>
public sealed class CorrectionTests : IAsyncLifetime
{
    private static readonly Instant _t0 = Instant.FromUtc(2026, 3, 1, 9, 0);

    private readonly ManualTime _time = new(_t0);
    private SqliteLedgerStore _store = null!;
    private CreditLedger _ledger = null!;
    private int _keys;

    public async Task InitializeAsync()
    {
        _store = SqliteLedgerStore.OpenInMemory(_time);
        _ledger = await CreditLedger.OpenAsync(_store, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([SimulatedRules.File], default);
    }

    public async Task DisposeAsync()
    {
        await _ledger.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Credits_that_a_refund_gave_back_are_not_given_back_again()
    {
        await OpenAsync();
        await DoAsync('c', 60);
        await DoAsync('f', 60);
        await RefusedAsync('k', -10, "RT06");
        (await LotsAsync()).ShouldBe(["included 50=50+0+0+0", "later 0=0+0+0+0"]);
    }

    [Fact]
    public async Task Credits_go_back_to_a_lot_that_was_used_up()
    {
        await OpenAsync();
        await DoAsync('b', 20);
        await DoAsync('c', 70);
        _time.Now += Duration.FromDays(40);
        await DoAsync('k', -15);
        (await LotsAsync()).ShouldBe(["included 50=0+0+50+0", "prepaid 20=15+0+5+0", "included 50=50+0+0+0"]);
    }

    [Fact]
    public async Task Postpaid_use_of_a_cycle_that_is_over_falls()
    {
        await OpenAsync();
        await DoAsync('c', 70);
        _time.Now += Duration.FromDays(40);
        await DoAsync('k', -15);
        (await LotsAsync()).ShouldBe(["included 50=0+0+50+0", "later 5=0+0+5+0", "included 50=50+0+0+0"]);
    }

    [Fact]
    public async Task Nothing_comes_alive_in_a_lot_that_is_over_and_still_holds_something()
    {
        await OpenAsync();
        await DoAsync('c', 20);
        await DoAsync('h', 10, _t0 + Duration.FromDays(60));
        _time.Now += Duration.FromDays(40);
        await DoAsync('k', -5);
        (await LotsAsync()).ShouldBe(["included 50=0+10+15+25", "included 50=50+0+0+0"]);
        _time.Now += Duration.FromDays(1);
        await DoAsync('c', 1);
    }

    [Fact]
    public async Task Event_by_amount_that_names_no_action_is_remembered_with_the_others()
    {
        await OpenAsync();
        await DoAsync('c', 20);
        var stated = new UsageEvent { OccurredAt = _t0, Action = "", Amount = 10 };
        (await _ledger.ChargeAsync("acme", stated, "stated", default)).Status.ShouldBe(CommandStatus.Accepted);
        await DoAsync('k', -25);
        (await LotsAsync()).ShouldBe(["included 50=45+0+5+0"]);
        (await _ledger.ReverseAsync("acme", new ReverseUse("stated", _t0), "undo", default)).Status.ShouldBe(CommandStatus.Accepted);
        await RefusedAsync('k', -1, "RT06");
    }

    [Fact]
    public async Task Quote_of_a_correction_shows_what_will_be_there()
    {
        await OpenAsync();
        await DoAsync('c', 30);
        await DoAsync('b', 20);
        _time.Now += Duration.FromDays(40);
        var quoted = await _ledger.QuoteAsync("acme", new UsageEvent { OccurredAt = _time.Now, Action = "use", Quantities = [new("unit", -10)] }, default);
        Encoding.UTF8.GetString(quoted.Body.Span).ShouldContain("""balances":{"included":"50","prepaid":"20","later":"40"}""");
    }

    private async Task OpenAsync() => await DoAsync('o', 0);

    private async Task DoAsync(char kind, long amount, Instant? end = null)
    {
        var result = await SendAsync(kind, amount, end);
        (result.Status, result.Error?.Message).ShouldBe((CommandStatus.Accepted, null));
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    private async Task RefusedAsync(char kind, long amount, string code)
    {
        var result = await SendAsync(kind, amount, null);
        (result.Status, result.Error?.Code).ShouldBe((CommandStatus.Invalid, code));
    }

    private Task<CommandResult> SendAsync(char kind, long amount, Instant? end) =>
        new ClientCommand(kind, "acme", $"k{_keys++}") { Amount = amount, End = end }.SendAsync(_ledger, _time.Now);

    private async Task<string[]> LotsAsync() => [.. (await _store.AccountProofAsync("acme")).Lots
        .Select(lot => $"{lot.Lot.Bucket} {lot.Granted}={lot.Available}+{lot.Held}+{lot.Spent}+{lot.Expired}")];
}
