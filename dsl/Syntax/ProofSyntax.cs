using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary><c>promise = "promise" STRING eol IND { "when" cond eol | "for" ( "any" "bundle" "from" | "a" "bundle" "of" ) amount eol
/// | "expect" name ( "under" | "over" | "same" "as" ) name eol | remarks } DED ;</c>
/// Lines: <see cref="PromiseWhenLineSyntax"/>, <see cref="PromiseForLineSyntax"/>, <see cref="PromiseExpectLineSyntax"/>.</summary>
public sealed record PromiseSyntax(SyntaxToken PromiseKeyword, SyntaxToken Name, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => PromiseKeyword;

    internal override void AddHead(ChildList children) => children.Add(PromiseKeyword).Add(Name);
}

/// <summary><c>"when" cond eol</c></summary>
public sealed record PromiseWhenLineSyntax(SyntaxToken WhenKeyword, ConditionSyntax Condition, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(WhenKeyword).Add(Condition);
}

/// <summary><c>"for" ( "any" "bundle" "from" | "a" "bundle" "of" ) amount eol</c></summary>
/// <param name="Phrase">"for any bundle from" or "for a bundle of".</param>
/// <param name="Amount">The smallest, or the only size.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record PromiseForLineSyntax(PhraseSyntax Phrase, AmountSyntax Amount, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Phrase).Add(Amount);
}

/// <summary><c>"expect" name ( "under" | "over" | "same" "as" ) name eol</c></summary>
/// <param name="ExpectKeyword">The first word.</param>
/// <param name="Left">A bucket.</param>
/// <param name="Relation">"under", "over" or "same as".</param>
/// <param name="Right">A bucket.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record PromiseExpectLineSyntax(
    SyntaxToken ExpectKeyword, SyntaxToken Left, PhraseSyntax Relation, SyntaxToken Right, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ExpectKeyword).Add(Left).Add(Relation).Add(Right);
}

/// <summary><c>example = "example" STRING eol IND { step | remarks } DED ;</c>
/// <c>step = ( "on" DATE | "given" … | "do" … | "buy" … | "change" "plan" name | "correct" … | "expect" expected ) eol ;</c>
/// Lines: the <see cref="StepSyntax"/> types.</summary>
public sealed record ExampleSyntax(SyntaxToken ExampleKeyword, SyntaxToken Name, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => ExampleKeyword;

    internal override void AddHead(ChildList children) => children.Add(ExampleKeyword).Add(Name);
}

/// <summary>A line of an example.</summary>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public abstract record StepSyntax(LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block);

/// <summary><c>"on" DATE</c></summary>
public sealed record OnStepSyntax(SyntaxToken OnKeyword, SyntaxToken Date, LineEndSyntax End, BlockSyntax? Block) : StepSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(OnKeyword).Add(Date);
}

/// <summary><c>"given" given { "," given }</c></summary>
public sealed record GivenStepSyntax(
    SyntaxToken GivenKeyword, ImmutableArray<GivenSyntax> Givens, ImmutableArray<SyntaxToken> Commas, LineEndSyntax End, BlockSyntax? Block)
    : StepSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(GivenKeyword).AddSeparated(Givens, Commas);
}

/// <summary><c>given = "plan" name | name "is" value | name DATE | name amount ;</c></summary>
public abstract record GivenSyntax : SyntaxNode;

/// <summary><c>"plan" name</c></summary>
public sealed record GivenPlanSyntax(SyntaxToken PlanKeyword, SyntaxToken Plan) : GivenSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(PlanKeyword).Add(Plan);
}

/// <summary><c>name "is" value</c></summary>
public sealed record GivenFactSyntax(SyntaxToken Fact, SyntaxToken IsKeyword, SyntaxToken Value) : GivenSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Fact).Add(IsKeyword).Add(Value);
}

/// <summary><c>name DATE</c></summary>
public sealed record GivenDateSyntax(SyntaxToken Fact, SyntaxToken Date) : GivenSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Fact).Add(Date);
}

/// <summary><c>name amount</c></summary>
/// <param name="Name">A bucket or a term.</param>
/// <param name="Amount">Its balance or value.</param>
public sealed record GivenAmountSyntax(SyntaxToken Name, AmountSyntax Amount) : GivenSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Name).Add(Amount);
}

/// <summary><c>"do" [ INT "times" ] name [ "of" NUMBER name { "," NUMBER name } ] [ "with" name value { "," name value } ]</c></summary>
public sealed record DoStepSyntax(
    SyntaxToken DoKeyword,
    RepetitionSyntax? Repetition,
    SyntaxToken Action,
    QuantitiesClauseSyntax? Quantities,
    WithClauseSyntax? With,
    LineEndSyntax End,
    BlockSyntax? Block) : StepSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(DoKeyword).Add(Repetition).Add(Action).Add(Quantities).Add(With);
}

/// <summary><c>INT "times"</c></summary>
public sealed record RepetitionSyntax(SyntaxToken Count, SyntaxToken TimesKeyword) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Count).Add(TimesKeyword);
}

/// <summary><c>"of" NUMBER name { "," NUMBER name }</c></summary>
public sealed record QuantitiesClauseSyntax(SyntaxToken OfKeyword, ImmutableArray<QuantitySyntax> Quantities, ImmutableArray<SyntaxToken> Commas)
    : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(OfKeyword).AddSeparated(Quantities, Commas);
}

/// <summary><c>NUMBER name</c></summary>
/// <param name="Number">The figure.</param>
/// <param name="Meter">A meter, in singular or plural, or a currency.</param>
public sealed record QuantitySyntax(SyntaxToken Number, SyntaxToken Meter) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Number).Add(Meter);
}

/// <summary><c>"with" name value { "," name value }</c></summary>
public sealed record WithClauseSyntax(SyntaxToken WithKeyword, ImmutableArray<FactValueSyntax> Facts, ImmutableArray<SyntaxToken> Commas) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(WithKeyword).AddSeparated(Facts, Commas);
}

/// <summary><c>name value</c></summary>
public sealed record FactValueSyntax(SyntaxToken Fact, SyntaxToken Value) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Fact).Add(Value);
}

/// <summary><c>"buy" "pack" name</c></summary>
public sealed record BuyPackStepSyntax(PhraseSyntax BuyPack, SyntaxToken Pack, LineEndSyntax End, BlockSyntax? Block) : StepSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(BuyPack).Add(Pack);
}

/// <summary><c>"buy" amount "into" name</c></summary>
public sealed record BuyAmountStepSyntax(
    SyntaxToken BuyKeyword, AmountSyntax Amount, SyntaxToken IntoKeyword, SyntaxToken Bucket, LineEndSyntax End, BlockSyntax? Block)
    : StepSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(BuyKeyword).Add(Amount).Add(IntoKeyword).Add(Bucket);
}

/// <summary><c>"change" "plan" name</c></summary>
public sealed record ChangePlanStepSyntax(PhraseSyntax ChangePlan, SyntaxToken Plan, LineEndSyntax End, BlockSyntax? Block) : StepSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ChangePlan).Add(Plan);
}

/// <summary><c>correct = "correct" name "of" NUMBER name { "," NUMBER name } [ "with" name value { "," name value } ] eol ;</c></summary>
public sealed record CorrectStepSyntax(
    SyntaxToken CorrectKeyword, SyntaxToken Action, QuantitiesClauseSyntax Quantities, WithClauseSyntax? With, LineEndSyntax End, BlockSyntax? Block)
    : StepSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(CorrectKeyword).Add(Action).Add(Quantities).Add(With);
}

/// <summary><c>"expect" expected</c></summary>
public sealed record ExpectStepSyntax(SyntaxToken ExpectKeyword, ExpectedSyntax Expected, LineEndSyntax End, BlockSyntax? Block) : StepSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ExpectKeyword).Add(Expected);
}

/// <summary><c>expected = amount [ "from" name ] | amount "back" | name amount | ( "balance" name | "price" | "owed" | "listed" ) amount
/// | "blocked" | "paused" | "refused" | "free" | "unmetered" | "not" "applicable" | "alert" STRING | "no" "alert" ;</c></summary>
public abstract record ExpectedSyntax : SyntaxNode;

/// <summary><c>amount [ "from" name ]</c>: charged, or taken from a bucket.</summary>
public sealed record ExpectedChargeSyntax(AmountSyntax Amount, FromClauseSyntax? From) : ExpectedSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Amount).Add(From);
}

/// <summary><c>"from" name</c></summary>
public sealed record FromClauseSyntax(SyntaxToken FromKeyword, SyntaxToken Bucket) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(FromKeyword).Add(Bucket);
}

/// <summary><c>amount "back"</c>: a negative charge.</summary>
public sealed record ExpectedBackSyntax(AmountSyntax Amount, SyntaxToken BackKeyword) : ExpectedSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Amount).Add(BackKeyword);
}

/// <summary><c>name amount</c>: one meter's part of the charge.</summary>
public sealed record ExpectedPartSyntax(SyntaxToken Meter, AmountSyntax Amount) : ExpectedSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Meter).Add(Amount);
}

/// <summary><c>"balance" name amount</c></summary>
public sealed record ExpectedBalanceSyntax(SyntaxToken BalanceKeyword, SyntaxToken Bucket, AmountSyntax Amount) : ExpectedSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(BalanceKeyword).Add(Bucket).Add(Amount);
}

/// <summary><c>( "price" | "owed" | "listed" ) amount</c></summary>
public sealed record ExpectedFigureSyntax(SyntaxToken FigureKeyword, AmountSyntax Amount) : ExpectedSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(FigureKeyword).Add(Amount);
}

/// <summary><c>"blocked" | "paused" | "refused" | "free" | "unmetered" | "not" "applicable" | "no" "alert"</c></summary>
public sealed record ExpectedOutcomeSyntax(PhraseSyntax Phrase) : ExpectedSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"alert" STRING</c></summary>
public sealed record ExpectedAlertSyntax(SyntaxToken AlertKeyword, SyntaxToken Alert) : ExpectedSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(AlertKeyword).Add(Alert);
}
