using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

/// <summary>The reads that a write transaction and a snapshot share.</summary>
internal abstract partial class SqliteAccountReader(SqliteSession session) : IAccountReader
{
    private const string SelectAccount =
        """
        SELECT a.account_id, a.ruleset, a.opened_at, h.head_seq, h.head_hash, h.last_at, h.next_lot, h.period_no, p.cycle_no, p.anchor, p.start_at, p.end_at,
               h.next_debt, h.next_hold, EXISTS(SELECT 1 FROM sample_account s WHERE s.account_id=a.account_id)
        FROM account a JOIN account_head h ON h.account_id=a.account_id
        LEFT JOIN period p ON p.account_id=h.account_id AND p.period_no=h.period_no
        WHERE a.external_id=?1
        """;

    private const string SelectValues = "SELECT kind, name, value, from_at FROM account_value WHERE account_id=?1 AND seq<=?2 ORDER BY seq, line";

    /// <summary>Lot, amounts and end: what <see cref="ReadLotState"/> reads.</summary>
    protected const string LotColumns =
        """
        l.lot_no, l.lot_id, b.name, l.origin, l.amount, l.created_at, l.effective_at, l.expires_at, l.priority, l.cost, l.cycle_no,
        l.roll_kind, l.roll_at, l.roll_min, l.roll_max, l.roll_percent, l.every_count, l.every_unit, l.every_anchor, l.every_zone, l.every_adds, l.every_until
        """;

    private const int LotColumnCount = 22;

    protected const string LotStateColumns = LotColumns + ", s.granted, s.available, s.held, s.spent, s.expired, s.moved, e.lot_no, e.successor";

    protected const string LotStateJoins =
        """
         JOIN bucket b ON b.bucket_id=l.bucket_id LEFT JOIN lot_end e ON e.account_id=l.account_id AND e.lot_no=l.lot_no
        """;

    private const string LotsByState = "SELECT " + LotStateColumns + " FROM lot_state s JOIN lot l ON l.account_id=s.account_id AND l.lot_no=s.lot_no" + LotStateJoins;
    private const string LotsByLot = "SELECT " + LotStateColumns + " FROM lot l JOIN lot_state s ON s.account_id=l.account_id AND s.lot_no=l.lot_no" + LotStateJoins;

    // Open lots, those of the running cycle, and those that may be topped up or are followed by others.
    private const string SelectLots = LotsByState + " WHERE s.account_id=?1 AND (s.available>0 OR s.held>0) UNION ALL "
        + LotsByLot + " WHERE l.account_id=?1 AND s.available=0 AND s.held=0 AND l.cycle_no=?2 UNION ALL "
        + LotsByLot
        + """
         WHERE l.account_id=?1 AND (l.roll_min>0 OR l.every_count IS NOT NULL) AND s.available=0 AND s.held=0 AND l.cycle_no IS NOT ?2 AND e.lot_no IS NULL
          AND ((l.roll_min>0 AND (l.expires_at IS NULL OR l.expires_at>?3) AND (l.roll_kind=3 OR l.roll_at IS NULL OR l.roll_at>=?3))
            OR (l.every_count IS NOT NULL AND (l.every_until IS NULL OR l.every_until>?3)))
        ORDER BY 1
        """;

    private const string SelectLotByNumber = LotsByLot + " WHERE l.account_id=?1 AND l.lot_no=?2";
    private const string SelectLotById = LotsByLot + " WHERE l.account_id=?1 AND l.lot_id=?2";
    private const string SelectLiveLots = LotsByLot + " WHERE l.account_id=?1 AND (l.expires_at IS NULL OR l.expires_at>?2) ORDER BY l.lot_no";

    private const string SelectScope =
        "SELECT began_at, version, posted, listed_posted, totals, reversed FROM scope_state WHERE account_id=?1 AND action=?2 AND scope_key=?3 AND scope_value=?4";

    private const string SelectAnswer =
        """
        SELECT a.req_hash, a.accepted, a.outcome, a.body, j.seq
        FROM idempotency i LEFT JOIN answer a ON a.answer_id=i.answer_id LEFT JOIN journal j ON j.entry_id=i.entry_id
        WHERE i.account_id=?1 AND i.idem_key=?2
        """;

    private const string SelectLotId = "SELECT 1 FROM lot WHERE account_id=?1 AND lot_id=?2";

    /// <summary>One process has the file.</summary>
    public StoreMoment Moment => default;

    internal SqliteSession Session => session;

    public ValueTask<StoredAccount?> AccountAsync(string account, CancellationToken cancellationToken) => new(Account(account));

    public ValueTask<ImmutableArray<ScopeState>> ScopesAsync(StoredAccount account, IReadOnlyList<ScopeId> scopes, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<ScopeState>(scopes.Count);
        var statement = session.Statement(SelectScope);
        foreach (var id in scopes)
        {
            if (statement.Bind(1, account.Number).Bind(2, id.Action).Bind(3, id.Key).Bind(4, id.Value).Step())
            {
                var bodies = ScopeText.Read(statement.Blob(4), out var draws, out var regained);
                found.Add(new ScopeState
                {
                    Id = id,
                    BeganAt = Instants.FromMicroseconds(statement.Int64(0)),
                    Version = statement.Int32(1),
                    Posted = statement.Int64(2),
                    ListedPosted = statement.Int64(3),
                    Reversed = statement.Int64(5),
                    Bodies = bodies,
                    Draws = draws,
                    Regained = regained,
                });
                statement.Reset();
            }
        }

        return new(found.ToImmutable());
    }

    public ValueTask<StoredAnswer?> AnswerAsync(StoredAccount account, string key, CancellationToken cancellationToken)
    {
        var statement = session.Statement(SelectAnswer);
        if (!statement.Bind(1, account.Number).Bind(2, key).Step())
        {
            return new((StoredAnswer?)null);
        }

        var answer = new StoredAnswer(statement.IsNull(0) || statement.Int64(1) == 1, statement.Blob(0), (QuoteOutcome?)statement.NullableInt32(2),
            statement.NullableInt64(4), statement.Blob(3));
        statement.Reset();
        return new(answer);
    }

    public ValueTask<bool> HasLotAsync(StoredAccount account, string lot, CancellationToken cancellationToken)
    {
        var statement = session.Statement(SelectLotId);
        var found = statement.Bind(1, account.Number).Bind(2, lot).Step();
        statement.Reset();
        return new(found);
    }

    public abstract ValueTask DisposeAsync();

    protected StoredAccount? Account(string account)
    {
        var statement = session.Statement(SelectAccount);
        if (!statement.Bind(1, account).Step())
        {
            return null;
        }

        var number = statement.Int64(0);
        var headSequence = statement.Int64(3);
        var headHash = statement.Blob(4);
        var period = statement.Int32(7);
        var state = new AccountState
        {
            Id = account,
            Ruleset = statement.Text(1),
            OpenedAt = Instants.FromMicroseconds(statement.Int64(2)),
            LastAt = Instants.FromMicroseconds(statement.Int64(5)),
            NextLot = statement.Int64(6),
            Cycle = statement.IsNull(8) ? null : ReadCycle(statement, 8),
            NextDebt = statement.Int64(12),
            NextHold = statement.Int64(13),
        };
        var isSample = statement.Int64(14) != 0;
        statement.Reset();
        state = WithValues(state, number, headSequence) with { Lots = Lots(number, state), Debts = state.NextDebt == 1 ? [] : Debts(number) };
        return new StoredAccount(number, state, headSequence, headHash, period) { IsSample = isSample };
    }

    /// <summary>The dated values that were set up to an entry.</summary>
    protected AccountState WithValues(AccountState state, long account, long sequence)
    {
        ImmutableArray<DatedValue>.Builder? facts = null;
        ImmutableArray<DatedValue>.Builder? terms = null;
        ImmutableArray<DatedValue>.Builder? plans = null;
        ImmutableArray<DatedValue>.Builder? addons = null;
        int? version = null;
        var statement = session.Statement(SelectValues);
        statement.Bind(1, account).Bind(2, sequence);
        while (statement.Step())
        {
            var value = new DatedValue(statement.Text(1), statement.Text(2), Instants.FromMicroseconds(statement.Int64(3)));
            switch ((DatedValueKind)statement.Int32(0))
            {
                case DatedValueKind.Fact:
                    (facts ??= ImmutableArray.CreateBuilder<DatedValue>()).Add(value);
                    break;
                case DatedValueKind.Term:
                    (terms ??= ImmutableArray.CreateBuilder<DatedValue>()).Add(value);
                    break;
                case DatedValueKind.Plan:
                    (plans ??= ImmutableArray.CreateBuilder<DatedValue>()).Add(value);
                    break;
                case DatedValueKind.Addon:
                    (addons ??= ImmutableArray.CreateBuilder<DatedValue>()).Add(value);
                    break;
                case DatedValueKind.Version:
                    version = int.Parse(value.Value, System.Globalization.CultureInfo.InvariantCulture);
                    break;
            }
        }

        return state with
        {
            Facts = facts?.ToImmutable() ?? [],
            Terms = terms?.ToImmutable() ?? [],
            Plans = plans?.ToImmutable() ?? [],
            Addons = addons?.ToImmutable() ?? [],
            Version = version,
        };
    }

    protected static Cycle ReadCycle(SqliteStatement row, int column) => new(row.Int32(column), Instants.FromAnchor(row.Text(column + 1)),
        Instants.FromMicroseconds(row.Int64(column + 2)), Instants.FromMicroseconds(row.Int64(column + 3)));

    /// <summary>Columns: lot_no, lot_id, bucket, origin, amount, created_at, effective_at, expires_at, priority, cost, cycle_no.</summary>
    protected static Lot ReadLot(SqliteStatement row, int column) => new()
    {
        Number = row.Int64(column),
        Id = row.Text(column + 1),
        Bucket = row.Text(column + 2),
        Origin = (LotOrigin)row.Int32(column + 3),
        Amount = row.Int64(column + 4),
        CreatedAt = Instants.FromMicroseconds(row.Int64(column + 5)),
        EffectiveAt = Instants.FromMicroseconds(row.Int64(column + 6)),
        ExpiresAt = row.NullableInt64(column + 7) is { } end ? Instants.FromMicroseconds(end) : null,
        Priority = row.NullableInt32(column + 8),
        Cost = row.NullableText(column + 9) is { } cost ? ExactDecimal.Parse(cost) : null,
        Cycle = row.NullableInt32(column + 10),
        Rollover = row.NullableInt32(column + 11) is { } kind
            ? new LotRollover((RolloverKind)kind, NullableInstant(row, column + 12), row.Int64(column + 13), row.NullableInt64(column + 14),
                row.NullableText(column + 15) is { } percent ? ExactDecimal.Parse(percent) : null)
            : null,
        Series = row.NullableInt32(column + 16) is { } count
            ? new LotSeries(new CalendarSpan(count, (CalendarUnit)row.Int32(column + 17)), Instants.FromAnchor(row.Text(column + 18)), row.Text(column + 19),
                row.Int64(column + 20) != 0, NullableInstant(row, column + 21))
            : null,
    };

    private static Instant? NullableInstant(SqliteStatement row, int column) => row.NullableInt64(column) is { } at ? Instants.FromMicroseconds(at) : null;

    /// <summary>A lot and, after its columns, its six amounts and its early end.</summary>
    protected static LotState ReadLotState(SqliteStatement row) =>
        new(ReadLot(row, 0), row.Int64(LotColumnCount), row.Int64(LotColumnCount + 1), row.Int64(LotColumnCount + 2), row.Int64(LotColumnCount + 3),
            row.Int64(LotColumnCount + 4), row.Int64(LotColumnCount + 5))
        {
            IsEnded = !row.IsNull(LotColumnCount + 6),
            Successor = row.NullableInt64(LotColumnCount + 7),
        };

    private ImmutableArray<LotState> Lots(long account, AccountState state)
    {
        var lots = ImmutableArray.CreateBuilder<LotState>();
        var statement = session.Statement(SelectLots);
        statement.Bind(1, account).Bind(2, state.Cycle?.Number ?? 0).Bind(3, Instants.ToMicroseconds(state.LastAt));
        var mayReturn = false;
        while (statement.Step())
        {
            var lot = ReadLotState(statement);
            lots.Add(lot);
            mayReturn |= lot.Successor is not null && lot.Held > 0;
        }

        return mayReturn ? WithSuccessors(account, lots) : lots.ToImmutable();
    }

    // Held credits of a lot that was replaced may return to what took its place, also when nothing is left of that.
    private ImmutableArray<LotState> WithSuccessors(long account, ImmutableArray<LotState>.Builder lots)
    {
        for (var i = 0; i < lots.Count; i++)
        {
            if (lots[i].Successor is { } successor && !lots.Any(lot => lot.Lot.Number == successor))
            {
                lots.Add(LotByNumber(account, successor)!.Value);
            }
        }

        return [.. lots.OrderBy(lot => lot.Lot.Number)];
    }
}
