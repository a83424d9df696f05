using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Outbox;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Faults;
using Rules.Ledger.Tests.Handlers;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Outbox;

public sealed class OutboxTests : IDisposable
{
    private readonly ManualTime _time = new(Instant.FromUtc(2026, 4, 10, 9, 0));
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Message_exists_exactly_when_its_entry_does_however_often_commits_fail(int seed)
    {
        const int accounts = 25;
        var store = new FaultStore(SqliteLedgerStore.Open(_directory.Database, _time), seed);
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = _time }, default);
        await ledger.Rulesets.LoadAsync([RuleFiles.Roboflow], default);
        for (var account = 0; account < accounts; account++)
        {
            await OpenAsync(ledger, $"w{account}");
        }

        await ledger.Outbox.AddWebhookAsync("https://hooks.example.com/", new byte[] { 1 }, "test", default);
        store.Percent = 25;
        var pending = Enumerable.Range(0, accounts).ToList();
        for (var round = 0; pending.Count > 0; round++)
        {
            round.ShouldBeLessThan(200);
            var answers = await Task.WhenAll(pending.Select(account => ledger.ChargeAsync($"w{account}", Event("50"), "use", default)));
            pending = [.. pending.Where((_, index) => answers[index].Status == CommandStatus.OutcomeUnknown)];
        }

        store.Percent = 0;
        store.Faults.ShouldBeGreaterThan(5);
        var messages = await ledger.Outbox.ReadAsync(null, null, 500, default);
        messages.Items.Select(message => message.Account).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, accounts).Select(account => $"w{account}").Order(StringComparer.Ordinal));
        foreach (var message in messages.Items)
        {
            using var body = JsonDocument.Parse(message.Body);
            var entry = await ledger.EntryAsync(message.Account, body.RootElement.GetProperty("entry").GetInt64(), default);
            entry!.Summary.Kind.ShouldBe(EntryKind.Charge);
            body.RootElement.GetProperty("id").GetString().ShouldBe($"{message.Account}/{body.RootElement.GetProperty("entry").GetInt64()}/0");
        }

        (await ledger.Outbox.TakeDueAsync(500, Duration.FromMinutes(1), default)).Length.ShouldBe(accounts);
        (await ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Delivery_is_taken_by_one_only_and_due_again_when_its_lease_ends()
    {
        await using var ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await ledger.Rulesets.LoadAsync([RuleFiles.Roboflow], default);
        await OpenAsync(ledger, "w");
        await ledger.Outbox.AddWebhookAsync("https://hooks.example.com/", new byte[] { 1 }, "test", default);
        await ledger.ChargeAsync("w", Event("50"), "use", default);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ledger.Outbox.TakeDueAsync(10, Duration.FromMinutes(1), default).AsTask()));
        taken.Sum(deliveries => deliveries.Length).ShouldBe(1);

        _time.Now += Duration.FromMinutes(1);
        var again = (await ledger.Outbox.TakeDueAsync(10, Duration.FromMinutes(1), default)).ShouldHaveSingleItem();
        await ledger.Outbox.NoteAsync(again, new DeliveryAttempt(1, _time.Now, 5, 200, null), DeliveryState.Delivered, null, default);
        _time.Now += Duration.FromDays(1);
        (await ledger.Outbox.TakeDueAsync(10, Duration.FromMinutes(1), default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_lapses_and_what_a_refund_gave_back_are_told_once_over_restarts()
    {
        const string text = """
            language 1
            ruleset tank version 1 effective 2026-01-01
            credit "credit" to 2 decimals
            meter litre whole
            action pour
              measures litre
            price pour
              per litre 1 credit
            bucket prepaid from purchase
              unused never expires
            consume prepaid
            at zero
              if short refuse
            alert "low"
              at 40 credits left
            """;
        Instant Day(int day) => Instant.FromUtc(2026, 4, day, 9, 0);
        var ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("tank.v1.rules", text + "\n")], default);
        await ledger.OpenAccountAsync(new OpenAccount("w", "tank", _time.Now), "open", default);
        await ledger.GrantAsync("w", new GrantCredits("lasting", "prepaid", 60, _time.Now), "g1", default);
        await ledger.GrantAsync("w", new GrantCredits("short", "prepaid", 30, _time.Now) { ExpiresAt = Day(20) }, "g2", default);
        await PourAsync("25");
        _time.Now = Day(21);
        await PourAsync("1");
        (await ToldAsync()).ShouldBe([]);
        await PourAsync("20");
        (await ToldAsync()).ShouldBe(["alert \"low\": 39 left, the level is 40"]);

        await ReopenAsync();
        (await ledger.RefundAsync("w", new RefundCredits(10, _time.Now), "back", default)).Status.ShouldBe(CommandStatus.Accepted);
        await ReopenAsync();
        await PourAsync("10");
        (await ToldAsync()).Length.ShouldBe(1);

        await ledger.GrantAsync("w", new GrantCredits("again", "prepaid", 20, _time.Now) { ExpiresAt = Day(25) }, "g3", default);
        _time.Now = Day(26);
        await PourAsync("1");
        (await ToldAsync()).ShouldBe(["alert \"low\": 39 left, the level is 40", "alert \"low\": 39 left, the level is 40"]);
        (await ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
        await ledger.DisposeAsync();

        async Task PourAsync(string litres) => (await ledger.ChargeAsync(
            "w",
            new UsageEvent { OccurredAt = _time.Now, Action = "pour", Quantities = [new MeteredQuantity("litre", ExactDecimal.Parse(litres))] },
            Guid.NewGuid().ToString(),
            default)).Status.ShouldBe(CommandStatus.Accepted);

        async Task<string[]> ToldAsync() => [.. (await ledger.Outbox.ReadAsync(null, null, 500, default)).Items.Select(message =>
        {
            using var body = JsonDocument.Parse(message.Body);
            return body.RootElement.GetProperty("text").GetString()!;
        })];

        async Task ReopenAsync()
        {
            await ledger.DisposeAsync();
            ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        }
    }

    private async Task OpenAsync(CreditLedger ledger, string account) => (await ledger.OpenAccountAsync(
        new OpenAccount(account, "roboflow", _time.Now)
        {
            Plan = "Core",
            Facts = [new NamedText("created", "2026-04-02")],
            Terms = [new NamedText("core-included", "60"), new NamedText("flex-threshold", "20")],
        }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);

    private UsageEvent Event(string units) =>
        new() { OccurredAt = _time.Now, Action = "data", Quantities = [new MeteredQuantity("data-unit", ExactDecimal.Parse(units))] };
}
