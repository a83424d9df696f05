namespace Rules.Portal.Sample;

public enum SampleStage
{
    /// <summary>There is no sample company, or it is whole.</summary>
    None = 0,

    Writing = 1,

    /// <summary>It could not be written on: <see cref="SampleProgress.Problem"/> says why.</summary>
    Failed = 2,

    Removing = 3,
}

/// <summary>How far the sample company is written, or removed. One thread writes it, every page reads it.</summary>
public sealed class SampleProgress
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _problem;
    private int _stage;
    private long _done;
    private long _total;

    public SampleStage Stage
    {
        get => (SampleStage)Volatile.Read(ref _stage);
        internal set => Volatile.Write(ref _stage, (int)value);
    }

    /// <summary>Commands that were written, or accounts that were removed.</summary>
    public long Done
    {
        get => Interlocked.Read(ref _done);
        internal set => Interlocked.Exchange(ref _done, value);
    }

    public long Total
    {
        get => Interlocked.Read(ref _total);
        internal set => Interlocked.Exchange(ref _total, value);
    }

    public string? Problem
    {
        get => _problem;
        internal set => _problem = value;
    }

    /// <summary>Ends when nothing of a history is left to be written: what brings accounts up to the present day would cut it short.</summary>
    public Task Settled => _settled.Task;

    internal void Settle() => _settled.TrySetResult();
}
