using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.Replays;

namespace Rules.Portal.Replays;

/// <summary>
/// Pasts that were read, the ones used last. A window that has ended never changes, since nothing is recorded before now; one that ends now is read
/// again once it is older than <see cref="Freshness"/>.
/// </summary>
public sealed class PastCache(CreditLedger ledger, IClock clock) : IDisposable
{
    /// <summary>Events in memory, of all pasts together; some 50 bytes each.</summary>
    public const long MostEvents = 20_000_000;

    private readonly SemaphoreSlim _reading = new(1);
    private readonly LinkedList<Kept> _kept = new();
    private readonly Lock _gate = new();

    private sealed record Kept(PublishedRuleset Ruleset, PastSource Source, string? Account, PastWindow Window, Instant ReadAt, PastUsage Past);

    /// <summary>For how long the last minute may be missing from a window that reaches up to now.</summary>
    public static Duration Freshness { get; } = Duration.FromMinutes(1);

    /// <returns>The past; null with the limit where it holds too many events.</returns>
    public async Task<(PastUsage? Past, long TooMany)> ReadAsync(
        PublishedRuleset ruleset, PastSource source, string? account, PastWindow window, Action<ReplayStep>? progress, CancellationToken cancellationToken)
    {
        if (Find(ruleset, source, account, window) is { } known)
        {
            return (known, 0);
        }

        // One read at a time: a second caller of the same window waits for the first one's.
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (Find(ruleset, source, account, window) is { } read)
            {
                return (read, 0);
            }

            var at = clock.GetCurrentInstant();
            var past = source == PastSource.Imported
                ? await ledger.Imports.PastAsync(ruleset, account, window, MostEvents, cancellationToken)
                : await ledger.PastAsync(
                    ruleset.Name, account, window, progress is null ? null : entries => progress(new ReplayStep(IsReading: true, entries, 0)), MostEvents, cancellationToken);
            if (past is null)
            {
                return (null, MostEvents);
            }

            Keep(new Kept(ruleset, source, account, window, at, past));
            return (past, 0);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Forgets everything: accounts were removed.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _kept.Clear();
        }
    }

    public void Dispose() => _reading.Dispose();

    private PastUsage? Find(PublishedRuleset ruleset, PastSource source, string? account, PastWindow window)
    {
        var oldest = clock.GetCurrentInstant() - Freshness;
        lock (_gate)
        {
            for (var node = _kept.First; node is not null; node = node.Next)
            {
                var kept = node.Value;
                // Another process may import into this database, into any window.
                if (kept.Ruleset == ruleset && kept.Source == source && kept.Account == account && kept.Window.From == window.From
                    && (source == PastSource.Ledger || kept.ReadAt >= oldest)
                    && (kept.Window.Until == window.Until || (kept.Window.Until < window.Until && kept.Window.Until >= oldest)))
                {
                    _kept.Remove(node);
                    _kept.AddFirst(node);
                    return kept.Past;
                }
            }
        }

        return null;
    }

    private void Keep(Kept kept)
    {
        lock (_gate)
        {
            _kept.AddFirst(kept);
            var events = 0L;
            for (var node = _kept.First; node is not null;)
            {
                var next = node.Next;
                events += node.Value.Past.Events;
                if (events > MostEvents && node != _kept.First)
                {
                    _kept.Remove(node);
                }

                node = next;
            }
        }
    }
}
