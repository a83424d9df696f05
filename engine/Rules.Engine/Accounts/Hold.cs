using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>Credits set aside for a use whose cost is not known yet (time, rules 18 to 21). Immutable once made.</summary>
public sealed record Hold
{
    /// <summary>1, 2, 3 … per account, in order of making.</summary>
    public required long Number { get; init; }

    /// <summary>The caller's id, unique among the holds and uses of the account; also the id of the use that a capture makes.</summary>
    public required string Id { get; init; }

    public required string Action { get; init; }

    /// <summary>The version that quoted the hold and prices its capture.</summary>
    public required int Version { get; init; }

    /// <summary>Smallest units that the quote came to, 0 or more: a capture may exceed this only as the rules allow. Under
    /// <c>if short owe</c> and <c>forgive</c> less may be held.</summary>
    public required long Amount { get; init; }

    public required Instant HeldAt { get; init; }

    /// <summary>First instant at which it is over: what falls due then releases it.</summary>
    public required Instant ExpiresAt { get; init; }

    /// <summary>What is held, in draw order; empty where nothing is.</summary>
    public ImmutableArray<HoldLine> Lines { get; init; } = [];

    /// <summary>The quoted event. Set on the hold that the command at hand names; a store leaves it out of the others.</summary>
    public UsageEvent? Event { get; init; }

    /// <summary>Smallest units held.</summary>
    public long Held
    {
        get
        {
            var held = 0L;
            foreach (var line in Lines)
            {
                held += line.Amount;
            }

            return held;
        }
    }
}

/// <summary>What a hold took from one lot.</summary>
/// <param name="Amount">Smallest units, above zero.</param>
public readonly record struct HoldLine(long Lot, long Amount);

/// <summary>A hold with what became of it.</summary>
/// <param name="Settlement">Null while it is open.</param>
public sealed record HoldState(Hold Hold, HoldSettlement? Settlement)
{
    /// <summary>Sequence of the entry that made it; null where no journal has it.</summary>
    public long? Sequence { get; init; }
}

/// <summary>The numbers are stored and hashed.</summary>
public enum SettlementKind
{
    Captured = 1,
    Released = 2,
    Expired = 3,
}

/// <summary>How a hold ended; a hold has at most one.</summary>
/// <param name="Hold">Number of the hold.</param>
/// <param name="Charged">Smallest units that a capture came to; below zero where it gave credits back; 0 for a release.</param>
/// <param name="Returned">Smallest units of the hold that were not spent.</param>
/// <param name="Asked">What the settling call said, in one canonical spelling: the same call again is answered, another is refused.</param>
public sealed record HoldSettlement(long Hold, SettlementKind Kind, long Charged, long Returned, string Asked);
