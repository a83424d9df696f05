using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dapper;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

internal sealed partial class SqlServerReadSnapshot
{
    // A reversal counts for the event that it takes back. The index ix_journal_use holds the window of each account.
    private const string SelectUses =
        """
        SELECT a.external_id AS Account, a.ruleset AS Ruleset, j.kind AS Kind, j.amount AS Amount, u.action AS Action, u.content AS Event, j.occurred_at AS OccurredAt, j.version AS Version
        FROM ledger.account a JOIN ledger.journal j ON j.account_id = a.account_id AND j.kind IN (2,3,5,12) AND j.occurred_at >= @from AND j.occurred_at < @to
        JOIN ledger.usage_event u ON u.account_id = j.account_id AND u.seq = CASE WHEN j.kind = 3 THEN COALESCE(j.ref_seq, j.seq) ELSE j.seq END
        WHERE (@account IS NULL OR a.external_id = @account) AND (@ruleset IS NULL OR a.ruleset = @ruleset) AND (@action IS NULL OR u.action = @action)
          AND (@from_account IS NULL OR a.external_id >= @from_account)
        ORDER BY a.external_id OPTION (RECOMPILE)
        """;

    // Sums in two halves, so that no sum of amounts leaves 64 bits.
    private const string SelectQuarters =
        """
        SELECT a.external_id AS Account, a.ruleset AS Ruleset, j.occurred_at / 900000000 AS Quarter, SUM(CASE WHEN j.kind = 3 THEN CAST(0 AS bigint) ELSE CAST(1 AS bigint) END) AS Events,
          SUM(CASE WHEN j.kind = 3 THEN -(j.amount / 1000000) ELSE j.amount / 1000000 END) AS Millions,
          SUM(CASE WHEN j.kind = 3 THEN -(j.amount % 1000000) ELSE j.amount % 1000000 END) AS Rest
        FROM ledger.account a JOIN ledger.journal j ON j.account_id = a.account_id AND j.kind IN (2,3,5,12) AND j.occurred_at >= @from AND j.occurred_at < @to
        WHERE (@account IS NULL OR a.external_id = @account)
        GROUP BY a.external_id, a.ruleset, j.occurred_at / 900000000
        ORDER BY a.external_id, j.occurred_at / 900000000 OPTION (RECOMPILE)
        """;

    // The first condition is that of the index, which holds every column that is read.
    private const string SelectVersionUses =
        """
        SELECT j.version AS Version, COUNT_BIG(*) AS Events, SUM(j.amount / 1000000) AS Millions, SUM(j.amount % 1000000) AS Rest
        FROM ledger.account a JOIN ledger.journal j ON j.account_id = a.account_id AND j.kind IN (2,3,5,12) AND j.kind <> 3
        WHERE a.ruleset = @ruleset GROUP BY j.version ORDER BY j.version
        """;

    private const string SelectMoments =
        """
        SELECT j.seq AS Sequence, j.recorded_at AS RecordedAt, j.balance_after AS BalanceAfter
        FROM OPENJSON(@sequences) WITH (seq bigint '$') s JOIN ledger.journal j ON j.account_id = @account AND j.seq = s.seq ORDER BY j.seq
        """;

    private const string SelectStatement =
        """
        SELECT j.kind AS Kind, CASE WHEN j.kind <> 3 THEN u.action END AS Action, COUNT_BIG(DISTINCT j.seq) AS Entries, SUM(p.d_granted) AS Granted,
          SUM(p.d_available) AS Available, SUM(p.d_held) AS Held, SUM(p.d_spent) AS Spent, SUM(p.d_expired) AS Expired, SUM(p.d_moved) AS Moved
        FROM ledger.journal j JOIN ledger.posting p ON p.account_id = j.account_id AND p.seq = j.seq
        LEFT JOIN ledger.usage_event u ON u.account_id = j.account_id AND u.seq = j.seq
        WHERE j.account_id = @account AND CASE WHEN LEFT(j.idem_key, 4) = N'sys:' THEN j.occurred_at ELSE j.recorded_at END >= @from
          AND CASE WHEN LEFT(j.idem_key, 4) = N'sys:' THEN j.occurred_at ELSE j.recorded_at END < @to
        GROUP BY j.kind, CASE WHEN j.kind <> 3 THEN u.action END
        ORDER BY Kind, Action
        """;

    public async IAsyncEnumerable<StoredUse> UsesAsync(UsageFilter filter, string? fromAccount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (filter.Account is { } account && SqlServerText.IsNoAccount(account))
        {
            yield break;
        }

        using var command = Command(SelectUses);
        command.AddInstant("@from", filter.From);
        command.AddInstant("@to", filter.To);
        command.AddText("@account", filter.Account, -1);
        command.AddText("@ruleset", filter.Ruleset, -1);
        command.AddText("@action", filter.Action, -1);
        command.AddText("@from_account", fromAccount, -1);
        await using var reader = await GuardAsync(() => command.ExecuteReaderAsync(cancellationToken));
        var ended = false;
        try
        {
            var parse = reader.GetRowParser<UseLine>();
            while (await GuardAsync(() => reader.ReadAsync(cancellationToken)))
            {
                yield return parse(reader).ToUse();
            }

            ended = true;
        }
        finally
        {
            // Whoever has read enough does not wait for the rest.
            if (!ended)
            {
                command.Cancel();
            }
        }
    }

    public async ValueTask<ImmutableArray<StatementLine>> StatementAsync(StoredAccount account, Instant from, Instant to, CancellationToken cancellationToken)
    {
        using var command = Command(SelectStatement);
        command.AddInt64("@account", account.Number);
        command.AddInstant("@from", from);
        command.AddInstant("@to", to);
        return [.. (await LinesAsync<MovedLine>(command, cancellationToken)).Select(line => line.ToLine())];
    }

    public async ValueTask<ImmutableArray<QuarterUse>> UsesByQuarterAsync(Instant from, Instant to, string? account, CancellationToken cancellationToken)
    {
        if (account is not null && SqlServerText.IsNoAccount(account))
        {
            return [];
        }

        using var command = Command(SelectQuarters);
        command.AddInstant("@from", from);
        command.AddInstant("@to", to);
        command.AddText("@account", account, -1);
        return [.. (await LinesAsync<QuarterLine>(command, cancellationToken)).Select(static line => line.ToUse())];
    }

    public async ValueTask<ImmutableArray<VersionUse>> UsesByVersionAsync(string ruleset, CancellationToken cancellationToken)
    {
        using var command = Command(SelectVersionUses);
        command.AddText("@ruleset", ruleset, -1);
        return [.. (await LinesAsync<VersionUseLine>(command, cancellationToken)).Select(static line =>
            new VersionUse(line.Version, line.Events, ((Int128)line.Millions * 1_000_000) + line.Rest))];
    }

    public async ValueTask<ImmutableArray<EntrySum>> EntrySumsAsync(EntryFilter filter, int most, CancellationToken cancellationToken)
    {
        using var command = Command(filter.Account is null ? SelectSumsOfAll : SelectSumsOfAccount);
        AddFilter(command, filter with { After = null });
        command.AddInt32("@most", most);
        return [.. (await LinesAsync<SumLine>(command, cancellationToken)).Select(line => new EntrySum(
            line.Ruleset, (EntryKind)line.Kind, line.Entries, ((Int128)line.Millions * 1_000_000) + line.Rest))];
    }

    public async ValueTask<ImmutableArray<EntryMoment>> MomentsAsync(StoredAccount account, IReadOnlyList<long> sequences, CancellationToken cancellationToken)
    {
        using var command = Command(SelectMoments);
        command.AddInt64("@account", account.Number);
        command.AddText("@sequences", System.Text.Json.JsonSerializer.Serialize(sequences), -1);
        return [.. (await LinesAsync<MomentLine>(command, cancellationToken)).Select(line => new EntryMoment(line.Sequence, Instants.FromMicroseconds(line.RecordedAt), line.BalanceAfter))];
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class VersionUseLine
    {
        public int Version { get; set; }

        public long Events { get; set; }

        public long Millions { get; set; }

        public long Rest { get; set; }
    }

    private sealed class QuarterLine
    {
        public string Account { get; set; } = "";

        public string Ruleset { get; set; } = "";

        public long Quarter { get; set; }

        public long Events { get; set; }

        public long Millions { get; set; }

        public long Rest { get; set; }

        public QuarterUse ToUse() => new(Account, Ruleset, Instant.FromUnixTimeSeconds(Quarter * 900), Events, ((Int128)Millions * 1_000_000) + Rest);
    }

    private sealed class SumLine
    {
        public string Ruleset { get; set; } = "";

        public byte Kind { get; set; }

        public long Entries { get; set; }

        public long Millions { get; set; }

        public long Rest { get; set; }
    }

    private sealed class MomentLine
    {
        public long Sequence { get; set; }

        public long RecordedAt { get; set; }

        public long? BalanceAfter { get; set; }
    }

    private sealed class UseLine
    {
        public string Account { get; set; } = "";

        public string Ruleset { get; set; } = "";

        public byte Kind { get; set; }

        public long Amount { get; set; }

        public string Action { get; set; } = "";

        public byte[] Event { get; set; } = [];

        public long OccurredAt { get; set; }

        public int? Version { get; set; }

        public StoredUse ToUse() => new(Account, Ruleset, (EntryKind)Kind, Amount, Action, Event, Instants.FromMicroseconds(OccurredAt), Version);
    }

    private sealed class MovedLine
    {
        public byte Kind { get; set; }

        public string? Action { get; set; }

        public long Entries { get; set; }

        public long Granted { get; set; }

        public long Available { get; set; }

        public long Held { get; set; }

        public long Spent { get; set; }

        public long Expired { get; set; }

        public long Moved { get; set; }

        public StatementLine ToLine() => new((EntryKind)Kind, Action, Entries, Granted, Available, Held, Spent, Expired, Moved);
    }
#pragma warning restore CA1812
}
