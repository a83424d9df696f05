using NodaTime;
using NodaTime.Text;

namespace Rules.Portal.Pages.Reports;

/// <summary>The days that a report is about, as an address says them.</summary>
public static class ReportWindow
{
    /// <summary>Days of a report.</summary>
    public const int MostDays = 400;

    /// <summary>Days of a report that names none.</summary>
    public const int UsualDays = 30;

    private static readonly LocalDatePattern _day = LocalDatePattern.Iso;

    /// <param name="from">First day, inclusive; empty: so many days up to the last.</param>
    /// <param name="to">Last day, inclusive; empty: today.</param>
    /// <param name="usual">Days where no first day is named.</param>
    /// <param name="problems">By field: what cannot be used and why. Another day is taken in its place.</param>
    public static (LocalDate First, LocalDate Last) Read(string? from, string? to, DateTimeZone zone, Instant now, int usual, IDictionary<string, string> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var last = DayOf("to", to) ?? now.InZone(zone).Date;
        var first = DayOf("from", from) ?? last.PlusDays(1 - usual);
        if (first > last)
        {
            problems["to"] = "This day lies before the first.";
            last = first;
        }

        if (Period.DaysBetween(first, last) >= MostDays)
        {
            problems["from"] = $"A report holds at most {MostDays} days.";
            first = last.PlusDays(1 - MostDays);
        }

        return (first, last);

        LocalDate? DayOf(string field, string? text)
        {
            if (text?.Trim() is not { Length: > 0 } written)
            {
                return null;
            }

            if (_day.Parse(written) is { Success: true } parsed && parsed.Value.Year is >= 2000 and < 2200)
            {
                return parsed.Value;
            }

            problems[field] = $"\"{written}\" is not a day; write it as 2026-05-01.";
            return null;
        }
    }
}
