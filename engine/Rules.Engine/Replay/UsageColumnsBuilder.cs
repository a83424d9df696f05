using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>
/// Collects one account's events, in the order they were recorded. Columns that it gave out stay as they are while more events come: those are put behind
/// them in the same arrays.
/// </summary>
public sealed class UsageColumnsBuilder(UsageShapes shapes)
{
    internal const int MostMeters = 8;

    private readonly List<WholeUse> _whole = [];
    private readonly List<NamedText> _keys = [];
    private readonly Dictionary<NamedText, int> _keyCodes = [];
    private readonly List<ImmutableArray<NamedText>> _records = [];
    private readonly Dictionary<ImmutableArray<NamedText>, int> _recordCodes = new(NamedTextsComparer.Instance);
    private long[] _occurredAt = [];

    // The same array while nothing came late.
    private long[] _recordedAt = [];
    private int[] _shape = [];
    private int[] _key = [];
    private int[] _record = [];
    private long[] _quantities = [];
    private int _stride;
    private bool _isShapeGivenOut;

    public int Count { get; private set; }

    /// <param name="recordedAt">Not before the one added last; what lies before it counts as recorded then.</param>
    public void Add(UsageEvent usage, Instant recordedAt) => Add(usage, recordedAt, operation: null);

    /// <param name="operation">What it was where it was not a plain charge.</param>
    /// <inheritdoc cref="Add(UsageEvent, Instant)" path="/param"/>
    public void Add(UsageEvent usage, Instant recordedAt, AccountOperation? operation)
    {
        var record = usage.Record.IsEmpty ? -1 : CodeOf(Ordered(usage.Record));
        if (operation is null && TryShape(usage, out var shape, out var quantities))
        {
            Put(usage.OccurredAt, recordedAt, shape.Code, usage.Keys.IsEmpty ? -1 : CodeOf(usage.Keys[0]), record, quantities);
            return;
        }

        Put(usage.OccurredAt, recordedAt, ~_whole.Count, key: -1, record, []);
        _whole.Add(new WholeUse(usage, shapes.Of(usage.Action, Ordered(usage.Facts), []).Code, operation, Id: null));
    }

    /// <summary>Adds a plain use of other columns with the same shapes.</summary>
    public void Add(UsageColumns from, int index)
    {
        if (from.Shape[index] < 0)
        {
            Add(from[index], from.RecordedAtOf(index));
            return;
        }

        Put(
            from.OccurredAtOf(index),
            from.RecordedAtOf(index),
            from.Shape[index],
            from.Key[index] < 0 ? -1 : CodeOf(from.Keys[from.Key[index]]),
            from.Record[index] < 0 ? -1 : CodeOf(from.Records[from.Record[index]]),
            from.Quantities.AsSpan(index * from.Stride, shapes[from.Shape[index]].Meters.Length));
    }

    /// <summary>Says by which id a later operation takes back a use that was added before.</summary>
    /// <param name="index">Place of the use.</param>
    public void Name(int index, string id)
    {
        if (_shape[index] < 0)
        {
            _whole[~_shape[index]] = _whole[~_shape[index]] with { Id = id };
            return;
        }

        var shape = shapes[_shape[index]];
        var usage = UsageColumns.EventOf(
            shape,
            Instants.Of(_occurredAt[index]),
            _quantities.AsSpan(index * _stride),
            _key[index] < 0 ? [] : [_keys[_key[index]]],
            _record[index] < 0 ? [] : _records[_record[index]]);
        _whole.Add(new WholeUse(usage, shapes.Of(shape.Action, shape.Facts, []).Code, Operation: null, id));
        if (_isShapeGivenOut)
        {
            (_shape, _isShapeGivenOut) = ([.. _shape], false);
        }

        _shape[index] = ~(_whole.Count - 1);
    }

    public UsageColumns ToColumns()
    {
        _isShapeGivenOut = true;
        return new UsageColumns(
            shapes, Count, _occurredAt, _recordedAt, _shape, _key, _record, _quantities, _stride, [.. _keys], [.. _records], [.. _whole]);
    }

    private void Put(Instant occurredAt, Instant recordedAt, int shape, int key, int record, ReadOnlySpan<long> quantities)
    {
        if (Count == _shape.Length)
        {
            Grow(Math.Max(16, Count * 2));
        }

        var (occurred, recorded) = (Instants.Microseconds(occurredAt), Instants.Microseconds(recordedAt));
        recorded = Count > 0 ? Math.Max(recorded, _recordedAt[Count - 1]) : recorded;
        if (recorded != occurred && ReferenceEquals(_recordedAt, _occurredAt))
        {
            _recordedAt = [.. _occurredAt];
        }

        if (quantities.Length > _stride)
        {
            Widen(quantities.Length);
        }

        (_occurredAt[Count], _recordedAt[Count]) = (occurred, recorded);
        (_shape[Count], _key[Count], _record[Count]) = (shape, key, record);
        quantities.CopyTo(_quantities.AsSpan(Count * _stride));
        Count++;
    }

    private void Grow(int capacity)
    {
        var isOnTime = ReferenceEquals(_recordedAt, _occurredAt);
        Array.Resize(ref _occurredAt, capacity);
        if (isOnTime)
        {
            _recordedAt = _occurredAt;
        }
        else
        {
            Array.Resize(ref _recordedAt, capacity);
        }

        Array.Resize(ref _shape, capacity);
        Array.Resize(ref _key, capacity);
        Array.Resize(ref _record, capacity);
        Array.Resize(ref _quantities, capacity * _stride);
        _isShapeGivenOut = false;
    }

    private void Widen(int stride)
    {
        var wider = new long[_shape.Length * stride];
        for (var i = 0; i < Count; i++)
        {
            _quantities.AsSpan(i * _stride, _stride).CopyTo(wider.AsSpan(i * stride));
        }

        (_quantities, _stride) = (wider, stride);
    }

    private bool TryShape(UsageEvent usage, out UsageShape shape, out long[] quantities)
    {
        shape = null!;
        quantities = [];
        if (usage.Amount is not null || !usage.Only.IsEmpty || usage.Quantities.Length > MostMeters || usage.Keys.Length > 1)
        {
            return false;
        }

        var stated = usage.Quantities.Length < 2 ? usage.Quantities : usage.Quantities.Sort(static (a, b) => string.CompareOrdinal(a.Meter, b.Meter));
        var meters = new ShapeMeter[stated.Length];
        quantities = new long[stated.Length];
        for (var i = 0; i < stated.Length; i++)
        {
            var places = stated[i].Quantity.Scale;
            if (places > 9 || !Scaled.TryFromExact(stated[i].Quantity, places, out quantities[i]))
            {
                return false;
            }

            meters[i] = new ShapeMeter(stated[i].Meter, places);
        }

        shape = shapes.Of(usage.Action, Ordered(usage.Facts), [.. meters]);
        return true;
    }

    private static ImmutableArray<NamedText> Ordered(ImmutableArray<NamedText> texts) =>
        texts.Length < 2 ? texts : texts.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));

    private int CodeOf(NamedText key)
    {
        if (!_keyCodes.TryGetValue(key, out var code))
        {
            code = _keys.Count;
            _keyCodes.Add(key, code);
            _keys.Add(key);
        }

        return code;
    }

    private int CodeOf(ImmutableArray<NamedText> record)
    {
        if (!_recordCodes.TryGetValue(record, out var code))
        {
            code = _records.Count;
            _recordCodes.Add(record, code);
            _records.Add(record);
        }

        return code;
    }
}
