using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Ledger.Imports;
using Rules.Ledger.Replays;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Imports;

public sealed class UsageImportTests
{
    private const string Rules = """
        language 1
        ruleset shop version 1 effective 2026-04-01
        credit "credit" to 2 decimals
        account company
        meter token whole
        action reply
          measures token
        price reply
          per token 0.01 credits
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
        plan Team grants 1,000 credits every month into included
        at zero
          if short refuse

        """;

    private static readonly UsageMapping s_lines = new(false, [], []);

    private static readonly PastWindow s_all = new(Instant.FromUtc(2026, 1, 1, 0, 0), Instant.FromUtc(2026, 3, 1, 0, 0));

    private readonly ManualTime _time = new(Instant.FromUtc(2026, 5, 1, 0, 0));

    [Fact]
    public async Task Import_that_is_stopped_on_the_way_is_gone_on_with_and_comes_to_what_an_unbroken_one_has()
    {
        var file = Lines(140_000, accounts: 40);
        await using var whole = await OpenAsync();
        var unbroken = await whole.Imports.ImportAsync(new MemoryStream(file), Request(), default);
        unbroken.ShouldSatisfyAllConditions(r => r.Events.ShouldBe(140_000), r => r.Duplicates.ShouldBe(0), r => r.Accounts.ShouldBe(40), r => r.MistakeCount.ShouldBe(0));
        (await whole.Imports.ListAsync("shop", default)).Select(b => b.Events).ShouldBe([131_072, 8_928]);

        await using var broken = await OpenAsync();
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => broken.Imports.ImportAsync(new MemoryStream(file), Request() with { Progress = _ => stop.Cancel() }, stop.Token));
        (await broken.Imports.ListAsync("shop", default)).Length.ShouldBe(1);
        var rest = await broken.Imports.ImportAsync(new MemoryStream(file), Request(), default);
        rest.ResumedAt.ShouldBe(131_072);
        rest.Events.ShouldBe(140_000 - 131_072);

        var (one, other) = (await PastAsync(whole), await PastAsync(broken));
        one.Events.ShouldBe(140_000);
        one.Accounts.Length.ShouldBe(40);
        other.Hash.ShouldBe(one.Hash);
        foreach (var (a, b) in one.Accounts.Zip(other.Accounts))
        {
            Enumerable.Range(0, a.Usage.Count).All(i => a.Usage[i].OccurredAt == b.Usage[i].OccurredAt && a.Usage[i].Quantities.SequenceEqual(b.Usage[i].Quantities)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Past_holds_the_window_and_the_account_that_are_asked_for()
    {
        await using var ledger = await OpenAsync();
        await ledger.Imports.ImportAsync(new MemoryStream(Lines(1_000, accounts: 10)), Request(), default);
        var window = new PastWindow(s_all.From + Duration.FromSeconds(100), s_all.From + Duration.FromSeconds(200));

        (await PastAsync(ledger, window: window)).Events.ShouldBe(100);
        var one = await PastAsync(ledger, "a3", window);
        one.Accounts.ShouldHaveSingleItem().Opening.Id.ShouldBe("a3");
        one.Events.ShouldBe(10);
        (await PastAsync(ledger, "nobody")).Accounts.ShouldBeEmpty();
        (await ledger.Imports.PastAsync(ledger.Rulesets.Find("shop")!, null, s_all, 999, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Account_stated_with_a_plan_that_no_rules_have_is_named()
    {
        await using var ledger = await OpenAsync();
        var line = """{"id":"e","account":"odd","at":"2026-01-05T00:00:00Z","action":"reply","quantities":{"token":"1"},"state":{"plan":"Gold"}}""";
        await ledger.Imports.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(line)), Request(), default);
        var past = await PastAsync(ledger);
        past.Accounts.ShouldBeEmpty();
        past.Stuck.ShouldHaveSingleItem().Account.ShouldBe("odd");
    }

    [Theory]
    [InlineData("columns")]
    [InlineData("ids")]
    public async Task Damaged_segment_is_found_before_anything_of_it_is_used(string column)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("usage").FullName, "rules.db");
        try
        {
            await using (var ledger = await CreditLedger.OpenSqliteAsync(path, new LedgerOptions { Time = _time }, default))
            {
                await ledger.Rulesets.LoadAsync([new RuleFile("shop.v1.rules", Rules)], default);
                await ledger.Imports.ImportAsync(new MemoryStream(Lines(100, accounts: 3)), Request(), default);
            }

            using (var session = new SqliteSession(SqliteDatabase.File(path).OpenWriter()))
            {
                session.Statement("DROP TRIGGER usage_segment_u").Execute();
                session.Statement($"UPDATE usage_segment SET {column}=CAST(substr({column},1,length({column})-1)||x'00' AS BLOB)").Execute();
            }

            await using var damaged = await CreditLedger.OpenSqliteReadOnlyAsync(path, new LedgerOptions { Time = _time }, default);
            (await Should.ThrowAsync<StoreException>(() => column == "ids"
                ? damaged.Imports.ExportJsonAsync(Stream.Null, "shop", null, default)
                : damaged.Imports.PastAsync(damaged.Rulesets.Find("shop")!, null, s_all, long.MaxValue, default))).Message.ShouldContain("segment 1 of batch 1");
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public async Task Of_two_imports_at_once_one_is_refused_and_no_event_is_stored_twice()
    {
        await using var ledger = await OpenAsync();
        var file = Lines(140_000, accounts: 5);
        var second = default(Task<UsageImportResult>);
        await Should.ThrowAsync<UsageImportException>(() => ledger.Imports.ImportAsync(new MemoryStream(file), Request() with
        {
            Progress = _ => (second ??= ledger.Imports.ImportAsync(new MemoryStream(file), Request("other"), default)).Wait(),
        }, default));

        (await second!).Events.ShouldBe(140_000 - 131_072);
        (await PastAsync(ledger)).Events.ShouldBe(140_000);
    }

    [Fact]
    public async Task Batches_and_segments_are_never_changed()
    {
        var store = SqliteLedgerStore.OpenInMemory(_time);
        await using var ledger = await CreditLedger.OpenAsync(store, new LedgerOptions { Time = _time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("shop.v1.rules", Rules)], default);
        await ledger.Imports.ImportAsync(new MemoryStream(Lines(10, accounts: 1)), Request(), default);
        foreach (var sql in new[] { "UPDATE usage_batch SET events=0", "DELETE FROM usage_batch", "UPDATE usage_segment SET events=1", "DELETE FROM usage_segment" })
        {
            await Should.ThrowAsync<StoreException>(async () => await store.WriteAsync(session => session.Statement(sql).Execute(), default));
        }
    }

    [Fact]
    public async Task Import_that_is_taken_back_is_in_no_past_and_its_file_begins_anew()
    {
        await using var ledger = await OpenAsync();
        var first = await ledger.Imports.ImportAsync(new MemoryStream(Lines(300, accounts: 3)), Request(), default);
        var second = await ledger.Imports.ImportAsync(new MemoryStream(Lines(500, accounts: 3)), Request("more"), default);
        second.Events.ShouldBe(200);

        (await ledger.Imports.WithdrawAsync(first.Import!, "lee", default)).ShouldHaveSingleItem().Withdrawn.ShouldBe(new UsageWithdrawal(Instant.FromUtc(2026, 5, 1, 0, 0), "lee"));
        (await PastAsync(ledger)).Events.ShouldBe(200);
        (await ledger.Imports.WithdrawAsync("0000000000000000", "lee", default)).ShouldBeEmpty();
        (await Should.ThrowAsync<UsageImportException>(() => ledger.Imports.WithdrawAsync(first.Import!, "kim", default))).Message.ShouldContain("taken back by lee");

        var anew = await ledger.Imports.ImportAsync(new MemoryStream(Lines(300, accounts: 3)), Request(), default);
        (anew.Events, anew.Duplicates, anew.ResumedAt).ShouldBe((300, 0, 0));
        (await PastAsync(ledger)).Events.ShouldBe(500);
    }

    [Fact]
    public async Task Import_that_is_taken_back_while_it_runs_stops()
    {
        await using var ledger = await OpenAsync();
        var file = Lines(140_000, accounts: 5);
        (await Should.ThrowAsync<UsageImportException>(() => ledger.Imports.ImportAsync(new MemoryStream(file), Request() with
        {
            Progress = _ => ledger.Imports.WithdrawAsync(ledger.Imports.ListAsync("shop", default).AsTask().Result[0].Import, "lee", default).Wait(),
        }, default))).Message.ShouldContain("taken back while it ran");

        (await PastAsync(ledger)).Events.ShouldBe(0);
        (await ledger.Imports.ImportAsync(new MemoryStream(file), Request(), default)).Events.ShouldBe(140_000);
    }

    private static UsageImportRequest Request(string source = "file") => new("shop", source, s_lines, "kim");

    private async Task<CreditLedger> OpenAsync()
    {
        var ledger = await CreditLedger.OpenInMemoryAsync(new LedgerOptions { Time = _time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("shop.v1.rules", Rules)], default);
        return ledger;
    }

    private static async Task<PastUsage> PastAsync(CreditLedger ledger, string? account = null, PastWindow? window = null) =>
        (await ledger.Imports.PastAsync(ledger.Rulesets.Find("shop")!, account, window ?? s_all, long.MaxValue, default)).ShouldNotBeNull();

    private static byte[] Lines(int events, int accounts)
    {
        var text = new StringBuilder();
        for (var i = 0; i < events; i++)
        {
            var at = (s_all.From + Duration.FromSeconds(i)).ToString("uuuu-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{{\"id\":\"e{i}\",\"account\":\"a{i % accounts}\",\"at\":\"{at}\",\"action\":\"reply\",\"quantities\":{{\"token\":\"{i % 97}\"}},\"state\":{{\"plan\":\"Team\"}}}}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
