using System.Collections.Immutable;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Engine.Replay;

/// <summary>The uses of one account.</summary>
/// <param name="State">How it stood before the first; null where nothing is said.</param>
/// <param name="Usage">Plain uses only.</param>
public sealed record AccountUsage(string Account, StatedAccount? State, UsageColumns Usage);

/// <summary>
/// Usage of a range of accounts as bytes: texts once, then a column for each thing that differs between events, as differences and in as few
/// bytes as a number needs. What does not fit into columns stands as JSON behind them.
/// </summary>
/// <remarks>
/// Numbers are LEB128, signed ones in zigzag. Order: version 2; texts; shapes (action, facts, meters with places); keys; records; per account:
/// name, state as JSON (empty: none), count of events, 1 where any was recorded at another instant than it happened and else 0, then per event the difference to the
/// instant before, after a 1 how much later it was recorded, shape + 1, key + 1, record + 1, quantities; of one beside the columns 0, record + 1, the event as JSON.
/// </remarks>
public static class UsageSegment
{
    private const byte Version = 2;

    /// <param name="accounts">All with the same shapes; events as <see cref="EventReader"/> reads them.</param>
    public static byte[] Write(IReadOnlyCollection<AccountUsage> accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        var codes = new Codes();
        var body = new SegmentWriter();
        body.Number(accounts.Count);
        foreach (var account in accounts)
        {
            body.Text(account.Account);
            body.Bytes(account.State is { } state ? WireWriter.Canonical(state) : []);
            body.Number(account.Usage.Count);
            WriteUses(body, codes, account.Usage);
        }

        var head = new SegmentWriter();
        head.Byte(Version);
        head.Number(codes.Texts.Count);
        codes.Texts.ForEach(head.Text);
        head.Number(codes.Shapes.Count);
        codes.Shapes.ForEach(shape =>
        {
            head.Number(codes.Of(shape.Action));
            WriteNamed(head, codes, shape.Facts);
            head.Number(shape.Meters.Length);
            foreach (var meter in shape.Meters)
            {
                head.Number(codes.Of(meter.Name));
                head.Number(meter.Places);
            }
        });
        head.Number(codes.Keys.Count);
        codes.Keys.ForEach(key => WriteNamed(head, codes, [key]));
        head.Number(codes.Records.Count);
        codes.Records.ForEach(record => WriteNamed(head, codes, record));
        return [.. head.Written, .. body.Written];
    }

    /// <param name="shapes">Those of the bytes that it does not know are added.</param>
    /// <exception cref="InvalidDataException">The bytes are not those of <see cref="Write"/>.</exception>
    public static ImmutableArray<AccountUsage> Read(ReadOnlySpan<byte> bytes, UsageShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        var reader = new SegmentReader(bytes);
        if (reader.Byte() != Version)
        {
            throw new InvalidDataException("A usage segment of another version.");
        }

        var texts = new string[reader.Count()];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.Text();
        }

        var shapeCodes = new UsageShape[reader.Count()];
        for (var i = 0; i < shapeCodes.Length; i++)
        {
            var action = texts[reader.Place(texts.Length)];
            var facts = ReadNamed(ref reader, texts);
            var meters = new ShapeMeter[reader.Place(UsageColumnsBuilder.MostMeters + 1)];
            for (var m = 0; m < meters.Length; m++)
            {
                meters[m] = new ShapeMeter(texts[reader.Place(texts.Length)], reader.Place(10));
            }

            shapeCodes[i] = shapes.Of(action, facts, [.. meters]);
        }

        var keys = new NamedText[reader.Count()];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = ReadNamed(ref reader, texts) is [var key] ? key : throw SegmentReader.Broken();
        }

        var records = new ImmutableArray<NamedText>[reader.Count()];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = ReadNamed(ref reader, texts);
        }

        var accounts = ImmutableArray.CreateBuilder<AccountUsage>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var account = reader.Text();
            var state = reader.Bytes();
            var columns = ReadUses(ref reader, shapes, shapeCodes, [.. keys], [.. records]);
            accounts.Add(new AccountUsage(account, state.IsEmpty ? null : EventReader.ReadState(state).Value ?? throw SegmentReader.Broken(), columns));
        }

        return reader.IsAtEnd ? accounts.ToImmutable() : throw SegmentReader.Broken();
    }

    /// <summary>One account's parts as one: by instant, and of one instant in the order of the parts.</summary>
    public static UsageColumns Merge(UsageShapes shapes, ImmutableArray<UsageColumns> parts)
    {
        if (parts.Length == 1)
        {
            return parts[0];
        }

        var builder = new UsageColumnsBuilder(shapes);
        var rows = parts.SelectMany(static (part, place) => Enumerable.Range(0, part.Count).Select(index => (At: part.OccurredAt[index], Part: place, Index: index))).ToArray();
        Array.Sort(rows);
        foreach (var (_, part, index) in rows)
        {
            builder.Add(parts[part], index);
        }

        return builder.ToColumns();
    }

    private static void WriteUses(SegmentWriter body, Codes codes, UsageColumns usage)
    {
        var last = 0L;
        var isOnTime = ReferenceEquals(usage.OccurredAt, usage.RecordedAt);
        body.Number(isOnTime ? 0 : 1);
        for (var i = 0; i < usage.Count; i++)
        {
            body.Signed(usage.OccurredAt[i] - last);
            last = usage.OccurredAt[i];
            if (!isOnTime)
            {
                body.Signed(usage.RecordedAt[i] - last);
            }

            var shape = usage.Shape[i];
            if (shape < 0)
            {
                body.Number(0);
                body.Number(codes.OfRecord(usage, i));
                body.Bytes(WireWriter.Canonical(usage[i]));
                continue;
            }

            body.Number(codes.Of(usage.Shapes[shape]) + 1);
            body.Number(usage.Key[i] < 0 ? 0 : codes.Of(usage.Keys[usage.Key[i]]) + 1);
            body.Number(codes.OfRecord(usage, i));
            for (var m = 0; m < usage.Shapes[shape].Meters.Length; m++)
            {
                body.Signed(usage.Quantities[(i * usage.Stride) + m]);
            }
        }
    }

    private static UsageColumns ReadUses(
        ref SegmentReader reader, UsageShapes shapes, UsageShape[] known, ImmutableArray<NamedText> keys, ImmutableArray<ImmutableArray<NamedText>> records)
    {
        var count = reader.Count();
        var stride = known.Length == 0 ? 0 : known.Max(static shape => shape.Meters.Length);
        var (at, shape, key, record, quantities) = (new long[count], new int[count], new int[count], new int[count], new long[count * stride]);
        var whole = ImmutableArray.CreateBuilder<WholeUse>();
        var last = 0L;
        var recordedAt = reader.Place(2) == 0 ? at : new long[count];
        for (var i = 0; i < count; i++)
        {
            at[i] = last += reader.Signed();
            if (recordedAt != at)
            {
                recordedAt[i] = at[i] + reader.Signed();
            }

            var code = reader.Place(known.Length + 1) - 1;
            if (code < 0)
            {
                (shape[i], key[i], record[i]) = (~whole.Count, -1, reader.Place(records.Length + 1) - 1);
                var usage = EventReader.ReadStated(reader.Bytes(), default).Value?.Usage ?? throw SegmentReader.Broken();
                whole.Add(new WholeUse(usage, shapes.Of(usage.Action, usage.Facts, []).Code, Operation: null, Id: null));
                continue;
            }

            (shape[i], key[i], record[i]) = (known[code].Code, reader.Place(keys.Length + 1) - 1, reader.Place(records.Length + 1) - 1);
            for (var m = 0; m < known[code].Meters.Length; m++)
            {
                quantities[(i * stride) + m] = reader.Signed();
            }
        }

        return new UsageColumns(shapes, count, at, recordedAt, shape, key, record, quantities, stride, keys, records, whole.ToImmutable());
    }

    private static void WriteNamed(SegmentWriter writer, Codes codes, ImmutableArray<NamedText> named)
    {
        writer.Number(named.Length);
        foreach (var (name, value) in named)
        {
            writer.Number(codes.Of(name));
            writer.Number(codes.Of(value));
        }
    }

    private static ImmutableArray<NamedText> ReadNamed(ref SegmentReader reader, string[] texts)
    {
        var named = new NamedText[reader.Count()];
        for (var i = 0; i < named.Length; i++)
        {
            named[i] = new NamedText(texts[reader.Place(texts.Length)], texts[reader.Place(texts.Length)]);
        }

        return [.. named];
    }

    /// <summary>What repeats, with its place. Texts of the others are given theirs as the others come.</summary>
    private sealed class Codes
    {
        private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
        private readonly Dictionary<int, int> _shapes = [];
        private readonly Dictionary<NamedText, int> _keys = [];
        private readonly Dictionary<ImmutableArray<NamedText>, int> _records = new(NamedTextsComparer.Instance);

        public List<string> Texts { get; } = [];

        public List<UsageShape> Shapes { get; } = [];

        public List<NamedText> Keys { get; } = [];

        public List<ImmutableArray<NamedText>> Records { get; } = [];

        public int Of(string text) => Of(_texts, Texts, text, text);

        public int Of(UsageShape shape)
        {
            if (!_shapes.ContainsKey(shape.Code))
            {
                Of(shape.Action);
                Note(shape.Facts);
                foreach (var meter in shape.Meters)
                {
                    Of(meter.Name);
                }
            }

            return Of(_shapes, Shapes, shape.Code, shape);
        }

        public int Of(NamedText key)
        {
            if (!_keys.ContainsKey(key))
            {
                Note([key]);
            }

            return Of(_keys, Keys, key, key);
        }

        /// <summary>0 without a record, else its place + 1.</summary>
        public int OfRecord(UsageColumns usage, int index) => usage.Record[index] < 0 ? 0 : Of(usage.Records[usage.Record[index]]) + 1;

        public int Of(ImmutableArray<NamedText> record)
        {
            if (!_records.ContainsKey(record))
            {
                Note(record);
            }

            return Of(_records, Records, record, record);
        }

        private void Note(ImmutableArray<NamedText> named)
        {
            foreach (var (name, value) in named)
            {
                Of(name);
                Of(value);
            }
        }

        private static int Of<TKey, TItem>(Dictionary<TKey, int> codes, List<TItem> items, TKey key, TItem item)
            where TKey : notnull
        {
            if (!codes.TryGetValue(key, out var code))
            {
                code = items.Count;
                codes.Add(key, code);
                items.Add(item);
            }

            return code;
        }
    }
}
