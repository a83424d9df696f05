using Microsoft.Data.Sqlite;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>Where a SQLite ledger lives and how its connections are opened.</summary>
internal sealed class SqliteDatabase
{
    private readonly string _connectionString;

    private SqliteDatabase(string? path, string connectionString, bool isReadOnly = false)
    {
        Path = path;
        IsReadOnly = isReadOnly;
        _connectionString = connectionString;
    }

    /// <summary>Connections cannot write, nor make a file that is not there.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Full path; null for a database in memory.</summary>
    public string? Path { get; }

    public static SqliteDatabase File(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var connection = new SqliteConnectionStringBuilder { DataSource = full, Pooling = false };
        return new SqliteDatabase(full, connection.ToString());
    }

    /// <summary>A file that another process may be writing.</summary>
    public static SqliteDatabase ReadOnlyFile(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var connection = new SqliteConnectionStringBuilder { DataSource = full, Pooling = false, Mode = SqliteOpenMode.ReadOnly };
        return new SqliteDatabase(full, connection.ToString(), isReadOnly: true);
    }

    /// <summary>
    /// Lives as long as its one connection. Without a name it is SQLite's temporary database: in memory while it fits the cache, and what
    /// does not fit in a file that is gone with the connection, so that a long story takes no more memory than a short one.
    /// </summary>
    public static SqliteDatabase InMemory()
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = "", Pooling = false };
        return new SqliteDatabase(null, connection.ToString());
    }

    /// <summary>The connection that writes and checkpoints. Settings of a connection are gone with it, so every one sets them all.</summary>
    public SqliteConnection OpenWriter() => Open(Path is null
        ? "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
        : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF; "
            + "PRAGMA cell_size_check=ON; PRAGMA busy_timeout=5000; PRAGMA mmap_size=0; PRAGMA wal_autocheckpoint=8192; PRAGMA cache_size=-65536;");

    /// <summary>A connection that cannot write and never checkpoints.</summary>
    public SqliteConnection OpenReader() => Open("PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF; "
        + "PRAGMA cell_size_check=ON; PRAGMA busy_timeout=5000; PRAGMA mmap_size=0; PRAGMA query_only=1;");

    private SqliteConnection Open(string pragmas)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The two texts above are constants.
            command.CommandText = pragmas;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
