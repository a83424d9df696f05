using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>The shape of an account's cycle.</summary>
public enum CycleKind
{
    /// <summary>From the first of a month to the next.</summary>
    CalendarMonth,

    /// <summary>Every interval from the anchor (<c>monthly</c>, <c>annual</c>, <c>weekly</c>, <c>every 3 months</c>).</summary>
    Interval,

    /// <summary>A month or a year, as the account's fact says (values monthly and annual).</summary>
    MonthlyOrAnnual,
}

/// <summary>The cycle. The interval is one month for calendar months and for a monthly-or-annual cycle.</summary>
public sealed record BoundCycle(TextLocation Location, CycleKind Kind, Duration Interval) : BoundNode(Location)
{
    /// <summary>Set exactly for <see cref="CycleKind.MonthlyOrAnnual"/>.</summary>
    public FactSymbol? By { get; init; }

    /// <summary>Null: at the instant of subscribing.</summary>
    public BoundAnchor? Anchor { get; init; }

    /// <summary>At most one for any change, or one for upgrades and one for downgrades.</summary>
    public ImmutableArray<BoundPlanChange> PlanChanges { get; init; } = [];

    /// <summary>Months granted at the start of an annual cycle; null: every month by itself.</summary>
    public BoundUpFront? UpFront { get; init; }
}

/// <summary>Where a cycle is anchored.</summary>
public enum AnchorKind
{
    /// <summary>The instant of subscribing.</summary>
    Start,

    /// <summary>Its local midnight.</summary>
    Midnight,

    /// <summary>The first such midnight at or after subscribing.</summary>
    DayOfMonth,
}

/// <summary><c>anchored on day 31</c>; the day is 1 to 31, and 0 for the other kinds.</summary>
public sealed record BoundAnchor(TextLocation Location, AnchorKind Kind, int Day) : BoundNode(Location);

/// <summary><c>annual grants 12 months up front</c>; 1 or more.</summary>
public sealed record BoundUpFront(TextLocation Location, int Months) : BoundNode(Location);

/// <summary>Which plan changes a line speaks of. An upgrade grants not less per cycle.</summary>
public enum PlanMove
{
    /// <summary>Every change.</summary>
    Any,

    /// <summary>To a plan that grants not less per cycle.</summary>
    Upgrade,

    /// <summary>To a plan that grants less per cycle.</summary>
    Downgrade,
}

/// <summary>What a plan change does to the cycle and its grants.</summary>
public enum PlanChangeKind
{
    /// <summary>A new cycle begins now; what is left of this cycle's grants ends as its unused says.</summary>
    Restarts,

    /// <summary>The same, and unused credits are rolled first.</summary>
    RestartsCarryingUnused,

    /// <summary>At the next boundary.</summary>
    WaitsForRenewal,

    /// <summary>The cycle goes on; the new plan grants what it grants above the old.</summary>
    KeepsGrantingDifference,

    /// <summary>The cycle goes on; both plans count by the seconds left.</summary>
    KeepsGrantingShare,

    /// <summary>The cycle goes on; the new plan grants in full, the old grant ends.</summary>
    KeepsGrantingInFull,

    /// <summary>The cycle goes on; nothing is granted before the next boundary.</summary>
    KeepsGrantingNothing,
}

/// <summary><c>plan change restarts the cycle</c>.</summary>
public sealed record BoundPlanChange(TextLocation Location, PlanMove Move, PlanChangeKind Kind) : BoundNode(Location);

/// <summary>A plan and what it grants. The first grant is the plan's own line, the others are <c>also grants</c>.</summary>
public sealed record BoundPlan(TextLocation Location, PlanSymbol Plan, ImmutableArray<BoundPlanGrant> Grants) : BoundNode(Location)
{
    /// <summary>Overrides the bucket's rule for what this plan grants into the bucket of its own line; <c>also grants</c> into another follow that bucket.</summary>
    public BoundUnused? Unused { get; init; }

    /// <summary>Overrides the header for accounts on this plan.</summary>
    public BoundExistingAccounts? ExistingAccounts { get; init; }
}

/// <summary><c>grants 2,000 credits every month into included</c>; a null interval is <c>every cycle</c>.</summary>
public sealed record BoundPlanGrant(TextLocation Location, BoundAmount Amount, Duration? Interval, BucketSymbol Bucket) : BoundNode(Location);

/// <summary>Credits sold as one thing.</summary>
public sealed record BoundPack(TextLocation Location, PackSymbol Pack, BoundAmount Amount, BucketSymbol Bucket) : BoundNode(Location);

/// <summary>What happens to a hold that is not settled, and how far a capture may go. Null lines hold the defaults: one day, may exceed without limit, lapse.</summary>
public sealed record BoundHolds(TextLocation Location) : BoundNode(Location)
{
    /// <summary><c>expire after 2 hours</c>.</summary>
    public BoundHoldExpiry? Expiry { get; init; }

    /// <summary><c>capture may exceed the hold by 20%</c>.</summary>
    public BoundCapture? Capture { get; init; }

    /// <summary><c>returned credits live 3 days more</c>.</summary>
    public BoundReturned? Returned { get; init; }
}

/// <summary>The time after which a hold is released.</summary>
public sealed record BoundHoldExpiry(TextLocation Location, Duration After) : BoundNode(Location);

/// <summary>Whether a capture may exceed its hold, and by how many percent at most (null: without limit).</summary>
public sealed record BoundCapture(TextLocation Location, bool MayExceed, ExactDecimal? ByPercent) : BoundNode(Location);

/// <summary>What returned credits of an ended grant do: live so long, or lapse (null).</summary>
public sealed record BoundReturned(TextLocation Location, Duration? Live) : BoundNode(Location);
