using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Replays;
using Rules.Ledger.Storage;

namespace Rules.Portal.Replays;

/// <summary>
/// Replays that run in the background, each told by its id: they go on when their caller leaves, and their results are kept in the database. One that
/// runs when the service ends is gone.
/// </summary>
public sealed partial class ReplayRuns(PastReplays replays, CreditLedger ledger, IClock clock, ILogger<ReplayRuns> logger) : IHostedService, IDisposable
{
    /// <summary>At once, of all callers.</summary>
    public const int Most = 8;

    private readonly ConcurrentDictionary<string, ReplayRunning> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Newest first.</summary>
    public ImmutableArray<ReplayRunning> Running => [.. _running.Values.OrderByDescending(static run => run.RequestedAt).ThenBy(static run => run.Id, StringComparer.Ordinal)];

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins a replay.</summary>
    /// <param name="by">Names to group by.</param>
    /// <param name="requestedBy">Id of the key.</param>
    /// <returns>Null where too many run.</returns>
    public ReplayRunning? Start(ReplayRequest request, ImmutableArray<string> by, string requestedBy)
    {
        if (_running.Count >= Most || _stopping.IsCancellationRequested)
        {
            return null;
        }

        var run = new ReplayRunning(
            ReplayArchive.NewId(), request, InstantText.Cut(clock.GetCurrentInstant()), requestedBy, RequestJson(request, by), CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
        _running[run.Id] = run;
        _ = Task.Run(() => RunAsync(run, by), CancellationToken.None);
        return run;
    }

    /// <summary>One that runs; null where there is none, or it has ended.</summary>
    public ReplayRunning? Find(string id) => _running.GetValueOrDefault(id);

    /// <summary>Stops those that run, and waits for them.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values.Select(static run => run.Ended)).WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(ReplayRunning run, ImmutableArray<string> by)
    {
        var (state, result) = (ReplayState.Failed, Array.Empty<byte>());
        ReplayOutcome? outcome = null;
        try
        {
            outcome = await replays.RunAsync(run.Request, run.Note, run.Cancellation);
            state = outcome.Report switch { null => ReplayState.Failed, { IsPartial: true } => ReplayState.Cancelled, _ => ReplayState.Done };
            result = outcome.Report is null ? FailureJson(outcome.Refusal!) : ReplayJson.Write(outcome, by);
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            state = ReplayState.Cancelled;
        }
        catch (Exception exception)
        {
            // Whatever it is, nobody waits for this task: it is told by the replay's state and in the log.
            LogFailure(logger, exception, run.Id);
            result = FailureJson(new ReplayRefusal(default, "The service failed; its log says why.", "Run it again."));
        }

        try
        {
            var request = run.Request;
            await ledger.Replays.AddAsync(
                new StoredReplay(0, run.Id, request.Ruleset, request.LedgerAccount, run.RequestedAt, run.RequestedBy, clock.GetCurrentInstant(), state, run.RequestJson, result)
                {
                    Events = outcome?.Report?.Events,
                    Published = outcome?.Report is null ? null : outcome.Binding!.Published,
                },
                CancellationToken.None);
        }
        catch (StoreException exception)
        {
            LogFailure(logger, exception, run.Id);
        }

        _running.TryRemove(run.Id, out _);
        run.End(state);
    }

    private static byte[] RequestJson(ReplayRequest request, ImmutableArray<string> by) => WireWriter.Write((request, by), static (json, it) =>
    {
        var (request, by) = it;
        json.WriteStartObject();
        json.WriteString("from"u8, InstantText.Format(request.Window.From));
        json.WriteString("to"u8, InstantText.Format(request.Window.Until));
        if (request.Source == PastSource.Imported)
        {
            json.WriteString("source"u8, "imported"u8);
            if (request.Account is { } account)
            {
                json.WriteString("imported_account"u8, account);
            }
        }

        if (request.Against is { } against)
        {
            json.WriteNumber("against"u8, against);
        }

        json.WriteStartArray("drafts"u8);
        foreach (var draft in request.Drafts)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, draft.Name);
            json.WriteString("sha256"u8, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(draft.Text))));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("by"u8);
        foreach (var name in by)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static byte[] FailureJson(ReplayRefusal refusal) => WireWriter.Write(refusal, static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteString("failure"u8, it.Message);
        json.WriteString("help"u8, it.Help);
        json.WriteEndObject();
    });

    [LoggerMessage(Level = LogLevel.Error, Message = "Replay {Id} failed, or its result could not be kept.")]
    private static partial void LogFailure(ILogger logger, Exception exception, string id);
}

/// <summary>A replay that runs.</summary>
public sealed class ReplayRunning
{
    private readonly CancellationTokenSource _cancel;
    private readonly TaskCompletionSource<ReplayState> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private ReplayStep _step = new(IsReading: true, 0, 0);

    internal ReplayRunning(string id, ReplayRequest request, Instant requestedAt, string requestedBy, byte[] requestJson, CancellationTokenSource cancel)
    {
        Id = id;
        Request = request;
        RequestedAt = requestedAt;
        RequestedBy = requestedBy;
        RequestJson = requestJson;
        _cancel = cancel;
        Cancellation = cancel.Token;
    }

    public string Id { get; }

    public ReplayRequest Request { get; }

    public Instant RequestedAt { get; }

    public string RequestedBy { get; }

    /// <summary>How far it has come.</summary>
    public ReplayStep Step
    {
        get
        {
            lock (_gate)
            {
                return _step;
            }
        }
    }

    /// <summary>Done when its result is kept.</summary>
    public Task<ReplayState> Ended => _ended.Task;

    internal byte[] RequestJson { get; }

    internal CancellationToken Cancellation { get; }

    /// <summary>Stops it; what is done by then is kept.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            if (!_ended.Task.IsCompleted)
            {
                _cancel.Cancel();
            }
        }
    }

    internal void Note(ReplayStep step)
    {
        lock (_gate)
        {
            // Told by several threads: the figure never falls.
            _step = step.IsReading == _step.IsReading && step.Done < _step.Done ? _step : step;
        }
    }

    internal void End(ReplayState state)
    {
        lock (_gate)
        {
            _ended.TrySetResult(state);
            _cancel.Dispose();
        }
    }
}
