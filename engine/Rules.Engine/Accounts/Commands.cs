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

/// <summary>Buys credits into a bucket, at the price of the instant.</summary>
/// <param name="Id">The caller's id of the purchase, unique per account; the id of the lot it makes.</param>
/// <param name="Amount">Credits; more than 0, at most the credit's decimals, at most 10^15 smallest units.</param>
public sealed record BuyCredits(string Id, string Bucket, ExactDecimal Amount, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }
}

/// <summary>Buys a pack by its name.</summary>
/// <param name="Id">As of <see cref="BuyCredits"/>.</param>
public sealed record BuyPack(string Id, string Pack, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }
}

/// <summary>States facts and terms that hold from the time of recording.</summary>
public sealed record SetFactsAndTerms(ImmutableArray<NamedText> Facts, ImmutableArray<NamedText> Terms);

/// <summary>Moves an account to another plan, as the cycle's rule says.</summary>
public sealed record ChangePlan(string Plan);

/// <summary>What a purchase made, and what it costs.</summary>
/// <param name="Price">Null where the ruleset states none: a bucket without <c>sell</c>, or a pack.</param>
public sealed record PurchaseAnswer(GrantAnswer Grant, PurchasePrice? Price);

/// <summary>The price of a purchase, rounded once.</summary>
/// <param name="Amount">Smallest units of the currency.</param>
/// <param name="Exact">Before rounding, in the currency.</param>
/// <param name="Steps">The working.</param>
public sealed record PurchasePrice(string Currency, int Decimals, long Amount, ExactDecimal Exact, ImmutableArray<Step> Steps);

/// <summary>An account as it stands after being opened or changed.</summary>
public sealed record AccountAnswer(string Id, string Ruleset, int? Version, string? Plan, Cycle? Cycle, ImmutableArray<BucketBalance> Balances);
