using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>An action with everything that decides what it costs.</summary>
/// <param name="Index">Its place in <see cref="RulesetModel.Actions"/>.</param>
public sealed record ActionRule(int Index, string Name, bool IsFree, TextLocation Location)
{
    /// <summary>What its runs are told apart by; null without <c>keyed by</c>.</summary>
    public string? Key { get; init; }

    /// <summary>What it reports, in declared order; quantities of an evaluation stand in this order.</summary>
    public ImmutableArray<Meter> Meters { get; init; } = [];

    /// <summary>All facts an evaluation of it may read: the account's, <c>plan</c>, its own; a fact's <see cref="Fact.Index"/> is its place.</summary>
    public ImmutableArray<Fact> Facts { get; init; } = [];

    /// <summary>Number of leading facts that the account states; the action's own follow.</summary>
    public int AccountFacts { get; init; }

    /// <summary>All must hold, else the ruleset does not apply.</summary>
    public ImmutableArray<GateRule> Applies { get; init; } = [];

    /// <summary>Any that holds makes the event unmetered.</summary>
    public ImmutableArray<GateRule> Unmetered { get; init; } = [];

    /// <summary>Null exactly for a free action.</summary>
    public PriceRule? Price { get; init; }
}

/// <summary>A line that lets an event through or stops it before it is priced.</summary>
/// <param name="Location">The whole line.</param>
public sealed record GateRule(Condition Condition, TextLocation Location);
