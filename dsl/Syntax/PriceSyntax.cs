namespace Rules.Dsl.Syntax;

/// <summary><c>price = "price" name [ "by" names ] [ "regardless" "of" names ] eol body ;</c>
/// <c>body = [ IND { component | row | allowance | floor | adjust | bound | corrections | exception | remarks } DED ] ;</c>
/// Lines: <see cref="EachComponentSyntax"/>, <see cref="PerComponentSyntax"/>, <see cref="RowLineSyntax"/> (only with "by"),
/// <see cref="AllowanceLineSyntax"/>, <see cref="CountLineSyntax"/>, <see cref="AdjustmentLineSyntax"/>, <see cref="BoundLineSyntax"/>,
/// <see cref="CorrectionsLineSyntax"/>, <see cref="ExceptionLineSyntax"/>.</summary>
public sealed record PriceSyntax(
    SyntaxToken PriceKeyword, SyntaxToken Action, ByClauseSyntax? By, RegardlessClauseSyntax? Regardless, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => PriceKeyword;

    internal override void AddHead(ChildList children) => children.Add(PriceKeyword).Add(Action).Add(By).Add(Regardless);
}

/// <summary><c>sell = "sell" name eol body ;</c> The lines of a price, without rows.</summary>
public sealed record SellSyntax(SyntaxToken SellKeyword, SyntaxToken Bucket, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => SellKeyword;

    internal override void AddHead(ChildList children) => children.Add(SellKeyword).Add(Bucket);
}

/// <summary><c>"by" names</c></summary>
public sealed record ByClauseSyntax(SyntaxToken ByKeyword, TokenListSyntax Facts) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(ByKeyword).Add(Facts);
}

/// <summary><c>"regardless" "of" names</c></summary>
public sealed record RegardlessClauseSyntax(PhraseSyntax RegardlessOf, TokenListSyntax Facts) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(RegardlessOf).Add(Facts);
}

/// <summary><c>exception = "except" "when" cond eol body ;</c> In a price or sell the block holds the lines of a body; in a consume item
/// one <see cref="ConsumeSyntax"/>.</summary>
public sealed record ExceptionLineSyntax(PhraseSyntax ExceptWhen, ConditionSyntax Condition, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ExceptWhen).Add(Condition);
}

/// <summary><c>component = [ "plus" ] ( "each" cost leaf | "per" … ) ;</c></summary>
/// <param name="PlusKeyword">Required from the second component of a body on; its absence is reported as PR0013.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public abstract record ComponentSyntax(SyntaxToken? PlusKeyword, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block);

/// <summary><c>[ "plus" ] "each" cost leaf</c></summary>
public sealed record EachComponentSyntax(
    SyntaxToken? PlusKeyword, SyntaxToken EachKeyword, CostSyntax Cost, LineEndSyntax End, BlockSyntax? Block)
    : ComponentSyntax(PlusKeyword, End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(PlusKeyword).Add(EachKeyword).Add(Cost);
}

/// <summary><c>[ "plus" ] "per" unitof [ rounded ] [ scope ]
/// ( cost leaf | "," "by" names eol IND { row | remarks } DED | "," ladder ) ;</c>
/// Exactly one of <paramref name="Cost"/>, <paramref name="Table"/> and <paramref name="Ladder"/> is set.</summary>
/// <param name="PlusKeyword">Required from the second component of a body on; its absence is reported as PR0013.</param>
/// <param name="PerKeyword">The word "per".</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Rounded">How the total is rounded before it is priced.</param>
/// <param name="Scope">Over what the total adds up; a ladder may carry it instead.</param>
/// <param name="Cost">The one rate; the block holds remarks.</param>
/// <param name="Table">The facts that choose a rate; the block holds <see cref="RowLineSyntax"/>.</param>
/// <param name="Ladder">The kind of ladder; the block holds <see cref="TierLineSyntax"/>.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record PerComponentSyntax(
    SyntaxToken? PlusKeyword,
    SyntaxToken PerKeyword,
    UnitOfSyntax Unit,
    RoundedClauseSyntax? Rounded,
    ScopeSyntax? Scope,
    CostSyntax? Cost,
    ByTableSyntax? Table,
    LadderSyntax? Ladder,
    LineEndSyntax End,
    BlockSyntax? Block) : ComponentSyntax(PlusKeyword, End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(PlusKeyword).Add(PerKeyword).Add(Unit).Add(Rounded).Add(Scope)
        .Add(Cost).Add(Table).Add(Ladder);
}

/// <summary><c>unitof = name | [ [ "complete" ] "package" "of" ] NUMBER name ;</c></summary>
/// <param name="CompleteKeyword">Only full packages count.</param>
/// <param name="PackageOf">The words "package of"; null where the units are shared exactly.</param>
/// <param name="Number">Null means one.</param>
/// <param name="Name">A meter, in singular or plural, a currency, or the keyword <c>credit</c> or <c>credits</c>.</param>
public sealed record UnitOfSyntax(SyntaxToken? CompleteKeyword, PhraseSyntax? PackageOf, SyntaxToken? Number, SyntaxToken Name) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(CompleteKeyword).Add(PackageOf).Add(Number).Add(Name);
}

/// <summary><c>rounded = "," "rounded" ( "up" | "down" | "half" "up" ) [ "in" "steps" "of" NUMBER ] ;</c></summary>
/// <param name="Comma">The comma before it.</param>
/// <param name="RoundedKeyword">The word "rounded".</param>
/// <param name="Mode">"up", "down" or "half up".</param>
/// <param name="Steps">Null where the number after "per" is the step.</param>
public sealed record RoundedClauseSyntax(SyntaxToken Comma, SyntaxToken RoundedKeyword, PhraseSyntax Mode, StepsClauseSyntax? Steps) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(RoundedKeyword).Add(Mode).Add(Steps);
}

/// <summary><c>"in" "steps" "of" NUMBER</c></summary>
public sealed record StepsClauseSyntax(PhraseSyntax InStepsOf, SyntaxToken Step) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(InStepsOf).Add(Step);
}

/// <summary><c>scope = "within" "each" ( "event" | "hour" | "day" | "cycle" | name ) ;</c></summary>
/// <param name="WithinEach">The words "within each".</param>
/// <param name="Name">One of the four keywords, or the name of the action's key.</param>
public sealed record ScopeSyntax(PhraseSyntax WithinEach, SyntaxToken Name) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(WithinEach).Add(Name);
}

/// <summary><c>"," "by" names</c></summary>
public sealed record ByTableSyntax(SyntaxToken Comma, SyntaxToken ByKeyword, TokenListSyntax Facts) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(ByKeyword).Add(Facts);
}

/// <summary><c>row = ( value { "," value } | "otherwise" ) cost leaf ;</c></summary>
/// <param name="Values">Null exactly where <paramref name="OtherwiseKeyword"/> is set.</param>
/// <param name="OtherwiseKeyword">The row for every value without a row.</param>
/// <param name="Cost">The price.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record RowLineSyntax(TokenListSyntax? Values, SyntaxToken? OtherwiseKeyword, CostSyntax Cost, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Values).Add(OtherwiseKeyword).Add(Cost);
}

/// <summary><c>allowance = "first" NUMBER ( "events" | name ) "free" [ scope ] leaf ;</c></summary>
/// <param name="FirstKeyword">The first word.</param>
/// <param name="Number">How many are free.</param>
/// <param name="Unit">The keyword "events", or a meter or currency.</param>
/// <param name="FreeKeyword">The word "free".</param>
/// <param name="Scope">Over what they add up.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record AllowanceLineSyntax(
    SyntaxToken FirstKeyword, SyntaxToken Number, SyntaxToken Unit, SyntaxToken FreeKeyword, ScopeSyntax? Scope, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(FirstKeyword).Add(Number).Add(Unit).Add(FreeKeyword).Add(Scope);
}

/// <summary><c>floor = "count" ( "at" "least" NUMBER name "each" | NUMBER name "more" "each" ) leaf ;</c>
/// Exactly one of <paramref name="AtLeast"/> and <paramref name="MoreKeyword"/> is set.</summary>
/// <param name="CountKeyword">The first word.</param>
/// <param name="AtLeast">Each event counts as this many where it has fewer.</param>
/// <param name="Number">How many.</param>
/// <param name="Meter">Of what.</param>
/// <param name="MoreKeyword">Each event counts this many more.</param>
/// <param name="EachKeyword">The word "each".</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record CountLineSyntax(
    SyntaxToken CountKeyword,
    PhraseSyntax? AtLeast,
    SyntaxToken Number,
    SyntaxToken Meter,
    SyntaxToken? MoreKeyword,
    SyntaxToken EachKeyword,
    LineEndSyntax End,
    BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(CountKeyword).Add(AtLeast).Add(Number).Add(Meter).Add(MoreKeyword).Add(EachKeyword);
}

/// <summary><c>adjust = ( "marked" "up" | "discounted" ) ( PERCENT | name ) leaf ;</c></summary>
/// <param name="Phrase">"marked up" or "discounted".</param>
/// <param name="Value">A percent token, or the name of a term.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record AdjustmentLineSyntax(PhraseSyntax Phrase, SyntaxToken Value, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Phrase).Add(Value);
}

/// <summary><c>bound = "at" ( "least" | "most" ) amount ( "each" | scope ) leaf ;</c>
/// Exactly one of <paramref name="EachKeyword"/> and <paramref name="Scope"/> is set.</summary>
/// <param name="Phrase">"at least" or "at most".</param>
/// <param name="Amount">The bound.</param>
/// <param name="EachKeyword">On each event.</param>
/// <param name="Scope">On the total of a scope.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record BoundLineSyntax(
    PhraseSyntax Phrase, AmountSyntax Amount, SyntaxToken? EachKeyword, ScopeSyntax? Scope, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Phrase).Add(Amount).Add(EachKeyword).Add(Scope);
}

/// <summary><c>corrections = "corrections" ( "allowed" | "cost" "nothing" ) leaf ;</c></summary>
public sealed record CorrectionsLineSyntax(SyntaxToken CorrectionsKeyword, PhraseSyntax Phrase, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(CorrectionsKeyword).Add(Phrase);
}
