using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;

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

    /// <summary>The cycle whose plan grant or postpaid use this is; null for anything else.</summary>
    public int? Cycle { get; init; }

    /// <summary>What a renewal or reset does to it; null: nothing.</summary>
    public LotRollover? Rollover { get; init; }

    /// <summary>Further lots like this one follow at equal intervals; null: it stands alone.</summary>
    public LotSeries? Series { get; init; }
}

public enum RolloverKind
{
    /// <summary>What is left ends with the cycle.</summary>
    Ends = 1,

    /// <summary>What is left is carried on, once; the lot's end is the end of its whole life, the carried part included.</summary>
    Carries = 2,

    /// <summary>The lot keeps its end; each renewal sets its balance (time, rule 12).</summary>
    Own = 3,
}

/// <summary>
/// What a renewal does to a lot, fixed when it was granted. What it keeps is <c>min(Maximum, Percent of max(Minimum, rest))</c>.
/// </summary>
/// <param name="At">For <see cref="RolloverKind.Carries"/>: the end of the interval it was granted for; null while no cycle says. From then on it is carried.</param>
/// <param name="Minimum">Smallest units, 0 or more; what is missing is granted.</param>
/// <param name="Maximum">Smallest units; null: no limit. A bucket's cap on the sum of carried lots is no part of it.</param>
/// <param name="Percent">0 to 100; the result is rounded down. Null: all.</param>
public sealed record LotRollover(RolloverKind Kind, Instant? At = null, long Minimum = 0, long? Maximum = null, ExactDecimal? Percent = null);

/// <summary>A recurring grant: a lot of the full amount at every boundary <c>Anchor + n × Every</c> after the first lot's start.</summary>
/// <param name="Anchor">Boundary 0, in the wall time of <paramref name="Zone"/>.</param>
/// <param name="Zone">IANA id of the account's zone when it was granted; the series keeps it.</param>
/// <param name="Adds">Lots add up; otherwise each ends where the next begins.</param>
/// <param name="Until">No lot begins, and none lives, from here on; null: for ever.</param>
public sealed record LotSeries(CalendarSpan Every, LocalDateTime Anchor, string Zone, bool Adds, Instant? Until);

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
    /// <summary>It was voided or replaced, its plan was left, or a bill closed it: nothing is drawn from it or returns to it any more.</summary>
    public bool IsEnded { get; init; }

    /// <summary>The lot that took its place; null where none did.</summary>
    public long? Successor { get; init; }

    /// <summary>A renewal may still top it up, or others follow it, although nothing is left of it now.</summary>
    internal bool MayGoOn(Instant at) =>
        !IsEnded && (MayBeToppedUp(at) || (Lot.Series is { } series && (series.Until is not { } until || until > at)));

    private bool MayBeToppedUp(Instant at) =>
        Lot.Rollover is { Minimum: > 0 } rollover
        && (Lot.ExpiresAt is not { } end || end > at)
        && (rollover.Kind == RolloverKind.Own || rollover.At is not { } carried || carried >= at);

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

    /// <summary>Available credits that another lot carries on; that lot is granted as much.</summary>
    public static Posting Move(long lot, long amount) => new(lot, 0, -amount, 0, 0, 0, amount);

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
