using System.Threading.Channels;

namespace Rules.Ledger.Writing;

/// <summary>
/// A lane for each account with commands that wait, and several batches at once, each of one account: for a store whose accounts share no lock.
/// A busy account has one batch under way and the others of it gather meanwhile; after each batch it goes to the end of the row.
/// </summary>
internal sealed class AccountLanes : ICommandLanes
{
    private readonly BatchRunner _runner;
    private readonly int _largestBatch;
    private readonly int _length;
    private readonly Lock _gate = new();

    // Invariant: an account has a lane exactly while it stands in the row or a worker has it.
    private readonly Dictionary<string, Queue<PendingCommand>> _lanes = new(StringComparer.Ordinal);
    private readonly Channel<string> _row = Channel.CreateUnbounded<string>();
    private readonly Task _workers;
    private int _waiting;
    private bool _closed;

    public AccountLanes(BatchRunner runner, int workers, int largestBatch, int length)
    {
        _runner = runner;
        _largestBatch = largestBatch;
        _length = length;
        _workers = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync)));
    }

    public bool TryAdd(PendingCommand command)
    {
        lock (_gate)
        {
            if (_closed || _waiting == _length)
            {
                return false;
            }

            _waiting++;
            if (_lanes.TryGetValue(command.Account, out var lane))
            {
                lane.Enqueue(command);
                return true;
            }

            lane = new Queue<PendingCommand>();
            lane.Enqueue(command);
            _lanes.Add(command.Account, lane);
            _row.Writer.TryWrite(command.Account);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            CloseWhenEmpty();
        }

        await _workers;
    }

    private async Task WorkAsync()
    {
        var batch = new List<PendingCommand>(_largestBatch);
        await foreach (var account in _row.Reader.ReadAllAsync())
        {
            lock (_gate)
            {
                var lane = _lanes[account];
                while (batch.Count < _largestBatch && lane.TryDequeue(out var command))
                {
                    batch.Add(command);
                }

                _waiting -= batch.Count;
            }

            LedgerInstruments.Taken(batch.Count);
            await _runner.RunAsync(batch);
            batch.Clear();
            lock (_gate)
            {
                if (_lanes[account].Count > 0)
                {
                    _row.Writer.TryWrite(account);
                }
                else
                {
                    _lanes.Remove(account);
                    CloseWhenEmpty();
                }
            }
        }
    }

    private void CloseWhenEmpty()
    {
        if (_closed && _lanes.Count == 0)
        {
            _row.Writer.TryComplete();
        }
    }
}
