using System.Collections.Immutable;
using NodaTime;

namespace Rules.Portal.Sample;

/// <summary>How much an account uses on which day, and when in the day (UTC).</summary>
/// <param name="Weekday">Uses of a usual weekday on the first day.</param>
/// <param name="Weekend">Uses of a usual day of the weekend on the first day.</param>
/// <param name="Growth">Per cent by which a day's uses grow over thirty days.</param>
/// <param name="Hours">A weight for each of 24 hours.</param>
internal sealed record SampleRhythm(int Weekday, int Weekend, int Growth, ImmutableArray<int> Hours)
{
    private const int SecondsOfHour = 3600;

    /// <summary>People at work in Europe and, fewer, in America.</summary>
    public static ImmutableArray<int> Office { get; } = [2, 1, 1, 1, 2, 4, 10, 24, 38, 44, 42, 30, 28, 40, 44, 42, 36, 28, 20, 16, 12, 9, 6, 3];

    /// <summary>Machines that never stop, busier in daylight.</summary>
    public static ImmutableArray<int> Machines { get; } = [14, 12, 12, 12, 14, 18, 24, 30, 34, 36, 36, 34, 34, 36, 36, 34, 32, 28, 24, 22, 20, 18, 16, 15];

    /// <summary>Customers of a shop, most of them after work.</summary>
    public static ImmutableArray<int> Evenings { get; } = [6, 3, 2, 1, 1, 2, 4, 8, 12, 15, 17, 19, 22, 20, 18, 18, 21, 26, 32, 38, 40, 34, 24, 12];

    public static ImmutableArray<int> AllDay { get; } = [.. Enumerable.Repeat(1, 24)];

    /// <summary>The same number of uses on every day, spread over it.</summary>
    public static SampleRhythm Steady(int uses) => new(uses, uses, 0, AllDay);

    /// <summary>The instants of a day's uses, ascending; the same in every run.</summary>
    public IEnumerable<Instant> Of(string account, Instant midnight, int day)
    {
        var weekend = midnight.InUtc().DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday;
        var usual = (weekend ? Weekend : Weekday) * (3000L + (Growth * day)) / 3000;
        // A day differs from the usual one by up to an eighth; a handful of uses does not.
        var swing = (int)(usual / 8);
        var uses = usual - swing + new SampleDice(account, -day - 1).Roll((2 * swing) + 1);
        var whole = (long)Hours.Sum() * SecondsOfHour;
        for (var turn = 0L; turn < uses; turn++)
        {
            var place = ((turn * whole) + new SampleDice(account, (day * 1_000_000L) + turn).Roll((int)whole)) / uses;
            var hour = 0;
            while (place >= Hours[hour] * SecondsOfHour)
            {
                place -= Hours[hour++] * SecondsOfHour;
            }

            yield return midnight + Duration.FromSeconds((hour * SecondsOfHour) + (place / Hours[hour]));
        }
    }
}
