using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>What happens when credits are used up.</summary>
public sealed record BoundAtZero(TextLocation Location, ImmutableArray<BoundStop> Stops) : BoundNode(Location)
{
    /// <summary>What an action that costs more than the balance does; null only where PR0507 was reported.</summary>
    public BoundShortfall? Shortfall { get; init; }
}

/// <summary>How an action stops.</summary>
public enum StopKind
{
    /// <summary>Refused until something happens.</summary>
    Block,

    /// <summary>Kept waiting until something happens.</summary>
    Pause,
}

/// <summary>What lets a stopped action go on.</summary>
public enum StopEnd
{
    /// <summary>The next cycle.</summary>
    Renewal,

    /// <summary>A purchase.</summary>
    Purchase,

    /// <summary>A change to a plan that grants not less.</summary>
    Upgrade,

    /// <summary>A grant made by hand.</summary>
    Grant,
}

/// <summary><c>block reply until renewal or purchase</c>; both lists have one or more.</summary>
public sealed record BoundStop(TextLocation Location, StopKind Kind, ImmutableArray<ActionSymbol> Actions, ImmutableArray<StopEnd> Until) : BoundNode(Location);

/// <summary>What happens to the part that credits do not cover.</summary>
public enum ShortfallKind
{
    /// <summary>Nothing is posted.</summary>
    Refuse,

    /// <summary>What is there is drawn, the rest is a debt.</summary>
    Owe,

    /// <summary>What is there is drawn, the rest is recorded as forgiven.</summary>
    Forgive,
}

/// <summary><c>if short owe, up to 100 credits, dropped at renewal</c>. The last three matter only for debts.</summary>
public sealed record BoundShortfall(TextLocation Location, ShortfallKind Kind) : BoundNode(Location)
{
    /// <summary>The most an account may owe; null: no limit.</summary>
    public BoundAmount? UpTo { get; init; }

    /// <summary>A renewal drops what is owed.</summary>
    public bool IsDroppedAtRenewal { get; init; }

    /// <summary>Buckets that repay debts; empty: every bucket that serves the action.</summary>
    public ImmutableArray<BucketSymbol> RepaidBy { get; init; } = [];
}

/// <summary>An alert and its levels, in written order.</summary>
public sealed record BoundAlert(TextLocation Location, AlertSymbol Alert, ImmutableArray<BoundAlertLevel> Levels) : BoundNode(Location)
{
    /// <summary>Fires on every crossing, not once per cycle.</summary>
    public bool FiresAgain { get; init; }

    /// <summary>Carried credits are left out of figure and base.</summary>
    public bool CountsFreshCreditsOnly { get; init; }

    /// <summary>Names the caller gives meaning to.</summary>
    public ImmutableArray<string> Shows { get; init; } = [];

    /// <summary>Names the caller gives meaning to.</summary>
    public ImmutableArray<string> Offers { get; init; } = [];
}

/// <summary>How a level is crossed.</summary>
public enum LevelCrossing
{
    /// <summary>Reaching it counts.</summary>
    At,

    /// <summary>Only going past it upwards counts.</summary>
    Above,

    /// <summary>Only going past it downwards counts.</summary>
    Below,

    /// <summary>Every multiple, from 0.</summary>
    AtEvery,
}

/// <summary>The figure a level watches.</summary>
public enum LevelFigure
{
    /// <summary>Spent in this cycle, less reversals.</summary>
    Used,

    /// <summary>Available less debts.</summary>
    Left,
}

/// <summary><c>at 50%, 80% of included used, then every 100 credits</c>. A null bucket is the whole balance.</summary>
public sealed record BoundAlertLevel(
    TextLocation Location, LevelCrossing Crossing, ImmutableArray<BoundAmount> Amounts, BucketSymbol? Bucket, LevelFigure Figure, BoundAmount? ThenEvery)
    : BoundNode(Location);
