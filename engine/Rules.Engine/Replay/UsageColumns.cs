using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>
/// The usage events of one account in columns, in the order they were recorded. An event that does not fit (more than nine places, beyond a
/// 64-bit integer, more than eight meters) stands whole beside the columns, so nothing is ever lost or rounded; so does a use that was not a
/// plain charge.
/// </summary>
public sealed class UsageColumns
{
    internal UsageColumns(
        UsageShapes shapes,
        int count,
        long[] occurredAt,
        long[] recordedAt,
        int[] shape,
        int[] key,
        int[] record,
        long[] quantities,
        int stride,
        ImmutableArray<NamedText> keys,
        ImmutableArray<ImmutableArray<NamedText>> records,
        ImmutableArray<WholeUse> whole)
    {
        Shapes = shapes;
        Count = count;
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
    }

    public UsageShapes Shapes { get; }

    // The arrays may be longer: who collects events may put later ones behind.
    public int Count { get; }

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

    internal ImmutableArray<WholeUse> Whole { get; }

    /// <summary>Code of the shape that the event is counted under.</summary>
    internal int ShapeOf(int index) => Shape[index] >= 0 ? Shape[index] : Whole[~Shape[index]].Shape;

    /// <summary>True where every event was recorded when it occurred.</summary>
    internal bool IsOnTime => ReferenceEquals(OccurredAt, RecordedAt);

    /// <returns>The place of the first event from a place on that did not occur in a span of time.</returns>
    /// <param name="from">Microseconds since 1970, inclusive.</param>
    /// <param name="until">Exclusive.</param>
    internal int EndOf(int index, long from, long until)
    {
        if (IsOnTime)
        {
            return Math.Max(index, Place(until));
        }

        while (index < Count && OccurredAt[index] >= from && OccurredAt[index] < until)
        {
            index++;
        }

        return index;
    }

    public Instant OccurredAtOf(int index) => Instants.Of(OccurredAt[index]);

    public Instant RecordedAtOf(int index) => Instants.Of(RecordedAt[index]);

    /// <summary>Those that were recorded in a window.</summary>
    /// <param name="from">Inclusive.</param>
    /// <param name="until">Exclusive.</param>
    public UsageColumns Within(Instant from, Instant until)
    {
        var (first, end) = (Place(Instants.Microseconds(from)), Place(Instants.Microseconds(until)));
        if (first == 0 && end == Count)
        {
            return this;
        }

        var occurredAt = OccurredAt[first..end];
        return new UsageColumns(
            Shapes, end - first, occurredAt, RecordedAt == OccurredAt ? occurredAt : RecordedAt[first..end], Shape[first..end], Key[first..end], Record[first..end],
            Quantities[(first * Stride)..(end * Stride)], Stride, Keys, Records, Whole);
    }

    // The first that is not before.
    private int Place(long at)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = RecordedAt[middle] < at ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The event as it was reported; names in ordinal order.</summary>
    public UsageEvent this[int index]
    {
        get
        {
            if (Shape[index] < 0)
            {
                return Whole[~Shape[index]].Event;
            }

            return EventOf(
                Shapes[Shape[index]],
                OccurredAtOf(index),
                Quantities.AsSpan(index * Stride),
                Key[index] < 0 ? [] : [Keys[Key[index]]],
                Record[index] < 0 ? [] : Records[Record[index]]);
        }
    }

    /// <param name="quantities">At least as many as the shape has meters.</param>
    internal static UsageEvent EventOf(
        UsageShape shape, Instant occurredAt, ReadOnlySpan<long> quantities, ImmutableArray<NamedText> keys, ImmutableArray<NamedText> record)
    {
        var metered = ImmutableArray.CreateBuilder<MeteredQuantity>(shape.Meters.Length);
        for (var i = 0; i < shape.Meters.Length; i++)
        {
            metered.Add(new(shape.Meters[i].Name, Scaled.ToExact(quantities[i], shape.Meters[i].Places)));
        }

        return new UsageEvent
        {
            OccurredAt = occurredAt,
            Action = shape.Action,
            Quantities = metered.MoveToImmutable(),
            Facts = shape.Facts,
            Keys = keys,
            Record = record,
        };
    }
}

/// <summary>A use beside the columns.</summary>
/// <param name="Shape">Its shape without its meters.</param>
/// <param name="Operation">The capture, correction or reversal that it was; null for a charge.</param>
/// <param name="Id">By which a later reversal names it; null where none does.</param>
internal readonly record struct WholeUse(UsageEvent Event, int Shape, AccountOperation? Operation, string? Id);

/// <summary>Instants as microseconds since 1970, as the ledger stores them.</summary>
internal static class Instants
{
    public static Instant Of(long microseconds) => NodaConstants.UnixEpoch + Duration.FromTicks(microseconds * 10);

    public static long Microseconds(Instant at) => at.ToUnixTimeTicks() / 10;
}
