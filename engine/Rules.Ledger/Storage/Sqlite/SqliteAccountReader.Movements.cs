using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>Debts, holds, uses and the lots that they name.</summary>
internal abstract partial class SqliteAccountReader
{
    private const string SelectDebts =
        """
        SELECT d.debt_no, d.action, d.amount, d.owed_at, s.owed, s.repayments
        FROM debt_state s JOIN debt d ON d.account_id=s.account_id AND d.debt_no=s.debt_no
        WHERE s.account_id=?1 AND s.owed>0 ORDER BY s.debt_no
        """;

    private const string HoldColumns = "SELECT h.hold_no, h.hold_id, h.action, h.version, h.amount, h.held_at, h.expires_at, j.seq, h.entry_id";

    private const string SelectDueHolds = HoldColumns
        + " FROM hold_state s JOIN hold h ON h.account_id=s.account_id AND h.hold_no=s.hold_no JOIN journal j ON j.entry_id=h.entry_id"
        + " WHERE s.account_id=?1 AND s.is_open=1 AND s.expires_at<=?2 ORDER BY h.hold_no";

    private const string SelectNamedHold = HoldColumns + ", r.kind, r.charged, r.returned, r.asked, u.content"
        + " FROM hold h JOIN journal j ON j.entry_id=h.entry_id LEFT JOIN usage_event u ON u.entry_id=h.entry_id"
        + " LEFT JOIN hold_resolution r ON r.account_id=h.account_id AND r.hold_no=h.hold_no WHERE h.account_id=?1 AND h.hold_id=?2";

    private const string SelectHoldLines = "SELECT lot_no, d_held FROM posting WHERE entry_id=?1 AND d_held>0 ORDER BY line";

    private const string SelectHasUse =
        """
        SELECT 1 FROM hold WHERE account_id=?1 AND hold_id=?2
        UNION ALL
        SELECT 1 FROM idempotency i JOIN journal j ON j.entry_id=i.entry_id WHERE i.account_id=?1 AND i.idem_key=?2 AND j.kind IN (2,12)
        """;

    private const string UseColumns = "SELECT j.entry_id, j.seq, j.kind, j.amount, j.version, j.recorded_at, u.content";

    private const string SelectUseByHold = UseColumns
        + " FROM hold h LEFT JOIN hold_resolution r ON r.account_id=h.account_id AND r.hold_no=h.hold_no AND r.kind=1"
        + " JOIN journal j ON j.entry_id=COALESCE(r.entry_id,h.entry_id) LEFT JOIN usage_event u ON u.entry_id=j.entry_id WHERE h.account_id=?1 AND h.hold_id=?2";

    private const string SelectUseByKey = UseColumns
        + " FROM idempotency i JOIN journal j ON j.entry_id=i.entry_id LEFT JOIN usage_event u ON u.entry_id=j.entry_id"
        + " WHERE i.account_id=?1 AND i.idem_key=?2";

    private const string SelectUseBySequence = UseColumns
        + " FROM journal j LEFT JOIN usage_event u ON u.entry_id=j.entry_id WHERE j.account_id=?1 AND j.seq=?2";

    private const string SelectUseCycle = "SELECT cycle_no FROM period WHERE account_id=?1 AND seq<=?2 ORDER BY period_no DESC LIMIT 1";

    private const string SelectUseDebts = "SELECT debt_no FROM debt WHERE entry_id=?1 ORDER BY debt_no";

    private const string SelectRepayments =
        "SELECT DISTINCT entry_id FROM debt_line WHERE account_id=?1 AND debt_no=?2 AND kind=1 AND entry_id<?3 ORDER BY entry_id";

    private const string SelectUseLines =
        """
        SELECT j.seq, p.line, p.lot_no, p.d_spent,
               COALESCE((SELECT SUM(n.amount) FROM undone n WHERE n.account_id=?1 AND n.of_seq=j.seq AND n.of_line=p.line AND n.entry_id<?3), 0)
        FROM posting p JOIN journal j ON j.entry_id=p.entry_id WHERE p.entry_id=?2 AND p.d_spent>0 ORDER BY p.line
        """;

    public ValueTask<bool> HasUseAsync(StoredAccount account, string use, CancellationToken cancellationToken)
    {
        var statement = session.Statement(SelectHasUse);
        var found = statement.Bind(1, account.Number).Bind(2, use).Step();
        statement.Reset();
        return new(found);
    }

    public ValueTask<ImmutableArray<HoldState>> HoldsAsync(StoredAccount account, Instant dueBy, string? named, CancellationToken cancellationToken)
    {
        var holds = new SortedDictionary<long, (HoldState State, long EntryId)>();
        var statement = session.Statement(SelectDueHolds);
        statement.Bind(1, account.Number).Bind(2, Instants.ToMicroseconds(dueBy));
        while (statement.Step())
        {
            holds.Add(statement.Int64(0), (new HoldState(ReadHold(statement), Settlement: null) { Sequence = statement.Int64(7) }, statement.Int64(8)));
        }

        if (named is not null)
        {
            statement = session.Statement(SelectNamedHold);
            if (statement.Bind(1, account.Number).Bind(2, named).Step())
            {
                var hold = ReadHold(statement) with { Event = EventOf(statement.Blob(13), Instants.FromMicroseconds(statement.Int64(5))) };
                var settlement = statement.IsNull(9)
                    ? null
                    : new HoldSettlement(hold.Number, (SettlementKind)statement.Int32(9), statement.Int64(10), statement.Int64(11), statement.Text(12));
                holds[hold.Number] = (new HoldState(hold, settlement) { Sequence = statement.Int64(7) }, statement.Int64(8));
                statement.Reset();
            }
        }

        return new([.. holds.Values.Select(hold => hold.State with { Hold = hold.State.Hold with { Lines = HoldLines(hold.EntryId) } })]);
    }

    public ValueTask<Use?> UseAsync(StoredAccount account, string use, CancellationToken cancellationToken)
    {
        foreach (var sql in new[] { SelectUseByHold, SelectUseByKey })
        {
            var statement = session.Statement(sql);
            if (statement.Bind(1, account.Number).Bind(2, use).Step())
            {
                return new(ReadUse(account.Number, use, statement, long.MaxValue));
            }
        }

        return new((Use?)null);
    }

    public ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
    {
        var lots = ImmutableArray.CreateBuilder<LotState>(numbers.Count);
        foreach (var number in numbers.Distinct().Order())
        {
            if (LotByNumber(account.Number, number) is { } lot)
            {
                lots.Add(lot);
            }
        }

        return new(lots.ToImmutable());
    }

    public ValueTask<LotState?> LotAsync(StoredAccount account, string lot, CancellationToken cancellationToken)
    {
        var statement = session.Statement(SelectLotById);
        LotState? found = statement.Bind(1, account.Number).Bind(2, lot).Step() ? ReadLotState(statement) : null;
        statement.Reset();
        return new(found);
    }

    public ValueTask<ImmutableArray<LotState>> LotsAsync(StoredAccount account, Instant liveAt, CancellationToken cancellationToken)
    {
        var lots = ImmutableArray.CreateBuilder<LotState>();
        var statement = session.Statement(SelectLiveLots);
        statement.Bind(1, account.Number).Bind(2, Instants.ToMicroseconds(liveAt));
        while (statement.Step())
        {
            lots.Add(ReadLotState(statement));
        }

        return new(lots.ToImmutable());
    }

    /// <summary>The use of an entry, as it stood before another entry.</summary>
    protected Use? UseOf(long account, long sequence, string id, long beforeEntry)
    {
        var statement = session.Statement(SelectUseBySequence);
        return statement.Bind(1, account).Bind(2, sequence).Step() ? ReadUse(account, id, statement, beforeEntry) : null;
    }

    /// <summary>Columns as of <see cref="HoldColumns"/>; without lines and event.</summary>
    protected static Hold ReadHold(SqliteStatement row) => new()
    {
        Number = row.Int64(0),
        Id = row.Text(1),
        Action = row.Text(2),
        Version = row.Int32(3),
        Amount = row.Int64(4),
        HeldAt = Instants.FromMicroseconds(row.Int64(5)),
        ExpiresAt = Instants.FromMicroseconds(row.Int64(6)),
    };

    protected ImmutableArray<HoldLine> HoldLines(long entryId)
    {
        var lines = ImmutableArray.CreateBuilder<HoldLine>();
        var statement = session.Statement(SelectHoldLines);
        statement.Bind(1, entryId);
        while (statement.Step())
        {
            lines.Add(new HoldLine(statement.Int64(0), statement.Int64(1)));
        }

        return lines.ToImmutable();
    }

    protected LotState? LotByNumber(long account, long number)
    {
        var statement = session.Statement(SelectLotByNumber);
        LotState? found = statement.Bind(1, account).Bind(2, number).Step() ? ReadLotState(statement) : null;
        statement.Reset();
        return found;
    }

    private static UsageEvent? EventOf(byte[] content, Instant at) => content.Length == 0 ? null : EventReader.ReadStated(content, at).Value?.Usage;

    private Use ReadUse(long account, string id, SqliteStatement row, long beforeEntry)
    {
        var entryId = row.Int64(0);
        var recordedAt = Instants.FromMicroseconds(row.Int64(5));
        var use = new Use
        {
            Id = id,
            Sequence = row.Int64(1),
            Kind = (EntryKind)row.Int32(2),
            Amount = row.Int64(3),
            Version = row.NullableInt32(4),
            RecordedAt = recordedAt,
            Event = EventOf(row.Blob(6), recordedAt),
        };
        row.Reset();
        var lines = ImmutableArray.CreateBuilder<UseLine>();
        AddUseLines(lines, account, entryId, beforeEntry);
        var debts = Numbers(session.Statement(SelectUseDebts).Bind(1, entryId));
        foreach (var debt in debts)
        {
            foreach (var repayment in Numbers(session.Statement(SelectRepayments).Bind(1, account).Bind(2, debt).Bind(3, beforeEntry)))
            {
                AddUseLines(lines, account, repayment, beforeEntry);
            }
        }

        var period = session.Statement(SelectUseCycle).Bind(1, account).Bind(2, use.Sequence);
        int? cycle = period.Step() ? period.Int32(0) : null;
        period.Reset();
        return use with { Cycle = cycle, Lines = lines.ToImmutable(), Debts = debts };
    }

    private void AddUseLines(ImmutableArray<UseLine>.Builder lines, long account, long entryId, long beforeEntry)
    {
        var statement = session.Statement(SelectUseLines);
        statement.Bind(1, account).Bind(2, entryId).Bind(3, beforeEntry);
        while (statement.Step())
        {
            lines.Add(new UseLine(statement.Int64(0), statement.Int32(1), statement.Int64(2), statement.Int64(3), statement.Int64(4)));
        }
    }

    private static ImmutableArray<long> Numbers(SqliteStatement statement)
    {
        var numbers = ImmutableArray.CreateBuilder<long>();
        while (statement.Step())
        {
            numbers.Add(statement.Int64(0));
        }

        return numbers.ToImmutable();
    }

    private ImmutableArray<DebtState> Debts(long account)
    {
        var debts = ImmutableArray.CreateBuilder<DebtState>();
        var statement = session.Statement(SelectDebts);
        statement.Bind(1, account);
        while (statement.Step())
        {
            debts.Add(ReadDebt(statement));
        }

        return debts.ToImmutable();
    }

    /// <summary>Columns: debt_no, action, amount, owed_at, owed, repayments.</summary>
    protected static DebtState ReadDebt(SqliteStatement row) =>
        new(new Debt(row.Int64(0), row.Text(1), row.Int64(2), Instants.FromMicroseconds(row.Int64(3))), row.Int64(4), row.Int32(5));
}
