using System.Text;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>What a price still owes when its cycle ends: an entry that nobody asked for, priced and explained like any charge.</summary>
public sealed class ClosingTests : IAsyncLifetime, IDisposable
{
    private const string Text = """
        language 1
        ruleset desk version 1 effective 2026-01-01
        credit "credit" to 2 decimals, rounding half up
        account shop
        meter page whole
        action scan
          measures page
        price scan
          per page 1 credit
          at least 20 credits within each cycle
        bucket prepaid from purchase
          unused never expires
        consume prepaid
        cycle calendar month
        at zero
          block scan until purchase
          if short refuse
        """;

    private readonly ManualTime _time = new(Instant.FromUtc(2026, 2, 10, 9, 0));
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([new RuleFile("desk.v1.rules", Text + "\n")], default);
        (await _ledger.OpenAccountAsync(new OpenAccount("w", "desk", _time.Now), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.GrantAsync("w", new GrantCredits("g", "prepaid", 100, _time.Now), "grant", default)).Status.ShouldBe(CommandStatus.Accepted);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_a_cycle_lacks_to_its_minimum_is_charged_with_the_next_command_and_the_account_goes_on()
    {
        (await ScanAsync(5, "feb")).Status.ShouldBe(CommandStatus.Accepted);
        _time.Now = Instant.FromUtc(2026, 3, 3, 9, 0);
        (await ScanAsync(1, "mar")).Status.ShouldBe(CommandStatus.Accepted);
        (await AmountsAsync()).ShouldBe([1_00, 15_00, 5_00]);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();

        await _ledger.DisposeAsync();
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        _time.Now = Instant.FromUtc(2026, 5, 3, 9, 0);
        (await ScanAsync(1, "may")).Status.ShouldBe(CommandStatus.Accepted);
        (await AmountsAsync()).ShouldBe([1_00, 20_00, 19_00, 1_00, 15_00, 5_00]);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_entry_that_fell_due_has_its_explanation()
    {
        await ScanAsync(5, "feb");
        _time.Now = Instant.FromUtc(2026, 3, 3, 9, 0);
        await ScanAsync(1, "mar");
        var entries = await _ledger.EntriesAsync(new EntryFilter("w"), default);
        var detail = (await _ledger.EntryAsync("w", entries.Items.First(entry => entry.Amount == 15_00).Sequence, default)).ShouldNotBeNull();
        detail.Event.ShouldBeNull();
        Encoding.UTF8.GetString(detail.Answer.ShouldNotBeNull().Span).ShouldContain("at least 20");
    }

    [Fact]
    public async Task The_entry_that_fell_due_is_read_back_as_the_systems_own()
    {
        await ScanAsync(5, "feb");
        _time.Now = Instant.FromUtc(2026, 3, 3, 9, 0);
        await ScanAsync(1, "mar");
        await _ledger.DisposeAsync();
        await using var store = SqliteLedgerStore.OpenReadOnly(_directory.Database);
        await using var snapshot = await store.BeginReadAsync(default);
        var proofs = new List<EntryProof>();
        await foreach (var proof in snapshot.EntryProofsAsync("w", default))
        {
            proofs.Add(proof);
        }

        proofs.Where(proof => proof.Entry.Content.SystemKey is not null).Select(proof => proof.Entry.Content.Amount).ShouldBe([15_00]);
        proofs.ShouldAllBe(proof => proof.TraceResolves);
    }

    private Task<CommandResult> ScanAsync(int pages, string key) =>
        _ledger.ChargeAsync("w", new UsageEvent { OccurredAt = _time.Now, Action = "scan", Quantities = [new MeteredQuantity("page", pages)] }, key, default);

    // Newest first.
    private async Task<long[]> AmountsAsync() =>
        [.. (await _ledger.EntriesAsync(new EntryFilter("w"), default)).Items.Where(entry => entry.Kind == EntryKind.Charge).Select(entry => entry.Amount)];
}
