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
