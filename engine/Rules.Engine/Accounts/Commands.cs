using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
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

    /// <summary>Credits bought with each cycle, beside what the plan grants.</summary>
    public ImmutableArray<Addon> Addons { get; init; } = [];

    /// <summary>
    /// Counts the cycles as if the account had been opened then: an account that comes from elsewhere keeps its renewal day. Before or after the opening;
    /// the first cycle ends at the next boundary. Null: the opening.
    /// </summary>
    public Instant? Anchor { get; init; }
}

/// <param name="Amount">Credits; more than 0, at most the credit's decimals, at most 10^15 smallest units.</param>
/// <param name="Into">Name of the bucket.</param>
public readonly record struct Addon(ExactDecimal Amount, string Into);

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

    /// <summary>Cost per credit, for orders that ask for it; 0 or more.</summary>
    public ExactDecimal? Cost { get; init; }

    /// <summary>What <c>oldest</c> and <c>newest</c> compare; null: the instant of recording.</summary>
    public Instant? CreatedAt { get; init; }

    /// <summary>A lot of the full amount at every such interval; null: once.</summary>
    public CalendarSpan? Every { get; init; }

    /// <summary>Boundary 0 of the recurrence; null: the start.</summary>
    public Instant? Anchor { get; init; }

    /// <summary>Lots of a recurring grant add up; otherwise each ends where the next begins.</summary>
    public bool Adds { get; init; }

    /// <summary>What is left of the first lot, in credits, where the rest was used before; 0 to the amount. Null: all.</summary>
    public ExactDecimal? Starting { get; init; }

    /// <summary>Limits of what renewals keep of it; null: as its bucket says.</summary>
    public RolloverLimits? Rollover { get; init; }
}

/// <summary>What a renewal keeps of one grant (time, rule 12); credits.</summary>
/// <param name="Minimum">0 or more.</param>
/// <param name="Maximum">At least the minimum; null: no limit. 0 keeps nothing.</param>
public sealed record RolloverLimits(ExactDecimal Minimum, ExactDecimal? Maximum);

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

/// <summary>Rolls what is unused over now, as a renewal would, and grants the plan anew.</summary>
/// <param name="RestartsCycle">A new cycle begins now; otherwise the running one keeps its boundaries.</param>
/// <param name="KeepsDebt">Null: as <c>if short</c> says.</param>
public sealed record ResetAccount(Instant At, bool RestartsCycle = false, bool? KeepsDebt = null)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }
}

/// <summary>What a reset did; smallest units.</summary>
/// <param name="Carried">Available in carried lots after it.</param>
/// <param name="Cut">What rollover limits, caps and ends took.</param>
/// <param name="Dropped">Debts that were dropped.</param>
public sealed record ResetAnswer(AccountAnswer Account, long Carried, long Cut, long Dropped);

/// <summary>An account as it stands after being opened or changed.</summary>
public sealed record AccountAnswer(string Id, string Ruleset, int? Version, string? Plan, Cycle? Cycle, ImmutableArray<BucketBalance> Balances);
