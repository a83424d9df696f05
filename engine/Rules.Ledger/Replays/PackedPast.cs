using System.Collections.Immutable;
using System.Text;
using Rules.Engine.Replay;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Replays;

/// <summary>Parts of accounts as packed segments, and back.</summary>
internal static class PackedPast
{
    /// <summary>Commands at which a segment ends with the account at hand.</summary>
    private const int SegmentEvents = 65_536;

    /// <summary>Segments by account.</summary>
    /// <param name="position">Up to which every entry is in segments with these.</param>
    public static ImmutableArray<StoredPastSegment> Pack(string ruleset, long generation, long position, IEnumerable<PastPart> parts)
    {
        var segments = ImmutableArray.CreateBuilder<StoredPastSegment>();
        var range = new List<PastPart>();
        var events = 0;
        foreach (var part in parts.OrderBy(static part => part.Account, StringComparer.Ordinal))
        {
            range.Add(part);
            events += part.Events;
            if (events >= SegmentEvents)
            {
                segments.Add(Segment(ruleset, generation, segments.Count + 1, position, range));
                (range, events) = ([], 0);
            }
        }

        if (range.Count > 0)
        {
            segments.Add(Segment(ruleset, generation, segments.Count + 1, position, range));
        }

        return segments.ToImmutable();
    }

    /// <exception cref="InvalidDataException">It is not as it was stored.</exception>
    public static IReadOnlyList<PastPart> Parts(StoredPastSegment segment, UsageShapes shapes)
    {
        using var reader = new BinaryReader(new MemoryStream(PackedBytes.Unpack(segment.Body, segment.Sha256)), Encoding.UTF8);
        var columns = UsageSegment.Read(reader.ReadBytes(reader.Read7BitEncodedInt()), shapes);
        var parts = new List<PastPart>(columns.Length);
        foreach (var account in columns)
        {
            parts.Add(PastPart.Read(reader, account));
        }

        return parts;
    }

    private static StoredPastSegment Segment(string ruleset, long generation, int number, long position, List<PastPart> parts)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        var columns = UsageSegment.Write([.. parts.Select(static part => new AccountUsage(part.Account, null, part.Usage))]);
        writer.Write7BitEncodedInt(columns.Length);
        writer.Write(columns);
        parts.ForEach(part => part.Write(writer));
        writer.Flush();
        var (body, sha256) = PackedBytes.Pack(bytes.ToArray());
        return new StoredPastSegment(ruleset, generation, number, position, parts[0].Account, parts[^1].Account, parts.Sum(static part => (long)part.Events), body, sha256);
    }
}
