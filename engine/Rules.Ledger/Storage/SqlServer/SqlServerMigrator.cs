using System.Collections.Immutable;
using System.Text;
using Dapper;
using Microsoft.Data.SqlClient;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>Migrations of a SQL Server database, under an application lock. A script is run batch by batch, in one transaction.</summary>
internal sealed class SqlServerMigrator(SqlConnection connection) : IMigrationTarget
{
    private const string SelectHistoryTable = "SELECT OBJECT_ID(N'ledger.schema_migration', N'U') AS TableId, SCHEMA_ID(N'ledger') AS SchemaId";

    private const string SelectHistory = "SELECT m.id AS Id, m.name AS Name, m.sha256 AS Sha256 FROM ledger.schema_migration m ORDER BY m.id";

    private const string CreateSchema = "CREATE SCHEMA ledger AUTHORIZATION dbo";

    private const string CreateTable =
        """
        CREATE TABLE ledger.schema_migration(
          id          int           NOT NULL CONSTRAINT pk_schema_migration PRIMARY KEY CLUSTERED CONSTRAINT ck_migration_id CHECK(id>=1),
          name        nvarchar(200) NOT NULL,
          sha256      char(64)      COLLATE Latin1_General_100_BIN2 NOT NULL,
          applied_at  bigint        NOT NULL CONSTRAINT df_migration_applied DEFAULT (DATEDIFF_BIG(microsecond, '1970-01-01', SYSUTCDATETIME())),
          app_version nvarchar(64)  NOT NULL
        )
        """;

    private const string CreateTrigger =
        "CREATE TRIGGER ledger.schema_migration_append_only ON ledger.schema_migration INSTEAD OF UPDATE, DELETE AS THROW 50020, 'append-only', 1";

    private const string InsertHistory = "INSERT ledger.schema_migration(id, name, sha256, app_version) VALUES(@Id, @Name, @Sha256, @appVersion)";

    private const string TakeLock =
        """
        DECLARE @result int;
        EXEC @result = sp_getapplock @Resource = N'rules-ledger-migration', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 60000;
        SELECT @result AS Result
        """;

    private const string ReleaseLock = "EXEC sp_releaseapplock @Resource = N'rules-ledger-migration', @LockOwner = N'Session'";

    // A filtered index and an indexed computed column are refused to a session without these.
    private const string SetOptions = "SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER, XACT_ABORT ON; SET NUMERIC_ROUNDABORT OFF";

    public static ImmutableArray<Migration> Embedded { get; } = Migration.Embedded("Rules.Ledger.Storage.SqlServer.Migrations.");

    public IReadOnlyList<AppliedMigration>? ReadHistory()
    {
        var found = connection.QuerySingle<Found>(SelectHistoryTable);
        if (found.TableId is null && found.SchemaId is not null)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_foreign",
                "The database has a schema \"ledger\" of something else, or one that this login may not read. Name another database, or grant the login the role ledger_app.");
        }

        return found.TableId is null ? null : [.. connection.Query<AppliedMigration>(SelectHistory)];
    }

    public IDisposable Lock()
    {
        // Negative codes come back as a value, not as an error.
        var result = connection.QuerySingle<int>(TakeLock);
        return result >= 0
            ? new ApplicationLock(connection)
            : throw new LedgerStartException(LedgerStartException.TemporarilyUnavailable, "database_in_use",
                $"Another process is migrating this database (sp_getapplock answered {result} after a minute). Start again when it is done.");
    }

    public void CreateHistory() => Run(static (connection, transaction) =>
    {
        connection.Execute(CreateSchema, transaction: transaction);
        connection.Execute(CreateTable, transaction: transaction);
        connection.Execute(CreateTrigger, transaction: transaction);
    });

    public void Apply(Migration migration, string appVersion) => Run((connection, transaction) =>
    {
        foreach (var batch in Batches(migration.Sql))
        {
            connection.Execute(batch, transaction: transaction);
        }

        connection.Execute(InsertHistory, new { migration.Id, migration.Name, migration.Sha256, appVersion }, transaction);
    });

    /// <summary>The batches of a script: what stands between lines that say GO.</summary>
    internal static IEnumerable<string> Batches(string sql)
    {
        var batch = new StringBuilder();
        foreach (var line in sql.Split('\n'))
        {
            if (!line.AsSpan().Trim().Equals("GO", StringComparison.OrdinalIgnoreCase))
            {
                batch.Append(line).Append('\n');
                continue;
            }

            yield return batch.ToString();
            batch.Clear();
        }

        if (!string.IsNullOrWhiteSpace(batch.ToString()))
        {
            yield return batch.ToString();
        }
    }

    private void Run(Action<SqlConnection, SqlTransaction> work)
    {
        try
        {
            connection.Execute(SetOptions);
            using var transaction = connection.BeginTransaction();
            work(connection, transaction);
            transaction.Commit();
        }
        catch (SqlException e)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "migration_failed",
                $"The database cannot be brought to this program's schema: {e.Message} Nothing was changed. Migrate with a login that owns the database (RULES_SQLSERVER_OWNER).", e);
        }
    }

    private sealed class ApplicationLock(SqlConnection connection) : IDisposable
    {
        public void Dispose() => connection.Execute(ReleaseLock);
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed record Found(int? TableId, int? SchemaId);
#pragma warning restore CA1812
}
