using Microsoft.Data.Sqlite;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>A connection with its prepared statements; used by one transaction or snapshot at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    public SqliteConnection Connection => connection;

    /// <summary>True while no transaction is open, also after the library itself rolled one back.</summary>
    public bool AutoCommits => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) != 0;

    public long LastRowId => SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle);

    /// <summary>The statement of a constant text, prepared once.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(connection.Handle!, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        connection.Dispose();
    }
}
