using System.Collections.Immutable;
using System.Text.Json;
using NodaTime;
using Rules.Ledger.Access;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>The service's own tables, behind the same single writer as the ledger's.</summary>
internal sealed partial class SqliteAppStore(SqliteLedgerStore store) : IAppStore
{
    private const string SelectKey =
        """
        SELECT key_id, name, secret_sha256, previous_sha256, previous_until, scopes, rulesets, accounts, rate, created_at, created_by, expires_at,
               rotated_at, revoked_at, last_used_at
        FROM api_key WHERE key_id=?1
        """;

    private const string SelectKeys =
        """
        SELECT key_id, name, secret_sha256, previous_sha256, previous_until, scopes, rulesets, accounts, rate, created_at, created_by, expires_at,
               rotated_at, revoked_at, last_used_at
        FROM api_key ORDER BY created_at, key_id
        """;

    private const string InsertKey =
        "INSERT INTO api_key(key_id,name,secret_sha256,scopes,rulesets,accounts,rate,created_at,created_by,expires_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)";

    private const string RotateKey =
        """
        UPDATE api_key SET previous_sha256=secret_sha256, previous_until=?4, secret_sha256=?2, rotated_at=?3 WHERE key_id=?1 AND revoked_at IS NULL
        """;

    private const string RevokeKey = "UPDATE api_key SET revoked_at=?2 WHERE key_id=?1 AND revoked_at IS NULL";

    private const string UseKey = "UPDATE api_key SET last_used_at=?2 WHERE key_id=?1 AND (last_used_at IS NULL OR last_used_at<?2)";

    private const string InsertKeyRecord = "INSERT INTO key_audit(at,actor,action,key_id,key_name,detail) VALUES(?1,?2,?3,?4,?5,?6)";

    private const string SelectKeyLog =
        """
        SELECT key_audit_id, at, actor, action, key_id, key_name, detail FROM key_audit
        WHERE key_audit_id<?2 AND (?1 IS NULL OR key_id=?1) ORDER BY key_audit_id DESC LIMIT ?3
        """;

    private const string WriteBeat = "INSERT INTO heartbeat(only,at) VALUES(1,?1) ON CONFLICT(only) DO UPDATE SET at=MAX(at,excluded.at)";

    private const string SelectBeat = "SELECT at FROM heartbeat";

    public ValueTask<StoredApiKey?> KeyAsync(string id, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var statement = session.Statement(SelectKey);
        if (!statement.Bind(1, id).Step())
        {
            return null;
        }

        var key = ReadKey(statement);
        statement.Reset();
        return key;
    }, cancellationToken);

    public ValueTask<ImmutableArray<StoredApiKey>> KeysAsync(CancellationToken cancellationToken) => store.ReadAsync(static session =>
    {
        var keys = ImmutableArray.CreateBuilder<StoredApiKey>();
        var statement = session.Statement(SelectKeys);
        while (statement.Step())
        {
            keys.Add(ReadKey(statement));
        }

        return keys.ToImmutable();
    }, cancellationToken);

    public async ValueTask AddKeyAsync(StoredApiKey key, KeyRecord record, CancellationToken cancellationToken) => await store.WriteAsync(session =>
    {
        session.Statement(InsertKey).Bind(1, key.Key.Id).Bind(2, key.Key.Name).Bind(3, key.Hash.Span).Bind(4, (long)key.Key.Scopes)
            .Bind(5, ListText(key.Key.Rulesets)).Bind(6, ListText(key.Key.Accounts)).Bind(7, key.Key.Rate)
            .Bind(8, Instants.ToMicroseconds(key.Key.CreatedAt)).Bind(9, key.Key.CreatedBy).Bind(10, Microseconds(key.Key.ExpiresAt)).Execute();
        return WriteKeyRecord(session, record);
    }, cancellationToken);

    public ValueTask<bool> RotateKeyAsync(ReadOnlyMemory<byte> hash, Instant previousUntil, KeyRecord record, CancellationToken cancellationToken) => store.WriteAsync(session =>
        session.Statement(RotateKey).Bind(1, record.Key).Bind(2, hash.Span).Bind(3, Instants.ToMicroseconds(record.At)).Bind(4, Instants.ToMicroseconds(previousUntil)).Execute() == 1
            && WriteKeyRecord(session, record) == 1, cancellationToken);

    public async ValueTask RevokeKeyAsync(KeyRecord record, CancellationToken cancellationToken) => await store.WriteAsync(session =>
        session.Statement(RevokeKey).Bind(1, record.Key).Bind(2, Instants.ToMicroseconds(record.At)).Execute() == 1 && WriteKeyRecord(session, record) == 1, cancellationToken);

    public ValueTask<ImmutableArray<KeyRecord>> KeyLogAsync(string? key, long before, int limit, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var records = ImmutableArray.CreateBuilder<KeyRecord>();
        var row = session.Statement(SelectKeyLog).Bind(1, key).Bind(2, before).Bind(3, limit);
        while (row.Step())
        {
            records.Add(new KeyRecord(
                row.Int64(0), Instants.FromMicroseconds(row.Int64(1)), row.Text(2), (KeyAction)row.Int32(3), row.Text(4), row.Text(5), row.NullableText(6)));
        }

        return records.ToImmutable();
    }, cancellationToken);

    private static int WriteKeyRecord(SqliteSession session, KeyRecord record) => session.Statement(InsertKeyRecord)
        .Bind(1, Instants.ToMicroseconds(record.At)).Bind(2, record.By).Bind(3, (long)record.Action).Bind(4, record.Key).Bind(5, record.KeyName).Bind(6, record.Detail).Execute();

    public async ValueTask NoteKeyUseAsync(IReadOnlyCollection<KeyValuePair<string, Instant>> uses, CancellationToken cancellationToken) =>
        await store.WriteAsync(session =>
        {
            foreach (var (id, at) in uses)
            {
                session.Statement(UseKey).Bind(1, id).Bind(2, Instants.ToMicroseconds(at)).Execute();
            }

            return uses.Count;
        }, cancellationToken);

    public ValueTask<Instant> BeatAsync(Instant at, CancellationToken cancellationToken) => store.WriteAsync(session =>
    {
        session.Statement(WriteBeat).Bind(1, Instants.ToMicroseconds(at)).Execute();
        var statement = session.Statement(SelectBeat);
        statement.Step();
        var latest = Instants.FromMicroseconds(statement.Int64(0));
        statement.Reset();
        return latest;
    }, cancellationToken);

    private static StoredApiKey ReadKey(SqliteStatement row)
    {
        var key = new ApiKey
        {
            Id = row.Text(0),
            Name = row.Text(1),
            Scopes = (KeyScopes)row.Int32(5),
            Rulesets = List(row.NullableText(6)),
            Accounts = List(row.NullableText(7)),
            Rate = row.NullableInt32(8),
            CreatedAt = Instants.FromMicroseconds(row.Int64(9)),
            CreatedBy = row.Text(10),
            ExpiresAt = InstantAt(row, 11),
            RotatedAt = InstantAt(row, 12),
            RevokedAt = InstantAt(row, 13),
            LastUsedAt = InstantAt(row, 14),
        };
        return new StoredApiKey(key, row.Blob(2), row.Blob(3), InstantAt(row, 4));
    }

    private static Instant? InstantAt(SqliteStatement row, int column) =>
        row.NullableInt64(column) is { } microseconds ? Instants.FromMicroseconds(microseconds) : null;

    private static long? Microseconds(Instant? instant) => instant is { } value ? Instants.ToMicroseconds(value) : null;

    private static string? ListText(ImmutableArray<string> list) => list.IsEmpty ? null : JsonSerializer.Serialize(list);

    private static ImmutableArray<string> List(string? text) => text is null ? [] : JsonSerializer.Deserialize<ImmutableArray<string>>(text);
}
