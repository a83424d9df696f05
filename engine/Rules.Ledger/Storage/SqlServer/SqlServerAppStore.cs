using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.SqlClient;
using NodaTime;
using Rules.Ledger.Access;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>The service's own tables, in a schema of their own with ordinary rights. Every statement is a transaction of its own, but where two belong together.</summary>
internal sealed partial class SqlServerAppStore(SqlServerDatabase database) : IAppStore
{
    private const string KeyColumns =
        """
        SELECT k.key_id AS Id, k.name AS Name, k.secret_sha256 AS Hash, k.previous_sha256 AS PreviousHash, k.previous_until AS PreviousUntil, k.scopes AS Scopes,
          k.rulesets AS Rulesets, k.accounts AS Accounts, k.rate AS Rate, k.created_at AS CreatedAt, k.created_by AS CreatedBy, k.expires_at AS ExpiresAt,
          k.rotated_at AS RotatedAt, k.revoked_at AS RevokedAt, k.last_used_at AS LastUsedAt
        FROM app.api_key k
        """;

    private const string SelectKey = KeyColumns + " WHERE k.key_id = @id";

    private const string SelectKeys = KeyColumns + " ORDER BY k.created_at, k.key_id";

    private const string InsertKey =
        """
        INSERT app.api_key(key_id, name, secret_sha256, scopes, rulesets, accounts, rate, created_at, created_by, expires_at)
        VALUES(@id, @name, @hash, @scopes, @rulesets, @accounts, @rate, @created_at, @created_by, @expires_at)
        """;

    private const string RotateKey =
        """
        UPDATE app.api_key SET previous_sha256 = secret_sha256, previous_until = @previous_until, secret_sha256 = @hash, rotated_at = @at
        WHERE key_id = @id AND revoked_at IS NULL
        """;

    private const string RevokeKey = "UPDATE app.api_key SET revoked_at = @at WHERE key_id = @id AND revoked_at IS NULL";

    private const string InsertKeyRecord =
        "INSERT app.key_audit(audited_at, actor, action, key_id, key_name, detail) VALUES(@at, @actor, @action, @key, @key_name, @detail)";

    private const string SelectKeyLog =
        """
        SELECT TOP (@limit) a.key_audit_id AS Position, a.audited_at AS AuditedAt, a.actor AS Actor, a.action AS Action, a.key_id AS KeyId, a.key_name AS KeyName, a.detail AS Detail
        FROM app.key_audit a WHERE a.key_audit_id < @before AND (@key IS NULL OR a.key_id = @key) ORDER BY a.key_audit_id DESC
        """;

    private const string Beat =
        """
        DECLARE @latest bigint;
        UPDATE app.heartbeat SET @latest = beat_at = CASE WHEN beat_at < @at THEN @at ELSE beat_at END WHERE heartbeat_id = 1;
        SELECT @latest AS Latest
        """;

    private const string UseKey = "UPDATE app.api_key SET last_used_at = @at WHERE key_id = @id AND (last_used_at IS NULL OR last_used_at < @at)";

    public async ValueTask<StoredApiKey?> KeyAsync(string id, CancellationToken cancellationToken)
    {
        if (IsNoId(id))
        {
            return null;
        }

        return (await ReadAsync(SelectKey, command => command.AddText("@id", id, 16), cancellationToken)).SingleOrDefault();
    }

    public async ValueTask<ImmutableArray<StoredApiKey>> KeysAsync(CancellationToken cancellationToken) => [.. await ReadAsync(SelectKeys, static _ => { }, cancellationToken)];

    public async ValueTask AddKeyAsync(StoredApiKey key, KeyRecord record, CancellationToken cancellationToken) => await TogetherAsync(async run =>
    {
        await run(InsertKey, command =>
        {
            command.AddText("@id", key.Key.Id, 16);
            command.AddText("@name", key.Key.Name, 100);
            command.AddHash("@hash", key.Hash);
            command.AddInt32("@scopes", (int)key.Key.Scopes);
            command.AddText("@rulesets", ListText(key.Key.Rulesets), -1);
            command.AddText("@accounts", ListText(key.Key.Accounts), -1);
            command.AddInt32("@rate", key.Key.Rate);
            command.AddInstant("@created_at", key.Key.CreatedAt);
            command.AddText("@created_by", key.Key.CreatedBy, 400);
            command.AddInstant("@expires_at", key.Key.ExpiresAt);
        });
        return await run(InsertKeyRecord, command => AddKeyRecord(command, record));
    }, cancellationToken);

    public async ValueTask<bool> RotateKeyAsync(ReadOnlyMemory<byte> hash, Instant previousUntil, KeyRecord record, CancellationToken cancellationToken) =>
        !IsNoId(record.Key) && await TogetherAsync(async run => await run(RotateKey, command =>
        {
            command.AddText("@id", record.Key, 16);
            command.AddHash("@hash", hash);
            command.AddInstant("@at", record.At);
            command.AddInstant("@previous_until", previousUntil);
        }) == 1 && await run(InsertKeyRecord, command => AddKeyRecord(command, record)) == 1, cancellationToken);

    public async ValueTask RevokeKeyAsync(KeyRecord record, CancellationToken cancellationToken)
    {
        if (!IsNoId(record.Key))
        {
            await TogetherAsync(async run => await run(RevokeKey, command =>
            {
                command.AddText("@id", record.Key, 16);
                command.AddInstant("@at", record.At);
            }) == 1 && await run(InsertKeyRecord, command => AddKeyRecord(command, record)) == 1, cancellationToken);
        }
    }

    public async ValueTask<ImmutableArray<KeyRecord>> KeyLogAsync(string? key, long before, int limit, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<KeyRecordLine>(SelectKeyLog, command =>
        {
            command.AddText("@key", key, -1);
            command.AddInt64("@before", before);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(static line => line.ToRecord())];

    public async ValueTask NoteKeyUseAsync(IReadOnlyCollection<KeyValuePair<string, Instant>> uses, CancellationToken cancellationToken)
    {
        foreach (var (id, at) in uses)
        {
            await WriteAsync(UseKey, command =>
            {
                command.AddText("@id", id, 16);
                command.AddInstant("@at", at);
            }, cancellationToken);
        }
    }

    public async ValueTask<Instant> BeatAsync(Instant at, CancellationToken cancellationToken) =>
        Instants.FromMicroseconds((await LinesAsync<long>(Beat, command => command.AddInstant("@at", at), cancellationToken)).Single());

    private static void AddKeyRecord(SqlCommand command, KeyRecord record)
    {
        command.AddInstant("@at", record.At);
        command.AddText("@actor", record.By, 400);
        command.AddInt32("@action", (int)record.Action);
        command.AddText("@key", record.Key, 16);
        command.AddText("@key_name", record.KeyName, 100);
        command.AddText("@detail", record.Detail, 1000);
    }

    private async Task<List<StoredApiKey>> ReadAsync(string sql, Action<SqlCommand> parameters, CancellationToken cancellationToken) =>
        (await LinesAsync<KeyLine>(sql, parameters, cancellationToken)).ConvertAll(line => line.ToKey());

    private Task<List<T>> LinesAsync<T>(string sql, Action<SqlCommand> parameters, CancellationToken cancellationToken) => RunAsync(sql, parameters, async command =>
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.LinesAsync<T>(cancellationToken);
    }, cancellationToken);

    private Task<int> WriteAsync(string sql, Action<SqlCommand> parameters, CancellationToken cancellationToken) =>
        RunAsync(sql, parameters, command => command.ExecuteNonQueryAsync(cancellationToken), cancellationToken);

    /// <exception cref="StoreException">The server or the way to it failed.</exception>
    private async Task<T> RunAsync<T>(string sql, Action<SqlCommand> parameters, Func<SqlCommand, Task<T>> run, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller has its text as a constant; a test parses them all.
        command.CommandText = sql;
#pragma warning restore CA2100
        parameters(command);
        try
        {
            return await run(command);
        }
        catch (Exception e) when (SqlServerErrors.IsStores(e))
        {
            throw SqlServerErrors.Of(e);
        }
    }

    /// <summary>True for text that cannot be the id of a key or a webhook: a space at its end would not be seen when the server compares.</summary>
    private static bool IsNoId(string id) => id.Length is 0 or > 16 || id[^1] == ' ';

    private static string? ListText(ImmutableArray<string> list) => list.IsEmpty ? null : JsonSerializer.Serialize(list);

    private static ImmutableArray<string> List(string? text) => text is null ? [] : JsonSerializer.Deserialize<ImmutableArray<string>>(text);

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class KeyLine
    {
        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        public byte[] Hash { get; set; } = [];

        public byte[]? PreviousHash { get; set; }

        public long? PreviousUntil { get; set; }

        public int Scopes { get; set; }

        public string? Rulesets { get; set; }

        public string? Accounts { get; set; }

        public int? Rate { get; set; }

        public long CreatedAt { get; set; }

        public string CreatedBy { get; set; } = "";

        public long? ExpiresAt { get; set; }

        public long? RotatedAt { get; set; }

        public long? RevokedAt { get; set; }

        public long? LastUsedAt { get; set; }

        public StoredApiKey ToKey() => new(new ApiKey
        {
            Id = Id,
            Name = Name,
            Scopes = (KeyScopes)Scopes,
            Rulesets = List(Rulesets),
            Accounts = List(Accounts),
            Rate = Rate,
            CreatedAt = Instants.FromMicroseconds(CreatedAt),
            CreatedBy = CreatedBy,
            ExpiresAt = At(ExpiresAt),
            RotatedAt = At(RotatedAt),
            RevokedAt = At(RevokedAt),
            LastUsedAt = At(LastUsedAt),
        }, Hash, PreviousHash ?? [], At(PreviousUntil));

        private static Instant? At(long? microseconds) => microseconds is { } at ? Instants.FromMicroseconds(at) : null;
    }

    private sealed class KeyRecordLine
    {
        public long Position { get; set; }

        public long AuditedAt { get; set; }

        public string Actor { get; set; } = "";

        public byte Action { get; set; }

        public string KeyId { get; set; } = "";

        public string KeyName { get; set; } = "";

        public string? Detail { get; set; }

        public KeyRecord ToRecord() => new(Position, Instants.FromMicroseconds(AuditedAt), Actor, (KeyAction)Action, KeyId, KeyName, Detail);
    }
#pragma warning restore CA1812
}
