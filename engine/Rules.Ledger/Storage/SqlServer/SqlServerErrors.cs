using System.Collections.Frozen;
using Microsoft.Data.SqlClient;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>What an error of SQL Server means to a writer.</summary>
internal static class SqlServerErrors
{
    /// <summary>From here on an error has ended the connection.</summary>
    private const byte ConnectionLost = 20;

    private static readonly FrozenSet<int> _transient = FrozenSet.ToFrozenSet<int>(
    [
        1205, // deadlock
        1222, // lock timeout
        3960, // the row changed under a snapshot
        -2, // timeout
        20, 64, 233, 10053, 10054, 10060, // the network
        40197, 40501, 40613, 49918, 49919, 49920, // a managed server that is busy or moving
        50012, // the fence: another node was first
        50016, // another node opened the account first
    ]);

    public static bool IsTransient(int number) => _transient.Contains(number);

    /// <summary>True for what the client throws when the server or the way to it failed; anything else is a bug.</summary>
    public static bool IsStores(Exception exception) => exception is SqlException or InvalidOperationException or IOException;

    /// <summary>The exception of a store for one of the client's.</summary>
    public static StoreException Of(Exception exception) => new($"SQL Server: {exception.Message}", exception) { IsTransient = IsTransient(exception) };

    /// <summary>The exception of a store for a commit that failed: it may have been done, which the keys of its commands tell.</summary>
    public static StoreException OfCommit(Exception exception) => new($"SQL Server: whether it was committed is unknown. {exception.Message}", exception) { IsTransient = true };

    private static bool IsTransient(Exception exception)
    {
        if (exception is not SqlException error)
        {
            // The pool is exhausted, or the connection was closed under it.
            return true;
        }

        if (error.Class >= ConnectionLost)
        {
            return true;
        }

        foreach (SqlError one in error.Errors)
        {
            if (IsTransient(one.Number))
            {
                return true;
            }
        }

        return false;
    }
}
