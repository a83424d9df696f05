namespace Rules.Dsl.Syntax;

/// <summary><c>amount = NUMBER unit | PERCENT [ "of" ( NUMBER unit | name ) ] | name ;</c></summary>
public abstract record AmountSyntax : SyntaxNode;

/// <summary><c>NUMBER unit</c>; <c>unit = "credit" | "credits" | NAME ;</c></summary>
/// <param name="Number">The figure.</param>
/// <param name="Unit">"credit" or "credits" (keywords), or the name of a currency.</param>
public sealed record UnitAmountSyntax(SyntaxToken Number, SyntaxToken Unit) : AmountSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Number).Add(Unit);
}

/// <summary><c>PERCENT [ "of" ( NUMBER unit | name ) ]</c></summary>
public sealed record PercentAmountSyntax(SyntaxToken Percent, PercentBaseSyntax? Base) : AmountSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Percent).Add(Base);
}

/// <summary><c>"of" ( NUMBER unit | name )</c></summary>
public sealed record PercentBaseSyntax(SyntaxToken OfKeyword, AmountSyntax Amount) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(OfKeyword).Add(Amount);
}

/// <summary><c>name</c>: a rate or a term.</summary>
public sealed record NamedAmountSyntax(SyntaxToken Name) : AmountSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Name);
}

/// <summary><c>cost = ( amount ( fee | [ "per" "package" "of" NUMBER ] [ PERCENT "off" ] [ "plus" amount fee ] ) | ( PERCENT | name ) "off" )
/// [ "," "at" "most" amount ] [ "," "waived" ] ;</c></summary>
/// <param name="Amount">Null only where the cost is a part off: then <paramref name="Off"/> is set.</param>
/// <param name="Fee">Set where <paramref name="Amount"/> is a flat fee.</param>
/// <param name="Package">Units per package of this tier.</param>
/// <param name="Off">Beside an amount a claim, alone the price.</param>
/// <param name="Plus">A flat fee in addition to the amount.</param>
/// <param name="Cap">The most that this line can charge.</param>
/// <param name="Waived">Listed but not charged.</param>
public sealed record CostSyntax(
    AmountSyntax? Amount, FeeSyntax? Fee, PackageClauseSyntax? Package, OffSyntax? Off, PlusFeeSyntax? Plus, CapSyntax? Cap, WaivedSyntax? Waived)
    : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Amount).Add(Fee).Add(Package).Add(Off).Add(Plus).Add(Cap).Add(Waived);
}

/// <summary><c>fee = "flat" [ "even" "at" "zero" ] ;</c></summary>
public sealed record FeeSyntax(SyntaxToken FlatKeyword, PhraseSyntax? EvenAtZero) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(FlatKeyword).Add(EvenAtZero);
}

/// <summary><c>"per" "package" "of" NUMBER</c></summary>
public sealed record PackageClauseSyntax(PhraseSyntax PerPackageOf, SyntaxToken Size) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(PerPackageOf).Add(Size);
}

/// <summary><c>( PERCENT | name ) "off"</c></summary>
/// <param name="Value">A percent token, or the name of a term.</param>
/// <param name="OffKeyword">The word "off".</param>
public sealed record OffSyntax(SyntaxToken Value, SyntaxToken OffKeyword) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Value).Add(OffKeyword);
}

/// <summary><c>"plus" amount fee</c></summary>
public sealed record PlusFeeSyntax(SyntaxToken PlusKeyword, AmountSyntax Amount, FeeSyntax Fee) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(PlusKeyword).Add(Amount).Add(Fee);
}

/// <summary><c>"," "at" "most" amount</c></summary>
public sealed record CapSyntax(SyntaxToken Comma, PhraseSyntax AtMost, AmountSyntax Amount) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(AtMost).Add(Amount);
}

/// <summary><c>"," "waived"</c></summary>
public sealed record WaivedSyntax(SyntaxToken Comma, SyntaxToken WaivedKeyword) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(WaivedKeyword);
}
