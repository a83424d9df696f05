using System.Collections.Immutable;
using System.Data;
using Microsoft.Data.SqlClient;
using Rules.Ledger.Journal;
using Rules.Ledger.Replays;

namespace Rules.Ledger.Storage.SqlServer;

internal sealed partial class SqlServerAppStore
{
    private const string InsertReplay =
        """
        INSERT app.replay(replay_id, ruleset, account, requested_at, requested_by, ended_at, state, request, result, events, published)
        VALUES(@id, @ruleset, @account, @requested_at, @requested_by, @ended_at, @state, @request, @result, @events, @published)
        """;

    private const string SelectReplay =
        """
        SELECT r.replay_no AS Position, r.replay_id AS Id, r.ruleset AS Ruleset, r.account AS Account, r.requested_at AS RequestedAt, r.requested_by AS RequestedBy,
          r.ended_at AS EndedAt, r.state AS State, r.request AS Request, r.result AS Result, r.events AS Events, r.published AS Published
        FROM app.replay r WHERE r.replay_id = @id
        """;

    private const string SelectReplays =
        """
        SELECT TOP (@limit) r.replay_no AS Position, r.replay_id AS Id, r.ruleset AS Ruleset, r.account AS Account, r.requested_at AS RequestedAt,
          r.requested_by AS RequestedBy, r.ended_at AS EndedAt, r.state AS State, r.request AS Request, r.events AS Events, r.published AS Published
        FROM app.replay r WHERE r.replay_no < @before AND (@ruleset IS NULL OR r.ruleset = @ruleset) ORDER BY r.replay_no DESC OPTION (RECOMPILE)
        """;

    public async ValueTask AddReplayAsync(StoredReplay replay, CancellationToken cancellationToken) => await WriteAsync(InsertReplay, command =>
    {
        command.AddText("@id", replay.Id, 16);
        command.AddText("@ruleset", replay.Ruleset, 400);
        command.AddText("@account", replay.Account, 128);
        command.AddInstant("@requested_at", replay.RequestedAt);
        command.AddText("@requested_by", replay.RequestedBy, 400);
        command.AddInstant("@ended_at", replay.EndedAt);
        command.AddInt32("@state", (int)replay.State);
        AddBlob(command, "@request", replay.Request);
        AddBlob(command, "@result", replay.Result);
        command.AddInt64("@events", replay.Events);
        command.AddText("@published", replay.Published, 100);
    }, cancellationToken);

    public async ValueTask<StoredReplay?> ReplayAsync(string id, CancellationToken cancellationToken) => IsNoId(id)
        ? null
        : (await LinesAsync<ReplayLine>(SelectReplay, command => command.AddText("@id", id, 16), cancellationToken)).SingleOrDefault()?.ToReplay();

    public async ValueTask<ImmutableArray<StoredReplay>> ReplaysAsync(string? ruleset, long before, int limit, CancellationToken cancellationToken) =>
        [.. (await LinesAsync<ReplayLine>(SelectReplays, command =>
        {
            command.AddText("@ruleset", ruleset, -1);
            command.AddInt64("@before", before);
            command.AddInt32("@limit", limit);
        }, cancellationToken)).Select(static line => line.ToReplay())];

    private static void AddBlob(SqlCommand command, string name, ReadOnlyMemory<byte> bytes) =>
        command.Parameters.Add(name, SqlDbType.VarBinary, -1).Value = bytes.ToArray();

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class ReplayLine
    {
        public long Position { get; set; }

        public string Id { get; set; } = "";

        public string Ruleset { get; set; } = "";

        public string? Account { get; set; }

        public long RequestedAt { get; set; }

        public string RequestedBy { get; set; } = "";

        public long EndedAt { get; set; }

        public byte State { get; set; }

        public byte[] Request { get; set; } = [];

        public byte[] Result { get; set; } = [];

        public long? Events { get; set; }

        public string? Published { get; set; }

        public StoredReplay ToReplay() => new(
            Position, Id, Ruleset, Account, Instants.FromMicroseconds(RequestedAt), RequestedBy, Instants.FromMicroseconds(EndedAt), (ReplayState)State, Request, Result)
        {
            Events = Events,
            Published = Published,
        };
    }
#pragma warning restore CA1812
}
