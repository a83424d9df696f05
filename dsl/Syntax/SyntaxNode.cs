using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

/// <summary>
/// A node of the tree. The type of a node is its kind; a switch over types reads a tree. Two nodes are equal only if they are the same
/// occurrence; tables keyed by nodes use <see cref="ReferenceEqualityComparer"/>, because the hash of a node walks its children.
/// </summary>
public abstract record SyntaxNode
{
    /// <summary>The text the node was read from.</summary>
    public SourceText Source { get; private set; } = null!;

    /// <summary>From the first to the last token that is not missing, without the trivia around them; empty where all are missing.</summary>
    public TextSpan Span { get; private set; }

    /// <summary><see cref="Span"/> with its text.</summary>
    public TextLocation Location => new(Source, Span);

    /// <summary>Nodes and tokens in the order of the text; absent optional parts are left out, missing tokens are there. Made anew at each call.</summary>
    public ImmutableArray<SyntaxElement> Children
    {
        get
        {
            var children = new ChildList();
            AddChildren(children);
            return children.ToImmutable();
        }
    }

    /// <summary>Every token below this node in the order of the text, missing ones too.</summary>
    public IEnumerable<SyntaxToken> DescendantTokens
    {
        get
        {
            foreach (var child in Children)
            {
                if (child.Token is { } token)
                {
                    yield return token;
                    continue;
                }

                foreach (var descendant in child.Node!.DescendantTokens)
                {
                    yield return descendant;
                }
            }
        }
    }

    /// <summary>This node and every node below it, parents before children.</summary>
    public IEnumerable<SyntaxNode> DescendantsAndSelf
    {
        get
        {
            yield return this;
            foreach (var child in Children)
            {
                if (child.Node is { } node)
                {
                    foreach (var descendant in node.DescendantsAndSelf)
                    {
                        yield return descendant;
                    }
                }
            }
        }
    }

    /// <summary>The same occurrence, never merely the same text.</summary>
    public virtual bool Equals(SyntaxNode? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>The characters of <see cref="Span"/>.</summary>
    public sealed override string ToString() => Source is null ? "" : Source.ToString(Span);

    internal abstract void AddChildren(ChildList children);

    internal void Attach(SourceText source, TextSpan span)
    {
        Source = source;
        Span = span;
    }
}
