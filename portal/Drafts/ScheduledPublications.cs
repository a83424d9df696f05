using Rules.Ledger;
using Rules.Ledger.Storage;

namespace Rules.Portal.Drafts;

/// <summary>Publishes what is scheduled when it is due.</summary>
public sealed partial class ScheduledPublications(CreditLedger ledger, TimeProvider time, ILogger<ScheduledPublications> logger) : BackgroundService
{
    private static readonly TimeSpan _between = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_between, time);
        try
        {
            do
            {
                await PublishAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is due now is published by the next start.
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var result in await ledger.Drafts.PublishDueAsync(cancellationToken))
            {
                if (result.Problem is { } problem)
                {
                    LogNotPublished(logger, result.Draft?.Ruleset, result.Draft?.Number, problem.Message);
                }
                else
                {
                    LogPublished(logger, result.Draft!.Ruleset, result.Draft.Number);
                }
            }
        }
        catch (StoreException exception)
        {
            LogStore(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Version {Number} of {Ruleset} was published as scheduled.")]
    private static partial void LogPublished(ILogger logger, string ruleset, int number);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Version {Number} of {Ruleset} was scheduled and is not published: {Problem}")]
    private static partial void LogNotPublished(ILogger logger, string? ruleset, int? number, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is scheduled could not be published; it is tried again.")]
    private static partial void LogStore(ILogger logger, Exception exception);
}
