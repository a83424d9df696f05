using NodaTime;

namespace Rules.Engine.Model;

/// <summary>
/// Hours are exact; days and weeks are calendar days; months and years clamp to the last day of the month.
/// </summary>
public enum CalendarUnit
{
    Hour = 1,
    Day = 2,
    Week = 3,
    Month = 4,
    Year = 5,
}

/// <summary>A length of time as a rule file writes it. Units do not convert into one another: 30 days are never a month.</summary>
/// <param name="Count">1 or more.</param>
public readonly record struct CalendarSpan(int Count, CalendarUnit Unit)
{
    public static CalendarSpan Month { get; } = new(1, CalendarUnit.Month);

    public static CalendarSpan Year { get; } = new(1, CalendarUnit.Year);

    /// <summary><paramref name="times"/> intervals after a wall time; the sum of n intervals is one step, never n chained ones.</summary>
    public LocalDateTime AddTo(LocalDateTime from, int times) => Unit switch
    {
        CalendarUnit.Hour => from.PlusHours((long)Count * times),
        CalendarUnit.Day => from.PlusDays(Count * times),
        CalendarUnit.Week => from.PlusWeeks(Count * times),
        CalendarUnit.Month => from.PlusMonths(Count * times),
        _ => from.PlusYears(Count * times),
    };

    /// <summary>Reads what <see cref="ToString"/> writes; the count may be left out for one. At most 1200 units.</summary>
    public static bool TryParse(string text, out CalendarSpan span)
    {
        span = default;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var count = 1;
        if (space >= 0 && !int.TryParse(text.AsSpan(0, space), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out count))
        {
            return false;
        }

        CalendarUnit? unit = text[(space + 1)..] switch
        {
            "hour" or "hours" => CalendarUnit.Hour,
            "day" or "days" => CalendarUnit.Day,
            "week" or "weeks" => CalendarUnit.Week,
            "month" or "months" => CalendarUnit.Month,
            "year" or "years" => CalendarUnit.Year,
            _ => null,
        };
        span = new CalendarSpan(count, unit ?? CalendarUnit.Day);
        return unit is not null && count is >= 1 and <= 1200;
    }

    /// <summary>As the language writes it: <c>3 months</c>, <c>1 day</c>.</summary>
    public override string ToString()
    {
        var unit = Unit switch
        {
            CalendarUnit.Hour => "hour",
            CalendarUnit.Day => "day",
            CalendarUnit.Week => "week",
            CalendarUnit.Month => "month",
            _ => "year",
        };
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Count} {unit}{(Count == 1 ? "" : "s")}");
    }
}
