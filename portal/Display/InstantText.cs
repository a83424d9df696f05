using NodaTime;
using NodaTime.Text;

namespace Rules.Portal.Display;

/// <summary>Instants as people read them. A page names its zone once; the same instant in UTC stands in the tooltip.</summary>
public static class InstantText
{
    private static readonly LocalDateTimePattern ToTheSecond = LocalDateTimePattern.CreateWithInvariantCulture("d MMM uuuu, HH:mm:ss");
    private static readonly LocalDateTimePattern ToTheMinute = LocalDateTimePattern.CreateWithInvariantCulture("d MMM uuuu, HH:mm");
    private static readonly LocalDatePattern ToTheDay = LocalDatePattern.CreateWithInvariantCulture("d MMM uuuu");
    private static readonly InstantPattern Machine = InstantPattern.ExtendedIso;

    public static string In(DateTimeZone zone, Instant instant, bool seconds = true) =>
        (seconds ? ToTheSecond : ToTheMinute).Format(instant.InZone(zone).LocalDateTime);

    /// <summary>With the zone's name behind it, as effective instants always are.</summary>
    public static string WithZone(DateTimeZone zone, Instant instant, bool seconds = false) => $"{In(zone, instant, seconds)} {zone.Id}";

    /// <summary>The day alone.</summary>
    public static string DayIn(DateTimeZone zone, Instant instant) => ToTheDay.Format(instant.InZone(zone).Date);

    /// <summary>RFC 3339 in UTC.</summary>
    public static string ForMachines(Instant instant) => Machine.Format(instant);
}
