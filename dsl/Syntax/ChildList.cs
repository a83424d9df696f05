using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

internal sealed class ChildList
{
    private readonly ImmutableArray<SyntaxElement>.Builder _children = ImmutableArray.CreateBuilder<SyntaxElement>();

    public ChildList Add(SyntaxToken? token)
    {
        if (token is not null)
        {
            _children.Add(new SyntaxElement(null, token));
        }

        return this;
    }

    public ChildList Add(SyntaxNode? node)
    {
        if (node is not null)
        {
            _children.Add(new SyntaxElement(node, null));
        }

        return this;
    }

    public ChildList Add(ImmutableArray<SyntaxToken> tokens)
    {
        foreach (var token in tokens)
        {
            Add(token);
        }

        return this;
    }

    public ChildList Add<T>(ImmutableArray<T> nodes)
        where T : SyntaxNode
    {
        foreach (var node in nodes)
        {
            Add(node);
        }

        return this;
    }

    // Separators stand between elements; "a, then b" has two of them in one gap, so both lists are merged by position.
    public ChildList AddSeparated(ImmutableArray<SyntaxToken> tokens, ImmutableArray<SyntaxToken> separators)
    {
        var next = 0;
        foreach (var token in tokens)
        {
            while (next < separators.Length && separators[next].FullSpan.Start < token.FullSpan.Start)
            {
                Add(separators[next++]);
            }

            Add(token);
        }

        return AddRest(separators, next);
    }

    public ChildList AddSeparated<T>(ImmutableArray<T> nodes, ImmutableArray<SyntaxToken> separators)
        where T : SyntaxNode
    {
        var next = 0;
        foreach (var node in nodes)
        {
            while (next < separators.Length && separators[next].FullSpan.Start < node.Span.Start)
            {
                Add(separators[next++]);
            }

            Add(node);
        }

        return AddRest(separators, next);
    }

    public ImmutableArray<SyntaxElement> ToImmutable() => _children.DrainToImmutable();

    private ChildList AddRest(ImmutableArray<SyntaxToken> separators, int next)
    {
        for (; next < separators.Length; next++)
        {
            Add(separators[next]);
        }

        return this;
    }
}
