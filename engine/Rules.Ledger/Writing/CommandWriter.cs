using System.Security.Cryptography;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Writing;

/// <summary>
/// The way to the store: takes whatever waits, runs it in transactions, answers after the commit. There is no timer, so an idle ledger answers after
/// one commit, and a busy one shares each commit among all who wait.
/// </summary>
internal sealed class CommandWriter : IAsyncDisposable
{
    private readonly ICommandLanes _lanes;

    /// <param name="stepped">Nothing runs by itself: <see cref="StepAsync"/> is the loop, so that a simulation decides what falls into which commit.
    /// For a store with one writer.</param>
    /// <param name="rulesets">Brought up to date where other nodes publish as well.</param>
    /// <param name="remembered">Null where accounts are read for every commit.</param>
    public CommandWriter(
        ILedgerStore store, int queueLength, bool stepped = false, RulesetCatalogue? rulesets = null, RememberedAccounts? remembered = null)
    {
        var runner = new BatchRunner(store, Retries(), rulesets, remembered);
        _lanes = store.Writers == 1
            ? new SharedLane(runner, store.LargestBatch, queueLength, stepped)
            : new AccountLanes(runner, store.Writers, store.LargestBatch, queueLength);
    }

    /// <summary>Runs what waits, at most so many together; answers how many those were.</summary>
    internal Task<int> StepAsync(int most) => ((SharedLane)_lanes).StepAsync(most);

    /// <summary>Answers after the commit, or at once when the queue is full. Leaving early does not call the command back.</summary>
    public Task<CommandResult> SubmitAsync(PendingCommand command, CancellationToken cancellationToken)
    {
        LedgerInstruments.Queued();
        if (!_lanes.TryAdd(command))
        {
            LedgerInstruments.Taken(1);
            var busy = new CommandResult { Status = CommandStatus.Busy };
            LedgerInstruments.Answered(command, busy);
            return Task.FromResult(busy);
        }

        return cancellationToken.CanBeCanceled ? command.Completion.WaitAsync(cancellationToken) : command.Completion;
    }

    /// <summary>Finishes the commands that wait.</summary>
    public ValueTask DisposeAsync() => _lanes.DisposeAsync();

    /// <summary>Runs commands by <see cref="BatchRunner"/> without waiting in a lane.</summary>
    internal static Task RunAsync(ILedgerStore store, IReadOnlyList<PendingCommand> batch) => new BatchRunner(store, Retries(), null).RunAsync(batch);

    private static RetryPolicy Retries() => new(TimeProvider.System, RandomNumberGenerator.GetInt32);
}
