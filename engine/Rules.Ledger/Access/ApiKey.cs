using System.Collections.Immutable;
using NodaTime;

namespace Rules.Ledger.Access;

/// <summary>What a key may do; none implies another. The numbers are stored.</summary>
[Flags]
public enum KeyScopes
{
    None = 0,

    /// <summary>Accounts, balances, entries, alerts.</summary>
    Read = 1,

    /// <summary>What an event would cost.</summary>
    Quote = 2,

    /// <summary>Charges and holds.</summary>
    Charge = 4,

    /// <summary>Opens accounts and gives or takes credits without a price: grants, purchases, plans, reversals.</summary>
    Grant = 8,

    /// <summary>Keys and webhooks, and taking imports of usage back.</summary>
    Admin = 16,

    /// <summary>Puts texts of versions into review, and brings in past usage to try them on. Nobody approves or publishes by a key.</summary>
    Draft = 32,

    All = Read | Quote | Charge | Grant | Admin | Draft,
}

/// <summary>A key as it may be shown: everything but its secret.</summary>
public sealed record ApiKey
{
    /// <summary>16 characters; the public part of the key's text.</summary>
    public required string Id { get; init; }

    /// <summary>For people: 1 to 100 characters.</summary>
    public required string Name { get; init; }

    public required KeyScopes Scopes { get; init; }

    /// <summary>The rulesets whose accounts the key may touch; empty: all.</summary>
    public ImmutableArray<string> Rulesets { get; init; } = [];

    /// <summary>The accounts that the key may touch; empty: all.</summary>
    public ImmutableArray<string> Accounts { get; init; } = [];

    /// <summary>Requests per second; null: what the service gives every key.</summary>
    public int? Rate { get; init; }

    public required Instant CreatedAt { get; init; }

    /// <summary>The key by which it was made, or <c>system</c>, or <c>command</c>.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>From then on it is refused; null: never.</summary>
    public Instant? ExpiresAt { get; init; }

    public Instant? RotatedAt { get; init; }

    public Instant? RevokedAt { get; init; }

    /// <summary>Behind by up to ten minutes; null where it was never used.</summary>
    public Instant? LastUsedAt { get; init; }

    public bool IsRestricted => !Rulesets.IsEmpty || !Accounts.IsEmpty;
}

/// <summary>What a new key is to be.</summary>
public sealed record NewApiKey
{
    public required string Name { get; init; }

    public required KeyScopes Scopes { get; init; }

    public ImmutableArray<string> Rulesets { get; init; } = [];

    public ImmutableArray<string> Accounts { get; init; } = [];

    public int? Rate { get; init; }

    public Instant? ExpiresAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Who makes it, as the log says it; null: as <see cref="CreatedBy"/>.</summary>
    public string? Actor { get; init; }
}

/// <summary>A key with its text, which is shown this once and stored nowhere.</summary>
public sealed record IssuedApiKey(ApiKey Key, string Text);

/// <summary>A key as it is stored.</summary>
/// <param name="Hash">SHA-256 of the key's text.</param>
/// <param name="PreviousHash">Of the text before a rotation; empty where there is none.</param>
/// <param name="PreviousUntil">Until then the text before the rotation counts as well.</param>
public sealed record StoredApiKey(ApiKey Key, ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte> PreviousHash, Instant? PreviousUntil);
