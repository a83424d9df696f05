using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>An API key that is to be made.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewKey
{
    /// <summary>For people: 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do: any of <c>read</c>, <c>quote</c>, <c>charge</c>, <c>grant</c>, <c>admin</c>, <c>draft</c>; none implies another.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Only accounts of these rule sets; left out: of all. Not with the scope <c>admin</c>.</summary>
    public IReadOnlyList<string>? Rulesets { get; init; }

    /// <summary>Only these accounts, at most 100; left out: all. Not with the scope <c>admin</c>.</summary>
    public IReadOnlyList<string>? Accounts { get; init; }

    /// <summary>Requests per second, 1 to 1,000,000; left out: the service's <c>Rules:RequestsPerSecond</c>.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>From then on it is refused; left out: never.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>How a key is to change over to its new text.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KeyRotation
{
    /// <summary>How long the text before counts as well: 0 to 604,800 seconds; left out: a day.</summary>
    public int? OverlapSeconds { get; init; }
}

/// <summary>An API key.</summary>
public sealed record Key
{
    /// <summary>16 characters; they stand in the key's text after <c>rk_</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The key itself, where it was just made or rotated: told this once, stored nowhere.</summary>
    [JsonPropertyName("key")]
    public string? Text { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Absent where it may touch accounts of every rule set.</summary>
    public IReadOnlyList<string>? Rulesets { get; init; }

    /// <summary>Absent where it may touch every account.</summary>
    public IReadOnlyList<string>? Accounts { get; init; }

    /// <summary>Absent where the service's rate holds.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The id of the key by which it was made, or <c>system</c>, or <c>command</c>.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it ends; absent: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it last got a new text.</summary>
    public DateTimeOffset? Rotated { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Behind by up to ten minutes.</summary>
    public DateTimeOffset? LastUsed { get; init; }
}

/// <summary>All keys.</summary>
public sealed record KeyList
{
    /// <summary>In order of creation.</summary>
    public required IReadOnlyList<Key> Keys { get; init; }
}
