using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary>
/// A line with what is indented under it. <see cref="SyntaxNode.Span"/> reaches from the first word to the end of the last indented line.
/// </summary>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public abstract record LineSyntax(LineEndSyntax End, BlockSyntax? Block) : SyntaxNode
{
    /// <summary>True where a mistake of writing was found on the line itself, the lines of its block apart. Such a line holds missing or
    /// misspelt tokens; a check that would blame what is absent stays silent about it.</summary>
    public bool HasError { get; internal set; }

    /// <summary>The remarks at the end of the line, then those on lines of their own directly in the block.</summary>
    public IEnumerable<RemarkSyntax> Remarks => Block is null
        ? End.Remarks
        : End.Remarks.Concat(Block.Lines.OfType<RemarkLineSyntax>().SelectMany(static line => line.End.Remarks));

    internal sealed override void AddChildren(ChildList children)
    {
        AddHead(children);
        children.Add(End).Add(Block);
    }

    internal abstract void AddHead(ChildList children);
}

/// <summary>A line that may stand at column 1:
/// <c>item = credit | currency | account | list | meter | action | free | rate | term | applies | unmetered | price | bucket | consume | cycle
/// | plan | pack | sell | invoice | alert | atzero | holds | record | transfers | promise | example | remove ;</c></summary>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public abstract record ItemSyntax(LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    /// <summary>The first word, which says what the item is.</summary>
    public abstract SyntaxToken Keyword { get; }
}

/// <summary><c>eol = { remark } NL ;</c> What could not be read at the end of a line is leading trivia of the line break.</summary>
public sealed record LineEndSyntax(ImmutableArray<RemarkSyntax> Remarks, SyntaxToken NewLine) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Remarks).Add(NewLine);
}

/// <summary><c>remark = ( "says" | "assume" | "note" ) STRING ;</c></summary>
public sealed record RemarkSyntax(SyntaxToken Keyword, SyntaxToken Text) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Keyword).Add(Text);
}

/// <summary><c>IND { line } DED</c>. Which lines may stand in a block depends on the line above it; <see cref="RemarkLineSyntax"/> and
/// <see cref="UnreadableLineSyntax"/> may stand in every block.</summary>
/// <param name="Indent">The opening of the block.</param>
/// <param name="Lines">At least one.</param>
/// <param name="Dedent">The close of the block.</param>
public sealed record BlockSyntax(SyntaxToken Indent, ImmutableArray<LineSyntax> Lines, SyntaxToken Dedent) : SyntaxNode
{
    /// <summary>True where a line directly in this block could not be read or has a mistake; checks of completeness then stay silent.</summary>
    public bool HasError => Lines.Any(static line => line.HasError);

    internal override void AddChildren(ChildList children) => children.Add(Indent).Add(Lines).Add(Dedent);
}

/// <summary><c>remarks = remark { remark } NL ;</c> The remarks are in <see cref="LineSyntax.End"/>; they belong to the line above the block.</summary>
public sealed record RemarkLineSyntax(LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children)
    {
    }
}

/// <summary>A line that could not be read, with its indented lines, which are unreadable too.</summary>
/// <param name="Tokens">At least one.</param>
/// <param name="End">Without remarks.</param>
/// <param name="Block">Unreadable lines; null where there are none.</param>
public sealed record UnreadableLineSyntax(ImmutableArray<SyntaxToken> Tokens, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Tokens);
}
