using NodaTime;
using NodaTime.Text;

namespace Rules.Engine.Wire;

/// <summary>
/// Instants of the years 1970 to 9999 as RFC 3339 text. Read with any offset and up to 9 digits of a second, cut (towards the past) to the microsecond; written in
/// UTC with as many digits as needed.
/// </summary>
public static class InstantText
{
    // The last microsecond of the year 9999, since 1970.
    private const long LatestMicroseconds = 253_402_300_800_000_000 - 1;

    /// <summary><c>2026-05-01T10:00:00Z</c>, <c>2026-05-01T10:00:00.25Z</c>.</summary>
    public static string Format(Instant instant) => InstantPattern.ExtendedIso.Format(instant);

    /// <summary>The instant without what is finer than a microsecond.</summary>
    public static Instant Cut(Instant instant)
    {
        var ticks = instant.ToUnixTimeTicks();
        var beyond = ((ticks % TimeSpan.TicksPerMicrosecond) + TimeSpan.TicksPerMicrosecond) % TimeSpan.TicksPerMicrosecond;
        return Instant.FromUnixTimeTicks(ticks - beyond);
    }

    /// <summary>
    /// Reads <c>2026-05-01T12:00:00.250+02:00</c>. Cutting to the microsecond never moves an instant over a boundary, because boundaries
    /// are whole microseconds. Leap seconds are not read.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var rest = text[19..];
        var microseconds = 0;
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits is < 1 or > 9)
            {
                return false;
            }

            for (var i = 0; i < 6; i++)
            {
                microseconds = (microseconds * 10) + (i < digits ? rest[1 + i] - '0' : 0);
            }

            rest = rest[(1 + digits)..];
        }

        if (!TryOffset(rest, out var offsetMinutes))
        {
            return false;
        }

        var local = (new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var result = local - (offsetMinutes * 60_000_000L) + microseconds;
        if (result < 0 || result > LatestMicroseconds)
        {
            return false;
        }

        instant = Instant.FromUnixTimeTicks(result * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
        {
            return (text[0] | 0x20) == 'z';
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':'
            || !TryDigits(text[1..3], out var hours) || !TryDigits(text[4..6], out var rest) || hours > 23 || rest > 59)
        {
            return false;
        }

        minutes = ((hours * 60) + rest) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return true;
    }
}
