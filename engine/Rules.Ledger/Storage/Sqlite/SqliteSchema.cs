using Dapper;
using Microsoft.Data.Sqlite;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>Holds the schema of a database against what the migrations make: a trigger that is gone guards nothing any more.</summary>
internal static class SqliteSchema
{
    // Indexes that SQLite makes for keys have no sql, and SQLite reads their other columns without looking at them.
    private const string Select = "SELECT type AS Type, name AS Name, tbl_name AS \"Table\", sql AS Sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'";

    private static readonly Lazy<Dictionary<string, Part>> _made = new(() =>
    {
        using var connection = SqliteDatabase.InMemory().OpenWriter();
        Migrator.Migrate(new SqliteMigrator(connection, 0), SqliteMigrator.Embedded);
        return Read(connection);
    });

    /// <summary>Tables, indexes (those of keys too) and triggers that are missing or other than they were made, and triggers of nobody's making.</summary>
    public static IEnumerable<string> Faults(SqliteConnection connection)
    {
        var actual = Read(connection);
        foreach (var made in _made.Value.Values)
        {
            if (!actual.TryGetValue(made.Name, out var found))
            {
                yield return $"the {made.Type} {made.Name} is not there";
            }
            else if (found != made)
            {
                yield return $"the {made.Type} {made.Name} is not as this program made it";
            }
        }

        foreach (var other in actual.Values.Where(part => part.Type == "trigger" && !_made.Value.ContainsKey(part.Name)))
        {
            yield return $"the trigger {other.Name} is not of this program";
        }
    }

    private static Dictionary<string, Part> Read(SqliteConnection connection) =>
        connection.Query<Part>(Select).ToDictionary(part => part.Name, StringComparer.Ordinal);

#pragma warning disable CA1812 // Made by Dapper.
    private sealed record Part(string Type, string Name, string Table, string? Sql);
#pragma warning restore CA1812
}
