using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>A condition over facts. Leaves are tests of one fact; <c>is not</c> and bare names are resolved.</summary>
public abstract record BoundCondition(TextLocation Location) : BoundNode(Location);

/// <summary>All hold; two or more operands.</summary>
public sealed record BoundAndCondition(TextLocation Location, ImmutableArray<BoundCondition> Operands) : BoundCondition(Location);

/// <summary>At least one holds; two or more operands.</summary>
public sealed record BoundOrCondition(TextLocation Location, ImmutableArray<BoundCondition> Operands) : BoundCondition(Location);

/// <summary>The operand does not hold.</summary>
public sealed record BoundNotCondition(TextLocation Location, BoundCondition Operand) : BoundCondition(Location);

/// <summary>
/// The fact is one of the values of its enumeration: never empty, never the whole domain by an <c>is</c>; in domain order.
/// A tag (<c>model is provider-backed</c>) is resolved to the values that carry it and kept in <see cref="Tag"/>; <c>is not</c> is the complement.
/// </summary>
public sealed record BoundNameTest(TextLocation Location, FactSymbol Fact, ImmutableArray<string> Values, string? Tag = null) : BoundCondition(Location);

/// <summary>The number lies in the interval; a null end is open. <c>is 5</c> is the interval from 5 to 5, both included.</summary>
public sealed record BoundNumberTest(
    TextLocation Location, FactSymbol Fact, ExactDecimal? From, bool IncludesFrom, ExactDecimal? To, bool IncludesTo) : BoundCondition(Location);

/// <summary>The day lies in the half-open interval; a null end is open. <c>before D</c> excludes D, <c>on or after D</c> includes it.</summary>
public sealed record BoundDateTest(TextLocation Location, FactSymbol Fact, DateOnly? From, DateOnly? Before) : BoundCondition(Location);

/// <summary>A condition that could not be understood. Never in a rule set without errors.</summary>
public sealed record BoundErrorCondition(TextLocation Location) : BoundCondition(Location);
