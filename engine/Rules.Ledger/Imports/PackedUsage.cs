using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Rules.Engine.Replay;
using Rules.Engine.Wire;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Imports;

/// <summary>Events as packed segments, and back.</summary>
internal static class PackedUsage
{
    /// <summary>Events at which a segment ends with the account at hand.</summary>
    private const int SegmentEvents = 65_536;

    /// <summary>Segments by account, and in an account by instant; what came first stands first.</summary>
    public static ImmutableArray<StoredUsageSegment> Pack(long batch, List<PastEvent> events)
    {
        var segments = ImmutableArray.CreateBuilder<StoredUsageSegment>();
        var part = new List<IGrouping<string, PastEvent>>();
        var count = 0;
        foreach (var account in events.GroupBy(static e => e.Account, StringComparer.Ordinal).OrderBy(static a => a.Key, StringComparer.Ordinal))
        {
            part.Add(account);
            count += account.Count();
            if (count >= SegmentEvents)
            {
                segments.Add(Segment(batch, segments.Count + 1, part));
                (part, count) = ([], 0);
            }
        }

        if (count > 0)
        {
            segments.Add(Segment(batch, segments.Count + 1, part));
        }

        return segments.ToImmutable();
    }

    /// <exception cref="StoreException">They are not as they were stored.</exception>
    public static ImmutableArray<AccountUsage> Columns(StoredUsageSegment segment, UsageShapes shapes)
    {
        try
        {
            return UsageSegment.Read(Unpack(segment, segment.Columns, segment.ColumnsSha256), shapes);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(segment, e);
        }
    }

    /// <summary>In the order of the events.</summary>
    /// <exception cref="StoreException">They are not as they were stored.</exception>
    public static IEnumerable<string> Ids(StoredUsageSegment segment)
    {
        using var reader = new BinaryReader(new MemoryStream(Unpack(segment, segment.Ids, segment.IdsSha256)), Encoding.UTF8);
        for (var i = 0L; i < segment.Events; i++)
        {
            yield return reader.ReadString();
        }
    }

    private static StoredUsageSegment Segment(long batch, int number, List<IGrouping<string, PastEvent>> accounts)
    {
        var shapes = new UsageShapes();
        var columns = new List<AccountUsage>(accounts.Count);
        using var ids = new MemoryStream();
        using var writer = new BinaryWriter(ids, Encoding.UTF8);
        var events = 0L;
        var (from, until) = (NodaTime.Instant.MaxValue, NodaTime.Instant.MinValue);
        foreach (var account in accounts)
        {
            var builder = new UsageColumnsBuilder(shapes);
            StatedAccount? state = null;
            foreach (var past in account.OrderBy(static e => e.Usage.OccurredAt))
            {
                builder.Add(past.Usage, past.Usage.OccurredAt);
                writer.Write(past.Id!);
                state ??= past.State;
                (from, until) = (NodaTime.Instant.Min(from, past.Usage.OccurredAt), NodaTime.Instant.Max(until, past.Usage.OccurredAt));
            }

            events += builder.Count;
            columns.Add(new AccountUsage(account.Key, state, builder.ToColumns()));
        }

        writer.Flush();
        var (columnBytes, columnsSha256) = PackedBytes.Pack(UsageSegment.Write(columns));
        var (idBytes, idsSha256) = PackedBytes.Pack(ids.ToArray());
        return new StoredUsageSegment(batch, number, columns[0].Account, columns[^1].Account, from, until, events, columnBytes, columnsSha256, idBytes, idsSha256);
    }

    private static byte[] Unpack(StoredUsageSegment segment, ReadOnlyMemory<byte> packed, ReadOnlyMemory<byte> sha256)
    {
        try
        {
            return PackedBytes.Unpack(packed, sha256);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(segment, e);
        }
    }

    private static StoreException Damaged(StoredUsageSegment segment, Exception inner) => new(
        string.Create(CultureInfo.InvariantCulture, $"Imported usage is damaged: segment {segment.Number} of batch {segment.Batch} is not what its checksum says."), inner);
}
