using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Simulation;
using Rules.Ledger.Verification;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Verification;

/// <summary>What a checkpoint proves, and what it cannot: a wrong one is found by who reads everything.</summary>
public sealed class CheckpointTests : IDisposable
{
    private static readonly Instant _t0 = Instant.FromUtc(2026, 1, 31, 22, 0);

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new(_t0);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_checkpoint_reads_back_as_it_was_written()
    {
        var stored = await FillAsync();
        var proven = ProvenAccount.Read(stored.Content, stored.Sha256.Span).ShouldNotBeNull();
        proven.Rows.ShouldBe(stored.Rows);
        proven.State.ShouldNotBeNull().Holds.ShouldHaveSingleItem().Hold.Event.ShouldNotBeNull();
        proven.Lots.ShouldContain(lot => lot.Lot.ExpiresAt != null);
        proven.Scopes.ShouldNotBeEmpty();
        SHA256.HashData(proven.Write()).ShouldBe(stored.Sha256.ToArray());
    }

    [Fact]
    public async Task An_account_with_which_anything_is_wrong_gets_no_checkpoint()
    {
        await FillAsync();
        await using (var ledger = await OpenAsync())
        {
            await UseAsync(ledger, "later", 40);
        }

        Change("UPDATE journal SET amount=amount+1 WHERE seq=(SELECT MAX(seq) FROM journal)");
        await using var damaged = await OpenAsync();
        var round = await damaged.WriteCheckpointsAsync(1, default);
        round.Written.ShouldBe(0);
        round.Problems.ShouldHaveSingleItem().Check.ShouldBe("chain");
    }

    [Fact]
    public async Task A_checkpoint_of_which_a_byte_changed_is_not_gone_on_from_and_is_named()
    {
        var stored = await FillAsync();
        var content = stored.Content.ToArray();
        content[content.Length / 2] ^= 4;
        Change("UPDATE checkpoint SET content=@content", new { content });
        await using var ledger = await OpenAsync();
        foreach (var fromCheckpoints in new[] { false, true })
        {
            var report = await ledger.VerifyAsync(null, fromCheckpoints, null, default);
            var problem = report.Problems.First();
            (problem.Check, problem.Account, problem.Sequence).ShouldBe(("checkpoint", "acme", stored.Sequence));
            report.Problems.ShouldAllBe(other => other.Check == "checkpoint");
            // The account was proved from its first entry all the same.
            report.Passed.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("a count")]
    [InlineData("the plan")]
    public async Task A_wrong_checkpoint_with_a_fitting_hash_is_found_by_who_reads_everything(string changed)
    {
        var stored = await FillAsync();
        var proven = ProvenAccount.Read(stored.Content, stored.Sha256.Span)!;
        var wrong = changed == "a count"
            ? proven with { Scopes = proven.Scopes.SetItem(0, proven.Scopes[0] with { Posted = proven.Scopes[0].Posted + 1 }) }
            : proven with { State = proven.State! with { Plans = [proven.State.Plans[0] with { Value = "Pro" }] } };
        var text = wrong.Write();
        Change("UPDATE checkpoint SET content=@content, sha256=@sha256", new { content = ProvenAccount.Pack(text), sha256 = SHA256.HashData(text) });
        await using var ledger = await OpenAsync();
        (await ledger.VerifyAsync(null, fromCheckpoints: true, null, default)).Problems.ShouldBeEmpty();
        var problem = (await ledger.VerifyAsync(null, null, default)).Problems.ShouldHaveSingleItem();
        (problem.Check, problem.Account, problem.Sequence).ShouldBe(("checkpoint", "acme", stored.Sequence));
        problem.Message.ShouldBe("The checkpoint after it is not what the entries up to it make.");
    }

    [Fact]
    public async Task A_checkpoint_with_another_balance_is_found_by_who_begins_at_it()
    {
        var stored = await FillAsync();
        var proven = ProvenAccount.Read(stored.Content, stored.Sha256.Span)!;
        var lot = proven.Lots[0] with { Granted = proven.Lots[0].Granted + 5, Available = proven.Lots[0].Available + 5 };
        var text = (proven with { Lots = proven.Lots.SetItem(0, lot) }).Write();
        Change("UPDATE checkpoint SET content=@content, sha256=@sha256", new { content = ProvenAccount.Pack(text), sha256 = SHA256.HashData(text) });
        await using var ledger = await OpenAsync();
        (await ledger.VerifyAsync(null, fromCheckpoints: true, null, default)).Problems.ShouldContain(problem => problem.Check == "lots");
    }

    [Fact]
    public async Task A_checkpoint_of_another_program_is_passed_over()
    {
        var stored = await FillAsync();
        var text = (ProvenAccount.Read(stored.Content, stored.Sha256.Span)! with { Format = 99 }).Write();
        Change("UPDATE checkpoint SET content=@content, sha256=@sha256", new { content = ProvenAccount.Pack(text), sha256 = SHA256.HashData(text) });
        await using var ledger = await OpenAsync();
        var report = await ledger.VerifyAsync(null, fromCheckpoints: true, null, default);
        report.Problems.ShouldBeEmpty();
        report.Passed.ShouldBe(0);
    }

    /// <summary>An account with a plan, bought credits, uses and an open hold, and a checkpoint of it.</summary>
    private async Task<StoredCheckpoint> FillAsync()
    {
        await using (var ledger = await OpenAsync())
        {
            (await ledger.OpenAccountAsync(new OpenAccount("acme", SimulatedRules.Ruleset, _time.Now) { Plan = "Team" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
            (await ledger.GrantAsync("acme", new GrantCredits("g", "prepaid", 100, _time.Now), "g", default)).Status.ShouldBe(CommandStatus.Accepted);
            await UseAsync(ledger, "u1", 7);
            var hold = new HoldCredits("h", new() { OccurredAt = _time.Now, Action = "use", Quantities = [new("unit", 3)] });
            (await ledger.HoldAsync("acme", hold, "h", default)).Status.ShouldBe(CommandStatus.Accepted);
            (await ledger.WriteCheckpointsAsync(1, default)).Written.ShouldBe(1);
        }

        await using var store = SqliteLedgerStore.OpenReadOnly(_directory.Database);
        await using var snapshot = await store.BeginReadAsync(default);
        return (await snapshot.CheckpointAsync("acme", default))!;
    }

    private async Task UseAsync(CreditLedger ledger, string key, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var usage = new Rules.Engine.Pricing.UsageEvent { OccurredAt = _time.Now, Action = "use", Quantities = [new("unit", 1)] };
            (await ledger.ChargeAsync("acme", usage, $"{key}-{i}", default)).Status.ShouldBe(CommandStatus.Accepted);
        }
    }

    private async Task<CreditLedger> OpenAsync()
    {
        var ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await ledger.Rulesets.LoadAsync([SimulatedRules.File], default);
        return ledger;
    }

    /// <summary>As somebody does who owns the file; the guards are put back.</summary>
    private void Change(string sql, object? values = null)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=false");
        connection.Open();
        var triggers = connection.Query<(string Name, string Sql)>("SELECT name, sql FROM sqlite_master WHERE type='trigger' AND tbl_name IN ('checkpoint','journal')").ToList();
        triggers.ForEach(trigger => connection.Execute($"DROP TRIGGER {trigger.Name}"));
        connection.Execute(sql, values).ShouldBe(1);
        triggers.ForEach(trigger => connection.Execute(trigger.Sql));
    }
}
