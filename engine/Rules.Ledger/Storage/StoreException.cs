namespace Rules.Ledger.Storage;

/// <summary>A store could not do what was asked: disk full, file locked, a constraint that refuses a row, a head that moved.</summary>
public sealed class StoreException : Exception
{
    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StoreException()
    {
    }

    /// <summary>The same transaction, run again over a new connection, may well succeed; also after a commit of which nobody knows whether it was done.</summary>
    public bool IsTransient { get; init; }
}
