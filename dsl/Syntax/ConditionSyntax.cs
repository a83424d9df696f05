using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary><c>cond = conj { "or" conj } ;</c> <c>conj = test { "and" test } ;</c> <c>test = "not" test | "(" cond ")" | name [ predicate ] ;</c>
/// At most <see cref="SyntaxTree.MaximumDepth"/> deep.</summary>
public abstract record ConditionSyntax : SyntaxNode;

/// <summary><c>conj "or" conj { "or" conj }</c></summary>
/// <param name="Operands">Two or more.</param>
/// <param name="OrKeywords">One less.</param>
public sealed record OrConditionSyntax(ImmutableArray<ConditionSyntax> Operands, ImmutableArray<SyntaxToken> OrKeywords) : ConditionSyntax
{
    internal override void AddChildren(ChildList children) => children.AddSeparated(Operands, OrKeywords);
}

/// <summary><c>test "and" test { "and" test }</c></summary>
/// <param name="Operands">Two or more.</param>
/// <param name="AndKeywords">One less.</param>
public sealed record AndConditionSyntax(ImmutableArray<ConditionSyntax> Operands, ImmutableArray<SyntaxToken> AndKeywords) : ConditionSyntax
{
    internal override void AddChildren(ChildList children) => children.AddSeparated(Operands, AndKeywords);
}

/// <summary><c>"not" test</c></summary>
public sealed record NotConditionSyntax(SyntaxToken NotKeyword, ConditionSyntax Operand) : ConditionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(NotKeyword).Add(Operand);
}

/// <summary><c>"(" cond ")"</c></summary>
public sealed record ParenthesizedConditionSyntax(SyntaxToken OpenParenthesis, ConditionSyntax Condition, SyntaxToken CloseParenthesis)
    : ConditionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(OpenParenthesis).Add(Condition).Add(CloseParenthesis);
}

/// <summary><c>name</c> alone: a yes-or-no fact that is yes.</summary>
public sealed record FactConditionSyntax(SyntaxToken Fact) : ConditionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Fact);
}

/// <summary><c>name "is" [ "not" ] value</c></summary>
public sealed record IsConditionSyntax(SyntaxToken Fact, SyntaxToken IsKeyword, SyntaxToken? NotKeyword, SyntaxToken Value) : ConditionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Fact).Add(IsKeyword).Add(NotKeyword).Add(Value);
}

/// <summary><c>name "is" [ "not" ] "one" "of" value { "," value }</c></summary>
public sealed record IsOneOfConditionSyntax(
    SyntaxToken Fact, SyntaxToken IsKeyword, SyntaxToken? NotKeyword, PhraseSyntax OneOf, TokenListSyntax Values) : ConditionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Fact).Add(IsKeyword).Add(NotKeyword).Add(OneOf).Add(Values);
}

/// <summary><c>name ( "before" DATE | "on" "or" "after" DATE | "over" NUMBER | "under" NUMBER | "at" "least" NUMBER )</c></summary>
/// <param name="Fact">A date or number fact.</param>
/// <param name="Operator">"before", "on or after", "over", "under" or "at least".</param>
/// <param name="Operand">A date after the first two, a number after the others.</param>
public sealed record ComparisonConditionSyntax(SyntaxToken Fact, PhraseSyntax Operator, SyntaxToken Operand) : ConditionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Fact).Add(Operator).Add(Operand);
}
