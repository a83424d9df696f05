using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>What fills a bucket.</summary>
public enum BucketFunding
{
    Plan = 1,
    Purchase = 2,
    Grant = 3,

    /// <summary>Nothing: use is billed afterwards.</summary>
    Postpaid = 4,
}

/// <summary>The rules of a bucket.</summary>
/// <param name="Index">Its place in <see cref="RulesetModel.Buckets"/>.</param>
public sealed record BucketRule(int Index, string Name, BucketFunding Funding, TextLocation Location)
{
    /// <summary>What happens to unused credits; null where each plan says so, or for a postpaid bucket.</summary>
    public UnusedRule? Unused { get; init; }

    /// <summary>The order of lots inside the bucket; <see cref="DrawKey.Default"/> unless written.</summary>
    public ImmutableArray<DrawKey> Drawn { get; init; } = DrawKey.Default;

    /// <summary>Index of each action it may be drawn for; null: all.</summary>
    public ImmutableArray<int>? Serves { get; init; }

    /// <summary>Drawn only while this holds; null: always. Reads facts of the account only.</summary>
    public Condition? Open { get; init; }

    /// <summary>Credits per cycle; null: no limit. For a postpaid bucket.</summary>
    public Amount? Limit { get; init; }

    /// <summary>Money per credit of a postpaid bucket.</summary>
    public Amount? PostpaidRate { get; init; }

    /// <summary>Name, decimals and rounding of that money; set exactly for a postpaid bucket.</summary>
    public CreditUnit? PostpaidMoney { get; init; }

    /// <summary>When and to what postpaid use is billed; each cycle unless written.</summary>
    public BilledRule? Billed { get; init; }
}

/// <param name="IsMonthly">Every month of the cycle; otherwise at its end.</param>
/// <param name="To">A name the caller gives meaning to; null: not stated.</param>
public sealed record BilledRule(bool IsMonthly, string? To, TextLocation Location);

public enum UnusedKind
{
    NeverExpires = 1,
    ExpiresAtCycleEnd = 2,

    /// <summary>At the next occurrence into the bucket.</summary>
    ExpiresAtNextGrant = 3,
    ExpiresAfter = 4,
    RollsOver = 5,
}

/// <summary>What happens to credits that are left.</summary>
/// <param name="Life">Of the credits for <see cref="UnusedKind.ExpiresAfter"/>, of carried ones for <see cref="UnusedKind.RollsOver"/>; else null.</param>
public sealed record UnusedRule(UnusedKind Kind, Life? Life, TextLocation Location)
{
    public RolloverCap? Cap { get; init; }

    public Amount? Minimum { get; init; }
}

public enum LifeKind
{
    Interval = 1,

    /// <summary>So many cycles.</summary>
    Cycles = 2,
    Endless = 3,

    /// <summary>The grant keeps its end, only its balance is set.</summary>
    Own = 4,

    /// <summary>The account's value of a term.</summary>
    Term = 5,
}

/// <param name="Interval">For <see cref="LifeKind.Interval"/>.</param>
/// <param name="Cycles">For <see cref="LifeKind.Cycles"/>; 1 or more.</param>
/// <param name="Term">Index of the term for <see cref="LifeKind.Term"/>.</param>
public sealed record Life(LifeKind Kind, CalendarSpan Interval, int Cycles, int Term, TextLocation Location);

public enum RolloverCapKind
{
    /// <summary>On the sum of carried lots.</summary>
    Amount = 1,
    PercentOfGranted = 2,
    PercentOfUnused = 3,
}

/// <summary>The most that rolls over: an amount, or a percentage of what the kind says.</summary>
public sealed record RolloverCap(RolloverCapKind Kind, Amount Amount, TextLocation Location);

/// <summary>What a draw key compares (time, rule 7).</summary>
public enum DrawKeyKind
{
    LowestPriority = 1,
    LowestCost = 2,
    SoonestExpiry = 3,
    EarliestStart = 4,
    Oldest = 5,
    Newest = 6,
    Largest = 7,
    Smallest = 8,
    Narrowest = 9,
    BucketOrder = 10,
}

/// <summary>The precision at which expiries are compared.</summary>
public enum ExpiryResolution
{
    Exact = 0,
    Second = 1,
    Minute = 2,
    Hour = 3,

    /// <summary>A day of the ruleset's zone.</summary>
    Day = 4,
}

/// <param name="Rank">For <see cref="DrawKeyKind.BucketOrder"/>: the place of each bucket in the key's order, by bucket index; else empty.</param>
public sealed record DrawKey(DrawKeyKind Kind, ExpiryResolution Resolution, ImmutableArray<int> Rank)
{
    /// <summary>Soonest expiry, then oldest.</summary>
    public static ImmutableArray<DrawKey> Default { get; } =
        [new(DrawKeyKind.SoonestExpiry, ExpiryResolution.Exact, []), new(DrawKeyKind.Oldest, ExpiryResolution.Exact, [])];
}

/// <summary>The order credits are drawn in.</summary>
/// <param name="Exceptions">The one that holds replaces the order.</param>
public sealed record ConsumeRule(DrawOrder Order, ImmutableArray<ConsumeExcept> Exceptions, TextLocation Location)
{
    /// <param name="facts">The facts of the account, by index.</param>
    public DrawOrder OrderFor(ReadOnlySpan<FactValue> facts)
    {
        foreach (var exception in Exceptions)
        {
            if (exception.When.Holds(facts))
            {
                return exception.Order;
            }
        }

        return Order;
    }
}

/// <summary>Another order for accounts of which a condition holds; at most one exception holds.</summary>
public sealed record ConsumeExcept(Condition When, DrawOrder Order, TextLocation Location);

/// <summary>
/// Exactly one is set: <paramref name="Buckets"/> (bucket by bucket, inside each its own keys), <paramref name="Keys"/> (all lots together)
/// or <paramref name="Term"/> (the account's order).
/// </summary>
/// <param name="Buckets">Index of each bucket, first drawn first.</param>
/// <param name="Term">Index of a term of kind order.</param>
public sealed record DrawOrder(ImmutableArray<int>? Buckets, ImmutableArray<DrawKey>? Keys, int? Term, TextLocation Location);

public enum StopKind
{
    Block = 1,
    Pause = 2,
}

public enum ShortfallKind
{
    /// <summary>Nothing is drawn.</summary>
    Refuse = 1,

    /// <summary>What is there is drawn, the rest is a debt.</summary>
    Owe = 2,

    /// <summary>What is there is drawn, the rest is recorded.</summary>
    Forgive = 3,
}

/// <summary>What happens when credits are used up.</summary>
/// <param name="Stops">By action index; null: the action is not listed.</param>
/// <param name="ShortfallLocation">The line <c>if short …</c>.</param>
public sealed record AtZeroRule(ImmutableArray<StopRule?> Stops, ShortfallKind Shortfall, TextLocation ShortfallLocation, TextLocation Location)
{
    /// <summary>Set exactly where <see cref="Shortfall"/> is owe.</summary>
    public DebtRule? Debt { get; init; }
}

/// <summary>How an account may owe and repay.</summary>
/// <param name="UpTo">The most that all debts of an account may come to; null: no limit.</param>
/// <param name="RepaidBy">Index of each bucket that repays; empty: all that serve the action.</param>
public sealed record DebtRule(Amount? UpTo, bool IsDroppedAtRenewal, ImmutableArray<int> RepaidBy);

/// <summary>How long holds last and how they are settled (time, rules 18 to 21).</summary>
public sealed record HoldsRule
{
    /// <summary>What a file without <c>holds</c> says: one day, captures may exceed without limit, returned credits lapse.</summary>
    public static HoldsRule Default { get; } = new();

    public CalendarSpan Expiry { get; init; } = new(1, CalendarUnit.Day);

    public bool MayExceed { get; init; } = true;

    /// <summary>By how many percent of the hold a capture may exceed it; null: without limit.</summary>
    public ExactDecimal? ByPercent { get; init; }

    /// <summary>How long credits live that return to a lot which has ended; null: they lapse.</summary>
    public CalendarSpan? ReturnedLive { get; init; }

    /// <summary>Default where the file has no such item.</summary>
    public TextLocation Location { get; init; }

    /// <summary>The line on captures, else the item; default where the file has neither.</summary>
    public TextLocation CaptureLocation { get; init; }
}

/// <param name="Until">What lets it go on, as written: <c>renewal or purchase</c>.</param>
public sealed record StopRule(StopKind Kind, string Until, TextLocation Location);
