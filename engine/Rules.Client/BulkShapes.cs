using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>Events or commands that are sent together.</summary>
/// <typeparam name="T">The shape of one.</typeparam>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BulkItems<T>
    where T : class
{
    /// <summary>1 to 1,000. They are done in this order, each by itself: one that is refused stops no other.</summary>
    public required IReadOnlyList<T> Items { get; init; }
}

/// <summary>What events or commands that were sent together came to.</summary>
/// <typeparam name="T">The shape of an answer.</typeparam>
public sealed record BulkResults<T>
    where T : class
{
    /// <summary>In the order of the items.</summary>
    public required IReadOnlyList<BulkResult<T>> Results { get; init; }
}

/// <summary>What one of many came to, as if it had been sent alone.</summary>
/// <typeparam name="T">The shape of the answer.</typeparam>
public sealed record BulkResult<T>
    where T : class
{
    /// <summary>The HTTP status of the item by itself.</summary>
    public required int Status { get; init; }

    /// <summary>True where the key had been answered before; absent for quotes.</summary>
    public bool? Replayed { get; init; }

    /// <summary>The answer; what was refused after it was evaluated has both this and a problem.</summary>
    public T? Answer { get; init; }

    /// <summary>Absent where the item was granted.</summary>
    public Problem? Problem { get; init; }
}

/// <summary>An event among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedUsageEvent : UsageEvent
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A hold among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedHold : NewHold
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A capture among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedCapture : NewCapture
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A release among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedRelease : NewRelease
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A reversal among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedReversal : NewReversal
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A refund among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedRefund : NewRefund
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>An opening among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedAccount : NewAccount
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A grant among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedGrant : NewGrant
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A void among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedVoid : NewVoid
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A replacement among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedReplacement : NewReplacement
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A purchase among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedPurchase : NewPurchase
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A reset among many, with the key of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedReset : NewReset
{
    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>Facts and terms among many, with account and key.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedFactsAndTerms : FactsAndTerms
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}

/// <summary>A change of plan among many, with account and key.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyedPlanChange : PlanChange
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>1 to 128 printable ASCII characters of your choice, one per item.</summary>
    public required string IdempotencyKey { get; init; }
}
