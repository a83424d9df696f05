using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.Sqlite;

internal sealed partial class SqliteReadSnapshot
{
    // What is left of the lot that the bill ended says what was taken back of it.
    private const string BillRows =
        """
        SELECT b.entry_id, a.external_id, a.ruleset, j.seq, j.idem_key, b.bucket, b.cycle_no, b.currency, b.decimals, b.amount, b.exact, b.price, b.receiver,
               j.amount, j.occurred_at, j.recorded_at,
               COALESCE((SELECT MAX(k.occurred_at) FROM bill c JOIN journal k ON k.entry_id=c.entry_id
                         WHERE c.account_id=b.account_id AND c.entry_id<b.entry_id AND c.bucket=b.bucket AND c.cycle_no=b.cycle_no),
                        (SELECT MIN(p.start_at) FROM period p WHERE p.account_id=b.account_id AND p.cycle_no=b.cycle_no)),
               j.amount-s.spent
        FROM account a JOIN bill b ON b.account_id=a.account_id JOIN journal j ON j.entry_id=b.entry_id
        JOIN lot_end e ON e.account_id=b.account_id AND e.entry_id=b.entry_id JOIN lot_state s ON s.account_id=e.account_id AND s.lot_no=e.lot_no
        """;

    private const string BillsBefore = " b.entry_id<?2 AND (?3 IS NULL OR a.ruleset=?3) AND (?4 IS NULL OR j.occurred_at>=?4) AND (?5 IS NULL OR j.occurred_at<?5)"
        + " ORDER BY b.entry_id DESC LIMIT ?6";

    private const string SelectBillPageOfAll = BillRows + " WHERE ?1 IS NULL AND" + BillsBefore;

    private const string SelectBillPageOfAccount = BillRows + " WHERE a.external_id=?1 AND" + BillsBefore;

    private const string SelectBill = BillRows + " WHERE a.external_id=?1 AND j.seq=?2";

    // From the entry that opened the lot to the one that billed it. A reversal counts for the use that it takes back.
    private const string SelectBillLines =
        """
        SELECT u.action, COUNT(DISTINCT CASE WHEN j.kind IN (2,5,12) THEN j.entry_id END), SUM(p.d_spent)
        FROM lot_end e JOIN lot l ON l.account_id=e.account_id AND l.lot_no=e.lot_no JOIN journal o ON o.entry_id=l.entry_id JOIN journal b ON b.entry_id=e.entry_id
        JOIN journal j ON j.account_id=e.account_id AND j.seq>=o.seq AND j.seq<b.seq JOIN posting p ON p.entry_id=j.entry_id AND p.lot_no=e.lot_no
        LEFT JOIN journal r ON j.kind=3 AND r.account_id=j.account_id AND r.seq=j.ref_seq LEFT JOIN usage_event u ON u.entry_id=COALESCE(r.entry_id, j.entry_id)
        WHERE e.account_id=?1 AND e.entry_id=?2 GROUP BY u.action HAVING SUM(p.d_spent)<>0 ORDER BY u.action
        """;

    public ValueTask<ImmutableArray<BillRow>> BillsAsync(InvoiceFilter filter, CancellationToken cancellationToken)
    {
        var row = Session.Statement(filter.Account is null ? SelectBillPageOfAll : SelectBillPageOfAccount);
        row.Bind(1, filter.Account).Bind(2, filter.After is { } after ? long.Parse(after, CultureInfo.InvariantCulture) : long.MaxValue).Bind(3, filter.Ruleset)
            .Bind(4, Microseconds(filter.From)).Bind(5, Microseconds(filter.To)).Bind(6, filter.Limit);
        var bills = ImmutableArray.CreateBuilder<BillRow>();
        while (row.Step())
        {
            bills.Add(Bill(row));
        }

        return new(bills.ToImmutable());
    }

    public ValueTask<BillRow?> BillAsync(string account, long sequence, CancellationToken cancellationToken)
    {
        var row = Session.Statement(SelectBill);
        if (!row.Bind(1, account).Bind(2, sequence).Step())
        {
            return new((BillRow?)null);
        }

        var bill = Bill(row);
        row.Reset();
        return new(bill);
    }

    public ValueTask<ImmutableArray<InvoiceLine>> BillLinesAsync(BillRow bill, CancellationToken cancellationToken)
    {
        var row = Session.Statement(SelectBillLines);
        row.Bind(1, Account(bill.Account)!.Number).Bind(2, bill.Position);
        var lines = ImmutableArray.CreateBuilder<InvoiceLine>();
        while (row.Step())
        {
            lines.Add(new InvoiceLine(row.IsNull(0) ? null : row.Text(0), row.Int64(1), row.Int64(2)));
        }

        return new(lines.ToImmutable());
    }

    private static BillRow Bill(SqliteStatement row) => new(
        row.Int64(0), row.Text(1), row.Text(2), row.Int64(3), row.Text(4),
        new Bill(
            row.Text(5), row.Int32(6), row.Text(7), row.Int32(8), row.Int64(9), ExactDecimal.Parse(row.Text(10)),
            row.IsNull(11) ? null : ExactDecimal.Parse(row.Text(11)), row.IsNull(12) ? null : row.Text(12)),
        row.Int64(13), row.IsNull(16) ? null : Instants.FromMicroseconds(row.Int64(16)), Instants.FromMicroseconds(row.Int64(14)),
        Instants.FromMicroseconds(row.Int64(15)), row.Int64(17));

    private static long? Microseconds(Instant? at) => at is { } instant ? Instants.ToMicroseconds(instant) : null;
}
