using System.Collections.Immutable;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>Migrations of a SQLite database; the lock on its file keeps other processes out all along.</summary>
/// <param name="appliedAt">Microseconds since 1970.</param>
internal sealed class SqliteMigrator(SqliteConnection connection, long appliedAt) : IMigrationTarget
{
    private const string CreateTable =
        """
        CREATE TABLE schema_migration(
          id          INTEGER PRIMARY KEY CHECK(typeof(id)='integer' AND id>=1),
          name        TEXT    NOT NULL,
          sha256      TEXT    NOT NULL CHECK(length(sha256)=64),
          applied_at  INTEGER NOT NULL CHECK(typeof(applied_at)='integer'),
          app_version TEXT    NOT NULL
        );
        CREATE TRIGGER schema_migration_u BEFORE UPDATE ON schema_migration BEGIN SELECT RAISE(ABORT,'append-only'); END;
        CREATE TRIGGER schema_migration_d BEFORE DELETE ON schema_migration BEGIN SELECT RAISE(ABORT,'append-only'); END;
        """;

    public static ImmutableArray<Migration> Embedded { get; } = Migration.Embedded("Rules.Ledger.Storage.Sqlite.Migrations.");

    public IReadOnlyList<AppliedMigration>? ReadHistory()
    {
        var tables = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'");
        var history = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE type='table' AND name='schema_migration'");
        if (tables > 0 && history == 0)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_foreign",
                "The file is a SQLite database of something else: it has tables, but not those of a ledger. Name another file.");
        }

        return history == 0 ? null : [.. connection.Query<Line>("SELECT id AS Id, name AS Name, sha256 AS Sha256 FROM schema_migration ORDER BY id")
            .Select(line => new AppliedMigration((int)line.Id, line.Name, line.Sha256))];
    }

    public IDisposable Lock() => new FileLock();

    /// <summary>The table and its triggers, or nothing: a log torn between them would leave a history that guards nothing, and no later start would notice.</summary>
    public void CreateHistory()
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(CreateTable, transaction: transaction);
        transaction.Commit();
    }

    public void Apply(Migration migration, string appVersion)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(migration.Sql, transaction: transaction);
        connection.Execute("INSERT INTO schema_migration(id,name,sha256,applied_at,app_version) VALUES(@Id,@Name,@Sha256,@appliedAt,@appVersion)",
            new { migration.Id, migration.Name, migration.Sha256, appliedAt, appVersion }, transaction);
        transaction.Commit();
    }

    /// <summary>Whoever opens the database has taken it before.</summary>
    private sealed class FileLock : IDisposable
    {
        public void Dispose()
        {
        }
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed record Line(long Id, string Name, string Sha256);
#pragma warning restore CA1812
}
