using NodaTime;
using Rules.Engine.Model;

namespace Rules.Engine.Replay;

/// <summary>Sums by shape of the day at hand, which changes seldom.</summary>
internal sealed class ShapeDays(int shapes)
{
    public int Day { get; private set; }

    public long[] Charged { get; } = new long[shapes];

    public int[] Events { get; } = new int[shapes];

    public List<int> Touched { get; } = [];

    /// <returns>The day's start and end.</returns>
    public (long Start, long End) MoveTo(long at, DateTimeZone zone)
    {
        var day = Instants.Of(at).InZone(zone).Date;
        Day = (int)Fact.OfDay(day).Code;
        return (Instants.Microseconds(zone.AtStartOfDay(day).ToInstant()), Instants.Microseconds(zone.AtStartOfDay(day.PlusDays(1)).ToInstant()));
    }

    public void Clear()
    {
        foreach (var shape in Touched)
        {
            Events[shape] = 0;
            Charged[shape] = 0;
        }

        Touched.Clear();
    }
}
