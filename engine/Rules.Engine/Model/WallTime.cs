using NodaTime;
using NodaTime.TimeZones;

namespace Rules.Engine.Model;

/// <summary>Turns wall times into instants, for headers, boundaries and ends alike.</summary>
public static class WallTime
{
    private static readonly ZoneLocalMappingResolver s_resolver =
        Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    /// <summary>A wall time that does not exist becomes the first instant after the gap; one that occurs twice, the earlier (time, rule 3).</summary>
    public static Instant ToInstant(LocalDateTime wallTime, DateTimeZone zone) => zone.ResolveLocal(wallTime, s_resolver).ToInstant();
}
