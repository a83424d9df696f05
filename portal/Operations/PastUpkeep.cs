using Rules.Ledger;
using Rules.Ledger.Replays;
using Rules.Ledger.Storage;

namespace Rules.Portal.Operations;

/// <summary>Puts entries into columns as they land, so that a past is read in seconds also after a restart. Nothing depends on it: what is not in columns is read from the entries.</summary>
public sealed partial class PastUpkeep(CreditLedger ledger, TimeProvider time, ILogger<PastUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause, time);
        try
        {
            do
            {
                foreach (var ruleset in ledger.Rulesets.All)
                {
                    await BuildAsync(ruleset.Name, stoppingToken);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left is put into columns after the next start.
        }
    }

    private async Task BuildAsync(string ruleset, CancellationToken stoppingToken)
    {
        try
        {
            if (await ledger.Segments.BuildAsync(ruleset, PastSegments.FewestEvents, stoppingToken) is > 0 and var uses)
            {
                LogBuilt(logger, uses, ruleset);
            }
        }
        catch (StoreException exception)
        {
            LogNotBuilt(logger, exception, ruleset);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Uses} uses of {Ruleset} were put into columns for replays.")]
    private static partial void LogBuilt(ILogger logger, long uses, string ruleset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Uses of {Ruleset} could not be put into columns; it is tried again. Until then replays read the entries.")]
    private static partial void LogNotBuilt(ILogger logger, Exception exception, string ruleset);
}
