using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>A small story: steps in written order. Totals restart at the first <c>do</c> after an <c>expect</c>.</summary>
public sealed record BoundExample(TextLocation Location, string Name, ImmutableArray<BoundStep> Steps) : BoundNode(Location)
{
    /// <summary>The earlier version whose file it stands in; null: this version's own. One that no longer holds is PR0904.</summary>
    public BoundOrigin? InheritedFrom { get; init; }
}

/// <summary>An earlier version from which something is taken over.</summary>
public sealed record BoundOrigin(int Version, DateOnly EffectiveDate, TimeOnly EffectiveTime);

/// <summary>One line of an example.</summary>
public abstract record BoundStep(TextLocation Location) : BoundNode(Location);

/// <summary><c>on 2026-02-10</c>: from here on it is that day, 00:00 in the rule set's zone.</summary>
public sealed record BoundOnStep(TextLocation Location, DateOnly Date) : BoundStep(Location);

/// <summary><c>given plan Free, keys is own</c>.</summary>
public sealed record BoundGivenStep(TextLocation Location, ImmutableArray<BoundGiven> Givens) : BoundStep(Location);

/// <summary>One thing that is so from here on.</summary>
public abstract record BoundGiven(TextLocation Location) : BoundNode(Location);

/// <summary><c>plan Free</c>.</summary>
public sealed record BoundGivenPlan(TextLocation Location, PlanSymbol Plan) : BoundGiven(Location);

/// <summary><c>keys is own</c>, <c>created 2026-04-02</c>.</summary>
public sealed record BoundGivenFact(TextLocation Location, FactSymbol Fact, FactValue Value) : BoundGiven(Location);

/// <summary><c>included 10 credits</c>: replaces the bucket's grants.</summary>
public sealed record BoundGivenBalance(TextLocation Location, BucketSymbol Bucket, BoundAmount Amount) : BoundGiven(Location);

/// <summary><c>flex-threshold 20 credits</c>.</summary>
public sealed record BoundGivenTerm(TextLocation Location, TermSymbol Term, BoundTermValue Value) : BoundGiven(Location);

/// <summary><c>do 3 times analysis of 10 images with tile-size 500</c>; times is 1 or more.</summary>
public sealed record BoundDoStep(
    TextLocation Location, int Times, ActionSymbol Action, ImmutableArray<BoundQuantity> Quantities, ImmutableArray<BoundStatedFact> Facts) : BoundStep(Location)
{
    /// <summary>The value of the action's key; null: a scope of its own.</summary>
    public string? Key { get; init; }
}

/// <summary>A quantity of a unit that the action measures.</summary>
public sealed record BoundQuantity(TextLocation Location, ExactDecimal Count, UnitSymbol Unit) : BoundNode(Location);

/// <summary>A fact of the action that the event states.</summary>
public sealed record BoundStatedFact(TextLocation Location, FactSymbol Fact, FactValue Value) : BoundNode(Location);

/// <summary><c>correct analysis of 5 images</c>: takes back what an earlier event reported. Counts are above zero.</summary>
public sealed record BoundCorrectStep(
    TextLocation Location, ActionSymbol Action, ImmutableArray<BoundQuantity> Quantities, ImmutableArray<BoundStatedFact> Facts) : BoundStep(Location)
{
    /// <summary>The value of the action's key; null: a scope of its own.</summary>
    public string? Key { get; init; }
}

/// <summary><c>buy pack Standard</c>.</summary>
public sealed record BoundBuyPackStep(TextLocation Location, PackSymbol Pack) : BoundStep(Location);

/// <summary><c>buy 50 credits into prepaid</c>.</summary>
public sealed record BoundBuyStep(TextLocation Location, BoundAmount Amount, BucketSymbol Bucket) : BoundStep(Location);

/// <summary><c>change plan Hobby</c>.</summary>
public sealed record BoundChangePlanStep(TextLocation Location, PlanSymbol Plan) : BoundStep(Location);

/// <summary><c>expect 5 credits</c>: charged since the totals last restarted.</summary>
public sealed record BoundExpectCharge(TextLocation Location, BoundAmount Amount) : BoundStep(Location);

/// <summary><c>expect 5 credits from included</c>: drawn from the bucket since the totals last restarted.</summary>
public sealed record BoundExpectDrawn(TextLocation Location, BoundAmount Amount, BucketSymbol Bucket) : BoundStep(Location);

/// <summary><c>expect 63 credits back</c>: the charge is negative.</summary>
public sealed record BoundExpectBack(TextLocation Location, BoundAmount Amount) : BoundStep(Location);

/// <summary><c>expect image 2.8 credits</c>: one meter's part of the charge.</summary>
public sealed record BoundExpectPart(TextLocation Location, UnitSymbol Unit, BoundAmount Amount) : BoundStep(Location);

/// <summary><c>expect balance included 5 credits</c>.</summary>
public sealed record BoundExpectBalance(TextLocation Location, BucketSymbol Bucket, BoundAmount Amount) : BoundStep(Location);

/// <summary>Figures of the story itself.</summary>
public enum ExpectedFigure
{
    /// <summary>Paid by the last purchase.</summary>
    Price,

    /// <summary>Billed afterwards, or owed.</summary>
    Owed,

    /// <summary>What the page lists, waived parts included.</summary>
    Listed,
}

/// <summary><c>expect listed 1 credit</c>.</summary>
public sealed record BoundExpectFigure(TextLocation Location, ExpectedFigure Figure, BoundAmount Amount) : BoundStep(Location);

/// <summary>How the last <c>do</c> ended.</summary>
public enum ExpectedOutcome
{
    /// <summary>Blocked at zero.</summary>
    Blocked,

    /// <summary>Paused at zero.</summary>
    Paused,

    /// <summary>Refused because credits were short.</summary>
    Refused,

    /// <summary>A free action.</summary>
    Free,

    /// <summary>An unmetered rule held.</summary>
    Unmetered,

    /// <summary>The rule set does not apply to the account.</summary>
    NotApplicable,
}

/// <summary><c>expect blocked</c>.</summary>
public sealed record BoundExpectOutcome(TextLocation Location, ExpectedOutcome Outcome) : BoundStep(Location);

/// <summary><c>expect alert "…"</c>; null is <c>expect no alert</c>.</summary>
public sealed record BoundExpectAlert(TextLocation Location, AlertSymbol? Alert) : BoundStep(Location);

/// <summary>How two prices compare in a promise.</summary>
public enum PromiseRelation
{
    /// <summary>Less than.</summary>
    Under,

    /// <summary>More than.</summary>
    Over,

    /// <summary>Equal to.</summary>
    SameAs,
}

/// <summary>A claim over every account and size. Left and right are a sold and a sold or postpaid bucket, compared per credit.</summary>
public sealed record BoundPromise(
    TextLocation Location, string Name, BoundCondition? When, BoundAmount Size, bool IsFromSizeUp, BucketSymbol Left, PromiseRelation Relation, BucketSymbol Right)
    : BoundNode(Location)
{
    /// <summary>The earlier version whose file it stands in; null: this version's own.</summary>
    public BoundOrigin? InheritedFrom { get; init; }
}
