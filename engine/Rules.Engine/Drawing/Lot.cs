using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Drawing;

/// <summary>
/// One grant of credits in a bucket, or one postpaid cycle: the thing that a draw takes from. Immutable once made.
/// Amounts are in the smallest unit of the ruleset's credit.
/// </summary>
public sealed record Lot
{
    /// <summary>1, 2, 3 … per account, in order of creation; the last word of every draw order.</summary>
    public required long Number { get; init; }

    /// <summary>The caller's or the system's id of the grant, unique per account.</summary>
    public required string Id { get; init; }

    public required string Bucket { get; init; }

    /// <summary>0 to 10^15. A postpaid lot is made with 0 and grows as it is drawn.</summary>
    public required long Amount { get; init; }

    public required Instant CreatedAt { get; init; }

    /// <summary>First instant at which it can be drawn (inclusive).</summary>
    public required Instant EffectiveAt { get; init; }

    /// <summary>First instant at which it can no longer be drawn (exclusive); null: never expires.</summary>
    public Instant? ExpiresAt { get; init; }

    /// <summary>Lower is drawn first where the order asks for it; null sorts after every priority.</summary>
    public int? Priority { get; init; }

    /// <summary>Cost per credit where the order asks for it; null counts as 0.</summary>
    public ExactDecimal? Cost { get; init; }

    /// <summary>Where the credits came from: <c>plan</c>, <c>purchase</c>, <c>grant</c>, <c>postpaid</c>.</summary>
    public required LotOrigin Origin { get; init; }

    /// <summary>The cycle whose plan grant this is; null for anything else.</summary>
    public int? Cycle { get; init; }
}

public enum LotOrigin
{
    Plan = 1,
    Purchase = 2,
    Grant = 3,
    Postpaid = 4,
}

/// <summary>
/// A lot with what has become of its credits.
/// Invariant: <c>Granted = Available + Held + Spent + Expired + Moved</c>, and none is negative.
/// </summary>
public readonly record struct LotState(Lot Lot, long Granted, long Available, long Held, long Spent, long Expired, long Moved)
{
    /// <summary>It was voided or replaced, or its plan was left: nothing returns to it any more.</summary>
    public bool IsEnded { get; init; }

    /// <summary>The lot that took its place; null where none did.</summary>
    public long? Successor { get; init; }

    /// <summary>The lot after one posting line. Checked: an overflow is a bug and throws.</summary>
    public LotState Apply(in Posting posting) => this with
    {
        Granted = Granted + posting.Granted,
        Available = Available + posting.Available,
        Held = Held + posting.Held,
        Spent = Spent + posting.Spent,
        Expired = Expired + posting.Expired,
        Moved = Moved + posting.Moved,
    };
}

/// <summary>
/// One line of a journal entry: signed changes of one lot, in smallest units.
/// Invariant: <c>Granted = Available + Held + Spent + Expired + Moved</c>.
/// </summary>
public readonly record struct Posting(long Lot, long Granted, long Available, long Held, long Spent, long Expired, long Moved)
{
    public static Posting Grant(long lot, long amount) => new(lot, amount, amount, 0, 0, 0, 0);

    public static Posting Spend(long lot, long amount) => new(lot, 0, -amount, 0, amount, 0, 0);

    public static Posting Expire(long lot, long amount) => new(lot, 0, -amount, 0, 0, amount, 0);

    /// <summary>Use of a postpaid lot: granted and spent at once.</summary>
    public static Posting SpendPostpaid(long lot, long amount) => new(lot, amount, 0, 0, amount, 0, 0);

    public static Posting Hold(long lot, long amount) => new(lot, 0, -amount, amount, 0, 0, 0);

    /// <summary>A hold on a postpaid lot: granted and held at once.</summary>
    public static Posting HoldPostpaid(long lot, long amount) => new(lot, amount, 0, amount, 0, 0, 0);

    /// <summary>Held credits are spent.</summary>
    public static Posting Capture(long lot, long amount) => new(lot, 0, 0, -amount, amount, 0, 0);
}

/// <summary>A lot ends before its time.</summary>
/// <param name="Successor">Number of the lot that takes its place; null where none does.</param>
public readonly record struct LotEnd(long Lot, long? Successor);

/// <summary>What one use took from one lot, in draw order; smallest units, below zero for what it gave back.</summary>
public readonly record struct Draw(string Bucket, long Lot, long Amount);
