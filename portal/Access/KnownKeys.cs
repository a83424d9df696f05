using System.Collections.Concurrent;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Ledger.Storage;

namespace Rules.Portal.Access;

/// <summary>
/// Keys as last read from the database. What is older than two seconds is read again before it is used, so that a revocation holds on every
/// node well within five. Keys that are not there are not remembered.
/// </summary>
public sealed class KnownKeys(CreditLedger ledger, TimeProvider time)
{
    private static readonly TimeSpan _freshFor = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (StoredApiKey Key, long ReadAt)> _keys = new(StringComparer.Ordinal);

    public bool TryGet(ReadOnlySpan<char> id, out StoredApiKey key)
    {
        var found = _keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var known) && time.GetElapsedTime(known.ReadAt) < _freshFor;
        key = known.Key;
        return found;
    }

    /// <exception cref="StoreException">The database cannot be read now; nobody is let in.</exception>
    public async ValueTask<StoredApiKey?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var readAt = time.GetTimestamp();
        if (await ledger.Keys.FindAsync(id, cancellationToken) is not { } key)
        {
            _keys.TryRemove(id, out _);
            return null;
        }

        _keys[id] = (key, readAt);
        return key;
    }

    /// <summary>Drops a key that was changed here, so that the change holds at once.</summary>
    public void Forget(string id) => _keys.TryRemove(id, out _);
}

/// <summary>Notes when keys are used: at most once in ten minutes for each, so that reading an account does not become writing.</summary>
public sealed partial class KeyUses(CreditLedger ledger, TimeProvider time, ILogger<KeyUses> logger) : BackgroundService
{
    private static readonly Duration _coarseness = Duration.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Instant> _noted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Instant> _waiting = new(StringComparer.Ordinal);

    public void Note(ApiKey key, Instant now)
    {
        if (!(now < key.LastUsedAt + _coarseness) && !(_noted.TryGetValue(key.Id, out var noted) && now < noted + _coarseness))
        {
            _noted[key.Id] = now;
            _waiting[key.Id] = now;
        }
    }

    /// <summary>Writes what was noted.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var uses = _waiting.ToArray();
        if (uses.Length == 0)
        {
            return;
        }

        try
        {
            await ledger.Keys.NoteUseAsync(uses, cancellationToken);
            foreach (var use in uses)
            {
                _waiting.TryRemove(use);
            }
        }
        catch (StoreException exception)
        {
            LogNotNoted(logger, exception);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(30), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last flush follows in StopAsync.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "When keys were last used could not be written; it is tried again.")]
    private static partial void LogNotNoted(ILogger logger, Exception exception);
}
