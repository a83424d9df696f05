using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>
/// The streams that a verification reads: journal, postings and lots side by side in the order in which they were written, so that
/// every table is read once, from front to back.
/// </summary>
internal sealed partial class SqliteReadSnapshot
{
    private const string SelectProofAccounts = "SELECT external_id FROM account WHERE ?1 IS NULL OR external_id=?1 ORDER BY account_id";

    private const string SelectAllLots = "SELECT " + LotStateColumns
        + " FROM lot l JOIN lot_state s ON s.account_id=l.account_id AND s.lot_no=l.lot_no" + LotStateJoins + " WHERE l.account_id=?1 ORDER BY l.lot_no";

    private const string SelectOpenHolds = "SELECT hold_no FROM hold_state WHERE account_id=?1 AND is_open=1 ORDER BY hold_no";

    private const string ProofColumns =
        """
        SELECT j.entry_id, j.account_id, a.external_id, j.seq, j.kind, j.idem_key, j.amount, j.occurred_at, j.recorded_at, j.late, j.ref_seq, j.version, j.trace_sha256,
               j.outcome, j.balance_after, j.prev_hash, j.hash, u.content, w.body, i.entry_id, j.forgiven, r.content
        FROM journal j JOIN account a ON a.account_id=j.account_id LEFT JOIN usage_event u ON u.entry_id=j.entry_id LEFT JOIN request r ON r.entry_id=j.entry_id
        LEFT JOIN answer w ON w.answer_id=j.answer_id
        LEFT JOIN idempotency i ON i.account_id=j.account_id AND i.idem_key=j.idem_key
        """;

    private const string SelectProofsOfAll = ProofColumns + " WHERE j.entry_id>?1 ORDER BY j.entry_id";
    private const string SelectProofsOfAccount = ProofColumns + " WHERE j.account_id=?2 AND j.entry_id>?1 AND (?3 IS NULL OR j.seq=?3) ORDER BY j.seq";

    private const string PostingColumns = "SELECT p.entry_id, p.lot_no, p.d_granted, p.d_available, p.d_held, p.d_spent, p.d_expired, p.d_moved FROM ";
    private const string SelectPostingsOfAll = PostingColumns + "posting p WHERE p.entry_id>?1 ORDER BY p.entry_id, p.line";

    private const string SelectPostingsOfAccount = PostingColumns
        + "journal j JOIN posting p ON p.entry_id=j.entry_id WHERE j.account_id=?2 AND j.entry_id>?1 AND (?3 IS NULL OR j.seq=?3) ORDER BY j.seq, p.line";

    private const string NewLotColumns = "SELECT l.entry_id, " + LotColumns;

    private const string SelectNewLotsOfAll = NewLotColumns + " FROM lot l JOIN bucket b ON b.bucket_id=l.bucket_id WHERE l.entry_id>?1 ORDER BY l.entry_id, l.lot_no";

    private const string SelectNewLotsOfAccount = NewLotColumns
        + " FROM journal j JOIN lot l ON l.entry_id=j.entry_id AND l.account_id=j.account_id JOIN bucket b ON b.bucket_id=l.bucket_id"
        + " WHERE j.account_id=?2 AND j.entry_id>?1 AND (?3 IS NULL OR j.seq=?3) ORDER BY j.seq, l.lot_no";

    private const string OfAccount = " x ON x.entry_id=j.entry_id WHERE j.account_id=?2 AND j.entry_id>?1 AND (?3 IS NULL OR j.seq=?3) ORDER BY j.seq, ";

    private const string LotEndColumns = "SELECT x.entry_id, x.lot_no, x.successor FROM ";
    private const string SelectLotEndsOfAll = LotEndColumns + "lot_end x WHERE x.entry_id>?1 ORDER BY x.entry_id, x.lot_no";
    private const string SelectLotEndsOfAccount = LotEndColumns + "journal j JOIN lot_end" + OfAccount + "x.lot_no";

    private const string DebtColumns = "SELECT x.entry_id, x.debt_no, x.action, x.amount, x.owed_at FROM ";
    private const string SelectDebtsOfAll = DebtColumns + "debt x WHERE x.entry_id>?1 ORDER BY x.entry_id, x.debt_no";
    private const string SelectDebtsOfAccount = DebtColumns + "journal j JOIN debt" + OfAccount + "x.debt_no";

    private const string DebtLineColumns = "SELECT x.entry_id, x.debt_no, x.kind, x.amount FROM ";
    private const string SelectDebtLinesOfAll = DebtLineColumns + "debt_line x WHERE x.entry_id>?1 ORDER BY x.entry_id, x.line";
    private const string SelectDebtLinesOfAccount = DebtLineColumns + "journal j JOIN debt_line" + OfAccount + "x.line";

    private const string ProofHoldColumns = "SELECT x.entry_id, x.hold_no, x.hold_id, x.action, x.version, x.amount, x.held_at, x.expires_at FROM ";
    private const string SelectHoldsOfAll = ProofHoldColumns + "hold x WHERE x.entry_id>?1 ORDER BY x.entry_id";
    private const string SelectHoldsOfAccount = ProofHoldColumns + "journal j JOIN hold" + OfAccount + "x.hold_no";

    private const string ResolutionColumns = "SELECT x.entry_id, x.hold_no, x.kind, x.charged, x.returned, x.asked FROM ";
    private const string SelectResolutionsOfAll = ResolutionColumns + "hold_resolution x WHERE x.entry_id>?1 ORDER BY x.entry_id";
    private const string SelectResolutionsOfAccount = ResolutionColumns + "journal j JOIN hold_resolution" + OfAccount + "x.hold_no";

    private const string UndoneColumns = "SELECT x.entry_id, x.of_seq, x.of_line, x.amount FROM ";
    private const string SelectUndoneOfAll = UndoneColumns + "undone x WHERE x.entry_id>?1 ORDER BY x.entry_id, x.line";
    private const string SelectUndoneOfAccount = UndoneColumns + "journal j JOIN undone" + OfAccount + "x.line";

    private const string BillColumns = "SELECT x.entry_id, x.bucket, x.cycle_no, x.currency, x.decimals, x.amount, x.exact, x.price, x.receiver FROM ";
    private const string SelectBillsOfAll = BillColumns + "bill x WHERE x.entry_id>?1 ORDER BY x.entry_id";
    private const string SelectBillsOfAccount = BillColumns + "journal j JOIN bill" + OfAccount + "x.entry_id";

    private const string CheckpointColumns = "SELECT x.entry_id, x.seq, x.hash, x.row_count, x.sha256, x.content, x.created_at FROM ";
    private const string SelectCheckpointsOfAll = CheckpointColumns + "checkpoint x WHERE x.entry_id>?1 ORDER BY x.entry_id";
    private const string SelectCheckpointsOfAccount = CheckpointColumns + "journal j JOIN checkpoint" + OfAccount + "x.entry_id";
    private const string SelectCheckpoint = CheckpointColumns + "account a JOIN checkpoint x ON x.account_id=a.account_id WHERE a.external_id=?1 ORDER BY x.seq DESC LIMIT 1";

    private const string SelectCheckpointsDue =
        """
        SELECT a.external_id FROM account a JOIN account_head h ON h.account_id=a.account_id
        LEFT JOIN checkpoint c ON c.account_id=a.account_id AND c.seq=(SELECT MAX(n.seq) FROM checkpoint n WHERE n.account_id=a.account_id)
        WHERE h.head_seq-COALESCE(c.seq,0)>=MAX(?1,COALESCE(c.row_count,0)) ORDER BY a.account_id
        """;

    private const string SelectSetValues = "SELECT kind, name, value, from_at, seq FROM account_value WHERE account_id=?1 ORDER BY seq, line";
    private const string SelectBegunCycles = "SELECT cycle_no, anchor, start_at, end_at, seq FROM period WHERE account_id=?1 AND of_entry=1 ORDER BY period_no";

    private const string SelectHeads = "SELECT a.external_id, h.head_seq, h.head_hash FROM account_head h JOIN account a ON a.account_id=h.account_id "
        + "WHERE h.account_id NOT IN (SELECT account_id FROM sample_account) ORDER BY a.account_id";

    // Walks back from each head over what was recorded since.
    private const string SelectHeadsBefore =
        """
        SELECT a.external_id, j.seq, j.hash FROM account a JOIN journal j ON j.account_id=a.account_id
          AND j.seq=(SELECT k.seq FROM journal k WHERE k.account_id=a.account_id AND k.recorded_at<?1 ORDER BY k.seq DESC LIMIT 1)
        WHERE a.account_id NOT IN (SELECT account_id FROM sample_account) ORDER BY a.account_id
        """;

    private const string SelectEntryHash = "SELECT j.hash FROM journal j JOIN account a ON a.account_id=j.account_id WHERE a.external_id=?1 AND j.seq=?2";

    private IEnumerable<AccountHead> Heads(NodaTime.Instant? recordedBefore)
    {
        using var row = new SqliteStatement(Session.Connection.Handle!, recordedBefore is null ? SelectHeads : SelectHeadsBefore);
        if (recordedBefore is { } before)
        {
            row.Bind(1, Instants.ToMicroseconds(before));
        }

        while (row.Step())
        {
            yield return new AccountHead(row.Text(0), row.Int64(1), row.Blob(2));
        }
    }

    private IEnumerable<AccountProof> AccountProofs(string? account)
    {
        var ids = new List<string>();
        var row = Session.Statement(SelectProofAccounts);
        row.Bind(1, account);
        while (row.Step())
        {
            ids.Add(row.Text(0));
        }

        foreach (var id in ids)
        {
            var head = Account(id)!;
            var lots = ImmutableArray.CreateBuilder<LotState>();
            var lot = Session.Statement(SelectAllLots);
            lot.Bind(1, head.Number);
            while (lot.Step())
            {
                lots.Add(ReadLotState(lot));
            }

            yield return new AccountProof(head, lots.ToImmutable(), OpenHolds(head.Number));
        }
    }

    private ImmutableArray<long> OpenHolds(long account)
    {
        var numbers = ImmutableArray.CreateBuilder<long>();
        var row = Session.Statement(SelectOpenHolds);
        row.Bind(1, account);
        while (row.Step())
        {
            numbers.Add(row.Int64(0));
        }

        return numbers.ToImmutable();
    }

    private IEnumerable<EntryProof> Proofs(long? account, long? sequence, long after = 0)
    {
        var settings = new Dictionary<long, Settings>();
        using var row = ProofStatement(SelectProofsOfAll, SelectProofsOfAccount, account, sequence, after);
        using var postings = new EntryCursor(ProofStatement(SelectPostingsOfAll, SelectPostingsOfAccount, account, sequence, after));
        using var lots = new EntryCursor(ProofStatement(SelectNewLotsOfAll, SelectNewLotsOfAccount, account, sequence, after));
        using var movements = new MovementCursors(this, account, sequence, after);
        using var checkpoints = new EntryCursor(ProofStatement(SelectCheckpointsOfAll, SelectCheckpointsOfAccount, account, sequence, after));
        while (row.Step())
        {
            var accountNumber = row.Int64(1);
            if (!settings.TryGetValue(accountNumber, out var set))
            {
                settings.Add(accountNumber, set = ReadSettings(accountNumber));
            }

            var proof = ReadProof(row, set, postings, lots, movements);
            yield return checkpoints.IsAt(proof.Position) ? proof with { Checkpoint = ReadCheckpoint(checkpoints.Row, proof.Entry.Account) } : proof;
        }
    }

    /// <summary>A statement of its own: an enumeration that stops half-way must not disturb another.</summary>
    private SqliteStatement ProofStatement(string ofAll, string ofAccount, long? account, long? sequence, long after)
    {
        var statement = new SqliteStatement(Session.Connection.Handle!, account is null ? ofAll : ofAccount);
        statement.Bind(1, after);
        return account is null ? statement : statement.Bind(2, account).Bind(3, sequence);
    }

    private EntryProof ReadProof(SqliteStatement row, Settings set, EntryCursor postings, EntryCursor lots, MovementCursors movements)
    {
        var entryId = row.Int64(0);
        var sequence = row.Int64(3);
        var kind = (EntryKind)row.Int32(4);
        var usage = row.Blob(17);
        var trace = row.Blob(12);
        var answer = row.Blob(18);

        var occurredAt = Instants.FromMicroseconds(row.Int64(7));
        var values = set.Values[sequence];
        var plan = values.LastOrDefault(v => v.Kind == DatedValueKind.Plan);
        var entry = new JournalEntry
        {
            Account = row.Text(2),
            Sequence = sequence,
            Key = row.Text(5),
            RecordedAt = Instants.FromMicroseconds(row.Int64(8)),
            Late = row.Int64(9) != 0,
            Reference = row.NullableInt64(10),
            Outcome = (QuoteOutcome?)row.NullableInt32(13),
            BalanceAfter = row.NullableInt64(14),
            Event = usage,
            Request = row.Blob(21),
            TraceHash = trace,
            PreviousHash = row.Blob(15),
            Hash = row.Blob(16),
            Content = movements.Into(entryId, new Entry
            {
                Kind = kind,
                SystemKey = row.Text(5) is var key && Entry.IsSystemKey(key) ? key : null,
                Amount = row.Int64(6),
                OccurredAt = occurredAt,
                Version = row.NullableInt32(11),
                Postings = ReadPostings(postings, entryId),
                NewLots = ReadNewLots(lots, entryId),
                Facts = Values(values, DatedValueKind.Fact),
                Terms = Values(values, DatedValueKind.Term),
                Plan = plan?.Value.Value,
                PlanFrom = plan is not null && plan.Value.From != occurredAt ? plan.Value.From : null,
                Addons = Values(values, DatedValueKind.Addon),
                Cycle = set.Cycles.GetValueOrDefault(sequence),
                Forgiven = row.Int64(20),
            }),
        };
        var use = kind == EntryKind.Reversal && entry.Reference is { } undone ? UseOf(row.Int64(1), undone, entry.Key, entryId) : null;
        return new EntryProof(entry, row.NullableInt64(19) == entryId, trace.Length == 0 || EntryHash.OfTrace(usage, answer).AsSpan().SequenceEqual(trace))
        {
            Position = entryId,
            Answer = answer,
            Use = use,
        };
    }

    private static StoredCheckpoint ReadCheckpoint(SqliteStatement row, string account) =>
        new(account, row.Int64(1), row.Blob(2), row.Int32(3), row.Blob(4), row.Blob(5), Instants.FromMicroseconds(row.Int64(6))) { Position = row.Int64(0) };

    private static ImmutableArray<Posting> ReadPostings(EntryCursor cursor, long entryId)
    {
        ImmutableArray<Posting>.Builder? postings = null;
        for (; cursor.IsAt(entryId); cursor.Next())
        {
            var row = cursor.Row;
            (postings ??= ImmutableArray.CreateBuilder<Posting>(1))
                .Add(new Posting(row.Int64(1), row.Int64(2), row.Int64(3), row.Int64(4), row.Int64(5), row.Int64(6), row.Int64(7)));
        }

        return postings?.DrainToImmutable() ?? [];
    }

    private static ImmutableArray<Lot> ReadNewLots(EntryCursor cursor, long entryId)
    {
        ImmutableArray<Lot>.Builder? lots = null;
        for (; cursor.IsAt(entryId); cursor.Next())
        {
            (lots ??= ImmutableArray.CreateBuilder<Lot>(1)).Add(ReadLot(cursor.Row, 1));
        }

        return lots?.DrainToImmutable() ?? [];
    }

    private Settings ReadSettings(long account)
    {
        var values = new List<NewValue>();
        var row = Session.Statement(SelectSetValues);
        row.Bind(1, account);
        while (row.Step())
        {
            values.Add(new NewValue((DatedValueKind)row.Int32(0), new DatedValue(row.Text(1), row.Text(2), Instants.FromMicroseconds(row.Int64(3))), row.Int64(4)));
        }

        var cycles = new Dictionary<long, Cycle>();
        row = Session.Statement(SelectBegunCycles);
        row.Bind(1, account);
        while (row.Step())
        {
            cycles[row.Int64(4)] = ReadCycle(row, 0);
        }

        return new Settings(values.ToLookup(value => value.Sequence), cycles);
    }

    private static ImmutableArray<DatedValue> Values(IEnumerable<NewValue> values, DatedValueKind kind) =>
        [.. values.Where(value => value.Kind == kind).Select(value => value.Value)];

    /// <summary>The tables of debts, holds, ended lots, reversals and bills, side by side.</summary>
    private sealed class MovementCursors(SqliteReadSnapshot snapshot, long? account, long? sequence, long after) : IDisposable
    {
        private readonly EntryCursor _ends = new(snapshot.ProofStatement(SelectLotEndsOfAll, SelectLotEndsOfAccount, account, sequence, after));
        private readonly EntryCursor _debts = new(snapshot.ProofStatement(SelectDebtsOfAll, SelectDebtsOfAccount, account, sequence, after));
        private readonly EntryCursor _debtLines = new(snapshot.ProofStatement(SelectDebtLinesOfAll, SelectDebtLinesOfAccount, account, sequence, after));
        private readonly EntryCursor _holds = new(snapshot.ProofStatement(SelectHoldsOfAll, SelectHoldsOfAccount, account, sequence, after));
        private readonly EntryCursor _resolutions = new(snapshot.ProofStatement(SelectResolutionsOfAll, SelectResolutionsOfAccount, account, sequence, after));
        private readonly EntryCursor _undone = new(snapshot.ProofStatement(SelectUndoneOfAll, SelectUndoneOfAccount, account, sequence, after));
        private readonly EntryCursor _bills = new(snapshot.ProofStatement(SelectBillsOfAll, SelectBillsOfAccount, account, sequence, after));

        public Entry Into(long entryId, Entry entry)
        {
            if (!_ends.IsAt(entryId) && !_debts.IsAt(entryId) && !_debtLines.IsAt(entryId) && !_holds.IsAt(entryId) && !_resolutions.IsAt(entryId)
                && !_undone.IsAt(entryId) && !_bills.IsAt(entryId))
            {
                return entry;
            }

            return entry with
            {
                EndedLots = Read(_ends, entryId, static row => new LotEnd(row.Int64(1), row.NullableInt64(2))),
                NewDebts = Read(_debts, entryId, static row => new Debt(row.Int64(1), row.Text(2), row.Int64(3), Instants.FromMicroseconds(row.Int64(4)))),
                DebtLines = Read(_debtLines, entryId, static row => new DebtLine(row.Int64(1), (DebtLineKind)row.Int32(2), row.Int64(3))),
                NewHold = Read(_holds, entryId, row => HoldOf(row, entry)).FirstOrDefault(),
                Settlement = Read(_resolutions, entryId, static row =>
                    new HoldSettlement(row.Int64(1), (SettlementKind)row.Int32(2), row.Int64(3), row.Int64(4), row.Text(5))).FirstOrDefault(),
                Undone = Read(_undone, entryId, static row => new UndoneLine(row.Int64(1), row.Int32(2), row.Int64(3))),
                Bill = Read(_bills, entryId, static row => new Bill(row.Text(1), row.Int32(2), row.Text(3), row.Int32(4), row.Int64(5), ExactDecimal.Parse(row.Text(6)),
                    row.NullableText(7) is { } price ? ExactDecimal.Parse(price) : null, row.NullableText(8))).FirstOrDefault(),
            };
        }

        public void Dispose()
        {
            foreach (var cursor in new[] { _ends, _debts, _debtLines, _holds, _resolutions, _undone, _bills })
            {
                cursor.Dispose();
            }
        }

        private static Hold HoldOf(SqliteStatement row, Entry entry) => new()
        {
            Number = row.Int64(1),
            Id = row.Text(2),
            Action = row.Text(3),
            Version = row.Int32(4),
            Amount = row.Int64(5),
            HeldAt = Instants.FromMicroseconds(row.Int64(6)),
            ExpiresAt = Instants.FromMicroseconds(row.Int64(7)),
            Lines = [.. entry.Postings.Where(posting => posting.Held > 0).Select(posting => new HoldLine(posting.Lot, posting.Held))],
        };

        private static ImmutableArray<T> Read<T>(EntryCursor cursor, long entryId, Func<SqliteStatement, T> read)
        {
            ImmutableArray<T>.Builder? items = null;
            for (; cursor.IsAt(entryId); cursor.Next())
            {
                (items ??= ImmutableArray.CreateBuilder<T>(1)).Add(read(cursor.Row));
            }

            return items?.DrainToImmutable() ?? [];
        }
    }

    /// <summary>Rows in the order of their entries, read beside the journal; column 0 is the entry.</summary>
    private sealed class EntryCursor : IDisposable
    {
        private long _entry;

        public EntryCursor(SqliteStatement rows)
        {
            Row = rows;
            Next();
        }

        public SqliteStatement Row { get; }

        /// <summary>True while the current row belongs to an entry. Rows of entries that are gone are passed over.</summary>
        public bool IsAt(long entry)
        {
            while (_entry < entry)
            {
                Next();
            }

            return _entry == entry;
        }

        public void Next() => _entry = Row.Step() ? Row.Int64(0) : long.MaxValue;

        public void Dispose() => Row.Dispose();
    }

    /// <summary>What the entries of one account set, by sequence.</summary>
    private sealed record Settings(ILookup<long, NewValue> Values, Dictionary<long, Cycle> Cycles);
}
