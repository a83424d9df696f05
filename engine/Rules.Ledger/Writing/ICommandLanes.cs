namespace Rules.Ledger.Writing;

/// <summary>Commands that wait, and the loops that run them in the order in which they came, as far as their accounts are the same.</summary>
internal interface ICommandLanes : IAsyncDisposable
{
    /// <summary>False when too many wait, or the lanes are closed.</summary>
    bool TryAdd(PendingCommand command);
}
