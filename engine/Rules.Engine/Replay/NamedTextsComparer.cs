using System.Collections.Immutable;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>Lists of names and values are equal when their items are.</summary>
internal sealed class NamedTextsComparer : IEqualityComparer<ImmutableArray<NamedText>>
{
    public static NamedTextsComparer Instance { get; } = new();

    public bool Equals(ImmutableArray<NamedText> x, ImmutableArray<NamedText> y) => x.AsSpan().SequenceEqual(y.AsSpan());

    public int GetHashCode(ImmutableArray<NamedText> obj)
    {
        var hash = new HashCode();
        foreach (var text in obj)
        {
            hash.Add(text);
        }

        return hash.ToHashCode();
    }
}
