using NodaTime;
using Rules.Engine.Model;

namespace Rules.Engine.Periods;

/// <summary>
/// Boundaries at equal steps from an anchor. Boundary n is <c>anchor + n × interval</c>, computed from the anchor for every n, also below
/// zero, and never from boundary n-1 (time, rule 2).
/// </summary>
/// <param name="Anchor">Boundary 0, in the wall time of <paramref name="Zone"/>.</param>
public sealed record Recurrence(LocalDateTime Anchor, CalendarSpan Interval, DateTimeZone Zone)
{
    public Instant Boundary(int number) => Interval.Unit == CalendarUnit.Hour
        ? WallTime.ToInstant(Anchor, Zone) + Duration.FromHours((long)Interval.Count * number)
        : WallTime.ToInstant(Interval.AddTo(Anchor, number), Zone);

    /// <summary>The number n of the half-open period that holds an instant: <c>Boundary(n) &lt;= at &lt; Boundary(n + 1)</c>.</summary>
    public int NumberAt(Instant at)
    {
        var number = Estimate(at.InZone(Zone).LocalDateTime);
        while (Boundary(number) > at)
        {
            number--;
        }

        while (Boundary(number + 1) <= at)
        {
            number++;
        }

        return number;
    }

    private int Estimate(LocalDateTime at)
    {
        var months = ((at.Year - Anchor.Year) * 12) + at.Month - Anchor.Month;
        var elapsed = Interval.Unit switch
        {
            CalendarUnit.Hour => Period.Between(Anchor, at, PeriodUnits.Hours).Hours,
            CalendarUnit.Day => Period.DaysBetween(Anchor.Date, at.Date),
            CalendarUnit.Week => Period.DaysBetween(Anchor.Date, at.Date) / 7,
            CalendarUnit.Month => months,
            _ => months / 12,
        };
        return (int)(elapsed / Interval.Count);
    }
}
