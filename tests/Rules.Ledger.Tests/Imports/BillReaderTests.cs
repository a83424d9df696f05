using System.Text;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Ledger.Imports;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Imports;

/// <summary>A bill that somebody else made, read strictly and laid beside what was charged.</summary>
public sealed class BillReaderTests
{
    private static readonly DateTimeZone _berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
    private static readonly LocalDate _first = new(2026, 5, 1);
    private static readonly LocalDate _last = new(2026, 5, 31);

    [Fact]
    public async Task Rows_of_one_value_are_added_up_exactly()
    {
        var bill = await ReadAsync("\uFEFFcustomer,what,amount\r\nacme,a,0.1\r\n\"globex, Inc\",b,-3\r\nacme,\"two\nlines\",0.20\n\n'=cmd,c,1\n,d,4\n");
        bill.MistakeCount.ShouldBe(0);
        bill.Rows.ShouldBe(5);
        bill.Values.Select(static value => (value.Value, value.Amount.ToString(), value.Rows)).ShouldBe([("acme", "0.3", 2), ("globex, Inc", "-3", 1), ("=cmd", "1", 1), (null, "4", 1)]);
    }

    [Fact]
    public async Task Rows_of_other_days_are_left_out_and_counted()
    {
        // 22:30 UTC on 30 April is 1 May in Berlin, and 22:30 UTC on 31 May is 1 June.
        var bill = await ReadAsync(
            "customer,day,amount\na,2026-04-30T22:30:00Z,1\na,2026-05-31T22:30:00Z,2\na,2026-06-01T00:30:00+04:00,4\na,2026-05-01,8\na,2026-05-31,16\na,2026-06-01,32\na,2026-04-30,64\n", "day");
        (bill.MistakeCount, bill.Outside, bill.Values.Single().Amount).ShouldBe((0, 3, ExactDecimal.Parse("29")));
    }

    [Theory]
    [InlineData("acme,2026-05-01,\"1,234.50\"", "amount", "invalid_number")]
    [InlineData("acme,2026-05-01,1e3", "amount", "invalid_number")]
    [InlineData("acme,2026-05-01,$5", "amount", "invalid_number")]
    [InlineData("acme,2026-05-01,", "amount", "invalid_number")]
    [InlineData("acme,2026-05-01,11111111111111111111111111111111111111111", "amount", "invalid_number")]
    [InlineData("acme,01.05.2026,5", "day", "invalid_instant")]
    [InlineData("acme,,5", "day", "invalid_instant")]
    [InlineData("acme,2026-05-01", null, "malformed_csv")]
    [InlineData("acme,2026-05-01,5,6", null, "malformed_csv")]
    [InlineData("ac\"me,2026-05-01,5", null, "malformed_csv")]
    [InlineData("\"acme,2026-05-01,5", null, "malformed_csv")]
    public async Task Line_that_cannot_be_read_is_named_and_the_others_are_read(string line, string? column, string code)
    {
        var bill = await ReadAsync($"customer,day,amount\n\nglobex,2026-05-02,2\n{line}\n", "day");
        var mistake = bill.Mistakes.ShouldHaveSingleItem();
        (mistake.Line, mistake.Column, mistake.Code).ShouldBe((4, column, code));
        bill.Values.ShouldHaveSingleItem().Value.ShouldBe("globex");
    }

    [Theory]
    [InlineData("client,amount\nacme,5\n", "customer", "column_missing")]
    [InlineData("customer,amount,amount\nacme,5,6\n", "amount", "duplicate_column")]
    [InlineData("customer,\"amount\nacme,5\n", null, "malformed_csv")]
    public async Task Header_that_does_not_fit_is_told_alone(string text, string? column, string code)
    {
        var mistake = (await ReadAsync(text)).Mistakes.ShouldHaveSingleItem();
        (mistake.Line, mistake.Column, mistake.Code).ShouldBe((1, column, code));
    }

    [Fact]
    public async Task Mistakes_are_all_counted_and_the_first_are_told()
    {
        var bill = await ReadAsync("customer,amount\n" + string.Concat(Enumerable.Repeat("acme,?\n", 100)));
        (bill.MistakeCount, bill.Mistakes.Length, bill.Mistakes[^1].Line).ShouldBe((100, BillReader.MostMistakes, BillReader.MostMistakes + 1));
    }

    [Fact]
    public async Task Both_sides_are_compared_value_by_value_at_the_price_of_a_credit()
    {
        var bill = await ReadAsync("customer,amount\nacme,2.50\nsame,0.30\nghost,7\n,1\n");
        var charged = new UsageTotals(
            [Row("acme", _first, 40), Row("acme", _last, 30), Row("same", _first, 15), Row("forgotten", _first, 500), Row("free", _first, 0), Row(null, _first, 50)], Decimals: 1);
        var result = Reconciliation.Of(bill, charged, ExactDecimal.Parse("0.2"));

        result.Rows.Select(static row => (row.Value, row.Billed?.ToString(), row.Charged?.ToString(), row.Difference.ToString())).ShouldBe(
        [
            ("forgotten", null, "10", "-10"), ("ghost", "7", null, "7"), ("acme", "2.5", "1.4", "1.1"), (null, "1", "1", "0"), ("same", "0.3", "0.3", "0"),
        ]);
        (result.Billed.ToString(), result.Charged.ToString()).ShouldBe(("10.8", "12.7"));
    }

    private static UsageTotal Row(string? value, LocalDate day, long units) => new([value], day, 1, units, ExactDecimal.Zero);

    private static async Task<ReadBill> ReadAsync(string text, string? day = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await BillReader.ReadAsync(stream, new BillMapping("customer", "amount", day), _first, _last, _berlin, default);
    }
}
