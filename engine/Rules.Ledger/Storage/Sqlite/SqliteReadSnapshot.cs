using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>A deferred read transaction: the first read fixes the moment that all of them see.</summary>
internal sealed partial class SqliteReadSnapshot(SqliteLedgerStore store, SqliteSession session) : SqliteAccountReader(session), IReadSnapshot
{
    private const string SelectVersions =
        """
        SELECT ruleset, version, file_name, text, sha256, meaning, engine_version, author, active_from, published_at, recorded_at
        FROM rule_version ORDER BY ruleset, version
        """;

    // The search text and the cursor are NULL where they are not asked for.
    private const string SelectAccounts =
        """
        SELECT a.external_id AS Id, j.recorded_at AS LastEntryAt
        FROM account a JOIN account_head h ON h.account_id=a.account_id LEFT JOIN journal j ON j.account_id=h.account_id AND j.seq=h.head_seq
        WHERE (@Ruleset IS NULL OR a.ruleset=@Ruleset) AND (@Search IS NULL OR instr(lower(a.external_id), lower(@Search))>0)
          AND (@After IS NULL OR a.external_id>@After)
        ORDER BY a.external_id LIMIT @Limit
        """;

    private const string SelectAccountIds =
        "SELECT external_id FROM account WHERE ruleset=?1 AND (?2 IS NULL OR external_id=?2) ORDER BY external_id";

    private const string EntryColumns =
        """
        SELECT j.entry_id AS Position, a.external_id AS Account, a.ruleset AS Ruleset, j.seq AS Sequence, j.kind AS Kind, j.version AS Version, j.amount AS Amount,
               j.balance_after AS BalanceAfter, j.occurred_at AS OccurredAt, j.recorded_at AS RecordedAt, j.late AS Late, j.idem_key AS Key, u.action AS Action,
               j.outcome AS Outcome
        FROM journal j JOIN account a ON a.account_id=j.account_id LEFT JOIN usage_event u ON u.entry_id=j.entry_id
        """;

    private const string EntryFilters =
        """
         AND (@Kind IS NULL OR j.kind=@Kind) AND (@From IS NULL OR j.recorded_at>=@From) AND (@To IS NULL OR j.recorded_at<@To)
         AND (@Ruleset IS NULL OR a.ruleset=@Ruleset) AND (@IdempotencyKey IS NULL OR j.idem_key=@IdempotencyKey)
         AND (@Version IS NULL OR j.version=@Version) AND (@AtLeast IS NULL OR j.amount>=@AtLeast) AND (@AtMost IS NULL OR j.amount<=@AtMost)
        """;

    // In two halves, so that no sum of amounts leaves 64 bits.
    private const string SumColumns =
        "SELECT ruleset AS Ruleset, kind AS Kind, COUNT(*) AS Entries, SUM(amount/1000000) AS Millions, SUM(amount%1000000) AS Rest FROM (SELECT a.ruleset, j.kind, j.amount ";

    private const string SelectSumsOfAll = SumColumns
        + "FROM journal j CROSS JOIN account a ON a.account_id=j.account_id WHERE 1=1" + EntryFilters + " ORDER BY j.entry_id DESC LIMIT @Most) GROUP BY 1, 2 ORDER BY 1, 2";

    private const string SelectSumsOfAccount = SumColumns
        + "FROM account a CROSS JOIN journal j ON j.account_id=a.account_id WHERE a.external_id=@Account" + EntryFilters
        + " ORDER BY j.seq DESC LIMIT @Most) GROUP BY 1, 2 ORDER BY 1, 2";

    private const string SelectEntriesOfAll = EntryColumns + " WHERE j.entry_id<@Before" + EntryFilters + " ORDER BY j.entry_id DESC LIMIT @Limit";

    private const string SelectEntriesOfAccount = EntryColumns
        + " WHERE a.external_id=@Account AND j.seq<@Before" + EntryFilters + " ORDER BY j.seq DESC LIMIT @Limit";

    private const string SelectEntryByKey = EntryColumns
        + " WHERE j.entry_id=(SELECT i.entry_id FROM idempotency i JOIN account k ON k.account_id=i.account_id WHERE k.external_id=@Account AND i.idem_key=@IdempotencyKey)"
        + " AND a.external_id=@Account AND j.seq<@Before" + EntryFilters + " LIMIT @Limit";

    private const string SelectEntry = EntryColumns + " WHERE a.external_id=@account AND j.seq=@sequence";

    private const string SelectHeadAt = "SELECT seq, hash, recorded_at FROM journal WHERE account_id=?1 AND recorded_at<=?2 ORDER BY seq DESC LIMIT 1";

    private const string SelectPeriodAt =
        "SELECT period_no, cycle_no, anchor, start_at, end_at FROM period WHERE account_id=?1 AND seq<=?2 ORDER BY period_no DESC LIMIT 1";

    private const string SelectLotsAt = "SELECT " + LotColumns
        + """
        , SUM(p.d_granted), SUM(p.d_available), SUM(p.d_held), SUM(p.d_spent), SUM(p.d_expired), SUM(p.d_moved), e.lot_no, e.successor
        FROM journal j JOIN posting p ON p.entry_id=j.entry_id JOIN lot l ON l.account_id=p.account_id AND l.lot_no=p.lot_no
        JOIN bucket b ON b.bucket_id=l.bucket_id
        LEFT JOIN (SELECT x.lot_no, x.successor FROM lot_end x JOIN journal y ON y.entry_id=x.entry_id WHERE x.account_id=?1 AND y.seq<=?2) e ON e.lot_no=l.lot_no
        WHERE j.account_id=?1 AND j.seq<=?2 GROUP BY l.lot_no ORDER BY l.lot_no
        """;

    private const string SelectDebtsAt =
        """
        SELECT d.debt_no, d.action, d.amount, d.owed_at, d.amount-COALESCE(SUM(l.amount), 0) AS owed, COALESCE(SUM(l.kind=1), 0)
        FROM debt d JOIN journal j ON j.entry_id=d.entry_id
        LEFT JOIN (SELECT x.debt_no, x.kind, x.amount FROM debt_line x JOIN journal y ON y.entry_id=x.entry_id WHERE x.account_id=?1 AND y.seq<=?2) l
          ON l.debt_no=d.debt_no
        WHERE d.account_id=?1 AND j.seq<=?2 GROUP BY d.debt_no HAVING owed>0 ORDER BY d.debt_no
        """;

    private const string SelectHoldsAt =
        """
        SELECT h.hold_no, h.hold_id, h.action, h.version, h.amount, h.held_at, h.expires_at, j.seq, h.entry_id
        FROM hold h JOIN journal j ON j.entry_id=h.entry_id LEFT JOIN hold_resolution r ON r.account_id=h.account_id AND r.hold_no=h.hold_no
        LEFT JOIN journal k ON k.entry_id=r.entry_id
        WHERE h.account_id=?1 AND j.seq<=?2 AND (k.seq IS NULL OR k.seq>?2) ORDER BY h.hold_no
        """;

    public override ValueTask DisposeAsync()
    {
        Session.Statement("ROLLBACK").Execute();
        store.ReleaseReader(Session);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ImmutableArray<StoredVersion>> VersionsAsync(CancellationToken cancellationToken)
    {
        var versions = ImmutableArray.CreateBuilder<StoredVersion>();
        var row = Session.Statement(SelectVersions);
        while (row.Step())
        {
            versions.Add(new StoredVersion(row.Text(0), row.Int32(1), row.Text(2), row.Text(3), row.Blob(4), row.Text(5), row.Text(6), row.Text(7),
                Instants.FromMicroseconds(row.Int64(8)), Instants.FromMicroseconds(row.Int64(9)), Instants.FromMicroseconds(row.Int64(10))));
        }

        return new(versions.ToImmutable());
    }

    public ValueTask<StoredAccount?> AccountAtAsync(string account, Instant recordedAt, CancellationToken cancellationToken)
    {
        if (Account(account) is not { } now)
        {
            return new((StoredAccount?)null);
        }

        var head = Session.Statement(SelectHeadAt);
        if (!head.Bind(1, now.Number).Bind(2, Instants.ToMicroseconds(recordedAt)).Step())
        {
            return new((StoredAccount?)null);
        }

        var sequence = head.Int64(0);
        var hash = head.Blob(1);
        var lastAt = Instants.FromMicroseconds(head.Int64(2));
        head.Reset();
        var period = Session.Statement(SelectPeriodAt);
        Cycle? cycle = null;
        var number = 0;
        if (period.Bind(1, now.Number).Bind(2, sequence).Step())
        {
            number = period.Int32(0);
            cycle = ReadCycle(period, 1);
            period.Reset();
        }

        var lots = ImmutableArray.CreateBuilder<Rules.Engine.Drawing.LotState>();
        var lot = Session.Statement(SelectLotsAt);
        lot.Bind(1, now.Number).Bind(2, sequence);
        while (lot.Step())
        {
            lots.Add(ReadLotState(lot));
        }

        var state = WithValues(now.State, now.Number, sequence) with
        {
            LastAt = lastAt,
            Cycle = cycle,
            Lots = lots.ToImmutable(),
            Debts = DebtsAt(now.Number, sequence),
            Holds = HoldsAt(now.Number, sequence),
        };
        return new(new StoredAccount(now.Number, state, sequence, hash, number));
    }

    private ImmutableArray<DebtState> DebtsAt(long account, long sequence)
    {
        var debts = ImmutableArray.CreateBuilder<DebtState>();
        var row = Session.Statement(SelectDebtsAt);
        row.Bind(1, account).Bind(2, sequence);
        while (row.Step())
        {
            debts.Add(ReadDebt(row));
        }

        return debts.ToImmutable();
    }

    private ImmutableArray<HoldState> HoldsAt(long account, long sequence)
    {
        var holds = new List<(HoldState State, long EntryId)>();
        var row = Session.Statement(SelectHoldsAt);
        row.Bind(1, account).Bind(2, sequence);
        while (row.Step())
        {
            holds.Add((new HoldState(ReadHold(row), Settlement: null) { Sequence = row.Int64(7) }, row.Int64(8)));
        }

        return [.. holds.Select(hold => hold.State with { Hold = hold.State.Hold with { Lines = HoldLines(hold.EntryId) } })];
    }

    public async ValueTask<ImmutableArray<AccountRow>> AccountsAsync(AccountFilter filter, CancellationToken cancellationToken)
    {
        var rows = await Session.Connection.QueryAsync<AccountLine>(new CommandDefinition(SelectAccounts,
            new { filter.Ruleset, filter.Search, filter.After, filter.Limit }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new AccountRow(Account(row.Id)!, row.LastEntryAt is { } at ? Instants.FromMicroseconds(at) : null))];
    }

    public ValueTask<ImmutableArray<string>> AccountIdsAsync(string ruleset, string? account, CancellationToken cancellationToken)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        var row = Session.Statement(SelectAccountIds);
        row.Bind(1, ruleset).Bind(2, account);
        while (row.Step())
        {
            ids.Add(row.Text(0));
        }

        return new(ids.ToImmutable());
    }

    public async ValueTask<ImmutableArray<EntryRow>> EntriesAsync(EntryFilter filter, CancellationToken cancellationToken)
    {
        var sql = (filter.Account, filter.IdempotencyKey) switch
        {
            (null, _) => SelectEntriesOfAll,
            (_, null) => SelectEntriesOfAccount,
            _ => SelectEntryByKey,
        };
        var rows = await Session.Connection.QueryAsync<EntryLine>(new CommandDefinition(sql, Parameters(filter, most: 0), cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToRow())];
    }

    public async ValueTask<ImmutableArray<EntrySum>> EntrySumsAsync(EntryFilter filter, int most, CancellationToken cancellationToken)
    {
        var rows = await Session.Connection.QueryAsync<SumLine>(new CommandDefinition(
            filter.Account is null ? SelectSumsOfAll : SelectSumsOfAccount, Parameters(filter, most), cancellationToken: cancellationToken));
        return [.. rows.Select(row => new EntrySum(row.Ruleset, (EntryKind)row.Kind, row.Entries, ((Int128)row.Millions * 1_000_000) + row.Rest))];
    }

    private static object Parameters(EntryFilter filter, int most) => new
    {
        filter.Account,
        filter.Ruleset,
        Kind = (long?)filter.Kind,
        From = filter.From is { } from ? Instants.ToMicroseconds(from) : (long?)null,
        To = filter.To is { } to ? Instants.ToMicroseconds(to) : (long?)null,
        filter.IdempotencyKey,
        Version = (long?)filter.Version,
        filter.AtLeast,
        filter.AtMost,
        Before = filter.After is { } after ? long.Parse(after, System.Globalization.CultureInfo.InvariantCulture) : long.MaxValue,
        filter.Limit,
        Most = most,
    };

    public async ValueTask<EntryRecord?> EntryAsync(string account, long sequence, CancellationToken cancellationToken)
    {
        var line = await Session.Connection.QuerySingleOrDefaultAsync<EntryLine>(new CommandDefinition(SelectEntry, new { account, sequence },
            cancellationToken: cancellationToken));
        if (line is null || Account(account) is not { } stored)
        {
            return null;
        }

        var row = line.ToRow();
        var entry = Proofs(stored.Number, sequence).Single().Entry;
        var answer = await AnswerAsync(stored, row.Key, cancellationToken);
        return new EntryRecord(row, entry, answer is null or { Body.IsEmpty: true } ? null : answer.Body);
    }

    // A file is checked over a connection of its own, on a thread of its own.
    public async ValueTask<Task<ImmutableArray<string>>> BeginIntegrityAsync(CancellationToken cancellationToken) => store.IsInMemory
        ? Task.FromResult(await IntegrityAsync(Session.Connection))
        : Task.Run(async () =>
        {
            await using var beside = (SqliteReadSnapshot)await store.BeginReadAsync(CancellationToken.None);
            return await IntegrityAsync(beside.Session.Connection);
        }, CancellationToken.None);

    private static async Task<ImmutableArray<string>> IntegrityAsync(SqliteConnection connection)
    {
        var found = await connection.QueryAsync<string>("PRAGMA integrity_check(20)");
        var orphans = await connection.QueryAsync<Orphan>("PRAGMA foreign_key_check");
        return
        [
            .. SqliteSchema.Faults(connection),
            .. found.Where(text => !string.Equals(text, "ok", StringComparison.Ordinal)),
            .. orphans.Take(20).Select(orphan => $"a row of {orphan.Table} refers to a row of {orphan.Parent} that is not there"),
        ];
    }

    public IAsyncEnumerable<AccountProof> AccountProofsAsync(string? account, CancellationToken cancellationToken) => Stream(AccountProofs(account), cancellationToken);

    public IAsyncEnumerable<EntryProof> EntryProofsAsync(string? account, long after, CancellationToken cancellationToken)
    {
        if (account is null)
        {
            return Stream(Proofs(null, null, after), cancellationToken);
        }

        return Account(account) is { } stored ? Stream(Proofs(stored.Number, null, after), cancellationToken) : Stream<EntryProof>([], cancellationToken);
    }

    public ValueTask<StoredCheckpoint?> CheckpointAsync(string account, CancellationToken cancellationToken)
    {
        var row = Session.Statement(SelectCheckpoint);
        if (!row.Bind(1, account).Step())
        {
            return new((StoredCheckpoint?)null);
        }

        var checkpoint = ReadCheckpoint(row, account);
        row.Reset();
        return new(checkpoint);
    }

    public ValueTask<ImmutableArray<string>> CheckpointsDueAsync(int entries, CancellationToken cancellationToken)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        var row = Session.Statement(SelectCheckpointsDue).Bind(1, entries);
        while (row.Step())
        {
            ids.Add(row.Text(0));
        }

        return new(ids.ToImmutable());
    }

    public IAsyncEnumerable<AccountHead> HeadsAsync(Instant? recordedBefore, CancellationToken cancellationToken) => Stream(Heads(recordedBefore), cancellationToken);

    public ValueTask<ReadOnlyMemory<byte>?> EntryHashAsync(string account, long sequence, CancellationToken cancellationToken)
    {
        var row = Session.Statement(SelectEntryHash);
        if (!row.Bind(1, account).Bind(2, sequence).Step())
        {
            return new((ReadOnlyMemory<byte>?)null);
        }

        var hash = row.Blob(0);
        row.Reset();
        return new(hash);
    }

    private static async IAsyncEnumerable<T> Stream<T>(IEnumerable<T> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return row;
        }
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed record AccountLine(string Id, long? LastEntryAt);

    private sealed class SumLine
    {
        public string Ruleset { get; set; } = "";

        public long Kind { get; set; }

        public long Entries { get; set; }

        public long Millions { get; set; }

        public long Rest { get; set; }
    }

    private sealed class Orphan
    {
        public string Table { get; set; } = "";

        public string Parent { get; set; } = "";
    }

    private sealed class EntryLine
    {
        public long Position { get; set; }

        public string Account { get; set; } = "";

        public string Ruleset { get; set; } = "";

        public long Sequence { get; set; }

        public long Kind { get; set; }

        public long? Version { get; set; }

        public long Amount { get; set; }

        public long? BalanceAfter { get; set; }

        public long OccurredAt { get; set; }

        public long RecordedAt { get; set; }

        public long Late { get; set; }

        public string Key { get; set; } = "";

        public string? Action { get; set; }

        public long? Outcome { get; set; }

        public EntryRow ToRow() => new(Position, Account, Ruleset, Sequence, (EntryKind)Kind, (int?)Version, Amount, BalanceAfter,
            Instants.FromMicroseconds(OccurredAt), Instants.FromMicroseconds(RecordedAt), Late != 0, Key, Action, (QuoteOutcome?)Outcome);
    }
#pragma warning restore CA1812
}
