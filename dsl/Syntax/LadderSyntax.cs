using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary><c>ladder = ( "graduated" | "volume" ) [ scope ] { "," ( "list" "price" amount | "tiers" "by" name
/// | "re-pricing" "earlier" "units" ) } eol IND { tier | remarks } DED ;</c></summary>
public sealed record LadderSyntax(SyntaxToken Comma, SyntaxToken ModeKeyword, ScopeSyntax? Scope, ImmutableArray<LadderOptionSyntax> Options)
    : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(ModeKeyword).Add(Scope).Add(Options);
}

/// <summary>What follows a comma in the first line of a ladder.</summary>
public abstract record LadderOptionSyntax : SyntaxNode;

/// <summary><c>"," "list" "price" amount</c></summary>
public sealed record ListPriceOptionSyntax(SyntaxToken Comma, PhraseSyntax ListPrice, AmountSyntax Amount) : LadderOptionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(ListPrice).Add(Amount);
}

/// <summary><c>"," "tiers" "by" name</c></summary>
public sealed record TiersByOptionSyntax(SyntaxToken Comma, PhraseSyntax TiersBy, SyntaxToken Meter) : LadderOptionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(TiersBy).Add(Meter);
}

/// <summary><c>"," "re-pricing" "earlier" "units"</c></summary>
public sealed record RepricingOptionSyntax(SyntaxToken Comma, PhraseSyntax Phrase) : LadderOptionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(Phrase);
}

/// <summary><c>tier = ( "base" | "over" NUMBER | "from" NUMBER | NUMBER "to" NUMBER | NUMBER "and" "up" | "next" NUMBER | "rest" )
/// cost leaf ;</c></summary>
public sealed record TierLineSyntax(TierBoundSyntax Bound, CostSyntax Cost, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Bound).Add(Cost);
}

/// <summary>Where a tier starts or ends.</summary>
public abstract record TierBoundSyntax : SyntaxNode;

/// <summary><c>"base"</c></summary>
public sealed record BaseBoundSyntax(SyntaxToken BaseKeyword) : TierBoundSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(BaseKeyword);
}

/// <summary><c>"over" NUMBER</c>: units after the Nth.</summary>
public sealed record OverBoundSyntax(SyntaxToken OverKeyword, SyntaxToken Number) : TierBoundSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(OverKeyword).Add(Number);
}

/// <summary><c>"from" NUMBER</c>: the Nth unit and after.</summary>
public sealed record FromBoundSyntax(SyntaxToken FromKeyword, SyntaxToken Number) : TierBoundSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(FromKeyword).Add(Number);
}

/// <summary><c>NUMBER "to" NUMBER</c>: both ends belong to the tier.</summary>
public sealed record RangeBoundSyntax(SyntaxToken Low, SyntaxToken ToKeyword, SyntaxToken High) : TierBoundSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Low).Add(ToKeyword).Add(High);
}

/// <summary><c>NUMBER "and" "up"</c></summary>
public sealed record AndUpBoundSyntax(SyntaxToken Number, PhraseSyntax AndUp) : TierBoundSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Number).Add(AndUp);
}

/// <summary><c>"next" NUMBER</c>: a tier this many units wide.</summary>
public sealed record NextBoundSyntax(SyntaxToken NextKeyword, SyntaxToken Number) : TierBoundSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(NextKeyword).Add(Number);
}

/// <summary><c>"rest"</c></summary>
public sealed record RestBoundSyntax(SyntaxToken RestKeyword) : TierBoundSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(RestKeyword);
}
