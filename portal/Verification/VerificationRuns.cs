using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rules.Ledger;
using Rules.Ledger.Storage;
using Rules.Portal.Startup;

namespace Rules.Portal.Verification;

/// <summary>What a verification of the whole ledger found, and when; kept beside the database.</summary>
/// <param name="Began">When it was asked for: the entries of this moment are the ones that were proved.</param>
/// <param name="Problems">In words; empty where the history is proved.</param>
public sealed record Proof(string Began, string Ended, string By, long Accounts, long Entries, bool Anchored, IReadOnlyList<string> Problems, long ProblemCount)
{
    /// <summary>Problems that are kept in words.</summary>
    public const int MostProblems = 20;

    public Instant BeganAt => InstantPattern.ExtendedIso.Parse(Began).Value;

    public Instant EndedAt => InstantPattern.ExtendedIso.Parse(Ended).Value;
}

/// <summary>A verification under way.</summary>
public sealed class RunningProof(Instant began, string by)
{
    private volatile VerificationProgress? _progress;

    public Instant Began => began;

    public string By => by;

    /// <summary>Null before the first entry.</summary>
    public VerificationProgress? Progress
    {
        get => _progress;
        internal set => _progress = value;
    }
}

/// <summary>Proves the ledger's history in the background, one proof at a time, and remembers the last one.</summary>
public sealed partial class VerificationRuns(CreditLedger ledger, PortalSettings settings, IClock clock, IHostApplicationLifetime lifetime, ILogger<VerificationRuns> logger)
{
    private readonly Lock _gate = new();
    private readonly string _file = Path.Combine(settings.Home, "last-proof.json");
    private RunningProof? _running;

    /// <summary>Null where none is under way.</summary>
    public RunningProof? Running => Volatile.Read(ref _running);

    /// <summary>Why the last one came to no end; null where it did.</summary>
    public string? Failure { get; private set; }

    /// <summary>The last one that came to an end; null where none did, or what is kept of it cannot be read.</summary>
    public async Task<Proof?> LastAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(_file);
            var proof = await JsonSerializer.DeserializeAsync<Proof>(file, cancellationToken: cancellationToken);
            return proof is not null && InstantPattern.ExtendedIso.Parse(proof.Began).Success && InstantPattern.ExtendedIso.Parse(proof.Ended).Success ? proof : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Begins one, or leaves the one that runs.</summary>
    public void Start(string by)
    {
        lock (_gate)
        {
            if (_running is not null)
            {
                return;
            }

            Failure = null;
            var run = new RunningProof(clock.GetCurrentInstant(), by);
            _running = run;
            _ = Task.Run(() => RunAsync(run, lifetime.ApplicationStopping), CancellationToken.None);
        }
    }

    private async Task RunAsync(RunningProof run, CancellationToken stopping)
    {
        try
        {
            var report = await ledger.VerifyAsync(null, new Told(run), stopping);
            var problems = report.Problems.Take(Proof.MostProblems)
                .Select(static problem => $"{problem.Account}{(problem.Sequence is { } sequence ? $", entry {sequence}" : "")}: {problem.Message} ({problem.Check})").ToList();
            var proof = new Proof(InstantPattern.ExtendedIso.Format(run.Began), InstantPattern.ExtendedIso.Format(clock.GetCurrentInstant()), run.By, report.Accounts, report.Entries,
                report.Anchored, problems, report.Problems.Length);
            await File.WriteAllBytesAsync(_file + ".new", JsonSerializer.SerializeToUtf8Bytes(proof), CancellationToken.None);
            File.Move(_file + ".new", _file, overwrite: true);
            if (!report.Holds)
            {
                LogBroken(logger, report.Problems.Length);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The service stops; nothing was proved.
        }
        catch (Exception exception) when (exception is StoreException or IOException or UnauthorizedAccessException)
        {
            Failure = exception.Message;
            LogFailed(logger, exception);
        }
        finally
        {
            Volatile.Write(ref _running, null);
        }
    }

    // At once, and not through a context that may keep the last words to itself.
    private sealed class Told(RunningProof run) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => run.Progress = value;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "A verification found {Problems} problems in the ledger's history.")]
    private static partial void LogBroken(ILogger logger, int problems);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledger's history could not be verified.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
