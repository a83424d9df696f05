using System.Numerics;
using NodaTime;
using Rules.Engine.Model;

namespace Rules.Engine.Accounts;

/// <summary>The share of a grant for the time that is left of its interval (time, rule 24).</summary>
internal static class PlanShares
{
    /// <param name="units">Smallest units of the whole interval.</param>
    /// <param name="end">After <paramref name="start"/>. The share is all of it at or before the start and nothing at or after the end.</param>
    /// <returns>Rounded once.</returns>
    public static long Of(long units, Instant start, Instant end, Instant at, RoundingMode rounding)
    {
        if (end == Instant.MaxValue)
        {
            return units;
        }

        var whole = Ticks(end) - Ticks(start);
        var left = BigInteger.Max(0, BigInteger.Min(whole, Ticks(end) - Ticks(at)));
        return (long)Scaled.Round(units * left, whole, rounding);
    }

    private static BigInteger Ticks(Instant instant) => instant.ToUnixTimeTicks();
}
