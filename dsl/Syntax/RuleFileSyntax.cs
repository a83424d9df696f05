using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary><c>file = "language" INT NL , header , { item } , EOF ;</c></summary>
/// <param name="Language">Missing tokens where the file does not begin with it.</param>
/// <param name="Header">Missing tokens where the file has none.</param>
/// <param name="Items">Items and unreadable lines, in the order of the file.</param>
/// <param name="EndOfFile">Its leading trivia are the last comments of the file.</param>
public sealed record RuleFileSyntax(
    LanguageLineSyntax Language, HeaderSyntax Header, ImmutableArray<LineSyntax> Items, SyntaxToken EndOfFile) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Language).Add(Header).Add(Items).Add(EndOfFile);
}

/// <summary><c>"language" INT NL</c></summary>
public sealed record LanguageLineSyntax(SyntaxToken LanguageKeyword, SyntaxToken Version, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(LanguageKeyword).Add(Version);
}

/// <summary><c>header = ( "ruleset" name "version" INT "effective" DATE [ "at" TIME ] [ "amends" "version" INT ] | "common" name "version" INT )
/// eol [ IND { headline | remarks } DED ] ;</c> In a common file the words from <c>effective</c> on are missing tokens, and no part of the tree.</summary>
public sealed record HeaderSyntax(
    SyntaxToken Keyword,
    SyntaxToken Name,
    SyntaxToken VersionKeyword,
    SyntaxToken Version,
    SyntaxToken EffectiveKeyword,
    SyntaxToken EffectiveDate,
    EffectiveTimeSyntax? Time,
    AmendsClauseSyntax? Amends,
    LineEndSyntax End,
    BlockSyntax? Block) : LineSyntax(End, Block)
{
    /// <summary>The file holds lists, meters and currencies for others to include, and is no ruleset.</summary>
    public bool IsCommon => Keyword.Kind == SyntaxKind.CommonKeyword;

    /// <summary>The lines that include common files, in their order.</summary>
    public IEnumerable<IncludeLineSyntax> Includes => Block?.Lines.OfType<IncludeLineSyntax>() ?? [];

    internal override void AddHead(ChildList children)
    {
        children.Add(Keyword).Add(Name).Add(VersionKeyword).Add(Version);
        if (!IsCommon)
        {
            children.Add(EffectiveKeyword).Add(EffectiveDate).Add(Time).Add(Amends);
        }
    }
}

/// <summary><c>"at" TIME</c></summary>
public sealed record EffectiveTimeSyntax(SyntaxToken AtKeyword, SyntaxToken Time) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(AtKeyword).Add(Time);
}

/// <summary><c>"amends" "version" INT</c></summary>
public sealed record AmendsClauseSyntax(SyntaxToken AmendsKeyword, SyntaxToken VersionKeyword, SyntaxToken Version) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(AmendsKeyword).Add(VersionKeyword).Add(Version);
}

/// <summary><c>"title" STRING eol</c></summary>
public sealed record TitleLineSyntax(SyntaxToken TitleKeyword, SyntaxToken Title, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(TitleKeyword).Add(Title);
}

/// <summary><c>"source" STRING eol</c></summary>
public sealed record SourceLineSyntax(SyntaxToken SourceKeyword, SyntaxToken Page, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(SourceKeyword).Add(Page);
}

/// <summary><c>"timezone" ( STRING | "per" "account" "," "normally" STRING ) eol</c></summary>
/// <param name="TimezoneKeyword">The first word.</param>
/// <param name="PerAccount">The words "per account , normally"; null where all accounts share the zone.</param>
/// <param name="Zone">The zone of all accounts, or of those that name none.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record TimezoneLineSyntax(
    SyntaxToken TimezoneKeyword, PhraseSyntax? PerAccount, SyntaxToken Zone, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(TimezoneKeyword).Add(PerAccount).Add(Zone);
}

/// <summary><c>"include" name "version" INT eol</c></summary>
public sealed record IncludeLineSyntax(
    SyntaxToken IncludeKeyword, SyntaxToken Name, SyntaxToken VersionKeyword, SyntaxToken Version, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(IncludeKeyword).Add(Name).Add(VersionKeyword).Add(Version);
}

/// <summary><c>moves = "existing" "accounts" ( "move" ( "at" "renewal" | "on" DATE ) | "stay" ) eol ;</c>
/// In the header and in a plan.</summary>
/// <param name="ExistingAccounts">The words "existing accounts".</param>
/// <param name="Move">What happens to them.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record ExistingAccountsLineSyntax(PhraseSyntax ExistingAccounts, AccountMoveSyntax Move, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(ExistingAccounts).Add(Move);
}

/// <summary><c>"move" "at" "renewal" | "move" "on" DATE | "stay"</c></summary>
public abstract record AccountMoveSyntax : SyntaxNode;

/// <summary><c>"move" "at" "renewal"</c></summary>
public sealed record MoveAtRenewalSyntax(PhraseSyntax Phrase) : AccountMoveSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"move" "on" DATE</c></summary>
public sealed record MoveOnDateSyntax(PhraseSyntax MoveOn, SyntaxToken Date) : AccountMoveSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(MoveOn).Add(Date);
}

/// <summary><c>"stay"</c></summary>
public sealed record StaySyntax(SyntaxToken StayKeyword) : AccountMoveSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(StayKeyword);
}
