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
}
