using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary><c>bucket = "bucket" name ( "from" ( "plan" | "purchase" | "grant" ) | "postpaid" "at" amount ) eol
/// [ IND { unused | "drawn" keys eol | "serves" names eol | "open" "when" cond eol | "limit" amount "each" "cycle" eol
/// | "billed" ( "monthly" | "each" "cycle" ) [ "to" name ] eol | remarks } DED ] ;</c>
/// Lines: <see cref="UnusedLineSyntax"/>, <see cref="DrawnLineSyntax"/>, <see cref="ServesLineSyntax"/>, <see cref="OpenLineSyntax"/>,
/// <see cref="LimitLineSyntax"/>, <see cref="BilledLineSyntax"/>.</summary>
public sealed record BucketSyntax(SyntaxToken BucketKeyword, SyntaxToken Name, BucketOriginSyntax Origin, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => BucketKeyword;

    internal override void AddHead(ChildList children) => children.Add(BucketKeyword).Add(Name).Add(Origin);
}

/// <summary><c>"from" ( "plan" | "purchase" | "grant" ) | "postpaid" "at" amount</c></summary>
public abstract record BucketOriginSyntax : SyntaxNode;

/// <summary><c>"from" ( "plan" | "purchase" | "grant" )</c></summary>
public sealed record FromOriginSyntax(SyntaxToken FromKeyword, SyntaxToken OriginKeyword) : BucketOriginSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(FromKeyword).Add(OriginKeyword);
}

/// <summary><c>"postpaid" "at" amount</c></summary>
public sealed record PostpaidOriginSyntax(PhraseSyntax PostpaidAt, AmountSyntax Amount) : BucketOriginSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(PostpaidAt).Add(Amount);
}

/// <summary><c>unused = "unused" … eol ;</c> In a bucket, or in a plan for the grants of that plan.</summary>
public sealed record UnusedLineSyntax(SyntaxToken UnusedKeyword, UnusedPolicySyntax Policy, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(UnusedKeyword).Add(Policy);
}

/// <summary>What happens to credits that were not used.</summary>
public abstract record UnusedPolicySyntax : SyntaxNode;

/// <summary><c>"never" "expires"</c></summary>
public sealed record NeverExpiresSyntax(PhraseSyntax Phrase) : UnusedPolicySyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"expires" "at" "cycle" "end"</c></summary>
public sealed record ExpiresAtCycleEndSyntax(PhraseSyntax Phrase) : UnusedPolicySyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"expires" "at" "the" "next" "grant"</c></summary>
public sealed record ExpiresAtNextGrantSyntax(PhraseSyntax Phrase) : UnusedPolicySyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"expires" "after" ( duration | name )</c></summary>
/// <param name="ExpiresAfter">The words "expires after".</param>
/// <param name="Life">A <see cref="DurationLifeSyntax"/> or a <see cref="NamedLifeSyntax"/>.</param>
public sealed record ExpiresAfterSyntax(PhraseSyntax ExpiresAfter, LifeSyntax Life) : UnusedPolicySyntax
{
    internal override void AddChildren(ChildList children) => children.Add(ExpiresAfter).Add(Life);
}

/// <summary><c>"rolls" "over" [ "up" "to" cap ] [ [ "," ] "at" "least" amount ] [ "," ] "for" life</c></summary>
/// <param name="RollsOver">The words "rolls over".</param>
/// <param name="Cap">Null where any amount is carried.</param>
/// <param name="Minimum">Null where nothing is topped up.</param>
/// <param name="Life">Null where the text does not say how long; binding reports it as PR0509.</param>
public sealed record RollsOverSyntax(PhraseSyntax RollsOver, RolloverCapSyntax? Cap, RolloverMinimumSyntax? Minimum, RolloverLifeSyntax? Life)
    : UnusedPolicySyntax
{
    internal override void AddChildren(ChildList children) => children.Add(RollsOver).Add(Cap).Add(Minimum).Add(Life);
}

/// <summary><c>"up" "to" cap</c>; <c>cap = amount | PERCENT [ "of" "unused" ] ;</c></summary>
/// <param name="UpTo">The words "up to".</param>
/// <param name="Amount">A percentage here has no base of its own.</param>
/// <param name="OfUnused">The words "of unused" after a percentage.</param>
public sealed record RolloverCapSyntax(PhraseSyntax UpTo, AmountSyntax Amount, PhraseSyntax? OfUnused) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(UpTo).Add(Amount).Add(OfUnused);
}

/// <summary><c>[ "," ] "at" "least" amount</c></summary>
public sealed record RolloverMinimumSyntax(SyntaxToken? Comma, PhraseSyntax AtLeast, AmountSyntax Amount) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(AtLeast).Add(Amount);
}

/// <summary><c>[ "," ] "for" life</c></summary>
public sealed record RolloverLifeSyntax(SyntaxToken? Comma, SyntaxToken ForKeyword, LifeSyntax Life) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(ForKeyword).Add(Life);
}

/// <summary><c>life = duration | INT ( "cycle" | "cycles" ) | "ever" | "its" "own" "life" | name ;</c></summary>
public abstract record LifeSyntax : SyntaxNode;

/// <summary><c>duration</c></summary>
public sealed record DurationLifeSyntax(DurationSyntax Duration) : LifeSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Duration);
}

/// <summary><c>INT ( "cycle" | "cycles" )</c></summary>
public sealed record CyclesLifeSyntax(SyntaxToken Count, SyntaxToken CyclesKeyword) : LifeSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Count).Add(CyclesKeyword);
}

/// <summary><c>"ever"</c></summary>
public sealed record EverLifeSyntax(SyntaxToken EverKeyword) : LifeSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(EverKeyword);
}

/// <summary><c>"its" "own" "life"</c></summary>
public sealed record OwnLifeSyntax(PhraseSyntax Phrase) : LifeSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>name</c>: a term of the type duration.</summary>
public sealed record NamedLifeSyntax(SyntaxToken Name) : LifeSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Name);
}

/// <summary><c>"drawn" keys eol</c></summary>
public sealed record DrawnLineSyntax(SyntaxToken DrawnKeyword, DrawKeyListSyntax Keys, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(DrawnKeyword).Add(Keys);
}

/// <summary><c>"serves" names eol</c></summary>
public sealed record ServesLineSyntax(SyntaxToken ServesKeyword, TokenListSyntax Actions, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ServesKeyword).Add(Actions);
}

/// <summary><c>"open" "when" cond eol</c></summary>
public sealed record OpenLineSyntax(PhraseSyntax OpenWhen, ConditionSyntax Condition, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(OpenWhen).Add(Condition);
}

/// <summary><c>"limit" amount "each" "cycle" eol</c></summary>
public sealed record LimitLineSyntax(SyntaxToken LimitKeyword, AmountSyntax Amount, PhraseSyntax EachCycle, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(LimitKeyword).Add(Amount).Add(EachCycle);
}

/// <summary><c>"billed" ( "monthly" | "each" "cycle" ) [ "to" name ] eol</c></summary>
/// <param name="BilledKeyword">The first word.</param>
/// <param name="Interval">"monthly" or "each cycle".</param>
/// <param name="To">Null where it does not say who is billed.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record BilledLineSyntax(
    SyntaxToken BilledKeyword, PhraseSyntax Interval, BilledToClauseSyntax? To, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(BilledKeyword).Add(Interval).Add(To);
}

/// <summary><c>"to" name</c></summary>
public sealed record BilledToClauseSyntax(SyntaxToken ToKeyword, SyntaxToken Name) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(ToKeyword).Add(Name);
}

/// <summary><c>consume = "consume" ( order | "by" keys ) eol [ IND { "except" "when" cond eol IND consume DED | remarks } DED ] ;</c>
/// Lines: <see cref="ExceptionLineSyntax"/>, whose block holds one <see cref="ConsumeSyntax"/>.</summary>
public sealed record ConsumeSyntax(SyntaxToken ConsumeKeyword, DrawOrderSyntax Order, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => ConsumeKeyword;

    internal override void AddHead(ChildList children) => children.Add(ConsumeKeyword).Add(Order);
}

/// <summary><c>order | "by" keys</c></summary>
public abstract record DrawOrderSyntax : SyntaxNode;

/// <summary><c>order = name { "," "then" name } ;</c> Also a term of the type bucket order, alone.</summary>
public sealed record BucketOrderSyntax(TokenListSyntax Buckets) : DrawOrderSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Buckets);
}

/// <summary><c>"by" keys</c></summary>
public sealed record KeyOrderSyntax(SyntaxToken ByKeyword, DrawKeyListSyntax Keys) : DrawOrderSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(ByKeyword).Add(Keys);
}

/// <summary><c>keys = key { "," "then" key } ;</c></summary>
/// <param name="Keys">At least one.</param>
/// <param name="Separators">A comma and a "then" in each gap.</param>
public sealed record DrawKeyListSyntax(ImmutableArray<DrawKeySyntax> Keys, ImmutableArray<SyntaxToken> Separators) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.AddSeparated(Keys, Separators);
}

/// <summary><c>key = "lowest" ( "priority" | "cost" ) | "soonest" "expiry" [ "by" ( "second" | "minute" | "hour" | "day" ) ]
/// | "earliest" "start" | "oldest" | "newest" | "largest" | "smallest" | "narrowest" | name "before" name { "before" name } ;</c></summary>
public abstract record DrawKeySyntax : SyntaxNode;

/// <summary>A key of fixed words: <c>lowest priority</c>, <c>lowest cost</c>, <c>earliest start</c>, <c>oldest</c>, <c>newest</c>,
/// <c>largest</c>, <c>smallest</c>, <c>narrowest</c>.</summary>
public sealed record PhraseDrawKeySyntax(PhraseSyntax Phrase) : DrawKeySyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"soonest" "expiry" [ "by" ( "second" | "minute" | "hour" | "day" ) ]</c></summary>
public sealed record ExpiryDrawKeySyntax(PhraseSyntax SoonestExpiry, ExpiryResolutionSyntax? Resolution) : DrawKeySyntax
{
    internal override void AddChildren(ChildList children) => children.Add(SoonestExpiry).Add(Resolution);
}

/// <summary><c>"by" ( "second" | "minute" | "hour" | "day" )</c></summary>
public sealed record ExpiryResolutionSyntax(SyntaxToken ByKeyword, SyntaxToken UnitKeyword) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(ByKeyword).Add(UnitKeyword);
}

/// <summary><c>name "before" name { "before" name }</c></summary>
public sealed record BucketsDrawKeySyntax(TokenListSyntax Buckets) : DrawKeySyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Buckets);
}
