using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Replay;
using Rules.Ledger;
using Rules.Ledger.Replays;

namespace Rules.Portal.Replays;

/// <summary>
/// Pasts in memory, the ones used last, each with what the published rules make of it. A past of the ledger is read once and grows: later entries are read behind it.
/// Imported usage is read again where there is more of it.
/// </summary>
public sealed class PastCache(CreditLedger ledger, IClock clock) : IDisposable
{
    /// <summary>Events in memory, of all pasts together; some 50 bytes each.</summary>
    public const long MostEvents = 20_000_000;

    private readonly LinkedList<Kept> _kept = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>For how long the last minute may be missing from a window that reaches up to now.</summary>
    public static Duration Freshness { get; } = Duration.FromMinutes(1);

    /// <summary>Reads a past, or finds it. Once begun, the reading goes on when its caller leaves: who asks next has it.</summary>
    /// <returns>The past; null with the limit where it holds too many events.</returns>
    public async Task<(PastUsage? Past, long TooMany)> ReadAsync(
        PublishedRuleset ruleset, PastSource source, string? account, PastWindow window, Action<ReplayStep>? progress, CancellationToken cancellationToken)
    {
        var kept = KeptOf(new Key(ruleset, source, account, window.From));
        var past = await kept.ReadAsync(window.Until, progress, cancellationToken);
        return past is null ? (null, MostEvents) : (past, 0);
    }

    /// <summary>
    /// The past of a window that reaches up to now, as it was read last, with the published side. It is brought up to date behind the caller's back: only who comes
    /// first waits.
    /// </summary>
    /// <returns>Null where it holds too many events.</returns>
    public async Task<PastBaseline?> BaselineAsync(PublishedRuleset ruleset, PastSource source, PastWindow window, CancellationToken cancellationToken)
    {
        var kept = KeptOf(new Key(ruleset, source, null, window.From));
        if (kept.Baseline is { } known)
        {
            _ = kept.BaselineAsync(window.Until);
            return known;
        }

        return await kept.BaselineAsync(window.Until).WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private Kept KeptOf(Key key)
    {
        lock (_gate)
        {
            var node = _kept.First;
            while (node is not null && node.Value.Key != key)
            {
                node = node.Next;
            }

            if (node is null)
            {
                node = new LinkedListNode<Kept>(new Kept(this, key));
            }
            else
            {
                _kept.Remove(node);
            }

            _kept.AddFirst(node);
            Trim();
            return node.Value;
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

    private void Trim()
    {
        var events = 0L;
        for (var node = _kept.First; node is not null;)
        {
            var next = node.Next;
            events += node.Value.Events;
            if (events > MostEvents && node != _kept.First)
            {
                _kept.Remove(node);
            }

            node = next;
        }
    }

    private readonly record struct Key(PublishedRuleset Ruleset, PastSource Source, string? Account, Instant From);

    /// <summary>One past, at one instant after the other.</summary>
    private sealed class Kept(PastCache cache, Key key)
    {
        private readonly Lock _gate = new();
        private Task<PastUsage?>? _reading;
        private Task<PastBaseline?>? _running;
        private Instant _readUntil;
        private GrowingPast? _growing;
        private Instant _readAt;
        private (long, int) _imported;
        private Action<ReplayStep>? _progress;

        public Key Key => key;

        public long Events { get; private set; }

        public PastBaseline? Baseline { get; private set; }

        public async Task<PastUsage?> ReadAsync(Instant until, Action<ReplayStep>? progress, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task<PastUsage?> reading;
                Instant readUntil;
                lock (_gate)
                {
                    if (_reading is null || (_reading.IsCompleted && !(_reading.IsCompletedSuccessfully && Serves(_readUntil, until))))
                    {
                        (_readUntil, _readAt) = (until, cache.Now);
                        _reading = Task.Run(() => ReadAsync(until, cache._stopping.Token), CancellationToken.None);
                    }

                    (reading, readUntil) = (_reading, _readUntil);
                    _progress = progress;
                }

                var past = await reading.WaitAsync(cancellationToken);
                if (Serves(readUntil, until) && await IsCompleteAsync(cancellationToken))
                {
                    return past;
                }

                lock (_gate)
                {
                    // What was read before is of another end, or of less: it is read once more by whoever comes first.
                    _reading = ReferenceEquals(_reading, reading) ? null : _reading;
                }
            }
        }

        /// <summary>At most one runs at a time; who asks meanwhile is given that one.</summary>
        public Task<PastBaseline?> BaselineAsync(Instant until)
        {
            lock (_gate)
            {
                return _running = _running is { IsCompleted: false } ? _running : Task.Run(() => RunAsync(until), CancellationToken.None);
            }
        }

        // A window that ended never changes; of one that ends now the last moments may be missing.
        private bool Serves(Instant read, Instant asked) => read == asked || (read < asked && read >= cache.Now - Freshness && _readAt >= cache.Now - Freshness);

        private async ValueTask<bool> IsCompleteAsync(CancellationToken cancellationToken) =>
            key.Source == PastSource.Ledger || await cache.ImportedAsync(key.Ruleset.Name, cancellationToken) == _imported;

        private async Task<PastUsage?> ReadAsync(Instant until, CancellationToken cancellationToken)
        {
            PastUsage? past;
            if (key.Source == PastSource.Imported)
            {
                _imported = await cache.ImportedAsync(key.Ruleset.Name, cancellationToken);
                past = await cache.Ledger.Imports.PastAsync(key.Ruleset, key.Account, new PastWindow(key.From, until), MostEvents, cancellationToken);
            }
            else
            {
                past = await GrowAsync(until, cancellationToken);
            }

            Events = past?.Events ?? 0;
            return past;
        }

        private async Task<PastUsage?> GrowAsync(Instant until, CancellationToken cancellationToken)
        {
            var growing = _growing is { CanGrow: true } && _growing.Until <= until ? _growing : cache.Ledger.BeginPast(key.Ruleset, key.Account, key.From);
            _growing = null;
            var past = await growing.UpToAsync(until, MostEvents, entries => _progress?.Invoke(new ReplayStep(IsReading: true, entries, 0)), cancellationToken);
            _growing = past is null ? null : growing;
            return past;
        }

        private async Task<PastBaseline?> RunAsync(Instant until)
        {
            var past = await ReadAsync(until, progress: null, cache._stopping.Token);
            if (past is null || ReferenceEquals(Baseline?.Past, past))
            {
                return past is null ? null : Baseline;
            }

            // While nothing comes, an end that moved on tells nothing new before something falls due.
            return Baseline = past.Hash == Baseline?.Past.Hash && until - Baseline.Past.Window.Until < Duration.FromHours(1)
                ? Baseline
                : PastBaseline.Of(past, cache._stopping.Token);
        }
    }

    private Instant Now => clock.GetCurrentInstant();

    private CreditLedger Ledger => ledger;

    // Batches are added, and imports are taken back; neither is ever undone.
    private async ValueTask<(long Last, int Withdrawn)> ImportedAsync(string ruleset, CancellationToken cancellationToken)
    {
        var batches = await ledger.Imports.ListAsync(ruleset, cancellationToken);
        return (batches.LastOrDefault()?.Batch ?? 0, batches.Count(static batch => batch.Withdrawn is not null));
    }
}

/// <summary>A past with what the published rules make of it, so that a draft costs its own side only.</summary>
/// <param name="Whole">All accounts.</param>
/// <param name="Sample">Some that stand for all; null where there are too few.</param>
public sealed record PastBaseline(PastUsage Past, ReplayBaseline Whole, ReplayBaseline? Sample)
{
    public static PastBaseline Of(PastUsage past, CancellationToken cancellationToken)
    {
        var options = new ReplayOptions { Threads = Environment.ProcessorCount };
        var whole = ReplayBaseline.Of(
            past.Candidate("published", null), past.Accounts, past.Shapes, new ReplayWindow(past.Window.From, past.Window.Until), options, cancellationToken);
        return new PastBaseline(past, whole, ReplayEstimate.Sample(whole));
    }
}
