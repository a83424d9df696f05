using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

/// <summary>What could stand at a place of a file: found from the same decisions by which the file is parsed.</summary>
public sealed class ExpectedWords
{
    private readonly ImmutableSortedSet<SyntaxKind>.Builder _kinds = ImmutableSortedSet.CreateBuilder<SyntaxKind>();
    private bool _closed;

    internal ExpectedWords()
    {
    }

    /// <summary>Keywords, marks and kinds of figures. The order says nothing.</summary>
    public ImmutableSortedSet<SyntaxKind> Kinds => _kinds.ToImmutable();

    /// <summary>The spelling of the keywords among <see cref="Kinds"/>, in alphabetical order.</summary>
    public IEnumerable<string> Keywords =>
        _kinds.Where(SyntaxFacts.IsKeyword).Select(static kind => SyntaxFacts.GetText(kind)!).Order(StringComparer.Ordinal);

    /// <summary>True where a name that the author declares, or declares elsewhere, could stand.</summary>
    public bool Name { get; private set; }

    internal void Add(SyntaxKind kind)
    {
        if (!_closed && kind != SyntaxKind.NewLineToken)
        {
            _kinds.Add(kind);
        }
    }

    internal void AddStarters(BlockKind block)
    {
        foreach (var kind in BlockFacts.StarterKinds(block))
        {
            Add(kind);
        }
    }

    internal void AddName() => Name |= !_closed;

    // After the first mistake at the place the parser only looks for its way on.
    internal void Close() => _closed = true;
}
