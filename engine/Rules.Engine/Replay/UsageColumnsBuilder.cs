using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>Collects one account's events, in the order they were recorded.</summary>
public sealed class UsageColumnsBuilder(UsageShapes shapes)
{
    internal const int MostMeters = 8;

    private readonly List<long> _occurredAt = [];
    private readonly List<long> _recordedAt = [];
    private readonly List<int> _shape = [];
    private readonly List<int> _key = [];
    private readonly List<int> _record = [];
    private readonly List<long[]> _quantities = [];
    private readonly List<WholeUse> _whole = [];
    private readonly Dictionary<NamedText, int> _keyCodes = [];
    private readonly List<ImmutableArray<NamedText>> _records = [];
    private readonly Dictionary<ImmutableArray<NamedText>, int> _recordCodes = new(NamedTextsComparer.Instance);
    private int _stride;

    public int Count => _shape.Count;

    /// <param name="recordedAt">Not before the one added last; what lies before it counts as recorded then.</param>
    public void Add(UsageEvent usage, Instant recordedAt) => Add(usage, recordedAt, operation: null);

    /// <param name="operation">What it was where it was not a plain charge.</param>
    /// <inheritdoc cref="Add(UsageEvent, Instant)" path="/param"/>
    public void Add(UsageEvent usage, Instant recordedAt, AccountOperation? operation)
    {
        var at = Instants.Microseconds(recordedAt);
        _recordedAt.Add(_recordedAt.Count > 0 ? Math.Max(at, _recordedAt[^1]) : at);
        _occurredAt.Add(Instants.Microseconds(usage.OccurredAt));
        if (operation is null && TryShape(usage, out var shape, out var quantities))
        {
            _shape.Add(shape.Code);
            _quantities.Add(quantities);
            _stride = Math.Max(_stride, quantities.Length);
            _key.Add(usage.Keys.IsEmpty ? -1 : CodeOf(usage.Keys[0]));
            _record.Add(usage.Record.IsEmpty ? -1 : CodeOf(Ordered(usage.Record)));
            return;
        }

        _shape.Add(~_whole.Count);
        _whole.Add(new WholeUse(usage, shapes.Of(usage.Action, Ordered(usage.Facts), []).Code, operation, Id: null));
        _quantities.Add([]);
        _key.Add(-1);
        _record.Add(usage.Record.IsEmpty ? -1 : CodeOf(Ordered(usage.Record)));
    }

    /// <summary>Adds a plain use of other columns with the same shapes.</summary>
    internal void Add(UsageColumns from, int index)
    {
        if (from.Shape[index] < 0)
        {
            Add(from[index], from.RecordedAtOf(index));
            return;
        }

        var meters = shapes[from.Shape[index]].Meters.Length;
        _recordedAt.Add(_recordedAt.Count > 0 ? Math.Max(from.RecordedAt[index], _recordedAt[^1]) : from.RecordedAt[index]);
        _occurredAt.Add(from.OccurredAt[index]);
        _shape.Add(from.Shape[index]);
        _quantities.Add(from.Quantities.AsSpan(index * from.Stride, meters).ToArray());
        _stride = Math.Max(_stride, meters);
        _key.Add(from.Key[index] < 0 ? -1 : CodeOf(from.Keys[from.Key[index]]));
        _record.Add(from.Record[index] < 0 ? -1 : CodeOf(from.Records[from.Record[index]]));
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
            _quantities[index],
            _key[index] < 0 ? [] : [_keyCodes.First(k => k.Value == _key[index]).Key],
            _record[index] < 0 ? [] : _records[_record[index]]);
        _whole.Add(new WholeUse(usage, shapes.Of(shape.Action, shape.Facts, []).Code, Operation: null, id));
        _shape[index] = ~(_whole.Count - 1);
    }

    public UsageColumns ToColumns()
    {
        var quantities = new long[_quantities.Count * _stride];
        for (var i = 0; i < _quantities.Count; i++)
        {
            _quantities[i].CopyTo(quantities, i * _stride);
        }

        long[] occurredAt = [.. _occurredAt];
        var keys = new NamedText[_keyCodes.Count];
        foreach (var (key, code) in _keyCodes)
        {
            keys[code] = key;
        }

        return new UsageColumns(
            shapes,
            occurredAt,
            _occurredAt.SequenceEqual(_recordedAt) ? occurredAt : [.. _recordedAt],
            [.. _shape],
            [.. _key],
            [.. _record],
            quantities,
            _stride,
            [.. keys],
            [.. _records],
            [.. _whole]);
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
            code = _keyCodes.Count;
            _keyCodes.Add(key, code);
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
