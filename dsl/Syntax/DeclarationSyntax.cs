using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary><c>credit = "credit" STRING precision leaf ;</c></summary>
public sealed record CreditSyntax(
    SyntaxToken CreditKeyword, SyntaxToken Name, PrecisionSyntax Precision, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => CreditKeyword;

    internal override void AddHead(ChildList children) => children.Add(CreditKeyword).Add(Name).Add(Precision);
}

/// <summary><c>currency = "currency" name precision leaf ;</c></summary>
public sealed record CurrencySyntax(
    SyntaxToken CurrencyKeyword, SyntaxToken Name, PrecisionSyntax Precision, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => CurrencyKeyword;

    internal override void AddHead(ChildList children) => children.Add(CurrencyKeyword).Add(Name).Add(Precision);
}

/// <summary><c>precision = "to" INT ( "decimal" | "decimals" ) [ "," "rounding" ( "half" ( "up" | "even" ) | "up" | "down" ) ] ;</c></summary>
public sealed record PrecisionSyntax(SyntaxToken ToKeyword, SyntaxToken Places, SyntaxToken DecimalsKeyword, RoundingSyntax? Rounding) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(ToKeyword).Add(Places).Add(DecimalsKeyword).Add(Rounding);
}

/// <summary><c>"," "rounding" ( "half" ( "up" | "even" ) | "up" | "down" )</c></summary>
/// <param name="Comma">The comma before it.</param>
/// <param name="RoundingKeyword">The word "rounding".</param>
/// <param name="Mode">"half up", "half even", "up" or "down".</param>
public sealed record RoundingSyntax(SyntaxToken Comma, SyntaxToken RoundingKeyword, PhraseSyntax Mode) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(RoundingKeyword).Add(Mode);
}

/// <summary><c>account = "account" name eol [ IND { fact | remarks } DED ] ;</c> Lines: <see cref="FactLineSyntax"/>.</summary>
public sealed record AccountSyntax(SyntaxToken AccountKeyword, SyntaxToken Name, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => AccountKeyword;

    internal override void AddHead(ChildList children) => children.Add(AccountKeyword).Add(Name);
}

/// <summary><c>fact = "has" name domain [ "," "normally" value ] eol ;</c></summary>
public sealed record FactLineSyntax(
    SyntaxToken HasKeyword, SyntaxToken Name, DomainSyntax Domain, FactDefaultSyntax? Default, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(HasKeyword).Add(Name).Add(Domain).Add(Default);
}

/// <summary><c>"," "normally" value</c></summary>
public sealed record FactDefaultSyntax(SyntaxToken Comma, SyntaxToken NormallyKeyword, SyntaxToken Value) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(NormallyKeyword).Add(Value);
}

/// <summary><c>domain = "yes" "or" "no" | "on" "or" "off" | "date" | "number" | "from" name | "one" "of" value { "," value } ;</c></summary>
public abstract record DomainSyntax : SyntaxNode;

/// <summary><c>"yes" "or" "no"</c></summary>
public sealed record YesOrNoDomainSyntax(PhraseSyntax Phrase) : DomainSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"on" "or" "off"</c></summary>
public sealed record OnOrOffDomainSyntax(PhraseSyntax Phrase) : DomainSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"date"</c></summary>
public sealed record DateDomainSyntax(SyntaxToken DateKeyword) : DomainSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(DateKeyword);
}

/// <summary><c>"number"</c></summary>
public sealed record NumberDomainSyntax(SyntaxToken NumberKeyword) : DomainSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(NumberKeyword);
}

/// <summary><c>"from" name</c></summary>
public sealed record ListDomainSyntax(SyntaxToken FromKeyword, SyntaxToken List) : DomainSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(FromKeyword).Add(List);
}

/// <summary><c>"one" "of" value { "," value }</c></summary>
public sealed record OneOfDomainSyntax(PhraseSyntax OneOf, TokenListSyntax Values) : DomainSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(OneOf).Add(Values);
}

/// <summary><c>list = "list" name eol [ IND { name [ names ] eol | remarks } DED ] ;</c> Lines: <see cref="ListEntryLineSyntax"/>.</summary>
public sealed record ListSyntax(SyntaxToken ListKeyword, SyntaxToken Name, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => ListKeyword;

    internal override void AddHead(ChildList children) => children.Add(ListKeyword).Add(Name);
}

/// <summary><c>name [ names ] eol</c></summary>
/// <param name="Name">The entry.</param>
/// <param name="Tags">Null where the entry has none.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record ListEntryLineSyntax(SyntaxToken Name, TokenListSyntax? Tags, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Name).Add(Tags);
}

/// <summary><c>meter = "meter" name [ "plural" name ] ( "whole" | "fractional" ) leaf ;</c></summary>
public sealed record MeterSyntax(
    SyntaxToken MeterKeyword, SyntaxToken Name, PluralClauseSyntax? Plural, SyntaxToken DivisibilityKeyword, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => MeterKeyword;

    internal override void AddHead(ChildList children) => children.Add(MeterKeyword).Add(Name).Add(Plural).Add(DivisibilityKeyword);
}

/// <summary><c>"plural" name</c></summary>
public sealed record PluralClauseSyntax(SyntaxToken PluralKeyword, SyntaxToken Name) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(PluralKeyword).Add(Name);
}

/// <summary><c>action = "action" name [ "keyed" "by" name ] eol [ IND { fact | "measures" names eol | remarks } DED ] ;</c>
/// Lines: <see cref="FactLineSyntax"/>, <see cref="MeasuresLineSyntax"/>.</summary>
public sealed record ActionSyntax(SyntaxToken ActionKeyword, SyntaxToken Name, KeyedByClauseSyntax? KeyedBy, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => ActionKeyword;

    internal override void AddHead(ChildList children) => children.Add(ActionKeyword).Add(Name).Add(KeyedBy);
}

/// <summary><c>"keyed" "by" name</c></summary>
public sealed record KeyedByClauseSyntax(PhraseSyntax KeyedBy, SyntaxToken Key) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(KeyedBy).Add(Key);
}

/// <summary><c>"measures" names eol</c></summary>
public sealed record MeasuresLineSyntax(SyntaxToken MeasuresKeyword, TokenListSyntax Meters, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(MeasuresKeyword).Add(Meters);
}

/// <summary><c>free = "free" "action" names leaf ;</c></summary>
public sealed record FreeActionSyntax(
    SyntaxToken FreeKeyword, SyntaxToken ActionKeyword, TokenListSyntax Actions, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => FreeKeyword;

    internal override void AddHead(ChildList children) => children.Add(FreeKeyword).Add(ActionKeyword).Add(Actions);
}

/// <summary><c>rate = "rate" name "is" amount [ "per" name ] leaf ;</c></summary>
public sealed record RateSyntax(
    SyntaxToken RateKeyword, SyntaxToken Name, SyntaxToken IsKeyword, AmountSyntax Amount, PerClauseSyntax? Per, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => RateKeyword;

    internal override void AddHead(ChildList children) => children.Add(RateKeyword).Add(Name).Add(IsKeyword).Add(Amount).Add(Per);
}

/// <summary><c>"per" name</c></summary>
public sealed record PerClauseSyntax(SyntaxToken PerKeyword, SyntaxToken Unit) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(PerKeyword).Add(Unit);
}

/// <summary><c>term = "term" name termtype "," ( "set" "per" "account" | "unpublished" ) ","
/// [ "normally" ( "unlimited" | termvalue ) "," ] "sample" termvalue leaf ;</c></summary>
/// <param name="TermKeyword">The first word.</param>
/// <param name="Name">The name declared.</param>
/// <param name="Type">What the values are.</param>
/// <param name="OriginComma">The comma before the origin.</param>
/// <param name="Origin">"set per account" or "unpublished".</param>
/// <param name="Default">Null where the term has no value unless it is set.</param>
/// <param name="SampleComma">The comma before "sample".</param>
/// <param name="SampleKeyword">The word "sample".</param>
/// <param name="Sample">The value that previews and examples use.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record TermSyntax(
    SyntaxToken TermKeyword,
    SyntaxToken Name,
    TermTypeSyntax Type,
    SyntaxToken OriginComma,
    PhraseSyntax Origin,
    TermDefaultSyntax? Default,
    SyntaxToken SampleComma,
    SyntaxToken SampleKeyword,
    TermValueSyntax Sample,
    LineEndSyntax End,
    BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => TermKeyword;

    internal override void AddHead(ChildList children) => children.Add(TermKeyword).Add(Name).Add(Type).Add(OriginComma).Add(Origin)
        .Add(Default).Add(SampleComma).Add(SampleKeyword).Add(Sample);
}

/// <summary><c>termtype = "credits" | "percent" [ "list" ] | "duration" | "bucket" "order" | name ;</c></summary>
/// <param name="Word">One of the four words, or the name of a currency.</param>
/// <param name="Second">"list" or "order"; null where the type is one word.</param>
public sealed record TermTypeSyntax(SyntaxToken Word, SyntaxToken? Second) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Word).Add(Second);
}

/// <summary><c>"," "normally" ( "unlimited" | termvalue )</c></summary>
public sealed record TermDefaultSyntax(SyntaxToken Comma, SyntaxToken NormallyKeyword, TermValueSyntax Value) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(NormallyKeyword).Add(Value);
}

/// <summary><c>termvalue = amount { "," amount } | duration | order ;</c>, or <c>"unlimited"</c> in a default.</summary>
public abstract record TermValueSyntax : SyntaxNode;

/// <summary><c>amount { "," amount }</c></summary>
public sealed record AmountListSyntax(
    ImmutableArray<AmountSyntax> Amounts, ImmutableArray<SyntaxToken> Commas)
    : TermValueSyntax
{
    internal override void AddChildren(ChildList children) => children.AddSeparated(Amounts, Commas);
}

/// <summary><c>duration</c></summary>
public sealed record DurationTermValueSyntax(DurationSyntax Duration) : TermValueSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Duration);
}

/// <summary><c>order = name { "," "then" name } ;</c></summary>
public sealed record OrderTermValueSyntax(TokenListSyntax Buckets) : TermValueSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Buckets);
}

/// <summary><c>"unlimited"</c></summary>
public sealed record UnlimitedTermValueSyntax(SyntaxToken UnlimitedKeyword) : TermValueSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(UnlimitedKeyword);
}

/// <summary><c>applies = "applies" ( "when" | "unless" ) cond leaf ;</c></summary>
/// <param name="AppliesKeyword">The first word.</param>
/// <param name="WhenKeyword">"when" or "unless".</param>
/// <param name="Condition">On facts of the account.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record AppliesSyntax(
    SyntaxToken AppliesKeyword, SyntaxToken WhenKeyword, ConditionSyntax Condition, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => AppliesKeyword;

    internal override void AddHead(ChildList children) => children.Add(AppliesKeyword).Add(WhenKeyword).Add(Condition);
}

/// <summary><c>unmetered = "unmetered" [ names ] "when" cond leaf ;</c></summary>
/// <param name="UnmeteredKeyword">The first word.</param>
/// <param name="Actions">Null for all actions.</param>
/// <param name="WhenKeyword">The word "when".</param>
/// <param name="Condition">On facts of the account and of these actions.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record UnmeteredSyntax(
    SyntaxToken UnmeteredKeyword,
    TokenListSyntax? Actions,
    SyntaxToken WhenKeyword,
    ConditionSyntax Condition,
    LineEndSyntax End,
    BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => UnmeteredKeyword;

    internal override void AddHead(ChildList children) => children.Add(UnmeteredKeyword).Add(Actions).Add(WhenKeyword).Add(Condition);
}

/// <summary><c>remove = "remove" NAME name eol ;</c></summary>
/// <param name="RemoveKeyword">The first word.</param>
/// <param name="ItemKind">The first word of the item to remove, such as "plan"; a keyword where it is one.</param>
/// <param name="Name">The item to remove.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record RemoveSyntax(SyntaxToken RemoveKeyword, SyntaxToken ItemKind, SyntaxToken Name, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => RemoveKeyword;

    internal override void AddHead(ChildList children) => children.Add(RemoveKeyword).Add(ItemKind).Add(Name);
}
