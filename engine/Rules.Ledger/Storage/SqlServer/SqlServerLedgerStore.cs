using System.Data;
using Dapper;
using Microsoft.Data.SqlClient;
using NodaTime;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>
/// A ledger in a SQL Server database, which several nodes may share: writers of different accounts beside each other, those of one account in a row,
/// reads from snapshots.
/// </summary>
public sealed class SqlServerLedgerStore : ILedgerStore
{
    private readonly SqlServerDatabase _database;

    private SqlServerLedgerStore(SqlServerDatabase database, int writers)
    {
        _database = database;
        Writers = writers;
        App = new SqlServerAppStore(database);
    }

    public IAppStore? App { get; }

    public int LargestBatch => 64;

    public int Writers { get; }

    private static string ZoneData { get; } = DateTimeZoneProviders.Tzdb.VersionId;

    /// <summary>Checks the connection and the database's settings, and brings its schema up to date.</summary>
    /// <exception cref="LedgerStartException">The server cannot be reached, or it does not fit this program.</exception>
    public static async Task<SqlServerLedgerStore> OpenAsync(SqlServerOptions options, CancellationToken cancellationToken)
    {
        var database = SqlServerDatabase.Of(options.ConnectionString, "RULES_SQLSERVER", options);
        var owner = options.OwnerConnectionString is { Length: > 0 } given ? SqlServerDatabase.Of(given, "RULES_SQLSERVER_OWNER", options) : database;
        try
        {
            await using var connection = await owner.OpenAsync(cancellationToken);
            var settings = await connection.QuerySingleAsync<ServerSettings>(new CommandDefinition(ServerSettings.Select, cancellationToken: cancellationToken));
            settings.Check(owner.Name);
            Migrator.Migrate(new SqlServerMigrator(connection), SqlServerMigrator.Embedded);
        }
        catch (Exception e) when (e is StoreException || SqlServerErrors.IsStores(e))
        {
            throw Unreachable(owner, e);
        }

        var store = new SqlServerLedgerStore(database, Math.Clamp(options.Writers, 2, 256));
        try
        {
            // The service's own login may be another one.
            await using var snapshot = await store.BeginReadAsync(cancellationToken);
            await snapshot.AccountAsync("-", cancellationToken);
            return store;
        }
        catch (StoreException e)
        {
            throw Unreachable(database, e);
        }
    }

    public async ValueTask<IWriteTransaction> BeginWriteAsync(CancellationToken cancellationToken)
    {
        var (connection, transaction) = await BeginAsync(IsolationLevel.ReadCommitted, cancellationToken);
        return new SqlServerWriteTransaction(connection, transaction, ZoneData);
    }

    public async ValueTask<IReadSnapshot> BeginReadAsync(CancellationToken cancellationToken)
    {
        var (connection, transaction) = await BeginAsync(IsolationLevel.Snapshot, cancellationToken);
        return new SqlServerReadSnapshot(connection, transaction);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<(SqlConnection Connection, SqlTransaction Transaction)> BeginAsync(IsolationLevel level, CancellationToken cancellationToken)
    {
        var connection = await _database.OpenAsync(cancellationToken);
        try
        {
            return (connection, (SqlTransaction)await connection.BeginTransactionAsync(level, cancellationToken));
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            throw SqlServerErrors.IsStores(e) ? SqlServerErrors.Of(e) : e;
        }
    }

    private static LedgerStartException Unreachable(SqlServerDatabase database, Exception exception)
    {
        var cause = exception is StoreException { InnerException: { } inner } ? inner : exception;
        const int NoSuchDatabase = 4060;
        return cause is SqlException { Number: NoSuchDatabase }
            ? new LedgerStartException(LedgerStartException.NeedsDecision, "database_missing",
                $"{database.Name}: there is no such database, or the login may not use it. Create it, run Storage/SqlServer/Scripts/database.sql in it, and start again.", exception)
            : new LedgerStartException(LedgerStartException.TemporarilyUnavailable, "database_unreachable",
                $"{database.Name} cannot be used: {cause.Message} Check that the server runs, that it is reached from here, and that the login may use the database.", exception);
    }
}
