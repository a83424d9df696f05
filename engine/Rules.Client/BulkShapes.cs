using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>An event among many that are to be charged, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedUsageEvent : UsageEvent
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per event.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>Events that are to be quoted together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BulkQuotes
{
    /// <summary>1 to 1,000.</summary>
    public required IReadOnlyList<UsageEvent> Items { get; init; }
}

/// <summary>Events that are to be charged together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BulkCharges
{
    /// <summary>1 to 1,000. They are charged in this order, each by itself: one that cannot be charged stops no other.</summary>
    public required IReadOnlyList<KeyedUsageEvent> Items { get; init; }
}

/// <summary>What many events came to.</summary>
public sealed record BulkAnswers
{
    /// <summary>In the order of the items.</summary>
    public required IReadOnlyList<BulkAnswer> Results { get; init; }
}

/// <summary>What one of many events came to, as if it had been sent alone.</summary>
public sealed record BulkAnswer
{
    /// <summary>The HTTP status of the event by itself.</summary>
    public required int Status { get; init; }

    /// <summary>True where the key had been answered before; absent for quotes.</summary>
    public bool? Replayed { get; init; }

    /// <summary>The answer; a blocked, paused or refused charge has both this and a problem.</summary>
    public Quote? Answer { get; init; }

    /// <summary>Absent where the event was granted.</summary>
    public Problem? Problem { get; init; }
}
