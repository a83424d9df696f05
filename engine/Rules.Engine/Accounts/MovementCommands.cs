using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>Sets credits aside for an event (or, with <see cref="UsageEvent.Amount"/>, a number of credits) that is settled later.</summary>
/// <param name="Id">The caller's id, unique among the holds and uses of the account.</param>
public sealed record HoldCredits(string Id, UsageEvent Usage)
{
    /// <summary>First instant at which the hold is over; null: as the rules say, one day where they say nothing.</summary>
    public Instant? ExpiresAt { get; init; }
}

/// <summary>What a hold came to.</summary>
/// <param name="Held">Smallest units set aside; 0 where it was refused.</param>
/// <param name="Quote">As of a charge; its draws are what is held.</param>
public sealed record HoldAnswer(string Id, long Held, Instant ExpiresAt, Quote Quote)
{
    /// <summary>False where nothing is held because the credits do not suffice.</summary>
    public bool Accepted => Quote.Outcome is not (QuoteOutcome.Blocked or QuoteOutcome.Paused or QuoteOutcome.Refused);
}

/// <summary>Settles a hold at what its use came to: an amount, or quantities priced like the hold; neither: the held event as it was quoted.</summary>
public sealed record CaptureHold(string Hold, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }

    /// <summary>Credits; below zero gives back.</summary>
    public ExactDecimal? Amount { get; init; }

    public ImmutableArray<MeteredQuantity>? Quantities { get; init; }
}

/// <summary>Settles a hold without a use.</summary>
public sealed record ReleaseHold(string Hold, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }

    /// <summary>Its time is over, as the caller finds; after any settlement that is no more than a repetition.</summary>
    public bool Expires { get; init; }
}

/// <summary>What settling a hold came to.</summary>
public sealed record SettlementAnswer
{
    public required string Hold { get; init; }

    /// <summary>How the hold ended, or had ended already; null while it stays open.</summary>
    public SettlementKind? Outcome { get; init; }

    /// <summary>Why nothing was done, one of <see cref="ProblemCodes"/>; null where the hold is settled as asked.</summary>
    public string? Refusal { get; init; }

    /// <summary>True where the hold had been settled by the same call: nothing moved.</summary>
    public bool Repeated { get; init; }

    /// <summary>Smallest units that were held.</summary>
    public required long Held { get; init; }

    /// <summary>Smallest units charged, or asked for where the capture was refused.</summary>
    public long Charged { get; init; }

    /// <summary>Smallest units of the hold that were not spent.</summary>
    public long Returned { get; init; }

    /// <summary>Where returned credits went, last drawn first.</summary>
    public ImmutableArray<CreditsBack> Back { get; init; } = [];

    /// <summary>Smallest units that a capture below zero gave back beyond what had been spent; they create nothing.</summary>
    public long Lost { get; init; }

    /// <summary>The evaluation of a capture; null for releases and repetitions.</summary>
    public Quote? Quote { get; init; }

    public ImmutableArray<BucketBalance> Balances { get; init; } = [];
}

/// <summary>Takes back a use, whole or in part.</summary>
/// <param name="Use">Its id: the idempotency key of a charge or correction, the id of a captured hold.</param>
public sealed record ReverseUse(string Use, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }

    /// <summary>Credits, above zero; null: all that is left of it.</summary>
    public ExactDecimal? Amount { get; init; }
}

/// <summary>Gives credits back that no use is named for.</summary>
/// <param name="Amount">Credits, above zero.</param>
public sealed record RefundCredits(ExactDecimal Amount, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }
}

/// <summary>What a reversal or a refund gave back.</summary>
/// <param name="Use">The use that was reversed; null for a refund.</param>
/// <param name="Amount">Smallest units given back, what went off debts included.</param>
/// <param name="OffDebts">Of it, what was owed and is owed no more.</param>
/// <param name="Back">Where credits went, in order.</param>
/// <param name="Lost">Smallest units asked for and not given back, because nothing was spent that they could undo.</param>
public sealed record BackAnswer(string? Use, long Amount, long OffDebts, ImmutableArray<CreditsBack> Back, long Lost, ImmutableArray<BucketBalance> Balances)
{
    /// <summary>Postpaid use of cycles that are over, which a bill has or will have: it is credited.</summary>
    public ImmutableArray<CreditNote> CreditNotes { get; init; } = [];
}

/// <summary>Credits that came back.</summary>
/// <param name="Lot">The lot that has them now; where they lapsed, the one they came from.</param>
/// <param name="Amount">Smallest units, above zero.</param>
public readonly record struct CreditsBack(string Bucket, long Lot, long Amount, BackTo To);

/// <summary>Where credits that come back go (time, rule 20).</summary>
public enum BackTo
{
    /// <summary>To the lot that paid.</summary>
    Lot = 1,

    /// <summary>To the lot that took its place.</summary>
    Successor = 2,

    /// <summary>To a lot of their own, under <c>returned credits live</c>.</summary>
    NewLot = 3,

    /// <summary>Nowhere: the lot has ended.</summary>
    Lapsed = 4,

    /// <summary>Postpaid use falls.</summary>
    Postpaid = 5,
}

/// <summary>Postpaid use of an earlier cycle that was taken back.</summary>
/// <param name="Amount">Smallest units, above zero.</param>
public readonly record struct CreditNote(string Bucket, int Cycle, long Amount);

/// <summary>Ends a grant; what is left of it is gone.</summary>
/// <param name="Id">Id of the grant.</param>
public sealed record VoidGrant(string Id, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }
}

/// <summary>What a void took.</summary>
/// <param name="Amount">Smallest units, 0 or more.</param>
public sealed record VoidAnswer(string Id, string Bucket, long Lot, long Amount, ImmutableArray<BucketBalance> Balances);

/// <summary>Ends a grant and puts another in its place, with the same bucket, priority and end; credits that return to the old one move there.</summary>
/// <param name="Grant">Id of the grant that ends.</param>
/// <param name="Id">The caller's id of the new one.</param>
/// <param name="Amount">Credits of the new one; as of <see cref="GrantCredits"/>.</param>
public sealed record ReplaceGrant(string Grant, string Id, ExactDecimal Amount, Instant At)
{
    /// <inheritdoc cref="UsageEvent.TimedOnArrival"/>
    public bool TimedOnArrival { get; init; }
}

/// <summary>What a replacement made.</summary>
/// <param name="Ended">Number of the lot that ended.</param>
/// <param name="Lapsed">Smallest units that were left of it.</param>
public sealed record ReplacementAnswer(GrantAnswer Grant, long Ended, long Lapsed);
