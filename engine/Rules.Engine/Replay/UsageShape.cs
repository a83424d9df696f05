using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>
/// Everything about an event that repeats: its action, its facts, and which meters it reports in which precision. Events that share a shape
/// differ in instant, key, quantities and record only, so a model decides once per shape what it charges.
/// </summary>
/// <param name="Code">Its place in <see cref="UsageShapes"/>.</param>
/// <param name="Meters">In ordinal order; a quantity stands in the column of its meter's place here.</param>
public sealed record UsageShape(int Code, string Action, ImmutableArray<NamedText> Facts, ImmutableArray<ShapeMeter> Meters);

/// <param name="Places">Decimal places of the stored integers, 0 to 9.</param>
public readonly record struct ShapeMeter(string Name, int Places);

/// <summary>
/// The shapes of one ruleset's usage: a dictionary that only grows. One thread at a time adds; others may read those they know meanwhile.
/// </summary>
public sealed class UsageShapes
{
    private readonly Dictionary<UsageShape, UsageShape> _known = new(Comparer.Instance);
    private UsageShape[] _shapes = new UsageShape[16];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public UsageShape this[int code] => _shapes[code];

    /// <summary>The shape with this content, made at its first use.</summary>
    /// <param name="facts">In ordinal order of names.</param>
    /// <param name="meters">In ordinal order of names.</param>
    public UsageShape Of(string action, ImmutableArray<NamedText> facts, ImmutableArray<ShapeMeter> meters)
    {
        var sought = new UsageShape(_count, action, facts, meters);
        if (_known.TryGetValue(sought, out var shape))
        {
            return shape;
        }

        _known.Add(sought, sought);
        if (_count == _shapes.Length)
        {
            Array.Resize(ref _shapes, _count * 2);
        }

        _shapes[_count] = sought;
        Volatile.Write(ref _count, _count + 1);
        return sought;
    }

    private sealed class Comparer : IEqualityComparer<UsageShape>
    {
        public static Comparer Instance { get; } = new();

        public bool Equals(UsageShape? x, UsageShape? y) =>
            x!.Action == y!.Action && x.Meters.AsSpan().SequenceEqual(y.Meters.AsSpan()) && x.Facts.AsSpan().SequenceEqual(y.Facts.AsSpan());

        public int GetHashCode([DisallowNull] UsageShape obj)
        {
            var hash = new HashCode();
            hash.Add(obj.Action, StringComparer.Ordinal);
            foreach (var fact in obj.Facts)
            {
                hash.Add(fact);
            }

            foreach (var meter in obj.Meters)
            {
                hash.Add(meter);
            }

            return hash.ToHashCode();
        }
    }
}
