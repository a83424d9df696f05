using System.Collections.Immutable;

namespace Rules.Ledger.Storage;

/// <summary>A database as the migrator sees it.</summary>
internal interface IMigrationTarget
{
    /// <summary>What has been applied, by number; null for a database that has no history of a ledger.</summary>
    /// <exception cref="LedgerStartException">The database belongs to something else.</exception>
    IReadOnlyList<AppliedMigration>? ReadHistory();

    /// <summary>Keeps other processes from migrating until it is disposed.</summary>
    /// <exception cref="LedgerStartException">Another process does, or this one may not.</exception>
    IDisposable Lock();

    void CreateHistory();

    /// <summary>Applies a script and writes its line of the history: both or neither.</summary>
    void Apply(Migration migration, string appVersion);
}

internal sealed record AppliedMigration(int Id, string Name, string Sha256);

/// <summary>
/// Brings a database to this program's schema: numbered scripts embedded in the assembly, each applied once, in its own transaction,
/// forward only. Every applied script's bytes are checked at each start.
/// </summary>
internal static class Migrator
{
    public static string AppVersion { get; } = typeof(Migrator).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <exception cref="LedgerStartException">The database is newer than this program, was migrated by other bytes, or is no ledger.</exception>
    public static void Migrate(IMigrationTarget database, ImmutableArray<Migration> migrations)
    {
        if (database.ReadHistory() is { } history && Pending(history, migrations).IsEmpty)
        {
            return;
        }

        using (database.Lock())
        {
            // Whoever had the lock before may have done the work.
            if (database.ReadHistory() is not { } applied)
            {
                database.CreateHistory();
                applied = [];
            }

            foreach (var migration in Pending(applied, migrations))
            {
                database.Apply(migration, AppVersion);
            }
        }
    }

    /// <summary>For a reader, which does not migrate.</summary>
    /// <exception cref="LedgerStartException">The database is newer or older than this program, was migrated by other bytes, or is no ledger.</exception>
    public static void RefuseUnfit(IMigrationTarget database, ImmutableArray<Migration> migrations)
    {
        if (database.ReadHistory() is not { } history || !Pending(history, migrations).IsEmpty)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_older",
                "The database is older than this program. Start the service of this version once, which brings it up to date, or use the program that wrote it.");
        }
    }

    private static ImmutableArray<Migration> Pending(IReadOnlyList<AppliedMigration> applied, ImmutableArray<Migration> migrations)
    {
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

        return [.. migrations.Where(m => m.Id > applied.Count)];
    }
}
