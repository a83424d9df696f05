using System.Collections.Immutable;
using System.Data;
using System.Data.Common;
using Microsoft.Data.SqlClient;
using NodaTime;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>The reads that a write transaction and a snapshot share. Under the account's lock they are later statements than the one that took it.</summary>
internal abstract partial class SqlServerAccountReader(SqlConnection connection, SqlTransaction transaction) : IAccountReader
{
    private const string SelectAnswer =
        """
        SELECT i.idem_key AS IdempotencyKey, i.seq AS Sequence, i.req_hash AS RequestHash, i.accepted AS Accepted, i.outcome AS Outcome, i.body AS Body
        FROM ledger.idempotency i WHERE i.account_id = @account AND i.idem_key = @key
        """;

    private const string SelectLotId = "SELECT l.lot_no AS Number FROM ledger.lot l WHERE l.account_id = @account AND l.lot_id = @lot";

    private const string SelectScopes =
        """
        SELECT s.scope_hash AS ScopeHash, s.began_at AS BeganAt, s.version AS Version, s.posted AS Posted, s.reversed AS Reversed, s.listed_posted AS ListedPosted, s.totals AS Totals
        FROM @scope_hashes k JOIN ledger.scope_state s ON s.account_id = @account AND s.scope_hash = k.scope_hash
        """;

    public StoreMoment Moment { get; private set; }

    public abstract ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken);

    public async ValueTask<ImmutableArray<ScopeState>> ScopesAsync(StoredAccount account, IReadOnlyList<ScopeId> scopes, CancellationToken cancellationToken)
    {
        if (scopes.Count == 0)
        {
            return [];
        }

        var hashes = scopes.Select(scope => (Id: scope, Hash: TableTypes.HashOf(scope))).ToList();
        using var command = Command(SelectScopes);
        command.AddInt64("@account", account.Number);
        command.Parameters.AddTable("@scope_hashes", TableTypes.ScopeHashes, hashes.DistinctBy(scope => scope.Id).Select(scope => TableTypes.ScopeHashes.NewRow().AddHash(scope.Hash)));
        var found = await LinesAsync<ScopeLine>(command, cancellationToken);
        var lines = found.ToDictionary(line => Convert.ToHexStringLower(line.ScopeHash), StringComparer.Ordinal);
        return [.. hashes.Where(scope => lines.ContainsKey(Convert.ToHexStringLower(scope.Hash))).Select(scope => lines[Convert.ToHexStringLower(scope.Hash)].ToScope(scope.Id))];
    }

    public virtual async ValueTask<StoredAnswer?> AnswerAsync(StoredAccount account, string key, CancellationToken cancellationToken)
    {
        using var command = Command(SelectAnswer);
        command.AddInt64("@account", account.Number);
        command.AddText("@key", key, 512);
        return (await LinesAsync<AnswerLine>(command, cancellationToken)).SingleOrDefault()?.ToAnswer();
    }

    public virtual async ValueTask<bool> HasLotAsync(StoredAccount account, string lot, CancellationToken cancellationToken)
    {
        using var command = Command(SelectLotId);
        command.AddInt64("@account", account.Number);
        command.AddText("@lot", lot, 512);
        return (await LinesAsync<long>(command, cancellationToken)).Count > 0;
    }

    /// <summary>Ends the transaction, which is undone unless it was committed, and gives the connection back.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        catch (Exception e) when (SqlServerErrors.IsStores(e))
        {
            // The connection is lost, and the server undoes what is not committed.
        }

        await connection.DisposeAsync();
    }

    protected SqlTransaction Transaction => transaction;

    protected SqlConnection Connection => connection;

    protected void SetMoment(long clock, int versions) => Moment = new StoreMoment(Instants.FromMicroseconds(clock), versions);

    protected SqlCommand Procedure(string name)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandType = CommandType.StoredProcedure;
#pragma warning disable CA2100 // Every caller names a procedure by a constant.
        command.CommandText = name;
#pragma warning restore CA2100
        return command;
    }

    protected SqlCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Every caller has its text as a constant; a test parses them all.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    protected static Task<List<T>> LinesAsync<T>(SqlCommand command, CancellationToken cancellationToken) =>
        ReadAsync(command, reader => reader.LinesAsync<T>(cancellationToken), cancellationToken);

    /// <exception cref="StoreException">The server or the way to it failed.</exception>
    protected static Task<T> ReadAsync<T>(SqlCommand command, Func<DbDataReader, Task<T>> read, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await read(reader);
    });

    /// <exception cref="StoreException">The server or the way to it failed.</exception>
    protected static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (SqlServerErrors.IsStores(e))
        {
            throw SqlServerErrors.Of(e);
        }
    }
}

internal static class SqlServerParameters
{
    /// <summary>A text parameter of its column's length; a longer text is refused, not cut off.</summary>
    public static void AddText(this SqlCommand command, string name, string? text, int length) =>
        command.Parameters.Add(name, SqlDbType.NVarChar, length).Value = text is null ? DBNull.Value : length < 0 ? text : SqlServerText.Fit(text, length, name);

    public static void AddInt64(this SqlCommand command, string name, long? value) => command.Parameters.Add(name, SqlDbType.BigInt).Value = value ?? (object)DBNull.Value;

    public static void AddInt32(this SqlCommand command, string name, int? value) => command.Parameters.Add(name, SqlDbType.Int).Value = value ?? (object)DBNull.Value;

    public static void AddHash(this SqlCommand command, string name, ReadOnlyMemory<byte> hash) =>
        command.Parameters.Add(name, SqlDbType.Binary, EntryHash.Size).Value = SqlServerText.Hash(hash).ToArray();

    public static void AddInstant(this SqlCommand command, string name, Instant? instant) => command.AddInt64(name, instant is { } at ? Instants.ToMicroseconds(at) : null);
}
