namespace Rules.Dsl.Syntax;

/// <summary><c>plan = "plan" name "grants" amount "every" interval "into" name eol
/// [ IND { unused | "also" "grants" amount "every" interval "into" name eol | moves | remarks } DED ] ;</c>
/// Lines: <see cref="UnusedLineSyntax"/>, <see cref="AlsoGrantsLineSyntax"/>, <see cref="ExistingAccountsLineSyntax"/>.</summary>
public sealed record PlanSyntax(SyntaxToken PlanKeyword, SyntaxToken Name, PlanGrantSyntax Grant, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => PlanKeyword;

    internal override void AddHead(ChildList children) => children.Add(PlanKeyword).Add(Name).Add(Grant);
}

/// <summary><c>"grants" amount "every" interval "into" name</c></summary>
public sealed record PlanGrantSyntax(
    SyntaxToken GrantsKeyword,
    AmountSyntax Amount,
    SyntaxToken EveryKeyword,
    IntervalSyntax Interval,
    SyntaxToken IntoKeyword,
    SyntaxToken Bucket) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(GrantsKeyword).Add(Amount).Add(EveryKeyword).Add(Interval)
        .Add(IntoKeyword).Add(Bucket);
}

/// <summary><c>interval = "cycle" | duration ;</c> Exactly one is set; the duration of an interval may lack its count.</summary>
public sealed record IntervalSyntax(SyntaxToken? CycleKeyword, DurationSyntax? Duration) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(CycleKeyword).Add(Duration);
}

/// <summary><c>"also" "grants" amount "every" interval "into" name eol</c></summary>
public sealed record AlsoGrantsLineSyntax(SyntaxToken AlsoKeyword, PlanGrantSyntax Grant, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(AlsoKeyword).Add(Grant);
}

/// <summary><c>pack = "pack" name amount "into" name leaf ;</c></summary>
public sealed record PackSyntax(
    SyntaxToken PackKeyword, SyntaxToken Name, AmountSyntax Amount, SyntaxToken IntoKeyword, SyntaxToken Bucket, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => PackKeyword;

    internal override void AddHead(ChildList children) => children.Add(PackKeyword).Add(Name).Add(Amount).Add(IntoKeyword).Add(Bucket);
}

/// <summary><c>invoice = "invoice" "on" "day" INT "of" "the" "next" "month" [ "," "collected" "automatically" ] leaf ;</c></summary>
public sealed record InvoiceSyntax(
    SyntaxToken InvoiceKeyword,
    PhraseSyntax OnDay,
    SyntaxToken Day,
    PhraseSyntax OfTheNextMonth,
    CollectionClauseSyntax? Collection,
    LineEndSyntax End,
    BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => InvoiceKeyword;

    internal override void AddHead(ChildList children) => children.Add(InvoiceKeyword).Add(OnDay).Add(Day).Add(OfTheNextMonth).Add(Collection);
}

/// <summary><c>"," "collected" "automatically"</c></summary>
public sealed record CollectionClauseSyntax(SyntaxToken Comma, PhraseSyntax Phrase) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(Phrase);
}

/// <summary><c>record = "record" names "on" "every" "charge" leaf ;</c></summary>
public sealed record RecordSyntax(
    SyntaxToken RecordKeyword, TokenListSyntax Names, PhraseSyntax OnEveryCharge, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => RecordKeyword;

    internal override void AddHead(ChildList children) => children.Add(RecordKeyword).Add(Names).Add(OnEveryCharge);
}

/// <summary><c>transfers = "transfers" ( "never" | "allowed" ) leaf ;</c></summary>
public sealed record TransfersSyntax(SyntaxToken TransfersKeyword, SyntaxToken PolicyKeyword, LineEndSyntax End, BlockSyntax? Block)
    : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => TransfersKeyword;

    internal override void AddHead(ChildList children) => children.Add(TransfersKeyword).Add(PolicyKeyword);
}
