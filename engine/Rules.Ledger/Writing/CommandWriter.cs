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

    public CommandWriter(ILedgerStore store, int queueLength)
    {
        _store = store;
        _queue = Channel.CreateBounded<PendingCommand>(new BoundedChannelOptions(queueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Answers after the commit, or at once when the queue is full. Leaving early does not call the command back.</summary>
    public Task<CommandResult> SubmitAsync(PendingCommand command, CancellationToken cancellationToken)
    {
        if (!_queue.Writer.TryWrite(command))
        {
            return Task.FromResult(new CommandResult { Status = CommandStatus.Busy });
        }

        return cancellationToken.CanBeCanceled ? command.Completion.WaitAsync(cancellationToken) : command.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    /// <summary>
    /// Runs commands in one transaction and completes them. If it throws, they are run again one by one: a command that a store or a
    /// bug refuses fails alone, and one that was committed after all is found by its key.
    /// </summary>
    internal static async Task RunAsync(ILedgerStore store, IReadOnlyList<PendingCommand> batch)
    {
        try
        {
            await RunTogetherAsync(store, batch);
        }
        catch (Exception) when (batch.Count > 1)
        {
            foreach (var command in batch)
            {
                await RunAsync(store, [command]);
            }
        }
        catch (StoreException)
        {
            batch[0].Complete(new CommandResult { Status = CommandStatus.OutcomeUnknown });
        }
#pragma warning disable CA1031 // Whatever a command throws is told to its caller; the writer goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            batch[0].Fail(e);
        }
    }

    private static async Task RunTogetherAsync(ILedgerStore store, IReadOnlyList<PendingCommand> batch)
    {
        var results = new CommandResult[batch.Count];
        await using (var transaction = await store.BeginWriteAsync(CancellationToken.None))
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
            }
        }

        for (var i = 0; i < results.Length; i++)
        {
            batch[i].Complete(results[i]);
        }
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

            await RunAsync(_store, batch);
            batch.Clear();
        }
    }
}
