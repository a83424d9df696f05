using Rules.Ledger;
using Rules.Ledger.Storage;
using Rules.Portal.Access;
using Rules.Portal.Replays;
using Rules.Portal.Startup;

namespace Rules.Portal.Sample;

/// <summary>What the start left to be written; nothing where <paramref name="Company"/> is null.</summary>
internal sealed record UnwrittenSample(SampleCompany? Company);

/// <summary>Removes the sample company.</summary>
public interface ISampleRemoval
{
    /// <summary>Begins; what is being written of it is left as it is. Returns at once: <see cref="SampleProgress"/> says how far it has come.</summary>
    Task RemoveAsync();
}

/// <summary>Writes the rest of the sample company while the service answers, and removes it when it is told to.</summary>
internal sealed partial class SampleWriting(
    UnwrittenSample unwritten, CreditLedger ledger, PortalSettings settings, SampleProgress progress, PastCache pasts, AccountRulesets rulesets, ILogger<SampleWriting> logger)
    : BackgroundService, ISampleRemoval
{
    private readonly SampleFiles _files = new(settings.Home);
    private readonly CancellationTokenSource _unwanted = new();
    private readonly TaskCompletionSource _remove = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task RemoveAsync()
    {
        _files.BeginRemoval();
        progress.Stage = SampleStage.Removing;
        await _unwanted.CancelAsync();
        _remove.TrySetResult();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WriteAsync(stoppingToken);
        progress.Settle();
        try
        {
            if (!_files.IsRemoving)
            {
                await _remove.Task.WaitAsync(stoppingToken);
            }

            await RemoveAllAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
        catch (StoreException exception)
        {
            Fail("The sample data could not be removed: " + exception.Message + " The next start goes on with it.", exception);
        }
    }

    public override void Dispose()
    {
        _unwanted.Dispose();
        base.Dispose();
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        if (unwritten.Company is not { } company || _files.IsRemoving)
        {
            return;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _unwanted.Token);
        try
        {
            // A start goes on before any of it is computed.
            await Task.Yield();
            await company.WriteAsync(progress, stopping.Token);
            _files.Complete();
            progress.Stage = SampleStage.None;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Removed, or left to the next start.
        }
        catch (Exception exception) when (exception is StoreException or StartRefusedException)
        {
            Fail(exception.Message, exception);
        }
    }

    private async Task RemoveAllAsync(CancellationToken stoppingToken)
    {
        progress.Stage = SampleStage.Removing;
        progress.Done = 0;
        progress.Total = 0;
        // Looked at again at the end: what was being written when it was told to stop may open one more.
        while (await ledger.SamplesAsync(stoppingToken) is { IsEmpty: false } accounts)
        {
            progress.Total += accounts.Length;
            foreach (var account in accounts)
            {
                await ledger.RemoveSampleAsync(account, stoppingToken);
                rulesets.Forget(account);
                progress.Done++;
            }
        }

        pasts.Clear();
        _files.CompleteRemoval();
        progress.Stage = SampleStage.None;
        LogRemoved(logger, progress.Done);
    }

    private void Fail(string problem, Exception exception)
    {
        progress.Problem = problem;
        progress.Stage = SampleStage.Failed;
        LogFailed(logger, exception);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The sample company could not be written or removed.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The sample company was removed: {Accounts} accounts.")]
    private static partial void LogRemoved(ILogger logger, long accounts);
}
