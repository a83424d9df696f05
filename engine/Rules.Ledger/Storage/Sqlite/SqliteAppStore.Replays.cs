using System.Collections.Immutable;
using Rules.Ledger.Journal;
using Rules.Ledger.Replays;

namespace Rules.Ledger.Storage.Sqlite;

internal sealed partial class SqliteAppStore
{
    private const string InsertReplay =
        """
        INSERT INTO replay(replay_id,ruleset,account,requested_at,requested_by,ended_at,state,request,result,events,published) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)
        """;

    private const string SelectReplay =
        "SELECT replay_no, replay_id, ruleset, account, requested_at, requested_by, ended_at, state, request, result, events, published FROM replay WHERE replay_id=?1";

    private const string SelectReplays =
        """
        SELECT replay_no, replay_id, ruleset, account, requested_at, requested_by, ended_at, state, request, x'', events, published FROM replay
        WHERE replay_no<?2 AND (?1 IS NULL OR ruleset=?1) ORDER BY replay_no DESC LIMIT ?3
        """;

    public async ValueTask AddReplayAsync(StoredReplay replay, CancellationToken cancellationToken) => await store.WriteAsync(session =>
        session.Statement(InsertReplay).Bind(1, replay.Id).Bind(2, replay.Ruleset).Bind(3, replay.Account).Bind(4, Instants.ToMicroseconds(replay.RequestedAt))
            .Bind(5, replay.RequestedBy).Bind(6, Instants.ToMicroseconds(replay.EndedAt)).Bind(7, (long)replay.State).Bind(8, replay.Request.Span)
            .Bind(9, replay.Result.Span).Bind(10, replay.Events).Bind(11, replay.Published).Execute(), cancellationToken);

    public ValueTask<StoredReplay?> ReplayAsync(string id, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var row = session.Statement(SelectReplay);
        if (!row.Bind(1, id).Step())
        {
            return null;
        }

        var replay = ReadReplay(row);
        row.Reset();
        return replay;
    }, cancellationToken);

    public ValueTask<ImmutableArray<StoredReplay>> ReplaysAsync(string? ruleset, long before, int limit, CancellationToken cancellationToken) => store.ReadAsync(session =>
    {
        var replays = ImmutableArray.CreateBuilder<StoredReplay>();
        var row = session.Statement(SelectReplays);
        row.Bind(1, ruleset).Bind(2, before).Bind(3, limit);
        while (row.Step())
        {
            replays.Add(ReadReplay(row));
        }

        return replays.ToImmutable();
    }, cancellationToken);

    private static StoredReplay ReadReplay(SqliteStatement row) => new(
        row.Int64(0), row.Text(1), row.Text(2), row.IsNull(3) ? null : row.Text(3), Instants.FromMicroseconds(row.Int64(4)), row.Text(5),
        Instants.FromMicroseconds(row.Int64(6)), (ReplayState)row.Int32(7), row.Blob(8), row.Blob(9))
    {
        Events = row.NullableInt64(10),
        Published = row.NullableText(11),
    };
}
