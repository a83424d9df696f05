using System.Collections.Concurrent;
using System.Collections.Immutable;
using Rules.Engine.Pricing;
using Rules.Ledger;
using Rules.Ledger.Imports;
using Rules.Ledger.Storage;

namespace Rules.Portal.Imports;

/// <summary>A check or an import of one uploaded file.</summary>
public sealed class ImportRun(bool isDryRun, long length, string by)
{
    private long _done;

    public bool IsDryRun => isDryRun;

    public long Length => length;

    public string By => by;

    /// <summary>Bytes that were read.</summary>
    public long Done
    {
        get => Interlocked.Read(ref _done);
        internal set => Interlocked.Exchange(ref _done, value);
    }

    /// <summary>Null while it runs, and where it came to no end.</summary>
    public UsageImportResult? Result { get; internal set; }

    /// <summary>Why it came to no end; null where it did, and while it runs.</summary>
    public string? Failure { get; internal set; }

    public bool IsRunning => Result is null && Failure is null;
}

/// <summary>Checks and imports uploaded files in the background, one run for each file at a time.</summary>
public sealed partial class ImportRuns(CreditLedger ledger, UploadStore uploads, IHostApplicationLifetime lifetime, ILogger<ImportRuns> logger)
{
    private readonly ConcurrentDictionary<string, ImportRun> _runs = new(StringComparer.Ordinal);

    /// <summary>The last run of a file, under way or ended; null where none was begun since the service started.</summary>
    public ImportRun? Find(string upload) => _runs.GetValueOrDefault(upload);

    /// <summary>Begins a run, or answers the one that is under way.</summary>
    public ImportRun Start(UploadedUsage upload, UsageMapping mapping, bool isDryRun, string by)
    {
        var run = new ImportRun(isDryRun, upload.Length, by);
        var started = _runs.AddOrUpdate(upload.Id, run, (_, last) => last.IsRunning ? last : run);
        if (ReferenceEquals(started, run))
        {
            _ = Task.Run(() => RunAsync(upload, mapping, run, lifetime.ApplicationStopping), CancellationToken.None);
        }

        return started;
    }

    /// <summary>Reads the mapping of a form.</summary>
    /// <param name="problem">What of it cannot be used; null where all can.</param>
    public static UsageMapping? Mapping(UploadedUsage upload, out string? problem)
    {
        problem = null;
        var constants = ImmutableArray.CreateBuilder<NamedText>();
        foreach (var line in upload.Constants.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is not [{ Length: > 0 } member, { Length: > 0 } value])
            {
                problem = $"\"{line}\" is not written as member=value, such as action=reply.";
                return null;
            }

            constants.Add(new NamedText(member, value));
        }

        var columns = upload.Members.Where(static pair => pair.Value.Length > 0).Select(static pair => new NamedText(pair.Value, pair.Key)).OrderBy(static pair => pair.Name, StringComparer.Ordinal);
        var mapping = new UsageMapping(upload.IsCsv, [.. columns], constants.ToImmutable());
        if (mapping.Unusable is { } unusable)
        {
            problem = $"\"{unusable}\" is no member of an event, or two columns say it. {UsageMapping.Members}";
            return null;
        }

        return mapping;
    }

    private async Task RunAsync(UploadedUsage upload, UsageMapping mapping, ImportRun run, CancellationToken stopping)
    {
        try
        {
            await using var stream = uploads.Open(upload);
            var request = new UsageImportRequest(upload.Ruleset, upload.Source, mapping, run.By) { IsDryRun = run.IsDryRun, Progress = done => run.Done = done };
            var result = await ledger.Imports.ImportAsync(stream, request, stopping);
            run.Done = run.Length;
            run.Result = result;
            if (!run.IsDryRun && result.MistakeCount == 0)
            {
                uploads.Discard(upload.Id);
            }
        }
        catch (UsageImportException exception)
        {
            run.Failure = $"{exception.Message} {exception.Help}";
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            run.Failure = "The service was stopped. What was stored stays; import the file again to go on.";
        }
        catch (Exception exception) when (exception is StoreException or IOException or UnauthorizedAccessException)
        {
            run.Failure = $"{exception.Message} What was stored stays; import the file again to go on.";
            LogFailed(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An import of usage came to no end.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
