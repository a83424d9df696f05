using NodaTime;
using Rules.Engine.Model;

namespace Rules.Engine.Periods;

/// <summary>Where an account's cycles begin and end (time, rules 1 to 4).</summary>
public static class CycleCalendar
{
    /// <summary>The wall time from which the boundaries of an account's cycles are counted.</summary>
    /// <param name="start">The instant of subscribing, or of a plan change that restarts the cycle.</param>
    public static LocalDateTime AnchorFor(CycleRule rule, Instant start, DateTimeZone zone)
    {
        var local = start.InZone(zone).LocalDateTime;
        if (rule.Kind == CycleKind.CalendarMonth)
        {
            return DayAnchor(local, 1, months: 1, zone, start);
        }

        return rule.Anchor switch
        {
            AnchorKind.Midnight => local.Date.AtMidnight(),
            AnchorKind.DayOfMonth => DayAnchor(local, rule.AnchorDay, MonthsOf(rule.Interval), zone, start),
            _ => local,
        };
    }

    /// <param name="accountFacts">By index; say whether the cycle is a month or a year.</param>
    public static Recurrence RecurrenceFor(CycleRule rule, ReadOnlySpan<FactValue> accountFacts, LocalDateTime anchor, DateTimeZone zone) =>
        new(anchor, rule.IntervalFor(accountFacts), zone);

    // The first such midnight at or after the start; where that month is too short, an earlier boundary of the same series whose month is not,
    // so that the day is kept and later boundaries are not clamped twice.
    private static LocalDateTime DayAnchor(LocalDateTime local, int day, int months, DateTimeZone zone, Instant start)
    {
        var month = new LocalDate(local.Year, local.Month, 1);
        if (WallTime.ToInstant(On(month, day), zone) < start)
        {
            month = month.PlusMonths(1);
        }

        for (var i = 0; i < 12 && On(month, day).Day < day; i++)
        {
            month = month.PlusMonths(-months);
        }

        return On(month, day);
    }

    private static LocalDateTime On(LocalDate month, int day) =>
        month.PlusDays(Math.Min(day, month.Calendar.GetDaysInMonth(month.Year, month.Month)) - 1).AtMidnight();

    private static int MonthsOf(CalendarSpan interval) => interval.Unit switch
    {
        CalendarUnit.Month => interval.Count,
        CalendarUnit.Year => interval.Count * 12,
        _ => 1,
    };
}
