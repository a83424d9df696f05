using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.SqlClient;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>A SNAPSHOT transaction: the first read fixes the moment that all of them see, and none of them waits for a writer.</summary>
internal sealed partial class SqlServerReadSnapshot(SqlConnection connection, SqlTransaction transaction) : SqlServerAccountReader(connection, transaction), IReadSnapshot
{
    // The result sets of ledger.lock_and_read, without its locks.
    private const string SelectAccount =
        """
        DECLARE @account_id bigint, @period_no int, @cycle_no int, @versions int, @last_at bigint;
        SELECT @versions = c.versions FROM ledger.catalogue c WHERE c.catalogue_id = 1;
        SELECT @account_id = a.account_id FROM ledger.account a WHERE a.external_id = @account;
        SELECT @period_no = h.period_no, @last_at = h.last_at FROM ledger.account_head h WHERE h.account_id = @account_id;
        SELECT @cycle_no = p.cycle_no FROM ledger.period p WHERE p.account_id = @account_id AND p.period_no = @period_no;
        SELECT h.account_id AS AccountId, a.ruleset AS Ruleset, a.opened_at AS OpenedAt, h.head_seq AS HeadSequence, h.head_hash AS HeadHash, h.last_at AS LastAt,
          h.next_lot AS NextLot, h.next_debt AS NextDebt, h.next_hold AS NextHold, h.period_no AS Period, COALESCE(@versions, 0) AS Versions, DATEDIFF_BIG(microsecond, '1970-01-01', SYSUTCDATETIME()) AS Clock
        FROM ledger.catalogue c LEFT JOIN ledger.account a ON a.account_id = @account_id LEFT JOIN ledger.account_head h ON h.account_id = a.account_id
        WHERE c.catalogue_id = 1;
        SELECT p.cycle_no AS Number, p.anchor AS Anchor, p.start_at AS StartAt, p.end_at AS EndAt
        FROM ledger.period p WHERE p.account_id = @account_id AND p.period_no = @period_no;
        SELECT v.kind AS Kind, v.name AS Name, v.value AS Value, v.from_at AS FromAt, v.seq AS Sequence
        FROM ledger.account_value v WHERE v.account_id = @account_id ORDER BY v.seq, v.line;
        SELECT

        """ + LotStateColumns + LotState
        + """
         JOIN (SELECT o.lot_no FROM ledger.lot_state o WHERE o.account_id = @account_id AND o.is_open = 1
          UNION SELECT c.lot_no FROM ledger.lot c WHERE c.account_id = @account_id AND c.cycle_no = COALESCE(@cycle_no, 0)
          UNION SELECT r.lot_no FROM ledger.lot r LEFT JOIN ledger.lot_end x ON x.account_id = r.account_id AND x.lot_no = r.lot_no
            WHERE r.account_id = @account_id AND r.roll_min > 0 AND x.lot_no IS NULL AND (r.expires_at IS NULL OR r.expires_at > @last_at)
              AND (r.roll_kind = 3 OR r.roll_at IS NULL OR r.roll_at >= @last_at)
          UNION SELECT n.lot_no FROM ledger.lot n LEFT JOIN ledger.lot_end y ON y.account_id = n.account_id AND y.lot_no = n.lot_no
            WHERE n.account_id = @account_id AND n.every_count IS NOT NULL AND y.lot_no IS NULL AND (n.every_until IS NULL OR n.every_until > @last_at)) k
          ON k.lot_no = l.lot_no
        WHERE l.account_id = @account_id ORDER BY l.lot_no;
        SELECT d.debt_no AS Number, d.action AS Action, d.amount AS Amount, d.owed_at AS OwedAt, s.owed AS Owed, s.repayments AS Repayments
        FROM ledger.debt_state s JOIN ledger.debt d ON d.account_id = s.account_id AND d.debt_no = s.debt_no
        WHERE s.account_id = @account_id AND s.owed > 0 ORDER BY d.debt_no
        """;

    private const string SelectVersions =
        """
        SELECT v.ruleset AS Ruleset, v.version AS Version, v.file_name AS FileName, v.text AS Text, v.sha256 AS Sha256, v.meaning AS Meaning,
          v.engine_version AS EngineVersion, v.author AS Author, v.active_from AS ActiveFrom, v.published_at AS PublishedAt, v.recorded_at AS RecordedAt
        FROM ledger.rule_version v ORDER BY v.ruleset, v.version
        """;

    // Head, cycle, values, lots, open debts and open holds as the entries up to an instant left them; no rows in the first for an account that was not open then.
    private const string SelectAccountAt =
        """
        DECLARE @seq bigint;
        SELECT TOP (1) @seq = j.seq FROM ledger.journal j WHERE j.account_id = @account AND j.recorded_at <= @recorded_at ORDER BY j.seq DESC;
        SELECT j.seq AS Sequence, j.hash AS Hash, j.recorded_at AS RecordedAt FROM ledger.journal j WHERE j.account_id = @account AND j.seq = @seq;
        SELECT TOP (1) p.cycle_no AS Number, p.anchor AS Anchor, p.start_at AS StartAt, p.end_at AS EndAt, p.seq AS Sequence, p.period_no AS Period
        FROM ledger.period p WHERE p.account_id = @account AND p.seq <= @seq ORDER BY p.period_no DESC;
        SELECT v.kind AS Kind, v.name AS Name, v.value AS Value, v.from_at AS FromAt, v.seq AS Sequence
        FROM ledger.account_value v WHERE v.account_id = @account AND v.seq <= @seq ORDER BY v.seq, v.line;
        SELECT

        """ + LotColumns
        + """
        , d.granted AS Granted, d.available AS Available, d.held AS Held, d.spent AS Spent, d.expired AS Expired, d.moved AS Moved, e.lot_no AS EndedLot, e.successor AS Successor
        FROM ledger.lot l JOIN (SELECT p.lot_no, SUM(p.d_granted) AS granted, SUM(p.d_available) AS available, SUM(p.d_held) AS held, SUM(p.d_spent) AS spent,
            SUM(p.d_expired) AS expired, SUM(p.d_moved) AS moved
          FROM ledger.posting p WHERE p.account_id = @account AND p.seq <= @seq GROUP BY p.lot_no) d ON d.lot_no = l.lot_no
        LEFT JOIN ledger.lot_end e ON e.account_id = l.account_id AND e.lot_no = l.lot_no AND e.seq <= @seq
        WHERE l.account_id = @account ORDER BY l.lot_no;
        SELECT d.debt_no AS Number, d.action AS Action, d.amount AS Amount, d.owed_at AS OwedAt, d.amount - COALESCE(x.paid, 0) AS Owed,
          COALESCE(x.repayments, 0) AS Repayments
        FROM ledger.debt d LEFT JOIN (SELECT l.debt_no, SUM(l.amount) AS paid, SUM(CASE WHEN l.kind = 1 THEN 1 ELSE 0 END) AS repayments
          FROM ledger.debt_line l WHERE l.account_id = @account AND l.seq <= @seq GROUP BY l.debt_no) x ON x.debt_no = d.debt_no
        WHERE d.account_id = @account AND d.seq <= @seq AND d.amount > COALESCE(x.paid, 0) ORDER BY d.debt_no;
        SELECT

        """ + HoldColumns
        + """
         WHERE h.account_id = @account AND h.seq <= @seq AND (r.seq IS NULL OR r.seq > @seq) ORDER BY h.hold_no;
        SELECT p.seq AS Sequence, p.lot_no AS Lot, p.d_held AS Amount
        FROM ledger.posting p JOIN ledger.hold h ON h.account_id = p.account_id AND h.seq = p.seq
        WHERE p.account_id = @account AND p.seq <= @seq AND p.d_held > 0 ORDER BY p.seq, p.line
        """;

    // The search text and the cursor are NULL where they are not asked for.
    private const string SelectAccounts =
        """
        SELECT TOP (@limit) a.external_id AS Id, j.recorded_at AS LastEntryAt
        FROM ledger.account a JOIN ledger.account_head h ON h.account_id = a.account_id LEFT JOIN ledger.journal j ON j.account_id = h.account_id AND j.seq = h.head_seq
        WHERE (@ruleset IS NULL OR a.ruleset = @ruleset) AND (@search IS NULL OR CHARINDEX(LOWER(@search), LOWER(a.external_id)) > 0)
          AND (@after IS NULL OR a.external_id > @after)
        ORDER BY a.external_id OPTION (RECOMPILE)
        """;

    private const string SelectAccountIds =
        "SELECT a.external_id AS Id FROM ledger.account a WHERE a.ruleset = @ruleset AND (@account IS NULL OR a.external_id = @account) ORDER BY a.external_id";

    private const string EntryColumns =
        """
        SELECT TOP (@limit) j.entry_id AS Position, a.external_id AS Account, a.ruleset AS Ruleset, j.seq AS Sequence, j.kind AS Kind, j.version AS Version,
          j.amount AS Amount, j.balance_after AS BalanceAfter, j.occurred_at AS OccurredAt, j.recorded_at AS RecordedAt, j.late AS Late, j.idem_key AS IdempotencyKey,
          u.action AS Action, j.outcome AS Outcome
        FROM ledger.journal j JOIN ledger.account a ON a.account_id = j.account_id LEFT JOIN ledger.usage_event u ON u.account_id = j.account_id AND u.seq = j.seq
        """;

    private const string EntryFilters =
        """
         AND (@kind IS NULL OR j.kind = @kind) AND (@from IS NULL OR j.recorded_at >= @from) AND (@to IS NULL OR j.recorded_at < @to)
         AND (@ruleset IS NULL OR a.ruleset = @ruleset) AND (@key IS NULL OR j.idem_key = @key)
         AND (@version IS NULL OR j.version = @version) AND (@at_least IS NULL OR j.amount >= @at_least) AND (@at_most IS NULL OR j.amount <= @at_most)
        """;

    // In two halves, so that no sum of amounts leaves 64 bits.
    private const string SumColumns =
        "s.ruleset AS Ruleset, s.kind AS Kind, COUNT_BIG(*) AS Entries, SUM(s.amount / 1000000) AS Millions, SUM(s.amount % 1000000) AS Rest "
        + "FROM (SELECT TOP (@most) a.ruleset, j.kind, j.amount FROM ledger.journal j JOIN ledger.account a ON a.account_id = j.account_id ";

    private const string SumGroups = ") s GROUP BY s.ruleset, s.kind ORDER BY s.ruleset, s.kind OPTION (RECOMPILE)";

    private const string SelectSumsOfAll = "SELECT " + SumColumns + "WHERE j.entry_id < @before" + EntryFilters + " ORDER BY j.entry_id DESC" + SumGroups;

    private const string SelectSumsOfAccount = "SELECT " + SumColumns
        + "WHERE a.external_id = @account AND j.seq < @before" + EntryFilters + " ORDER BY j.seq DESC" + SumGroups;

    private const string SelectEntriesOfAll = EntryColumns + " WHERE j.entry_id < @before" + EntryFilters + " ORDER BY j.entry_id DESC OPTION (RECOMPILE)";

    private const string SelectEntriesOfAccount = EntryColumns
        + " WHERE a.external_id = @account AND j.seq < @before" + EntryFilters + " ORDER BY j.seq DESC OPTION (RECOMPILE)";

    private const string SelectEntryByKey = EntryColumns
        + " JOIN ledger.idempotency i ON i.account_id = j.account_id AND i.seq = j.seq AND i.idem_key = @key WHERE a.external_id = @account AND j.seq < @before"
        + EntryFilters + " ORDER BY j.seq DESC OPTION (RECOMPILE)";

    private const string SelectEntry = EntryColumns + " WHERE a.external_id = @account AND j.seq = @seq";

    public override async ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken)
    {
        if (SqlServerText.IsNoAccount(account))
        {
            return null;
        }

        using var command = Command(SelectAccount);
        command.AddText("@account", account, 128);
        var lines = await ReadAsync(command, reader => AccountLines.ReadAsync(reader, cancellationToken), cancellationToken);
        SetMoment(lines.Head.Clock, lines.Head.Versions);
        return lines.ToAccount(account) is { } stored ? await WithSuccessorsAsync(stored, cancellationToken) : null;
    }

    public async ValueTask<ImmutableArray<StoredVersion>> VersionsAsync(CancellationToken cancellationToken)
    {
        using var command = Command(SelectVersions);
        return [.. (await LinesAsync<VersionLine>(command, cancellationToken)).Select(line => line.ToVersion())];
    }

    public async ValueTask<StoredAccount?> AccountAtAsync(string account, Instant recordedAt, CancellationToken cancellationToken)
    {
        if (await AccountAsync(account, cancellationToken) is not { } now)
        {
            return null;
        }

        using var command = Command(SelectAccountAt);
        command.AddInt64("@account", now.Number);
        command.AddInstant("@recorded_at", recordedAt);
        var (head, cycle, values, lots, debts, holds) = await ReadAsync(command, async reader => ((await reader.LinesAsync<HeadAtLine>(cancellationToken)).SingleOrDefault(),
            (await reader.LinesAsync<CycleLine>(cancellationToken)).SingleOrDefault(), await reader.LinesAsync<ValueLine>(cancellationToken),
            await reader.LinesAsync<LotLine>(cancellationToken), await reader.LinesAsync<OpenDebtLine>(cancellationToken),
            await HoldsAsync(reader, named: null, settled: false, cancellationToken)), cancellationToken);
        if (head is null)
        {
            return null;
        }

        var state = AccountLines.WithValues(now.State, values) with
        {
            LastAt = Instants.FromMicroseconds(head.RecordedAt),
            Cycle = cycle?.ToCycle(),
            Lots = [.. lots.Select(lot => lot.ToState())],
            Debts = [.. debts.Select(debt => debt.ToState())],
            Holds = holds,
        };
        return new StoredAccount(now.Number, state, head.Sequence, head.Hash, cycle?.Period ?? 0);
    }

    public async ValueTask<ImmutableArray<AccountRow>> AccountsAsync(AccountFilter filter, CancellationToken cancellationToken)
    {
        using var command = Command(SelectAccounts);
        command.AddText("@ruleset", filter.Ruleset, -1);
        command.AddText("@search", filter.Search, -1);
        command.AddText("@after", filter.After, -1);
        command.AddInt32("@limit", filter.Limit);
        var rows = ImmutableArray.CreateBuilder<AccountRow>();
        foreach (var line in await LinesAsync<AccountLine>(command, cancellationToken))
        {
            var account = await AccountAsync(line.Id, cancellationToken);
            rows.Add(new AccountRow(account!, line.LastEntryAt is { } at ? Instants.FromMicroseconds(at) : null));
        }

        return rows.ToImmutable();
    }

    public async ValueTask<ImmutableArray<string>> AccountIdsAsync(string ruleset, string? account, CancellationToken cancellationToken)
    {
        using var command = Command(SelectAccountIds);
        command.AddText("@ruleset", ruleset, -1);
        command.AddText("@account", account, -1);
        return [.. await LinesAsync<string>(command, cancellationToken)];
    }

    public async ValueTask<ImmutableArray<EntryRow>> EntriesAsync(EntryFilter filter, CancellationToken cancellationToken)
    {
        using var command = Command((filter.Account, filter.IdempotencyKey) switch
        {
            (null, _) => SelectEntriesOfAll,
            (_, null) => SelectEntriesOfAccount,
            _ => SelectEntryByKey,
        });
        AddFilter(command, filter);
        command.AddInt32("@limit", filter.Limit);
        return [.. (await LinesAsync<EntryLine>(command, cancellationToken)).Select(line => line.ToRow())];
    }

    private static void AddFilter(SqlCommand command, EntryFilter filter)
    {
        command.AddText("@account", filter.Account, -1);
        command.AddText("@ruleset", filter.Ruleset, -1);
        command.AddInt32("@kind", (int?)filter.Kind);
        command.AddInstant("@from", filter.From);
        command.AddInstant("@to", filter.To);
        command.AddText("@key", filter.IdempotencyKey, -1);
        command.AddInt32("@version", filter.Version);
        command.AddInt64("@at_least", filter.AtLeast);
        command.AddInt64("@at_most", filter.AtMost);
        command.AddInt64("@before", filter.After is { } after ? long.Parse(after, CultureInfo.InvariantCulture) : long.MaxValue);
    }

    public async ValueTask<EntryRecord?> EntryAsync(string account, long sequence, CancellationToken cancellationToken)
    {
        if (await AccountAsync(account, cancellationToken) is not { } stored)
        {
            return null;
        }

        using var command = Command(SelectEntry);
        command.AddText("@account", account, 128);
        command.AddInt64("@seq", sequence);
        command.AddInt32("@limit", 1);
        if ((await LinesAsync<EntryLine>(command, cancellationToken)).SingleOrDefault() is not { } line)
        {
            return null;
        }

        var proofs = await ProofsAsync(new ProofAccount(stored.Number, account), sequence - 1, sequence, 0, cancellationToken);
        return new EntryRecord(line.ToRow(), proofs.Single().Entry, proofs[0].Answer.IsEmpty ? null : proofs[0].Answer);
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class HeadAtLine
    {
        public long Sequence { get; set; }

        public byte[] Hash { get; set; } = [];

        public long RecordedAt { get; set; }
    }

    private sealed class AccountLine
    {
        public string Id { get; set; } = "";

        public long? LastEntryAt { get; set; }
    }

    private sealed class VersionLine
    {
        public string Ruleset { get; set; } = "";

        public int Version { get; set; }

        public string FileName { get; set; } = "";

        public string Text { get; set; } = "";

        public byte[] Sha256 { get; set; } = [];

        public string Meaning { get; set; } = "";

        public string EngineVersion { get; set; } = "";

        public string Author { get; set; } = "";

        public long ActiveFrom { get; set; }

        public long PublishedAt { get; set; }

        public long RecordedAt { get; set; }

        public StoredVersion ToVersion() => new(Ruleset, Version, FileName, Text, Sha256, Meaning, EngineVersion, Author, Instants.FromMicroseconds(ActiveFrom),
            Instants.FromMicroseconds(PublishedAt), Instants.FromMicroseconds(RecordedAt));
    }

    private sealed class EntryLine
    {
        public long Position { get; set; }

        public string Account { get; set; } = "";

        public string Ruleset { get; set; } = "";

        public long Sequence { get; set; }

        public byte Kind { get; set; }

        public int? Version { get; set; }

        public long Amount { get; set; }

        public long? BalanceAfter { get; set; }

        public long OccurredAt { get; set; }

        public long RecordedAt { get; set; }

        public bool Late { get; set; }

        public string IdempotencyKey { get; set; } = "";

        public string? Action { get; set; }

        public byte? Outcome { get; set; }

        public EntryRow ToRow() => new(Position, Account, Ruleset, Sequence, (EntryKind)Kind, Version, Amount, BalanceAfter, Instants.FromMicroseconds(OccurredAt),
            Instants.FromMicroseconds(RecordedAt), Late, IdempotencyKey, Action, (QuoteOutcome?)Outcome);
    }
#pragma warning restore CA1812
}
