using System.Threading.Channels;

namespace Rules.Ledger.Writing;

/// <summary>One batch after the other, each of whatever waits: for a store with one writer, where a commit costs more than a command.</summary>
internal sealed class SharedLane : ICommandLanes
{
    private readonly BatchRunner _runner;
    private readonly int _largestBatch;
    private readonly Channel<PendingCommand> _queue;
    private readonly Task _loop;

    /// <param name="stepped">Only <see cref="StepAsync"/> runs commands.</param>
    public SharedLane(BatchRunner runner, int largestBatch, int length, bool stepped)
    {
        _runner = runner;
        _largestBatch = largestBatch;
        _queue = Channel.CreateBounded<PendingCommand>(new BoundedChannelOptions(length) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _loop = stepped ? Task.CompletedTask : Task.Run(LoopAsync);
    }

    public bool TryAdd(PendingCommand command) => _queue.Writer.TryWrite(command);

    /// <summary>Runs what waits, at most so many together; answers how many those were.</summary>
    public async Task<int> StepAsync(int most)
    {
        var batch = new List<PendingCommand>();
        while (batch.Count < most && _queue.Reader.TryRead(out var command))
        {
            batch.Add(command);
        }

        if (batch.Count > 0)
        {
            LedgerInstruments.Taken(batch.Count);
            await _runner.RunAsync(batch);
        }

        return batch.Count;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task LoopAsync()
    {
        var batch = new List<PendingCommand>(_largestBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < _largestBatch && _queue.Reader.TryRead(out var command))
            {
                batch.Add(command);
            }

            LedgerInstruments.Taken(batch.Count);
            await _runner.RunAsync(batch);
            batch.Clear();
        }
    }
}
