using System.Diagnostics;
using System.Threading.Channels;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Writing;

/// <summary>
/// The one writer: takes whatever waits, runs it in one transaction, answers after the commit. There is no timer, so an idle
/// ledger answers after one commit, and a busy one shares each commit among all who wait.
/// </summary>
internal sealed class CommandWriter : IAsyncDisposable
{
    private readonly ILedgerStore _store;
    private readonly Channel<PendingCommand> _queue;
    private readonly Task _loop;

    /// <param name="stepped">Nothing runs by itself: <see cref="StepAsync"/> is the loop, so that a simulation decides what falls into which commit.</param>
    public CommandWriter(ILedgerStore store, int queueLength, bool stepped = false)
    {
        _store = store;
        _queue = Channel.CreateBounded<PendingCommand>(new BoundedChannelOptions(queueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _loop = stepped ? Task.CompletedTask : Task.Run(LoopAsync);
    }

    /// <summary>Runs what waits, at most so many together; answers how many those were.</summary>
    internal async Task<int> StepAsync(int most)
    {
        var batch = new List<PendingCommand>();
        while (batch.Count < most && _queue.Reader.TryRead(out var command))
        {
            batch.Add(command);
        }

        if (batch.Count > 0)
        {
            LedgerInstruments.Taken(batch.Count);
            await RunAsync(_store, batch);
        }

        return batch.Count;
    }

    /// <summary>Answers after the commit, or at once when the queue is full. Leaving early does not call the command back.</summary>
    public Task<CommandResult> SubmitAsync(PendingCommand command, CancellationToken cancellationToken)
    {
        if (!_queue.Writer.TryWrite(command))
        {
            var busy = new CommandResult { Status = CommandStatus.Busy };
            LedgerInstruments.Answered(command, busy);
            return Task.FromResult(busy);
        }

        LedgerInstruments.Queued();
        return cancellationToken.CanBeCanceled ? command.Completion.WaitAsync(cancellationToken) : command.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    /// <summary>
    /// Runs commands in one transaction and completes them. If it throws, they are run again one by one: a command that a store or a
    /// bug refuses fails alone, and one that was committed after all is found by its key. A store that does not even begin is asked once for
    /// all of them: a file that is locked for seconds must not keep each of five hundred callers for as long.
    /// </summary>
    internal static async Task RunAsync(ILedgerStore store, IReadOnlyList<PendingCommand> batch)
    {
        if (await TryRunAsync(store, batch) != Attempt.Failed)
        {
            return;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            if (await TryRunAsync(store, [batch[i]]) == Attempt.NotBegun)
            {
                Unknown(batch.Skip(i + 1));
                return;
            }
        }
    }

    /// <summary>What became of the commands of one transaction.</summary>
    private enum Attempt
    {
        /// <summary>All of them are complete.</summary>
        Done,

        /// <summary>None is complete, and each must be run alone; only of more than one.</summary>
        Failed,

        /// <summary>The store did not begin; all of them are complete as <see cref="CommandStatus.OutcomeUnknown"/>.</summary>
        NotBegun,
    }

    private static async Task<Attempt> TryRunAsync(ILedgerStore store, IReadOnlyList<PendingCommand> batch)
    {
        IWriteTransaction transaction;
        try
        {
            transaction = await store.BeginWriteAsync(CancellationToken.None);
        }
        catch (StoreException)
        {
            Unknown(batch);
            return Attempt.NotBegun;
        }
#pragma warning disable CA1031 // As below: the writer goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var command in batch)
            {
                command.Fail(e);
            }

            return Attempt.Done;
        }

        try
        {
            await RunTogetherAsync(transaction, batch);
            return Attempt.Done;
        }
        catch (Exception) when (batch.Count > 1)
        {
            return Attempt.Failed;
        }
        catch (StoreException)
        {
            Unknown(batch);
            return Attempt.Done;
        }
#pragma warning disable CA1031 // Whatever a command throws is told to its caller; the writer goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            batch[0].Fail(e);
            return Attempt.Done;
        }
    }

    private static void Unknown(IEnumerable<PendingCommand> commands)
    {
        foreach (var command in commands)
        {
            Complete(command, new CommandResult { Status = CommandStatus.OutcomeUnknown });
        }
    }

    private static async Task RunTogetherAsync(IWriteTransaction begun, IReadOnlyList<PendingCommand> batch)
    {
        var results = new CommandResult[batch.Count];
        using var activity = LedgerInstruments.Activities.StartActivity("ledger.commit")?.SetTag("commands", batch.Count);
        var started = Stopwatch.GetTimestamp();
        await using (var transaction = begun)
        {
            var sessions = new Dictionary<string, AccountSession>(StringComparer.Ordinal);
            for (var i = 0; i < batch.Count; i++)
            {
                if (!sessions.TryGetValue(batch[i].Account, out var session))
                {
                    session = await AccountSession.ReadAsync(transaction, batch[i].Account, CancellationToken.None);
                    sessions.Add(batch[i].Account, session);
                }

                results[i] = await session.RunAsync(batch[i], CancellationToken.None);
            }

            var appended = false;
            foreach (var session in sessions.Values)
            {
                appended |= await session.AppendAsync(CancellationToken.None);
            }

            if (appended)
            {
                await transaction.CommitAsync(CancellationToken.None);
                LedgerInstruments.Committed(batch.Count, Stopwatch.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMicrosecond);
            }
        }

        for (var i = 0; i < results.Length; i++)
        {
            Complete(batch[i], results[i]);
        }
    }

    private static void Complete(PendingCommand command, CommandResult result)
    {
        LedgerInstruments.Answered(command, result);
        command.Complete(result);
    }

    private async Task LoopAsync()
    {
        var batch = new List<PendingCommand>(_store.LargestBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < _store.LargestBatch && _queue.Reader.TryRead(out var command))
            {
                batch.Add(command);
            }

            LedgerInstruments.Taken(batch.Count);
            await RunAsync(_store, batch);
            batch.Clear();
        }
    }
}
