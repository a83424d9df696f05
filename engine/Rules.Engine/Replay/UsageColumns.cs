using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>
/// The usage events of one account in columns, in the order they were recorded. An event that does not fit (more than nine places, beyond a
/// 64-bit integer, more than eight meters) stands whole beside the columns, so nothing is ever lost or rounded.
/// </summary>
public sealed class UsageColumns
{
    internal UsageColumns(
        UsageShapes shapes,
        long[] occurredAt,
        long[] recordedAt,
        int[] shape,
        int[] key,
        int[] record,
        long[] quantities,
        int stride,
        ImmutableArray<NamedText> keys,
        ImmutableArray<ImmutableArray<NamedText>> records,
        ImmutableArray<UsageEvent> whole,
        ImmutableArray<int> wholeShapes)
    {
        Shapes = shapes;
        OccurredAt = occurredAt;
        RecordedAt = recordedAt;
        Shape = shape;
        Key = key;
        Record = record;
        Quantities = quantities;
        Stride = stride;
        Keys = keys;
        Records = records;
        Whole = whole;
        WholeShapes = wholeShapes;
    }

    public UsageShapes Shapes { get; }

    public int Count => Shape.Length;

    /// <summary>Microseconds since 1970.</summary>
    internal long[] OccurredAt { get; }

    /// <summary>Microseconds since 1970, ascending; the same array as <see cref="OccurredAt"/> where nothing came late.</summary>
    internal long[] RecordedAt { get; }

    /// <summary>Code of the shape; below zero: the complement is a place in <see cref="Whole"/>.</summary>
    internal int[] Shape { get; }

    /// <summary>Place in <see cref="Keys"/>; -1 without a key.</summary>
    internal int[] Key { get; }

    /// <summary>Place in <see cref="Records"/>; -1 without a record.</summary>
    internal int[] Record { get; }

    /// <summary>Row by row, <see cref="Stride"/> integers each, scaled by the shape's places.</summary>
    internal long[] Quantities { get; }

    internal int Stride { get; }

    internal ImmutableArray<NamedText> Keys { get; }

    internal ImmutableArray<ImmutableArray<NamedText>> Records { get; }

    internal ImmutableArray<UsageEvent> Whole { get; }

    /// <summary>The shape of each of <see cref="Whole"/>, without its meters.</summary>
    internal ImmutableArray<int> WholeShapes { get; }

    /// <summary>Code of the shape that the event is counted under.</summary>
    internal int ShapeOf(int index) => Shape[index] >= 0 ? Shape[index] : WholeShapes[~Shape[index]];

    public Instant OccurredAtOf(int index) => Instants.Of(OccurredAt[index]);

    public Instant RecordedAtOf(int index) => Instants.Of(RecordedAt[index]);

    /// <summary>The event as it was reported; names in ordinal order.</summary>
    public UsageEvent this[int index]
    {
        get
        {
            if (Shape[index] < 0)
            {
                return Whole[~Shape[index]];
            }

            var shape = Shapes[Shape[index]];
            var quantities = ImmutableArray.CreateBuilder<MeteredQuantity>(shape.Meters.Length);
            for (var i = 0; i < shape.Meters.Length; i++)
            {
                quantities.Add(new(shape.Meters[i].Name, Scaled.ToExact(Quantities[(index * Stride) + i], shape.Meters[i].Places)));
            }

            return new UsageEvent
            {
                OccurredAt = OccurredAtOf(index),
                Action = shape.Action,
                Quantities = quantities.MoveToImmutable(),
                Facts = shape.Facts,
                Keys = Key[index] < 0 ? [] : [Keys[Key[index]]],
                Record = Record[index] < 0 ? [] : Records[Record[index]],
            };
        }
    }
}

/// <summary>Instants as microseconds since 1970, as the ledger stores them.</summary>
internal static class Instants
{
    public static Instant Of(long microseconds) => NodaConstants.UnixEpoch + Duration.FromTicks(microseconds * 10);

    public static long Microseconds(Instant at) => at.ToUnixTimeTicks() / 10;
}
