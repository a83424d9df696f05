using NodaTime;

namespace Rules.Portal.Web;

/// <summary>Something that pages share and that takes a while to read: read again once it is a minute old, by one of those who ask at once.</summary>
/// <param name="read">Is given the instant at which it is read.</param>
public sealed class FreshReading<T>(IClock clock, Func<Instant, CancellationToken, Task<T>> read) : IDisposable
    where T : class
{
    private static readonly Duration _freshness = Duration.FromMinutes(1);
    private readonly SemaphoreSlim _reading = new(1);
    private Kept? _last;

    public async ValueTask<T> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetCurrentInstant();
        if (Fresh(now) is { } known)
        {
            return known;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (Fresh(now) is { } readMeanwhile)
            {
                return readMeanwhile;
            }

            var value = await read(now, cancellationToken);
            _last = new Kept(now, value);
            return value;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The next who asks reads anew, unless somebody has already.</summary>
    /// <param name="stale">What <see cref="ReadAsync"/> gave.</param>
    public void Forget(T stale)
    {
        if (_last is { } last && ReferenceEquals(last.Value, stale))
        {
            Interlocked.CompareExchange(ref _last, null, last);
        }
    }

    public void Dispose() => _reading.Dispose();

    private T? Fresh(Instant now) => _last is { } last && last.At <= now && last.At > now - _freshness ? last.Value : null;

    private sealed record Kept(Instant At, T Value);
}
