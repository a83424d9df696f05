using System.Collections.Immutable;
using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Storage;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Use added up by day and by quarter of an hour, over all accounts of a ruleset.</summary>
public sealed class UsageTotalsTests : IAsyncLifetime, IDisposable
{
    private const string Shop = "language 1\nruleset shop version 1 effective 2026-01-01\ncredit \"credit\" to 1 decimal\nmeter page whole\naction scan\n  measures page\n  has model one of small, large\nprice scan\n  per page 0.5 credits\nrecord project on every charge\n";

    private static readonly DateTimeZone _berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];

    private readonly ManualTime _time = new(Instant.FromUtc(2026, 4, 10, 9, 0));
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([new RuleFile("shop.v1.rules", Shop)], default);
        foreach (var account in new[] { "a", "b" })
        {
            (await _ledger.OpenAccountAsync(new OpenAccount(account, "shop", _time.Now), "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        }
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Days_are_those_of_the_zone_and_sums_are_exact()
    {
        _time.Now = Instant.FromUtc(2026, 4, 11, 12, 0);
        await ChargeAsync("a", Instant.FromUtc(2026, 4, 10, 21, 59), 3, "small", "x");
        await ChargeAsync("a", Instant.FromUtc(2026, 4, 10, 22, 1), 4, "large", "x");
        await ChargeAsync("b", Instant.FromUtc(2026, 4, 10, 22, 2), 5, "large", null);

        var totals = await TotalsAsync(["model", "project"], "page");
        totals.Decimals.ShouldBe(1);
        totals.Rows.OrderBy(static row => row.Units).Select(static row => (string.Join(',', row.Values.Select(static value => value ?? "-")), row.Day.Day, row.Events, (long)row.Units, row.Quantity.ToString()))
            .ShouldBe([("small,x", 10, 1L, 15L, "3"), ("large,x", 11, 1L, 20L, "4"), ("large,-", 11, 1L, 25L, "5")]);
        (await TotalsAsync(["account"], null, "b")).Rows.ShouldHaveSingleItem().Values.ShouldBe(["b"]);
        (await TotalsAsync(["version", "action"], null)).Rows.ShouldAllBe(static row => row.Values.SequenceEqual(new[] { "1", "scan" }));
        (await _ledger.TotalsAsync(new UsageTotalsFilter(_time.Now, _time.Now + Duration.FromDays(1), "shop", _berlin, []), default)).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Quarters_of_an_hour_hold_what_each_account_used()
    {
        _time.Now = Instant.FromUtc(2026, 4, 11, 12, 0);
        await ChargeAsync("a", Instant.FromUtc(2026, 4, 10, 21, 0), 3, "small", null);
        await ChargeAsync("a", Instant.FromUtc(2026, 4, 10, 21, 14), 4, "small", null);
        await ChargeAsync("b", Instant.FromUtc(2026, 4, 10, 22, 45), 5, "small", null);

        var quarters = await _ledger.QuartersAsync(Instant.FromUtc(2026, 4, 10, 0, 0), _time.Now, null, default);
        quarters.Select(static quarter => (quarter.Account, quarter.Ruleset, quarter.Start, quarter.Events, (long)quarter.Units))
            .ShouldBe([("a", "shop", Instant.FromUtc(2026, 4, 10, 21, 0), 2L, 35L), ("b", "shop", Instant.FromUtc(2026, 4, 10, 22, 45), 1L, 25L)]);
        (await _ledger.QuartersAsync(Instant.FromUtc(2026, 4, 10, 0, 0), _time.Now, "b", default)).ShouldHaveSingleItem().Account.ShouldBe("b");
    }

    [Fact]
    public async Task Versions_hold_what_each_of_them_charged()
    {
        _time.Now = Instant.FromUtc(2026, 4, 11, 12, 0);
        await ChargeAsync("a", Instant.FromUtc(2026, 4, 10, 21, 0), 3, "small", null);
        await ChargeAsync("b", Instant.FromUtc(2026, 4, 10, 21, 14), 4, "small", null);
        _time.Now += Duration.FromMinutes(1);
        (await _ledger.Rulesets.PublishAsync("shop.v2.rules", Shop.Replace("version 1 effective 2026-01-01", "version 2 effective 2026-04-11", StringComparison.Ordinal).Replace("0.5", "0.7", StringComparison.Ordinal), "kim", default)).Version.ShouldNotBeNull();
        _time.Now = Instant.FromUtc(2026, 4, 11, 14, 0);
        await ChargeAsync("a", Instant.FromUtc(2026, 4, 11, 13, 0), 10, "small", null);
        await ChargeAsync("a", Instant.FromUtc(2026, 4, 11, 11, 0), 2, "small", null);

        (await _ledger.VersionUsesAsync("shop", default)).ShouldBe([new VersionUse(1, 3, 45), new VersionUse(2, 1, 70)], "a late use is priced by the version of its own time");
        (await _ledger.VersionUsesAsync("nothing", default)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("SelectUses", "USING INDEX journal_use")]
    [InlineData("SelectQuarters", "USING COVERING INDEX journal_use")]
    [InlineData("SelectVersionUses", "USING COVERING INDEX journal_use")]
    public void Uses_are_read_by_their_index_and_sums_from_it_alone(string query, string access)
    {
        var sql = (string)typeof(Storage.Sqlite.SqliteReadSnapshot).GetField(query, BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;
        for (var parameter = 1; parameter <= 6; parameter++)
        {
            sql = sql.Replace($"?{parameter}", "NULL", StringComparison.Ordinal);
        }

        using var connection = new SqliteConnection($"Data Source={_directory.Database}");
        var plan = connection.Query("EXPLAIN QUERY PLAN " + sql).Select(static step => (string)step.detail).ToList();
        plan.ShouldContain(step => step.Contains(access, StringComparison.Ordinal), string.Join('\n', plan));
    }

    private Task<UsageTotals> TotalsAsync(ImmutableArray<string> by, string? meter, string? account = null) => _ledger.TotalsAsync(
        new UsageTotalsFilter(Instant.FromUtc(2026, 4, 1, 0, 0), Instant.FromUtc(2026, 5, 1, 0, 0), "shop", _berlin, by, meter, account), default);

    private async Task ChargeAsync(string account, Instant at, int pages, string model, string? project) => (await _ledger.ChargeAsync(
        account,
        new UsageEvent
        {
            OccurredAt = at,
            Action = "scan",
            Quantities = [new("page", pages)],
            Facts = [new("model", model)],
            Record = project is null ? [] : [new("project", project)],
        },
        $"{account}-{at}", default)).Status.ShouldBe(CommandStatus.Accepted);
}
