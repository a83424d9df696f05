using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>The rules of a bucket. Every line that was written is a node with its own place; a null line was not written.</summary>
public sealed record BoundBucket(TextLocation Location, BucketSymbol Bucket) : BoundNode(Location)
{
    /// <summary>Money per credit; set exactly for a postpaid bucket.</summary>
    public BoundAmount? PostpaidRate { get; init; }

    /// <summary>What happens to unused credits; null where every plan that grants into it says so, or for a postpaid bucket.</summary>
    public BoundUnused? Unused { get; init; }

    /// <summary>The order of grants inside the bucket; null: soonest expiry, then oldest.</summary>
    public BoundDrawn? Drawn { get; init; }

    /// <summary>The actions it may be drawn for; null: all.</summary>
    public BoundServes? Serves { get; init; }

    /// <summary>Drawn only while this holds; null: always.</summary>
    public BoundOpen? Open { get; init; }

    /// <summary>What may be used in each cycle; null: no limit.</summary>
    public BoundCycleLimit? Limit { get; init; }

    /// <summary>When and to what use is billed; null: not stated.</summary>
    public BoundBilled? Billed { get; init; }
}

/// <summary>What happens to credits that are left.</summary>
public abstract record BoundUnused(TextLocation Location) : BoundNode(Location);

/// <summary><c>unused never expires</c>.</summary>
public sealed record BoundUnusedNeverExpires(TextLocation Location) : BoundUnused(Location);

/// <summary><c>unused expires at cycle end</c>.</summary>
public sealed record BoundUnusedExpiresAtCycleEnd(TextLocation Location) : BoundUnused(Location);

/// <summary><c>unused expires at the next grant</c>: the next occurrence into the bucket.</summary>
public sealed record BoundUnusedExpiresAtNextGrant(TextLocation Location) : BoundUnused(Location);

/// <summary><c>unused expires after 12 months</c>: counted from the grant's start. The life is a duration or a term.</summary>
public sealed record BoundUnusedExpiresAfter(TextLocation Location, BoundLife Life) : BoundUnused(Location);

/// <summary><c>unused rolls over up to 500 credits, at least 20 credits, for 1 cycle</c>.</summary>
public sealed record BoundUnusedRollsOver(TextLocation Location, BoundRolloverCap? Cap, BoundAmount? Minimum, BoundLife Life) : BoundUnused(Location);

/// <summary>How long credits live.</summary>
public abstract record BoundLife(TextLocation Location) : BoundNode(Location);

/// <summary>A length of time.</summary>
public sealed record BoundDurationLife(TextLocation Location, Duration Duration) : BoundLife(Location);

/// <summary>The account's value of a term of kind duration.</summary>
public sealed record BoundTermLife(TextLocation Location, TermSymbol Term) : BoundLife(Location);

/// <summary>So many cycles, 1 or more.</summary>
public sealed record BoundCyclesLife(TextLocation Location, int Cycles) : BoundLife(Location);

/// <summary><c>for ever</c>.</summary>
public sealed record BoundEndlessLife(TextLocation Location) : BoundLife(Location);

/// <summary><c>for its own life</c>: the grant keeps its end, only its balance is set.</summary>
public sealed record BoundOwnLife(TextLocation Location) : BoundLife(Location);

/// <summary>What a rollover cap is measured in.</summary>
public enum RolloverCapKind
{
    /// <summary>An amount of credits, on the sum of carried grants.</summary>
    Amount,

    /// <summary>A percentage of what one cycle's plan grants put into the bucket.</summary>
    PercentOfGranted,

    /// <summary>A percentage of what is left at the boundary.</summary>
    PercentOfUnused,
}

/// <summary><c>up to 500 credits</c>, <c>up to 50%</c>, <c>up to 50% of unused</c>; the amount is a percentage for the last two.</summary>
public sealed record BoundRolloverCap(TextLocation Location, RolloverCapKind Kind, BoundAmount Amount) : BoundNode(Location);

/// <summary><c>drawn lowest priority, then oldest</c>: keys, first decides first; never empty.</summary>
public sealed record BoundDrawn(TextLocation Location, ImmutableArray<BoundDrawKey> Keys) : BoundNode(Location);

/// <summary>What a draw key compares.</summary>
public enum DrawKeyKind
{
    /// <summary>Priority, lowest number first, none last.</summary>
    LowestPriority,

    /// <summary>Cost, lowest first; none is 0.</summary>
    LowestCost,

    /// <summary>End of the credits' whole life, soonest first, none last.</summary>
    SoonestExpiry,

    /// <summary>Start, earliest first.</summary>
    EarliestStart,

    /// <summary>Creation, earliest first.</summary>
    Oldest,

    /// <summary>Creation, latest first.</summary>
    Newest,

    /// <summary>Amount granted, largest first.</summary>
    Largest,

    /// <summary>Amount granted, smallest first.</summary>
    Smallest,

    /// <summary>Number of actions served, fewest first, all last.</summary>
    Narrowest,

    /// <summary>The bucket, in the order of <see cref="BoundDrawKey.Buckets"/>.</summary>
    BucketOrder,
}

/// <summary>The precision at which expiries are compared.</summary>
public enum ExpiryResolution
{
    /// <summary>As stored.</summary>
    Exact,

    /// <summary>Truncated to seconds.</summary>
    Second,

    /// <summary>Truncated to minutes.</summary>
    Minute,

    /// <summary>Truncated to hours.</summary>
    Hour,

    /// <summary>Truncated to days of the rule set's zone.</summary>
    Day,
}

/// <summary>One key of a draw order. Buckets are set exactly for <see cref="DrawKeyKind.BucketOrder"/>; a resolution matters only for expiry.</summary>
public sealed record BoundDrawKey(TextLocation Location, DrawKeyKind Kind) : BoundNode(Location)
{
    /// <summary>How expiries are truncated.</summary>
    public ExpiryResolution Resolution { get; init; }

    /// <summary>First drawn first.</summary>
    public ImmutableArray<BucketSymbol> Buckets { get; init; } = [];
}

/// <summary><c>serves reply, scan</c>; never empty.</summary>
public sealed record BoundServes(TextLocation Location, ImmutableArray<ActionSymbol> Actions) : BoundNode(Location);

/// <summary><c>open when flex is on</c>.</summary>
public sealed record BoundOpen(TextLocation Location, BoundCondition Condition) : BoundNode(Location);

/// <summary><c>limit 500 credits each cycle</c>.</summary>
public sealed record BoundCycleLimit(TextLocation Location, BoundAmount Amount) : BoundNode(Location);

/// <summary><c>billed monthly to card</c>; otherwise each cycle. The receiver is a name the caller gives meaning to.</summary>
public sealed record BoundBilled(TextLocation Location, bool IsMonthly, string? To) : BoundNode(Location);

/// <summary>The order buckets are drawn in. The one exception that holds replaces it.</summary>
public sealed record BoundConsume(TextLocation Location, BoundDrawOrder Order, ImmutableArray<BoundConsumeExcept> Exceptions) : BoundNode(Location);

/// <summary>Another order where the condition holds.</summary>
public sealed record BoundConsumeExcept(TextLocation Location, BoundCondition Condition, BoundDrawOrder Order) : BoundNode(Location);

/// <summary>An order of grants.</summary>
public abstract record BoundDrawOrder(TextLocation Location) : BoundNode(Location);

/// <summary><c>consume a, then b</c>: bucket by bucket, inside each its own keys. Locations of the names are in <see cref="Places"/>, one for each.</summary>
public sealed record BoundBucketOrder(TextLocation Location, ImmutableArray<BucketSymbol> Buckets, ImmutableArray<TextLocation> Places) : BoundDrawOrder(Location);

/// <summary><c>consume enterprise-order</c>: the account's order.</summary>
public sealed record BoundTermOrder(TextLocation Location, TermSymbol Term) : BoundDrawOrder(Location);

/// <summary><c>consume by soonest expiry, then oldest</c>: all grants together.</summary>
public sealed record BoundKeyOrder(TextLocation Location, ImmutableArray<BoundDrawKey> Keys) : BoundDrawOrder(Location);
