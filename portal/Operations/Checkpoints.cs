using Rules.Ledger;
using Rules.Ledger.Storage;

namespace Rules.Portal.Operations;

/// <summary>
/// Once an hour, proves what was recorded since the last checkpoints and writes the next ones: the service finds damage to its history while
/// copies from before still exist, and a verification need not begin at the first entry.
/// </summary>
public sealed partial class Checkpoints(CreditLedger ledger, TimeProvider time, ILogger<Checkpoints> logger) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is due is due an hour after the next start.
        }
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var round = await ledger.WriteCheckpointsAsync(stoppingToken);
            foreach (var problem in round.Problems)
            {
                LogProblem(logger, problem.Account, problem.Sequence, problem.Check, problem.Message);
            }

            if (round.Written > 0)
            {
                LogWritten(logger, round.Written);
            }
        }
        catch (StoreException exception)
        {
            LogNotWritten(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Accounts} accounts were proved to their last entry and have a checkpoint there.")]
    private static partial void LogWritten(ILogger logger, int accounts);

    [LoggerMessage(Level = LogLevel.Error, Message = "The history of account {Account} is not proved, entry {Entry}, check {Check}: {Problem} Run: rules ledger verify.")]
    private static partial void LogProblem(ILogger logger, string account, long? entry, string check, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Checkpoints could not be written; it is tried again in an hour.")]
    private static partial void LogNotWritten(ILogger logger, Exception exception);
}
