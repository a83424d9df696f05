using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Bills for postpaid use: told when they fall due, and the same once they are posted.</summary>
public sealed class InvoiceTests : IAsyncLifetime, IDisposable
{
    private const string Text = """
        language 1
        ruleset lab version 1 effective 2026-01-01
        credit "credit" to 2 decimals, rounding half up
        currency USD to 2 decimals, rounding half up
        account shop
        meter token whole
        action use
          measures token
        action scan
          measures token
        price use
          per token 1 credit
        price scan
          per token 0.5 credits
        bucket flex postpaid at 0.015 USD
          limit 500 credits each cycle
          billed each cycle
        consume small, then flex
        cycle monthly
        plan Lab grants 1 credit every month into small
        bucket small from plan
          unused expires at cycle end
        at zero
          if short refuse
        """;

    private static readonly Instant _start = Instant.FromUtc(2026, 1, 31, 10, 0);
    private static readonly Instant _february = Instant.FromUtc(2026, 2, 28, 10, 0);

    private readonly ManualTime _time = new(_start);
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([new RuleFile("lab.v1.rules", Text + "\n")], default);
        (await _ledger.OpenAccountAsync(new OpenAccount("w", "lab", _start), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Bill_that_is_due_is_the_one_that_is_posted()
    {
        await UseAsync("use", 101, "u1");
        await UseAsync("scan", 3, "u2");
        (await InvoicesAsync()).ShouldBeEmpty();
        _time.Now = Instant.FromUtc(2026, 3, 2, 0, 0);

        var due = (await InvoicesAsync()).Single();
        (due.Credits, due.From, due.To, due.Sequence).ShouldBe((102_50, _start, _february, null));
        // 102.5 × 0.015 = 1.5375.
        (due.Bill.Amount, due.Bill.Exact.ToString()).ShouldBe((154, "1.5375"));
        var statement = (await _ledger.StatementAsync("w", _start, _time.Now, default)).ShouldNotBeNull();
        statement.Bills.ShouldBe([due]);

        await UseAsync("use", 1, "u3");
        var posted = (await InvoicesAsync()).Single();
        (posted with { Sequence = null, RecordedAt = null }).ShouldBe(due);
        var after = (await _ledger.StatementAsync("w", _start, Instant.FromUtc(2026, 3, 1, 0, 0), default)).ShouldNotBeNull();
        after.Bills.ShouldBe([posted]);
        after.Lines.ShouldBe(statement.Lines);
        (await _ledger.InvoiceAsync("w", posted.Sequence!.Value, default)).ShouldNotBeNull().Lines
            .ShouldBe([new InvoiceLine("scan", 1, 1_50), new InvoiceLine("use", 1, 101_00)]);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lines_of_a_bill_leave_out_what_came_back_before_it_and_count_captures()
    {
        await UseAsync("use", 100, "u1");
        (await _ledger.ReverseAsync("w", new ReverseUse("u1", _time.Now) { Amount = 40 }, "r1", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.HoldAsync("w", new HoldCredits("h", Usage("scan", 20)), "h", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.CaptureAsync("w", new CaptureHold("h", _time.Now) { Amount = 7 }, "c", default)).Status.ShouldBe(CommandStatus.Accepted);
        _time.Now = Instant.FromUtc(2026, 3, 2, 0, 0);
        await UseAsync("use", 1, "u2");
        var bill = (await InvoicesAsync()).Single();

        bill.Credits.ShouldBe(67_00);
        var lines = (await _ledger.InvoiceAsync("w", bill.Sequence!.Value, default)).ShouldNotBeNull().Lines;
        lines.ShouldBe([new InvoiceLine("scan", 1, 7_00), new InvoiceLine("use", 1, 60_00)]);
        lines.Sum(line => line.Credits).ShouldBe(bill.Credits);
    }

    [Fact]
    public async Task Every_cycle_that_passed_unseen_has_its_bill_and_the_filters_hold()
    {
        await UseAsync("use", 10, "u1");
        _time.Now = Instant.FromUtc(2026, 3, 2, 0, 0);
        await UseAsync("use", 20, "u2");
        _time.Now = Instant.FromUtc(2026, 6, 2, 0, 0);

        (await InvoicesAsync()).Select(invoice => (invoice.Bill.Cycle, invoice.Credits)).ShouldBe([(1, 20_00), (0, 10_00)]);
        (await _ledger.InvoicesAsync(new InvoiceFilter("w", From: _february + Duration.FromTicks(10)), default)).Items.Single().Bill.Cycle.ShouldBe(1);
        (await _ledger.InvoicesAsync(new InvoiceFilter("w", To: _february), default)).Items.ShouldBeEmpty();
        (await _ledger.InvoicesAsync(new InvoiceFilter(Ruleset: "other"), default)).Items.ShouldBeEmpty();
        (await _ledger.InvoicesAsync(new InvoiceFilter(After: "x"), default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Accounts_that_nobody_asks_for_are_billed_once()
    {
        for (var number = 0; number < 3; number++)
        {
            (await _ledger.OpenAccountAsync(new OpenAccount($"idle-{number}", "lab", _start), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
            (await _ledger.ChargeAsync($"idle-{number}", Usage("use", 10), "u", default)).Status.ShouldBe(CommandStatus.Accepted);
        }

        (await _ledger.RenewAllAsync(default)).ShouldBe(0);
        _time.Now = Instant.FromUtc(2026, 3, 2, 0, 0);

        (await _ledger.RenewAllAsync(default)).ShouldBe(4);
        (await _ledger.RenewAllAsync(default)).ShouldBe(0);

        var page = await _ledger.InvoicesAsync(new InvoiceFilter(Limit: 2), default);
        var rest = await _ledger.InvoicesAsync(new InvoiceFilter(Limit: 2, After: page.Next), default);
        page.Items.Concat(rest.Items).Select(invoice => invoice.Account).ShouldBe(["idle-0", "idle-1", "idle-2"], ignoreOrder: true);
        rest.Next.ShouldBeNull();
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<Invoice>> InvoicesAsync() => (await _ledger.InvoicesAsync(new InvoiceFilter("w"), default)).Items;

    private UsageEvent Usage(string action, int tokens) =>
        new() { OccurredAt = _time.Now, Action = action, Quantities = [new MeteredQuantity("token", tokens)] };

    private async Task UseAsync(string action, int tokens, string key) =>
        (await _ledger.ChargeAsync("w", Usage(action, tokens), key, default)).Status.ShouldBe(CommandStatus.Accepted);
}
