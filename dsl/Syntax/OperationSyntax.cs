using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary><c>alert = "alert" STRING eol IND { level | "again" "whenever" "crossed" eol | "counting" "fresh" "credits" "only" eol
/// | "shows" names eol | "offers" names eol | remarks } DED ;</c>
/// Lines: <see cref="AlertLevelLineSyntax"/>, <see cref="AlertPhraseLineSyntax"/>, <see cref="ShowsLineSyntax"/>, <see cref="OffersLineSyntax"/>.</summary>
public sealed record AlertSyntax(SyntaxToken AlertKeyword, SyntaxToken Name, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => AlertKeyword;

    internal override void AddHead(ChildList children) => children.Add(AlertKeyword).Add(Name);
}

/// <summary><c>level = ( "at" | "above" | "below" ) amount { "," amount } [ "of" name ] ( "used" | "left" ) [ "," "then" "every" amount ] eol
/// | "at" "every" amount [ "of" name ] "used" eol ;</c></summary>
/// <param name="DirectionKeyword">"at", "above" or "below".</param>
/// <param name="EveryKeyword">Set in the second form.</param>
/// <param name="Levels">In the order written; a percentage here has no base of its own.</param>
/// <param name="Of">Null for all buckets.</param>
/// <param name="FigureKeyword">"used" or "left".</param>
/// <param name="Steps">Levels that follow the last one.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record AlertLevelLineSyntax(
    SyntaxToken DirectionKeyword,
    SyntaxToken? EveryKeyword,
    AmountListSyntax Levels,
    OfClauseSyntax? Of,
    SyntaxToken FigureKeyword,
    AlertStepsSyntax? Steps,
    LineEndSyntax End,
    BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(DirectionKeyword).Add(EveryKeyword).Add(Levels).Add(Of)
        .Add(FigureKeyword).Add(Steps);
}

/// <summary><c>"of" name</c></summary>
/// <param name="OfKeyword">The word "of".</param>
/// <param name="Bucket">A bucket, or the built-in name "balance".</param>
public sealed record OfClauseSyntax(SyntaxToken OfKeyword, SyntaxToken Bucket) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(OfKeyword).Add(Bucket);
}

/// <summary><c>"," "then" "every" amount</c></summary>
public sealed record AlertStepsSyntax(SyntaxToken Comma, PhraseSyntax ThenEvery, AmountSyntax Amount) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(ThenEvery).Add(Amount);
}

/// <summary><c>"again" "whenever" "crossed" eol | "counting" "fresh" "credits" "only" eol</c></summary>
public sealed record AlertPhraseLineSyntax(PhraseSyntax Phrase, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"shows" names eol</c></summary>
public sealed record ShowsLineSyntax(SyntaxToken ShowsKeyword, TokenListSyntax Names, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ShowsKeyword).Add(Names);
}

/// <summary><c>"offers" names eol</c></summary>
public sealed record OffersLineSyntax(SyntaxToken OffersKeyword, TokenListSyntax Names, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(OffersKeyword).Add(Names);
}

/// <summary><c>atzero = "at" "zero" eol IND { ( "block" | "pause" ) names "until" name { "or" name } leaf
/// | "if" "short" ( "refuse" | "forgive" | "owe" { "," debt } ) eol | remarks } DED ;</c>
/// Lines: <see cref="StopLineSyntax"/>, <see cref="ShortfallLineSyntax"/>.</summary>
public sealed record AtZeroSyntax(PhraseSyntax AtZero, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => AtZero.Words[0];

    internal override void AddHead(ChildList children) => children.Add(AtZero);
}

/// <summary><c>( "block" | "pause" ) names "until" name { "or" name } leaf</c></summary>
/// <param name="VerbKeyword">"block" or "pause".</param>
/// <param name="Actions">The actions that stop.</param>
/// <param name="UntilKeyword">The word "until".</param>
/// <param name="Events">What ends the stop, any of them.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record StopLineSyntax(
    SyntaxToken VerbKeyword, TokenListSyntax Actions, SyntaxToken UntilKeyword, TokenListSyntax Events, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(VerbKeyword).Add(Actions).Add(UntilKeyword).Add(Events);
}

/// <summary><c>"if" "short" ( "refuse" | "forgive" | "owe" { "," debt } ) eol</c></summary>
/// <param name="IfShort">The words "if short".</param>
/// <param name="PolicyKeyword">"refuse", "forgive" or "owe".</param>
/// <param name="DebtOptions">Empty except after "owe".</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record ShortfallLineSyntax(
    PhraseSyntax IfShort, SyntaxToken PolicyKeyword, ImmutableArray<DebtOptionSyntax> DebtOptions, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(IfShort).Add(PolicyKeyword).Add(DebtOptions);
}

/// <summary><c>debt = "up" "to" amount | "dropped" "at" "renewal" | "repaid" "by" names ;</c>, with the comma before it.</summary>
public abstract record DebtOptionSyntax : SyntaxNode;

/// <summary><c>"," "up" "to" amount</c></summary>
public sealed record DebtLimitSyntax(SyntaxToken Comma, PhraseSyntax UpTo, AmountSyntax Amount) : DebtOptionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(UpTo).Add(Amount);
}

/// <summary><c>"," "dropped" "at" "renewal"</c></summary>
public sealed record DebtDroppedSyntax(SyntaxToken Comma, PhraseSyntax Phrase) : DebtOptionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(Phrase);
}

/// <summary><c>"," "repaid" "by" names</c></summary>
public sealed record DebtRepaidSyntax(SyntaxToken Comma, PhraseSyntax RepaidBy, TokenListSyntax Buckets) : DebtOptionSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(RepaidBy).Add(Buckets);
}

/// <summary><c>holds = "holds" eol IND { "expire" "after" duration eol | "capture" … eol | "returned" "credits" … eol | remarks } DED ;</c>
/// Lines: <see cref="HoldExpiryLineSyntax"/>, <see cref="CaptureLineSyntax"/>, <see cref="ReturnedCreditsLineSyntax"/>.</summary>
public sealed record HoldsSyntax(SyntaxToken HoldsKeyword, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => HoldsKeyword;

    internal override void AddHead(ChildList children) => children.Add(HoldsKeyword);
}

/// <summary><c>"expire" "after" duration eol</c></summary>
public sealed record HoldExpiryLineSyntax(PhraseSyntax ExpireAfter, DurationSyntax Duration, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ExpireAfter).Add(Duration);
}

/// <summary><c>"capture" ( "may" "exceed" "the" "hold" [ "by" PERCENT ] | "never" "exceeds" "the" "hold" ) eol</c></summary>
/// <param name="CaptureKeyword">The first word.</param>
/// <param name="Phrase">"may exceed the hold" or "never exceeds the hold".</param>
/// <param name="By">Null where the excess is not limited.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record CaptureLineSyntax(
    SyntaxToken CaptureKeyword, PhraseSyntax Phrase, CaptureExcessSyntax? By, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(CaptureKeyword).Add(Phrase).Add(By);
}

/// <summary><c>"by" PERCENT</c></summary>
public sealed record CaptureExcessSyntax(SyntaxToken ByKeyword, SyntaxToken Percent) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(ByKeyword).Add(Percent);
}

/// <summary><c>"returned" "credits" ( "lapse" | "live" duration "more" ) eol</c></summary>
/// <param name="ReturnedCredits">The words "returned credits".</param>
/// <param name="VerbKeyword">"lapse" or "live".</param>
/// <param name="Duration">Set after "live".</param>
/// <param name="MoreKeyword">Set after "live".</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record ReturnedCreditsLineSyntax(
    PhraseSyntax ReturnedCredits, SyntaxToken VerbKeyword, DurationSyntax? Duration, SyntaxToken? MoreKeyword, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ReturnedCredits).Add(VerbKeyword).Add(Duration).Add(MoreKeyword);
}
