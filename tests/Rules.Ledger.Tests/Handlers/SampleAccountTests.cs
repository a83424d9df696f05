using Dapper;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Anchoring;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Accounts that are made up: written on a clock of their own, told apart for good, and the only ones that can be removed.</summary>
public sealed class SampleAccountTests : IAsyncLifetime, IDisposable
{
    private static readonly Instant _now = Instant.FromUtc(2026, 6, 15, 12, 0);
    private static readonly Instant _then = Instant.FromUtc(2026, 5, 10, 8, 0);

    private readonly ManualTime _time = new(_now);
    private readonly ManualTime _past = new(_then);
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;
    private CreditLedger _sample = null!;

    public async Task InitializeAsync() => await OpenAsync();

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task History_on_the_sample_clock_is_recorded_when_it_happened()
    {
        await FillSampleAsync("made-up");
        var entries = (await _ledger.EntriesAsync(new EntryFilter("made-up"), default)).Items;
        entries.Length.ShouldBeGreaterThanOrEqualTo(6);
        entries.ShouldAllBe(entry => entry.RecordedAt >= _then && entry.RecordedAt < _now && !entry.Late);
        (await _ledger.BalanceAsync("made-up", null, default))!.IsSample.ShouldBeTrue();
        (await _ledger.SamplesAsync(default)).ShouldBe(["made-up"]);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sample_clock_reaches_no_account_that_is_not_made_up()
    {
        await FillRealAsync();
        var head = await EntriesOfAsync("real");

        (await _sample.ChargeAsync("real", Reply(_then), "backdated", default)).Status.ShouldBe(CommandStatus.AccountUnknown);
        (await _sample.SetAsync("real", new SetFactsAndTerms([new("keys", "own")], []), "set", default)).Status.ShouldBe(CommandStatus.AccountUnknown);
        (await _sample.OpenAccountAsync(new OpenAccount("real", "bookbag", _then), "again", default)).Status.ShouldBe(CommandStatus.AccountUnknown);

        (await EntriesOfAsync("real")).ShouldBe(head);
        (await _ledger.BalanceAsync("real", null, default))!.IsSample.ShouldBeFalse();
    }

    [Fact]
    public async Task Removed_sample_leaves_no_row_and_takes_nothing_of_other_accounts()
    {
        await FillRealAsync();
        await FillSampleAsync("made-up");
        await FillSampleAsync("made-up-2");
        var real = await EntriesOfAsync("real");

        (await _ledger.RemoveSampleAsync("made-up", default)).ShouldBeTrue();
        (await _ledger.RemoveSampleAsync("made-up", default)).ShouldBeFalse();
        (await _ledger.BalanceAsync("made-up", null, default)).ShouldBeNull();
        (await _ledger.ChargeAsync("made-up", Reply(_now), "late-comer", default)).Status.ShouldBe(CommandStatus.AccountUnknown);
        (await _ledger.SamplesAsync(default)).ShouldBe(["made-up-2"]);
        (await EntriesOfAsync("real")).ShouldBe(real);
        (await _ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();

        await _ledger.RemoveSampleAsync("made-up-2", default);
        await _ledger.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=false"))
        {
            var number = connection.ExecuteScalar<long>("SELECT account_id FROM account");
            foreach (var table in connection.Query<string>(
                "SELECT m.name FROM sqlite_master m WHERE m.type='table' AND EXISTS(SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name='account_id')"))
            {
#pragma warning disable CA2100, S2077 // The names are the schema's.
                connection.Query<long>($"SELECT DISTINCT account_id FROM {table}").ShouldAllBe(account => account == number, table);
#pragma warning restore CA2100, S2077
            }

            connection.Query("PRAGMA foreign_key_check").ShouldBeEmpty();
        }

        await OpenAsync();
        (await EntriesOfAsync("real")).ShouldBe(real);
    }

    [Fact]
    public async Task Account_that_is_not_made_up_is_never_removed()
    {
        await FillRealAsync();
        (await _ledger.RemoveSampleAsync("real", default)).ShouldBeFalse();
        (await _ledger.RemoveSampleAsync("nobody", default)).ShouldBeFalse();
        (await EntriesOfAsync("real")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Account_with_a_history_is_never_made_up_afterwards_and_its_rows_stay()
    {
        await FillRealAsync();
        await FillSampleAsync("made-up");
        await _ledger.DisposeAsync();
        await using var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=false");
        connection.Execute("PRAGMA foreign_keys=OFF");
        var number = connection.ExecuteScalar<long>("SELECT account_id FROM account WHERE external_id='real'");
        foreach (var table in (string[])["journal", "posting", "usage_event", "lot", "lot_state", "account", "account_head", "account_value", "period", "outbox"])
        {
#pragma warning disable CA2100, S2077 // The names are the schema's.
            if (connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table} WHERE account_id={number}") > 0)
            {
                Should.Throw<SqliteException>(() => connection.Execute($"DELETE FROM {table} WHERE account_id={number}")).Message.ShouldContain("append-only", Case.Sensitive, table);
            }
#pragma warning restore CA2100, S2077
        }

        Should.Throw<SqliteException>(() => connection.Execute("INSERT INTO sample_account(account_id) VALUES(@number)", new { number })).Message.ShouldContain("has a history");
        Should.Throw<SqliteException>(() => connection.Execute("UPDATE sample_account SET account_id=@number", new { number })).Message.ShouldContain("append-only");
        Should.Throw<SqliteException>(() => connection.Execute("DELETE FROM sample_account")).Message.ShouldContain("still there");
        await OpenAsync();
    }

    [Fact]
    public async Task Numbers_of_a_removed_account_are_not_given_again()
    {
        await FillSampleAsync("made-up");
        var last = await LastPositionAsync();
        await _ledger.RemoveSampleAsync("made-up", default);
        await FillRealAsync();
        (await FirstPositionAsync()).ShouldBeGreaterThan(last);
    }

    [Fact]
    public async Task What_is_made_up_is_not_anchored_and_a_start_after_its_removal_misses_nothing()
    {
        await FillRealAsync();
        await FillSampleAsync("made-up");
        AnchorLog.Read(Anchor)!.Heads.Keys.ShouldBe(["real"]);
        await _ledger.RemoveSampleAsync("made-up", default);
        await _ledger.DisposeAsync();

        await OpenAsync();
        (await _ledger.VerifyAsync(null, null, default)).Anchored.ShouldBeTrue();
    }

    [Fact]
    public async Task Id_of_a_removed_account_can_be_opened_anew()
    {
        await FillSampleAsync("made-up");
        await _ledger.RemoveSampleAsync("made-up", default);
        (await _ledger.OpenAccountAsync(new OpenAccount("made-up", "bookbag", _now) { Plan = "Free" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        var account = (await _ledger.BalanceAsync("made-up", null, default)).ShouldNotBeNull();
        (account.IsSample, account.Lots.Length).ShouldBe((false, 1));
    }

    [Fact]
    public async Task Days_add_up_to_the_report_and_balances_are_those_of_the_entries()
    {
        await FillSampleAsync("made-up");
        var from = Instant.FromUtc(2026, 5, 1, 0, 0);
        foreach (var zone in new[] { "UTC", "Asia/Kathmandu", "America/New_York" }.Select(id => DateTimeZoneProviders.Tzdb[id]))
        {
            var days = (await _ledger.DaysAsync("made-up", from, _now, zone, default)).ShouldNotBeNull();
            days.Length.ShouldBe(Period.DaysBetween(from.InZone(zone).Date, _now.InZone(zone).Date) + 1);
            var report = (await _ledger.UsageAsync(new UsageFilter(from, _now, [], "made-up"), default)).Rows.Single();
            (days.Sum(day => day.Events), days.Aggregate(Int128.Zero, (sum, day) => sum + day.Units)).ShouldBe((report.Events, report.Units));
            days.Single(day => day.Day == _then.InZone(zone).Date).Events.ShouldBe(3);
        }

        var entries = (await _ledger.EntriesAsync(new EntryFilter("made-up"), default)).Items.Reverse().ToList();
        Instant[] instants = [_then - Duration.FromSeconds(1), .. entries.Select(entry => entry.RecordedAt), _now];
        var points = await _ledger.BalancesAsync("made-up", instants, default);
        points[0].ShouldBe(new BalancePoint(instants[0], null, 0));
        for (var i = 1; i < instants.Length; i++)
        {
            var last = entries.Last(entry => entry.RecordedAt <= instants[i]);
            points[i].ShouldBe(new BalancePoint(instants[i], last.BalanceAfter, last.Sequence));
        }
    }

    [Fact]
    public async Task Sums_of_a_filter_are_those_of_the_entries_that_it_finds()
    {
        await FillRealAsync();
        await FillSampleAsync("made-up");
        foreach (var filter in new[]
        {
            new EntryFilter(), new EntryFilter("made-up"), new EntryFilter(Kind: EntryKind.Charge), new EntryFilter("real", Kind: EntryKind.Grant),
            new EntryFilter { AtLeast = 2 }, new EntryFilter("made-up") { AtMost = 4, AtLeast = 1 }, new EntryFilter { Version = 1 }, new EntryFilter { Version = 2 },
            new EntryFilter(From: _now),
        })
        {
            var entries = (await _ledger.EntriesAsync(filter with { Limit = 500 }, default)).Items;
            var expected = entries.GroupBy(entry => (entry.Ruleset, entry.Kind)).Select(group => new EntrySum(group.Key.Ruleset, group.Key.Kind, group.Count(), group.Sum(entry => entry.Amount)));
            var sums = await _ledger.EntrySumsAsync(filter, default);
            sums.IsWhole.ShouldBeTrue();
            sums.Sums.OrderBy(sum => sum.Kind).ShouldBe(expected.OrderBy(sum => sum.Kind));
        }
    }

    private string Anchor => Path.Combine(_directory.Root, "anchor.log");

    private async Task OpenAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time, AnchorPath = Anchor }, default);
        await _ledger.Rulesets.LoadAsync([RuleFiles.Bookbag], default);
        _sample = _ledger.OnSampleClock(_past);
    }

    private async Task FillRealAsync()
    {
        (await _ledger.OpenAccountAsync(new OpenAccount("real", "bookbag", _now) { Plan = "Hobby" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.ChargeAsync("real", Reply(_now), "u1", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _ledger.ChargeAsync("real", Reply(_now), "u2", default)).Status.ShouldBe(CommandStatus.Accepted);
    }

    private async Task FillSampleAsync(string account)
    {
        _past.Now = _then;
        await ExpectAsync(_sample.OpenAccountAsync(new OpenAccount(account, "bookbag", _then) { Plan = "Hobby" }, "open", default));
        for (var turn = 0; turn < 3; turn++)
        {
            _past.Now = _then + Duration.FromMinutes(turn);
            await ExpectAsync(_sample.ChargeAsync(account, Reply(_past.Now), $"u{turn}", default));
        }

        _past.Now = _then + Duration.FromDays(1);
        await ExpectAsync(_sample.HoldAsync(account, new HoldCredits("h1", Reply(_past.Now)), "hold", default));
        await ExpectAsync(_sample.CaptureAsync(account, new CaptureHold("h1", _past.Now), "capture", default));
        await ExpectAsync(_sample.ReverseAsync(account, new ReverseUse("u1", _past.Now), "reverse", default));
        await ExpectAsync(_sample.SetAsync(account, new SetFactsAndTerms([new("keys", "own")], []), "set", default));
        await ExpectAsync(_sample.ChangePlanAsync(account, new ChangePlan("Standard"), "plan", default));
    }

    private static async Task ExpectAsync(Task<CommandResult> command) => (await command).Status.ShouldBe(CommandStatus.Accepted);

    private async Task<List<EntrySummary>> EntriesOfAsync(string account) => [.. (await _ledger.EntriesAsync(new EntryFilter(account), default)).Items];

    private async Task<long> LastPositionAsync() => (await PositionsAsync()).Max();

    private async Task<long> FirstPositionAsync() => (await PositionsAsync()).Min();

    private async Task<List<long>> PositionsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=false;Mode=ReadOnly");
        return [.. await connection.QueryAsync<long>("SELECT entry_id FROM journal")];
    }

    private static UsageEvent Reply(Instant at) => new() { OccurredAt = at, Action = "reply", Facts = [new("model", "Claude Sonnet 4.6")] };
}
