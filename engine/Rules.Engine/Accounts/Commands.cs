using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>Opens an account and, with a plan, subscribes it.</summary>
public sealed record OpenAccount(string Id, string Ruleset, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }

    public string? Plan { get; init; }

    public ImmutableArray<NamedText> Facts { get; init; } = [];

    public ImmutableArray<NamedText> Terms { get; init; } = [];
}

/// <summary>Grants credits into a bucket.</summary>
/// <param name="Id">The caller's id of the grant, unique per account.</param>
/// <param name="Amount">Credits; more than 0, at most the credit's decimals, at most 10^15 smallest units.</param>
public sealed record GrantCredits(string Id, string Bucket, ExactDecimal Amount, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }

    /// <summary>Drawable from this instant; null: from <c>At</c>.</summary>
    public Instant? EffectiveAt { get; init; }

    /// <summary>Null: as the bucket's <c>unused</c> line says.</summary>
    public Instant? ExpiresAt { get; init; }

    public int? Priority { get; init; }
}

/// <summary>What a grant made.</summary>
/// <param name="Lot">Number of the lot.</param>
/// <param name="Amount">Smallest units.</param>
public sealed record GrantAnswer(string Id, string Bucket, long Lot, long Amount, Instant EffectiveAt, Instant? ExpiresAt, ImmutableArray<BucketBalance> Balances);

/// <summary>An account as it stands after being opened or changed.</summary>
public sealed record AccountAnswer(string Id, string Ruleset, int? Version, string? Plan, Cycle? Cycle, ImmutableArray<BucketBalance> Balances);
