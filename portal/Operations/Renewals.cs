using Rules.Ledger;
using Rules.Ledger.Storage;
using Rules.Portal.Sample;

namespace Rules.Portal.Operations;

/// <summary>
/// Once an hour, posts what is due of accounts that nobody asks for, so that their bills are there when their cycle is over. Nothing depends on it:
/// whatever is asked of an account is answered as if it had been done.
/// </summary>
public sealed partial class Renewals(CreditLedger ledger, SampleProgress sample, TimeProvider time, ILogger<Renewals> logger) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause, time);
        try
        {
            // An account that is brought up to the present day has no room for its past any more.
            await sample.Settled.WaitAsync(stoppingToken);
            do
            {
                await RenewAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left falls due with the next command, or after the next start.
        }
    }

    private async Task RenewAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await ledger.RenewAllAsync(stoppingToken) is > 0 and var renewed)
            {
                LogRenewed(logger, renewed);
            }
        }
        catch (StoreException exception)
        {
            LogNotRenewed(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Accounts} accounts whose cycle was over were brought up to date.")]
    private static partial void LogRenewed(ILogger logger, long accounts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Accounts whose cycle is over could not be brought up to date; it is tried again in an hour.")]
    private static partial void LogNotRenewed(ILogger logger, Exception exception);
}
