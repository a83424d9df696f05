using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary>Fixed words in a row, such as <c>at cycle end</c>; the first or the only differing one says which phrase it is.</summary>
/// <param name="Words">At least one; required words that the text lacks are missing tokens.</param>
public sealed record PhraseSyntax(ImmutableArray<SyntaxToken> Words) : SyntaxNode
{
    /// <summary>The kind of the first word.</summary>
    public SyntaxKind First => Words[0].Kind;

    /// <summary>The kind of the last word.</summary>
    public SyntaxKind Last => Words[^1].Kind;

    internal override void AddChildren(ChildList children) => children.Add(Words);
}

/// <summary>
/// <c>names = name { "," name } ;</c>, <c>value { "," value }</c>, <c>order = name { "," "then" name } ;</c>, <c>name { "or" name }</c> and
/// <c>name { "before" name }</c>; <c>name = NAME | STRING ;</c>, <c>value = name | NUMBER | DATE ;</c>
/// </summary>
/// <param name="Items">Names or values, at least one.</param>
/// <param name="Separators">Every comma and word between the items; "a, then b" has two in one gap.</param>
public sealed record TokenListSyntax(ImmutableArray<SyntaxToken> Items, ImmutableArray<SyntaxToken> Separators) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.AddSeparated(Items, Separators);
}

/// <summary><c>duration = INT ( "hour(s)" | "day(s)" | "week(s)" | "month(s)" | "year(s)" ) ;</c></summary>
/// <param name="Count">Null only after "every", where it means one.</param>
/// <param name="Unit">Singular or plural.</param>
public sealed record DurationSyntax(SyntaxToken? Count, SyntaxToken Unit) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Count).Add(Unit);
}
