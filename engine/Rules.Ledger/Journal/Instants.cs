using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Rules.Ledger.Journal;

/// <summary>Instants as the store keeps them: microseconds since 1970, UTC, rounded down.</summary>
public static class Instants
{
    private const long TicksPerMicrosecond = 10;

    private static readonly LocalDateTimePattern AnchorPattern =
        LocalDateTimePattern.Create("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFFFFF", CultureInfo.InvariantCulture);

    public static long ToMicroseconds(Instant instant)
    {
        var ticks = instant.ToUnixTimeTicks();
        return ticks >= 0 ? ticks / TicksPerMicrosecond : -((-ticks + TicksPerMicrosecond - 1) / TicksPerMicrosecond);
    }

    public static Instant FromMicroseconds(long microseconds) => Instant.FromUnixTimeTicks(microseconds * TicksPerMicrosecond);

    /// <summary>The instant as it reads back from a store.</summary>
    public static Instant Floor(Instant instant) => FromMicroseconds(ToMicroseconds(instant));

    public static Instant? Floor(Instant? instant) => instant is { } value ? Floor(value) : null;

    public static Instant Max(Instant a, Instant b) => a >= b ? a : b;

    /// <summary>Now by the provider's clock, in whole microseconds.</summary>
    public static Instant Now(TimeProvider time) => Floor(Instant.FromDateTimeOffset(time.GetUtcNow()));

    internal static string ToAnchor(LocalDateTime local) => AnchorPattern.Format(local);

    internal static LocalDateTime FromAnchor(string text) => AnchorPattern.Parse(text).Value;
}
