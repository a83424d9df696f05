using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Periods;

public sealed class RecurrenceTests
{
    public static TheoryData<string> Cases
    {
        get
        {
            var ids = new TheoryData<string>();
            foreach (var element in ReadCases().EnumerateArray())
            {
                ids.Add(element.GetProperty("id").GetString()!);
            }

            return ids;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_case_has_the_same_period(string id)
    {
        var element = ReadCases().EnumerateArray().Single(c => c.GetProperty("id").GetString() == id);
        var anchor = At(element.GetProperty("anchor").GetString()!);
        var recurrence = new Recurrence(anchor.InUtc().LocalDateTime, Span(element.GetProperty("interval").GetString()!), DateTimeZone.Utc);
        var number = recurrence.NumberAt(At(element.GetProperty("at").GetString()!));
        var expected = element.GetProperty("expected_period");
        if (expected.TryGetProperty("from", out var from))
        {
            recurrence.Boundary(number).ShouldBe(At(from.GetString()!));
        }

        if (expected.TryGetProperty("to", out var to))
        {
            recurrence.Boundary(number + 1).ShouldBe(At(to.GetString()!));
        }
    }

    [Fact]
    public void Every_published_case_is_read() => ReadCases().GetArrayLength().ShouldBe(15);

    [Fact]
    public void Month_end_is_clamped_from_the_anchor_and_never_chained()
    {
        var recurrence = new Recurrence(new LocalDateTime(2026, 1, 31, 0, 0), CalendarSpan.Month, DateTimeZone.Utc);

        recurrence.Boundary(1).ShouldBe(Instant.FromUtc(2026, 2, 28, 0, 0));
        recurrence.Boundary(2).ShouldBe(Instant.FromUtc(2026, 3, 31, 0, 0));
    }

    [Fact]
    public void Leap_day_returns_in_leap_years()
    {
        var recurrence = new Recurrence(new LocalDateTime(2024, 2, 29, 0, 0), CalendarSpan.Year, DateTimeZone.Utc);

        recurrence.Boundary(1).ShouldBe(Instant.FromUtc(2025, 2, 28, 0, 0));
        recurrence.Boundary(4).ShouldBe(Instant.FromUtc(2028, 2, 29, 0, 0));
    }

    [Fact]
    public void Wall_time_in_a_gap_becomes_the_first_instant_after_it()
    {
        // Berlin skips from 02:00 to 03:00 on 29 March 2026.
        var zone = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
        var recurrence = new Recurrence(new LocalDateTime(2026, 2, 28, 2, 30).PlusDays(-27), new CalendarSpan(8, CalendarUnit.Week), zone);

        recurrence.Boundary(1).ShouldBe(Instant.FromUtc(2026, 3, 29, 1, 0));
    }

    [Fact]
    public void Wall_time_that_occurs_twice_is_the_earlier()
    {
        // Berlin runs through 02:00 to 03:00 twice on 25 October 2026.
        var zone = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
        var recurrence = new Recurrence(new LocalDateTime(2026, 9, 25, 2, 30), CalendarSpan.Month, zone);

        recurrence.Boundary(1).ShouldBe(Instant.FromUtc(2026, 10, 25, 0, 30));
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/Havana")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("UTC")]
    public void Every_instant_lies_in_exactly_one_period(string zoneId)
    {
        var zone = DateTimeZoneProviders.Tzdb[zoneId];
        var random = new Random(31);
        for (var i = 0; i < 500; i++)
        {
            var anchor = new LocalDateTime(2020, 1, 1, 0, 0).PlusMinutes(random.Next(0, 4 * 365 * 1440));
            var span = new CalendarSpan(random.Next(1, 5), (CalendarUnit)random.Next(1, 6));
            var recurrence = new Recurrence(anchor, span, zone);
            var at = Instant.FromUtc(2019, 1, 1, 0, 0) + Duration.FromSeconds(random.Next(0, int.MaxValue));

            var number = recurrence.NumberAt(at);

            recurrence.Boundary(number).ShouldBeLessThanOrEqualTo(at);
            recurrence.Boundary(number + 1).ShouldBeGreaterThan(at);
        }
    }

    [Theory]
    [InlineData("2026-03-15T09:00:00Z", 1, "2026-04-01T00:00:00Z")]
    [InlineData("2026-02-10T09:00:00Z", 31, "2026-02-28T00:00:00Z")]
    [InlineData("2026-03-01T00:00:00Z", 1, "2026-04-01T00:00:00Z")]
    [InlineData("2026-04-30T00:00:00Z", 31, "2026-05-31T00:00:00Z")]
    public void Cycle_on_a_day_ends_at_the_first_such_midnight(string start, int day, string end)
    {
        var rule = new CycleRule(CycleKind.Interval, CalendarSpan.Month, default) { Anchor = AnchorKind.DayOfMonth, AnchorDay = day };
        var anchor = CycleCalendar.AnchorFor(rule, At(start), DateTimeZone.Utc);
        var recurrence = new Recurrence(anchor, CalendarSpan.Month, DateTimeZone.Utc);

        recurrence.Boundary(recurrence.NumberAt(At(start)) + 1).ShouldBe(At(end));
    }

    private static JsonElement ReadCases()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Periods", "period.json")));
        return document.RootElement.Clone();
    }

    private static Instant At(string text) => InstantPattern.General.Parse(text).Value;

    private static CalendarSpan Span(string iso)
    {
        var unit = iso[^1] switch
        {
            'M' => CalendarUnit.Month,
            'Y' => CalendarUnit.Year,
            'W' => CalendarUnit.Week,
            _ => CalendarUnit.Day,
        };
        return new CalendarSpan(int.Parse(iso[1..^1], System.Globalization.CultureInfo.InvariantCulture), unit);
    }
}
