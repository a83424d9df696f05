using System.Threading.RateLimiting;
using Rules.Ledger.Access;
using Rules.Portal.Startup;

namespace Rules.Portal.Access;

/// <summary>
/// How many requests each key may send: a bucket per key that fills with its rate and holds one second of it. Requests without a valid key
/// share one small bucket; nothing depends on where a request comes from, which its sender may choose.
/// </summary>
public sealed class RequestRates(PortalSettings settings) : IDisposable
{
    private const int Strangers = 100;

    private readonly PartitionedRateLimiter<ApiKey> _keys = PartitionedRateLimiter.Create<ApiKey, RatedKey>(
        key => RateLimitPartition.GetTokenBucketLimiter(new RatedKey(key.Id, RateOf(key, settings)), static key => Bucket(key.Rate)));

    private readonly TokenBucketRateLimiter _strangers = new(Bucket(Strangers));

    /// <summary>Takes from the key's bucket for one request.</summary>
    /// <param name="retryAfterSeconds">When it will do, where it does not now.</param>
    public bool TryTake(ApiKey key, out int retryAfterSeconds) => TryTake(key, 1, out retryAfterSeconds);

    /// <summary>Takes for what a request, for which was taken, holds besides.</summary>
    /// <param name="items">More than the rest of a full bucket empties it whole.</param>
    /// <param name="retryAfterSeconds">When it will do, where it does not now.</param>
    public bool TryTakeMore(ApiKey key, int items, out int retryAfterSeconds)
    {
        retryAfterSeconds = 0;
        var taken = Math.Min(items, RateOf(key, settings) - 1);
        return taken == 0 || TryTake(key, taken, out retryAfterSeconds);
    }

    /// <summary>Takes from the bucket of requests whose key is not known.</summary>
    public bool TryTakeAsStranger(out int retryAfterSeconds)
    {
        using var lease = _strangers.AttemptAcquire();
        retryAfterSeconds = RetryAfter(lease);
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _strangers.Dispose();
    }

    private bool TryTake(ApiKey key, int requests, out int retryAfterSeconds)
    {
        using var lease = _keys.AttemptAcquire(key, requests);
        retryAfterSeconds = RetryAfter(lease);
        return lease.IsAcquired;
    }

    private static int RateOf(ApiKey key, PortalSettings settings) => key.Rate ?? settings.RequestsPerSecond;

    private static int RetryAfter(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;

    /// <summary>A key whose rate was changed gets a new bucket.</summary>
    private readonly record struct RatedKey(string Id, int Rate);

    private static TokenBucketRateLimiterOptions Bucket(int rate)
    {
        var isSlow = rate < 10;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = rate,
            TokensPerPeriod = isSlow ? rate : (rate + 9) / 10,
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(isSlow ? 1_000 : 100),
            QueueLimit = 0,
            AutoReplenishment = true,
        };
    }
}
