using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>The price of an action. Rows of the body are told apart by the facts of <see cref="By"/>, in that order; it is empty for a price without rows.</summary>
public sealed record BoundPrice(
    TextLocation Location, ActionSymbol Action, ImmutableArray<FactSymbol> By, ImmutableArray<FactSymbol> RegardlessOf, BoundPriceBody Body)
    : BoundNode(Location);

/// <summary>What credits of a bucket cost in money. The purchase is the event and the scope.</summary>
public sealed record BoundSell(TextLocation Location, BucketSymbol Bucket, BoundPriceBody Body) : BoundNode(Location);

/// <summary>
/// A price: the sum of its components and the one row that fits, then allowances, floors, adjustments and limits as in language section 8.3.
/// The one exception that holds replaces the whole body. Every list may be empty and is in written order.
/// </summary>
public sealed record BoundPriceBody(TextLocation Location) : BoundNode(Location)
{
    /// <summary>The lines that begin with each or per; the first, then those after <c>plus</c>.</summary>
    public ImmutableArray<BoundComponent> Components { get; init; } = [];

    /// <summary>A price per event for each combination of the price's <c>by</c> facts.</summary>
    public ImmutableArray<BoundRow> Rows { get; init; } = [];

    /// <summary><c>first 10 images free</c>.</summary>
    public ImmutableArray<BoundAllowance> Allowances { get; init; } = [];

    /// <summary><c>count at least 100 ms each</c>.</summary>
    public ImmutableArray<BoundFloor> Floors { get; init; } = [];

    /// <summary>At most one mark-up and one discount.</summary>
    public ImmutableArray<BoundAdjustment> Adjustments { get; init; } = [];

    /// <summary><c>at least … each</c>, <c>at most … within each cycle</c>.</summary>
    public ImmutableArray<BoundPriceLimit> Limits { get; init; } = [];

    /// <summary>Null: a negative quantity is refused (RT05).</summary>
    public BoundCorrections? Corrections { get; init; }

    /// <summary>At most one of them can hold for any facts (PR0602).</summary>
    public ImmutableArray<BoundPriceExcept> Exceptions { get; init; } = [];
}

/// <summary>Replaces the body it stands in where its condition holds.</summary>
public sealed record BoundPriceExcept(TextLocation Location, BoundCondition Condition, BoundPriceBody Body) : BoundNode(Location);

/// <summary>One term of the sum that a price is.</summary>
public abstract record BoundComponent(TextLocation Location) : BoundNode(Location);

/// <summary><c>each 1 credit</c>: once per event.</summary>
public sealed record BoundEachComponent(TextLocation Location, BoundCost Cost) : BoundComponent(Location);

/// <summary>A line that begins with <c>per</c>. Exactly one of <see cref="Cost"/>, <see cref="Ladder"/> and <see cref="Matrix"/> is set.</summary>
public sealed record BoundPerComponent(TextLocation Location, BoundCountedUnit Unit) : BoundComponent(Location)
{
    /// <summary>Conversion of the scope's total before free units and tiers; null: the exact quantity.</summary>
    public BoundConversion? Conversion { get; init; }

    /// <summary>Over what the quantity adds up, wherever on the line it is written; null: each event alone.</summary>
    public BoundScope? Scope { get; init; }

    /// <summary>One cost for every unit.</summary>
    public BoundCost? Cost { get; init; }

    /// <summary>Tiers.</summary>
    public BoundLadder? Ladder { get; init; }

    /// <summary>A cost per combination of facts.</summary>
    public BoundMatrix? Matrix { get; init; }
}

/// <summary>How the number after <c>per</c> counts.</summary>
public enum UnitCounting
{
    /// <summary><c>per image</c>, <c>per 10 images</c>: the exact share.</summary>
    Exact,

    /// <summary><c>per package of 10 images</c>: a started package is whole.</summary>
    StartedPackages,

    /// <summary><c>per complete package of 10 images</c>: only full ones.</summary>
    CompletePackages,
}

/// <summary>What a <c>per</c> line counts: <see cref="Size"/> (above zero, 1 unless written) of a meter, a currency or, in <c>sell</c>, the credit.</summary>
public sealed record BoundCountedUnit(TextLocation Location, UnitSymbol Unit, ExactDecimal Size, UnitCounting Counting) : BoundNode(Location);

/// <summary>How a total is converted to whole steps.</summary>
public enum ConversionRounding
{
    /// <summary>Away from zero.</summary>
    Up,

    /// <summary>Towards zero.</summary>
    Down,

    /// <summary>To the nearest; a half away from zero.</summary>
    HalfUp,
}

/// <summary><c>rounded up in steps of 10</c>; the step is the size of the counted unit unless written.</summary>
public sealed record BoundConversion(TextLocation Location, ConversionRounding Rounding, ExactDecimal Step) : BoundNode(Location);

/// <summary>Over what a quantity adds up.</summary>
public enum ScopeKind
{
    /// <summary>One usage event.</summary>
    Event,

    /// <summary>An hour of the rule set's zone.</summary>
    Hour,

    /// <summary>A day of the rule set's zone.</summary>
    Day,

    /// <summary>The account's cycle.</summary>
    Cycle,

    /// <summary>All events with one value of the action's key.</summary>
    Key,
}

/// <summary><c>within each run</c>. The key is set exactly for <see cref="ScopeKind.Key"/>.</summary>
public sealed record BoundScope(TextLocation Location, ScopeKind Kind, KeySymbol? Key) : BoundNode(Location);

/// <summary>How tiers combine.</summary>
public enum LadderKind
{
    /// <summary>Each unit is priced in the tier it falls in.</summary>
    Graduated,

    /// <summary>All units are priced in the tier the total reaches.</summary>
    Volume,
}

/// <summary>
/// Tiers in ascending order; the first begins at zero, the last is open-ended, each begins where the one before ends.
/// Limits are in units of the meter, never in packages.
/// </summary>
public sealed record BoundLadder(TextLocation Location, LadderKind Kind, ImmutableArray<BoundTier> Tiers) : BoundNode(Location)
{
    /// <summary>The figure that <c>off</c> refers to; null: the first tier's.</summary>
    public BoundAmount? ListPrice { get; init; }

    /// <summary>The meter whose total chooses the tier (volume only); null: the counted unit itself.</summary>
    public UnitSymbol? TiersBy { get; init; }

    /// <summary><c>re-pricing earlier units</c>: a new tier posts the difference, which may be negative.</summary>
    public bool RepricesEarlierUnits { get; init; }
}

/// <summary>
/// A tier holds the units after <see cref="Start"/> up to and including <see cref="End"/> (null: all further ones). Spellings are already
/// resolved: <c>from 50</c> and <c>50 to 99</c> of a whole unit start at 49. <see cref="IncludesStart"/> is set for <c>from</c> of a fractional
/// unit: exactly <see cref="Start"/> then belongs to this tier and not to the one before.
/// </summary>
public sealed record BoundTier(TextLocation Location, ExactDecimal Start, bool IncludesStart, ExactDecimal? End, BoundCost Cost) : BoundNode(Location);

/// <summary>
/// What is charged: <see cref="Rate"/> per unit or event, a fee, or both; at least one is set. A price written as a percentage off
/// is a <see cref="BoundDiscountedAmount"/>; a percentage beside a figure is a checked claim and changes nothing.
/// </summary>
public sealed record BoundCost(TextLocation Location, BoundAmount? Rate) : BoundNode(Location)
{
    /// <summary>Started packages of this size are counted in the tier; null: units of the line.</summary>
    public ExactDecimal? PackageSize { get; init; }

    /// <summary>The stated percentage off the list price or first tier, already found to hold exactly.</summary>
    public BoundClaim? Claim { get; init; }

    /// <summary>A flat amount once the tier or event is reached.</summary>
    public BoundFee? Fee { get; init; }

    /// <summary>A cap on this part, fee included.</summary>
    public BoundAmount? AtMost { get; init; }

    /// <summary>Listed in the trace, charged zero.</summary>
    public bool IsWaived { get; init; }
}

/// <summary><c>60% off</c> beside a figure: the percentage, 0 to 100.</summary>
public sealed record BoundClaim(TextLocation Location, ExactDecimal PercentOff) : BoundNode(Location);

/// <summary><c>50 credits flat</c>; even at zero only in a first tier.</summary>
public sealed record BoundFee(TextLocation Location, BoundAmount Amount, bool EvenAtZero) : BoundNode(Location);

/// <summary>A cost for one combination of values, in the order of the facts it is by; no values: <c>otherwise</c>.</summary>
public sealed record BoundRow(TextLocation Location, ImmutableArray<FactValue> Values, BoundCost Cost) : BoundNode(Location)
{
    /// <summary>Holds for every combination without a row.</summary>
    public bool IsOtherwise => Values.IsEmpty;
}

/// <summary>Rows under a <c>per … , by …</c> line.</summary>
public sealed record BoundMatrix(TextLocation Location, ImmutableArray<FactSymbol> By, ImmutableArray<BoundRow> Rows) : BoundNode(Location);

/// <summary>Free units, or free events where <see cref="Unit"/> is null; the count is above zero.</summary>
public sealed record BoundAllowance(TextLocation Location, ExactDecimal Count, UnitSymbol? Unit, BoundScope? Scope) : BoundNode(Location);

/// <summary>How a floor changes an event's own quantity.</summary>
public enum FloorKind
{
    /// <summary>At least so many.</summary>
    AtLeast,

    /// <summary>So many more.</summary>
    More,
}

/// <summary>A floor or addition on each event's own quantity, never on a sum.</summary>
public sealed record BoundFloor(TextLocation Location, FloorKind Kind, ExactDecimal Quantity, UnitSymbol Unit) : BoundNode(Location);

/// <summary>Which way an adjustment goes.</summary>
public enum AdjustmentKind
{
    /// <summary>The sum times 1 + p.</summary>
    MarkUp,

    /// <summary>The sum times 1 − p.</summary>
    Discount,
}

/// <summary>A mark-up or discount on the exact sum of all components.</summary>
public sealed record BoundAdjustment(TextLocation Location, AdjustmentKind Kind, BoundAmount Percent) : BoundNode(Location);

/// <summary>Which end a limit holds.</summary>
public enum LimitKind
{
    /// <summary>A minimum.</summary>
    AtLeast,

    /// <summary>A maximum.</summary>
    AtMost,
}

/// <summary>A bound on one event's cost (no scope) or on the total of a scope.</summary>
public sealed record BoundPriceLimit(TextLocation Location, LimitKind Kind, BoundAmount Amount, BoundScope? Scope) : BoundNode(Location);

/// <summary>What a negative quantity does.</summary>
public enum CorrectionsKind
{
    /// <summary>It mirrors the price.</summary>
    Allowed,

    /// <summary>It counts as nothing.</summary>
    CostNothing,
}

/// <summary><c>corrections allowed</c> or <c>corrections cost nothing</c>.</summary>
public sealed record BoundCorrections(TextLocation Location, CorrectionsKind Kind) : BoundNode(Location);
