using System.Collections.Immutable;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Editing;

/// <summary>A token and the nodes around it, the innermost first.</summary>
internal sealed record NodePath(ImmutableArray<SyntaxNode> Nodes, SyntaxToken? Token)
{
    /// <summary>To the token that holds a position; to the innermost node where none does.</summary>
    public static NodePath To(SyntaxNode root, int position)
    {
        var nodes = new List<SyntaxNode> { root };
        while (true)
        {
            SyntaxNode? inner = null;
            foreach (var child in nodes[^1].Children)
            {
                if (!child.Span.Contains(position))
                {
                    continue;
                }

                if (child.Token is { } token)
                {
                    nodes.Reverse();
                    return new NodePath([.. nodes], token);
                }

                inner = child.Node;
                break;
            }

            if (inner is null)
            {
                nodes.Reverse();
                return new NodePath([.. nodes], null);
            }

            nodes.Add(inner);
        }
    }

    /// <summary>The innermost node of a type; null where there is none.</summary>
    public T? Find<T>()
        where T : SyntaxNode => Nodes.OfType<T>().FirstOrDefault();
}
