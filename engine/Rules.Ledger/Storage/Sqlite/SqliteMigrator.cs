using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>
/// Brings a database to this program's schema: numbered scripts embedded in the assembly, each applied once, in its own transaction,
/// forward only. Every applied script's bytes are checked at each start.
/// </summary>
internal static class SqliteMigrator
{
    private const string Prefix = "Rules.Ledger.Storage.Sqlite.Migrations.";

    private const string CreateHistory =
        """
        CREATE TABLE IF NOT EXISTS schema_migration(
          id          INTEGER PRIMARY KEY CHECK(typeof(id)='integer' AND id>=1),
          name        TEXT    NOT NULL,
          sha256      TEXT    NOT NULL CHECK(length(sha256)=64),
          applied_at  INTEGER NOT NULL CHECK(typeof(applied_at)='integer'),
          app_version TEXT    NOT NULL
        );
        CREATE TRIGGER IF NOT EXISTS schema_migration_u BEFORE UPDATE ON schema_migration BEGIN SELECT RAISE(ABORT,'append-only'); END;
        CREATE TRIGGER IF NOT EXISTS schema_migration_d BEFORE DELETE ON schema_migration BEGIN SELECT RAISE(ABORT,'append-only'); END;
        """;

    public static ImmutableArray<Migration> Embedded { get; } = ReadEmbedded();

    /// <exception cref="LedgerStartException">The database is newer than this program, was migrated by other bytes, or is no ledger.</exception>
    public static void Migrate(SqliteConnection connection, ImmutableArray<Migration> migrations, long appliedAt)
    {
        RefuseForeign(connection);
        connection.Execute(CreateHistory);
        var applied = RefuseOthers(connection, migrations);
        foreach (var migration in migrations.Where(m => m.Id > applied))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute(migration.Sql, transaction: transaction);
            connection.Execute("INSERT INTO schema_migration(id,name,sha256,applied_at,app_version) VALUES(@Id,@Name,@Sha256,@appliedAt,@appVersion)",
                new { migration.Id, migration.Name, migration.Sha256, appliedAt, appVersion = AppVersion }, transaction);
            transaction.Commit();
        }
    }

    /// <summary>For a reader, which does not migrate.</summary>
    /// <exception cref="LedgerStartException">The database is newer or older than this program, was migrated by other bytes, or is no ledger.</exception>
    public static void RefuseUnfit(SqliteConnection connection, ImmutableArray<Migration> migrations)
    {
        RefuseForeign(connection);
        var empty = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE name='schema_migration'") == 0;
        if (empty || RefuseOthers(connection, migrations) < migrations[^1].Id)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_older",
                "The database is older than this program. Start the service of this version once, which brings it up to date, or use the program that wrote it.");
        }
    }

    /// <returns>How many migrations the database has.</returns>
    private static int RefuseOthers(SqliteConnection connection, ImmutableArray<Migration> migrations)
    {
        var applied = connection.Query<(long Id, string Name, string Sha256)>("SELECT id, name, sha256 FROM schema_migration ORDER BY id").ToList();
        foreach (var (id, name, sha256) in applied)
        {
            var known = migrations.FirstOrDefault(m => m.Id == id) ?? throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_newer",
                $"The database has migration {id} ({name}), which this program does not know: it was written by a newer version. Start that version, or restore a backup from before the upgrade.");
            if (!string.Equals(known.Sha256, sha256, StringComparison.Ordinal))
            {
                throw new LedgerStartException(LedgerStartException.NeedsDecision, "migration_changed",
                    $"Migration {id} ({name}) was applied with sha256 {sha256}, and this program holds sha256 {known.Sha256} for it. Published migrations never change: start the program that the database belongs to.");
            }
        }

        return applied.Count;
    }

    public static string AppVersion { get; } = typeof(SqliteMigrator).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static void RefuseForeign(SqliteConnection connection)
    {
        var tables = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'");
        var history = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE type='table' AND name='schema_migration'");
        if (tables > 0 && history == 0)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_foreign",
                "The file is a SQLite database of something else: it has tables, but not those of a ledger. Name another file.");
        }
    }

    private static ImmutableArray<Migration> ReadEmbedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Read(assembly, name)),
        ];
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The resource {resource} is missing.");
        using var reader = new StreamReader(stream);
        // Line ends are the same whatever checked the file out.
        var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
        var name = resource[Prefix.Length..^".sql".Length];
        return Migration.Of(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, sql);
    }
}

/// <param name="Id">1, 2, 3 … without gaps.</param>
/// <param name="Sha256">Lower-case hex of the script's UTF-8 bytes with line feeds.</param>
internal sealed record Migration(int Id, string Name, string Sha256, string Sql)
{
    public static Migration Of(int id, string name, string sql) =>
        new(id, name, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sql))), sql);
}
