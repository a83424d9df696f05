using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Charges below zero: a volume price that re-prices earlier units gives credits back to the lots that paid.</summary>
public sealed class CreditsBackTests : IAsyncLifetime, IDisposable
{
    private const string Text = """
        language 1
        ruleset lease version 1 effective 2026-01-01
        credit "credit" to 2 decimals, rounding half up
        account shop
        meter seat whole
        action rent
          measures seat
        price rent
          per seat, volume within each cycle, re-pricing earlier units
            base      2 credits
            over 100  0.5 credits
        bucket prepaid from purchase
          unused never expires
        consume prepaid
        cycle calendar month
        at zero
          block rent until purchase
          if short refuse
        """;

    private readonly ManualTime _time = new(Instant.FromUtc(2026, 4, 10, 9, 0));
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([new RuleFile("lease.v1.rules", Text + "\n")], default);
        (await _ledger.OpenAccountAsync(new OpenAccount("w", "lease", _time.Now), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.GrantAsync("w", new GrantCredits("g", "prepaid", 1_000, _time.Now), "grant", default)).Status.ShouldBe(CommandStatus.Accepted);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_cheaper_tier_gives_credits_back_to_the_lot_that_paid_and_the_history_holds()
    {
        (await RentAsync(100, "k1")).Outcome.ShouldBe(QuoteOutcome.Charged);
        (await AvailableAsync()).ShouldBe(800_00);
        await ReopenAsync();
        (await RentAsync(100, "k2")).Status.ShouldBe(CommandStatus.Accepted);
        (await AvailableAsync()).ShouldBe(900_00);
        await ReopenAsync();
        var entries = await _ledger.EntriesAsync(new EntryFilter("w"), default);
        entries.Items[0].Amount.ShouldBe(-100_00);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_capture_that_reaches_a_cheaper_tier_gives_credits_back_to_a_lot_that_is_used_up()
    {
        (await RentAsync(100, "k1")).Outcome.ShouldBe(QuoteOutcome.Charged);
        (await _ledger.VoidAsync("w", new VoidGrant("g", _time.Now), "void", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.GrantAsync("w", new GrantCredits("h", "prepaid", 80, _time.Now), "more", default)).Status.ShouldBe(CommandStatus.Accepted);
        _time.Now += Duration.FromDays(30);
        (await RentAsync(40, "k2")).Outcome.ShouldBe(QuoteOutcome.Charged);
        (await AvailableAsync()).ShouldBe(0);
        await ReopenAsync();
        var seats = new UsageEvent { OccurredAt = _time.Now, Action = "rent", Quantities = [new MeteredQuantity("seat", 80)] };
        (await _ledger.HoldAsync("w", new HoldCredits("hold", seats), "hold", default)).Status.ShouldBe(CommandStatus.Accepted);

        // 40 seats at 2 credits have become 120 at a half.
        var captured = await _ledger.CaptureAsync("w", new CaptureHold("hold", _time.Now), "capture", default);

        captured.Status.ShouldBe(CommandStatus.Accepted);
        using var answer = System.Text.Json.JsonDocument.Parse(captured.Body);
        answer.RootElement.GetProperty("charged").GetString().ShouldBe("-20");
        answer.RootElement.TryGetProperty("lost", out _).ShouldBeFalse(answer.RootElement.ToString());
        (await AvailableAsync()).ShouldBe(20_00);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    private Task<CommandResult> RentAsync(int seats, string key) =>
        _ledger.ChargeAsync("w", new UsageEvent { OccurredAt = _time.Now, Action = "rent", Quantities = [new MeteredQuantity("seat", seats)] }, key, default);

    [Fact]
    public async Task A_hold_of_an_amount_keeps_what_was_said_with_it()
    {
        var usage = new UsageEvent { OccurredAt = _time.Now, Action = "", Amount = 8, Record = [new NamedText("project", "p1")], Only = ["g"] };
        (await _ledger.HoldAsync("w", new HoldCredits("hold", usage), "hold", default)).Status.ShouldBe(CommandStatus.Accepted);
        await ReopenAsync();

        var captured = await _ledger.CaptureAsync("w", new CaptureHold("hold", _time.Now) { Amount = 9 }, "capture", default);

        captured.Status.ShouldBe(CommandStatus.Accepted);
        var entry = (await _ledger.EntryAsync("w", captured.Sequence!.Value, default)).ShouldNotBeNull();
        var kept = EventReader.ReadStated(entry.Event!.Value.Span, _time.Now).Value.ShouldNotBeNull().Usage;
        (kept.Action, kept.Record[0].Value, kept.Only[0]).ShouldBe(("rent", "p1", "g"));
    }

    private async Task<long?> AvailableAsync() => (await _ledger.BalanceAsync("w", null, default)).ShouldNotBeNull().Buckets[0].Available;

    private async Task ReopenAsync()
    {
        await _ledger.DisposeAsync();
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
    }
}
