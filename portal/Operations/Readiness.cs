using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Storage;

namespace Rules.Portal.Operations;

/// <summary>
/// Whether the service can do its work: the database takes a write, the clock has not gone back behind an earlier write, and the service is not
/// ending. Looked at no more than once in two seconds, so that asking costs the ledger nothing.
/// </summary>
public sealed class Readiness(CreditLedger ledger, IHostApplicationLifetime lifetime, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _freshFor = TimeSpan.FromSeconds(2);

    private static readonly Duration _tolerance = Duration.FromSeconds(5);

    private readonly SemaphoreSlim _looking = new(1, 1);
    private (string Database, string Clock, long At)? _last;

    /// <summary>Words for each check; all are <c>ok</c> where the service is ready.</summary>
    public async Task<(string Database, string Clock, string Service)> LookAsync(CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            if (_last is not { } last || time.GetElapsedTime(last.At) >= _freshFor)
            {
                var (database, clock) = await CheckAsync(cancellationToken);
                _last = last = (database, clock, time.GetTimestamp());
            }

            return (last.Database, last.Clock, lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : "ok");
        }
        finally
        {
            _looking.Release();
        }
    }

    public void Dispose() => _looking.Dispose();

    private async Task<(string Database, string Clock)> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (now, latest) = await ledger.BeatAsync(cancellationToken);
            return ("ok", latest > now + _tolerance ? "behind" : "ok");
        }
        catch (StoreException)
        {
            return ("unavailable", "unknown");
        }
    }
}
