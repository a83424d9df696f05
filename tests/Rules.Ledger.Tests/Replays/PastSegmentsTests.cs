using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Replays;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Replays;

/// <summary>Past usage in columns beside the entries: found damaged, removed and made again.</summary>
public sealed class PastSegmentsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rules-segments-");

    private string File => Path.Combine(_folder.FullName, "rules.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("UPDATE past_segment SET body=zeroblob(40)")]
    [InlineData("UPDATE past_segment SET sha256=zeroblob(32)")]
    [InlineData("UPDATE past_segment SET body=substr(body,1,length(body)/2)")]
    [InlineData("UPDATE past_segment SET body=zeroblob(40) WHERE generation=2")]
    public async Task Damaged_segment_is_not_used_and_made_again(string damage)
    {
        var time = new ManualTime(BankCommands.Start);
        var window = new PastWindow(Instant.MinValue, time.Now + Duration.FromDays(1));
        string before;
        await using (var ledger = await OpenAsync(time))
        {
            await ChargeAsync(ledger, time, 1, 40);
            (await ledger.Segments.BuildAsync("moves", fewest: 41, default)).ShouldBe(0);
            (await ledger.Segments.BuildAsync("moves", fewest: 1, default)).ShouldBe(40);
            await ChargeAsync(ledger, time, 41, 60);
            (await ledger.Segments.BuildAsync("moves", fewest: 1, default)).ShouldBe(20);
            await ChargeAsync(ledger, time, 61, 65);
            before = PastReplay.Text(await ledger.PastAsync("moves", null, window, null, default));
        }

        await TamperAsync("past_segment", damage);
        await using (var ledger = await OpenAsync(time))
        {
            PastReplay.Text(await ledger.PastAsync("moves", null, window, null, default)).ShouldBe(before);
            PastReplay.Text(await ledger.PastAsync("moves", "a", window, null, default)).ShouldBe(before);
            (await ledger.Segments.BuildAsync("moves", fewest: 1, default)).ShouldBe(damage.EndsWith("generation=2", StringComparison.Ordinal) ? 25 : 65);
            (await ledger.Segments.BuildAsync("moves", fewest: 1, default)).ShouldBe(0);
            PastReplay.Text(await ledger.PastAsync("moves", null, window, null, default)).ShouldBe(before);
        }
    }

    [Fact]
    public async Task Segments_of_another_journal_are_not_used()
    {
        var time = new ManualTime(BankCommands.Start);
        var window = new PastWindow(Instant.MinValue, time.Now + Duration.FromDays(1));
        await using (var ledger = await OpenAsync(time))
        {
            await ChargeAsync(ledger, time, 1, 20);
            await ledger.Segments.BuildAsync("moves", fewest: 1, default);
        }

        // A segment that ends where the journal has another entry: as a database that was put back and written to again.
        await TamperAsync("journal", "UPDATE journal SET hash=zeroblob(32) WHERE seq=(SELECT max(seq) FROM journal)");
        await using (var ledger = await OpenAsync(time))
        {
            var past = (await ledger.PastAsync("moves", null, window, null, default))!;
            past.Events.ShouldBe(20);
            (await ledger.Segments.BuildAsync("moves", fewest: 1, default)).ShouldBe(20);
        }
    }

    [Fact]
    public async Task Rebuilding_puts_every_entry_into_segments_again()
    {
        var time = new ManualTime(BankCommands.Start);
        await using var ledger = await OpenAsync(time);
        await ChargeAsync(ledger, time, 1, 30);
        await ledger.Segments.BuildAsync("moves", fewest: 1, default);
        await ChargeAsync(ledger, time, 31, 33);

        (await ledger.Segments.RebuildAsync("moves", default)).ShouldBe(33);
        (await ledger.Segments.RebuildAsync("nothing", default)).ShouldBe(0);
    }

    private async Task<CreditLedger> OpenAsync(ManualTime time)
    {
        var ledger = await CreditLedger.OpenSqliteAsync(File, new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("moves.v1.rules", MovementSteps.Rules)], default);
        await ledger.OpenAccountAsync(new OpenAccount("a", "moves", BankCommands.Start), "open", default);
        (await ledger.GrantAsync("a", new GrantCredits("g", "prepaid", 1000, BankCommands.Start), "grant", default)).Status.ShouldBe(CommandStatus.Accepted);
        return ledger;
    }

    private static async Task ChargeAsync(CreditLedger ledger, ManualTime time, int from, int to)
    {
        for (var i = from; i <= to; i++)
        {
            time.Now += Duration.FromSeconds(1);
            (await ledger.ChargeAsync("a", new UsageEvent { OccurredAt = time.Now, Action = "use", Quantities = [new("unit", 1)] }, $"use{i}", default)).Status.ShouldBe(CommandStatus.Accepted);
        }
    }

    // As nobody can who goes through the triggers.
    private async Task TamperAsync(string table, string sql)
    {
        SqliteConnection.ClearAllPools();
        await using var connection = new SqliteConnection($"Data Source={File}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat('DROP TRIGGER ' || name || ';', '') FROM sqlite_master WHERE type='trigger' AND tbl_name=$table";
        command.Parameters.AddWithValue("$table", table);
        command.CommandText = (string)(await command.ExecuteScalarAsync())! + sql;
        await command.ExecuteNonQueryAsync();
    }
}
