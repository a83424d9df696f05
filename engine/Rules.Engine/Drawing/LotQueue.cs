using NodaTime;
using Rules.Engine.Model;

namespace Rules.Engine.Drawing;

/// <summary>One thing that can be drawn from: a lot with its room, or a postpaid bucket whose lot of this cycle is not made yet.</summary>
/// <param name="Bucket">Index of the bucket.</param>
/// <param name="Lot">The lot; null for a postpaid bucket without use in this cycle.</param>
/// <param name="Room">Smallest units that can be drawn now; above zero.</param>
internal readonly record struct LotSource(int Bucket, Lot? Lot, long Room)
{
    /// <summary>Room without a limit. Large enough for any charge, small enough to add up.</summary>
    public const long Endless = long.MaxValue / 4;
}

/// <summary>
/// Compares sources in the declared order (time, rules 6 to 8): bucket by bucket with each bucket's own keys, or all together. Total: ties end
/// with the lot's number.
/// </summary>
internal sealed class LotOrder : IComparer<LotSource>
{
    private readonly RulesetModel _model;
    private readonly int[] _rank;
    private readonly DrawKey[]? _keys;
    private readonly DateTimeZone _zone;

    private LotOrder(RulesetModel model, int[] rank, DrawKey[]? keys, DateTimeZone? zone)
    {
        _model = model;
        _rank = rank;
        _keys = keys;
        _zone = zone ?? model.Zone;
    }

    /// <summary>Bucket by bucket.</summary>
    /// <param name="buckets">Index of each, first drawn first; a bucket that is missing is never drawn.</param>
    /// <param name="zone">Whose days an expiry is compared by; null: the model's.</param>
    public static LotOrder ByBucket(RulesetModel model, ReadOnlySpan<int> buckets, DateTimeZone? zone = null)
    {
        var rank = new int[model.Buckets.Length];
        Array.Fill(rank, -1);
        for (var i = 0; i < buckets.Length; i++)
        {
            rank[buckets[i]] = i;
        }

        return new LotOrder(model, rank, keys: null, zone);
    }

    /// <summary>All lots together; postpaid buckets last.</summary>
    /// <param name="zone">As of <see cref="ByBucket"/>.</param>
    public static LotOrder ByKeys(RulesetModel model, ReadOnlySpan<DrawKey> keys, DateTimeZone? zone = null)
    {
        var rank = new int[model.Buckets.Length];
        for (var i = 0; i < rank.Length; i++)
        {
            rank[i] = model.Buckets[i].Funding == BucketFunding.Postpaid ? 1 : 0;
        }

        return new LotOrder(model, rank, keys.ToArray(), zone);
    }

    public bool Includes(int bucket) => _rank[bucket] >= 0;

    public int Compare(LotSource x, LotSource y)
    {
        var order = _rank[x.Bucket].CompareTo(_rank[y.Bucket]);
        if (order != 0)
        {
            return order;
        }

        if (x.Lot is null || y.Lot is null)
        {
            order = x.Bucket.CompareTo(y.Bucket);
            return order != 0 ? order : (x.Lot is null).CompareTo(y.Lot is null);
        }

        ReadOnlySpan<DrawKey> keys = _keys ?? _model.Buckets[x.Bucket].Drawn.AsSpan();
        foreach (var key in keys)
        {
            order = Compare(key, x, x.Lot, y, y.Lot);
            if (order != 0)
            {
                return order;
            }
        }

        return x.Lot.Number.CompareTo(y.Lot.Number);
    }

    private int Compare(DrawKey key, in LotSource x, Lot a, in LotSource y, Lot b) => key.Kind switch
    {
        // No priority sorts after every priority, no expiry after every expiry.
        DrawKeyKind.LowestPriority => (a.Priority ?? long.MaxValue).CompareTo(b.Priority ?? long.MaxValue),
        DrawKeyKind.LowestCost => (a.Cost ?? default).CompareTo(b.Cost ?? default),
        DrawKeyKind.SoonestExpiry => Truncate(a.ExpiresAt, key.Resolution).CompareTo(Truncate(b.ExpiresAt, key.Resolution)),
        DrawKeyKind.EarliestStart => a.EffectiveAt.CompareTo(b.EffectiveAt),
        DrawKeyKind.Oldest => a.CreatedAt.CompareTo(b.CreatedAt),
        DrawKeyKind.Newest => b.CreatedAt.CompareTo(a.CreatedAt),
        DrawKeyKind.Largest => b.Amount.CompareTo(a.Amount),
        DrawKeyKind.Smallest => a.Amount.CompareTo(b.Amount),
        DrawKeyKind.Narrowest => Breadth(x.Bucket).CompareTo(Breadth(y.Bucket)),
        _ => RankOf(key, x.Bucket).CompareTo(RankOf(key, y.Bucket)),
    };

    private int Breadth(int bucket) => _model.Buckets[bucket].Serves?.Length ?? int.MaxValue;

    private static int RankOf(DrawKey key, int bucket) => bucket < key.Rank.Length ? key.Rank[bucket] : int.MaxValue;

    private Instant Truncate(Instant? expiry, ExpiryResolution resolution)
    {
        if (expiry is not { } end)
        {
            return Instant.MaxValue;
        }

        var ticks = end.ToUnixTimeTicks();
        return resolution switch
        {
            ExpiryResolution.Exact => end,
            ExpiryResolution.Second => Instant.FromUnixTimeTicks(Floor(ticks, NodaConstants.TicksPerSecond)),
            ExpiryResolution.Minute => Instant.FromUnixTimeTicks(Floor(ticks, NodaConstants.TicksPerMinute)),
            ExpiryResolution.Hour => Instant.FromUnixTimeTicks(Floor(ticks, NodaConstants.TicksPerHour)),
            _ => _zone.AtStartOfDay(end.InZone(_zone).Date).ToInstant(),
        };
    }

    private static long Floor(long value, long step) => value - (((value % step) + step) % step);
}

/// <summary>
/// The sources that may be drawn for one event, in draw order. Invariant: every source has room, and no two compare equal.
/// </summary>
internal readonly struct LotQueue
{
    private readonly LotSource[] _sources;

    private LotQueue(LotSource[] sources) => _sources = sources;

    public ReadOnlySpan<LotSource> Sources => _sources;

    public static LotQueue Of(LotSource[] sources, LotOrder order)
    {
        if (sources.Length > 1)
        {
            Array.Sort(sources, order);
        }

        return new LotQueue(sources);
    }

    /// <summary>Sum of all room; never above <see cref="LotSource.Endless"/>.</summary>
    public long Room => RoomOf(_sources);

    internal static long RoomOf(ReadOnlySpan<LotSource> sources)
    {
        var room = 0L;
        foreach (ref readonly var source in sources)
        {
            room = Math.Min(LotSource.Endless, room + source.Room);
        }

        return room;
    }

    /// <summary>Takes an amount from the front. The kernel of every draw; allocates nothing.</summary>
    /// <param name="taken">Receives what each source gives, in order.</param>
    /// <returns>What was taken: the amount, or all room where that is less.</returns>
    internal static long Take(ReadOnlySpan<LotSource> sources, long amount, Span<long> taken)
    {
        var left = amount;
        for (var i = 0; i < sources.Length; i++)
        {
            var part = Math.Min(left, sources[i].Room);
            taken[i] = part;
            left -= part;
        }

        return amount - left;
    }
}
