using System.Collections.Immutable;
using System.Globalization;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

internal sealed partial class SqlServerReadSnapshot
{
    // What is left of the lot that the bill ended says what was taken back of it.
    private const string BillColumns =
        """
        SELECT TOP (@limit) j.entry_id AS Position, a.external_id AS Account, a.ruleset AS Ruleset, j.seq AS Sequence, j.idem_key AS IdemKey, b.bucket AS Bucket,
          b.cycle_no AS Cycle, b.currency AS Currency, b.decimals AS Decimals, b.amount AS Amount, b.exact AS Exact, b.price AS Price, b.receiver AS Receiver,
          j.amount AS Credits, j.occurred_at AS OccurredAt, j.recorded_at AS RecordedAt, j.amount - s.spent AS Credited,
          COALESCE((SELECT MAX(k.occurred_at) FROM ledger.bill c JOIN ledger.journal k ON k.account_id = c.account_id AND k.seq = c.seq
                    WHERE c.account_id = b.account_id AND c.seq < b.seq AND c.bucket = b.bucket AND c.cycle_no = b.cycle_no),
                   (SELECT MIN(p.start_at) FROM ledger.period p WHERE p.account_id = b.account_id AND p.cycle_no = b.cycle_no)) AS BeganAt
        FROM ledger.bill b JOIN ledger.account a ON a.account_id = b.account_id
        JOIN ledger.journal j ON j.account_id = b.account_id AND j.seq = b.seq
        JOIN ledger.lot_end e ON e.account_id = b.account_id AND e.seq = b.seq
        JOIN ledger.lot_state s ON s.account_id = e.account_id AND s.lot_no = e.lot_no
        """;

    private const string SelectBills = BillColumns
        + """
         WHERE j.entry_id < @before AND (@account IS NULL OR a.external_id = @account) AND (@ruleset IS NULL OR a.ruleset = @ruleset)
          AND (@from IS NULL OR j.occurred_at >= @from) AND (@to IS NULL OR j.occurred_at < @to)
        ORDER BY j.entry_id DESC OPTION (RECOMPILE)
        """;

    private const string SelectBill = BillColumns + " WHERE a.external_id = @account AND b.seq = @seq";

    // From the entry that opened the lot to the one that billed it. A reversal counts for the use that it takes back.
    private const string SelectBillLines =
        """
        SELECT u.action AS Action, COUNT_BIG(DISTINCT CASE WHEN j.kind IN (2,5,12) THEN j.seq END) AS Uses, SUM(p.d_spent) AS Credits
        FROM ledger.account a JOIN ledger.lot_end e ON e.account_id = a.account_id AND e.seq = @seq
        JOIN ledger.lot l ON l.account_id = e.account_id AND l.lot_no = e.lot_no
        JOIN ledger.journal j ON j.account_id = e.account_id AND j.seq >= l.seq AND j.seq < e.seq
        JOIN ledger.posting p ON p.account_id = j.account_id AND p.seq = j.seq AND p.lot_no = e.lot_no
        LEFT JOIN ledger.usage_event u ON u.account_id = j.account_id AND u.seq = CASE WHEN j.kind = 3 THEN COALESCE(j.ref_seq, j.seq) ELSE j.seq END
        WHERE a.external_id = @account GROUP BY u.action HAVING SUM(p.d_spent) <> 0 ORDER BY Action
        """;

    public async ValueTask<ImmutableArray<BillRow>> BillsAsync(InvoiceFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Account is { } account && SqlServerText.IsNoAccount(account))
        {
            return [];
        }

        using var command = Command(SelectBills);
        command.AddText("@account", filter.Account, -1);
        command.AddText("@ruleset", filter.Ruleset, -1);
        command.AddInstant("@from", filter.From);
        command.AddInstant("@to", filter.To);
        command.AddInt64("@before", filter.After is { } after ? long.Parse(after, CultureInfo.InvariantCulture) : long.MaxValue);
        command.AddInt32("@limit", filter.Limit);
        return [.. (await LinesAsync<InvoiceRowLine>(command, cancellationToken)).Select(line => line.ToRow())];
    }

    public async ValueTask<BillRow?> BillAsync(string account, long sequence, CancellationToken cancellationToken)
    {
        if (SqlServerText.IsNoAccount(account))
        {
            return null;
        }

        using var command = Command(SelectBill);
        command.AddText("@account", account, 128);
        command.AddInt64("@seq", sequence);
        command.AddInt32("@limit", 1);
        return (await LinesAsync<InvoiceRowLine>(command, cancellationToken)).SingleOrDefault()?.ToRow();
    }

    public async ValueTask<ImmutableArray<InvoiceLine>> BillLinesAsync(BillRow bill, CancellationToken cancellationToken)
    {
        using var command = Command(SelectBillLines);
        command.AddText("@account", bill.Account, 128);
        command.AddInt64("@seq", bill.Sequence);
        return [.. (await LinesAsync<BilledLine>(command, cancellationToken)).Select(line => new InvoiceLine(line.Action, line.Uses, line.Credits))];
    }

#pragma warning disable CA1812 // Made by Dapper.
    private sealed class InvoiceRowLine
    {
        public long Position { get; set; }

        public string Account { get; set; } = "";

        public string Ruleset { get; set; } = "";

        public long Sequence { get; set; }

        public string IdemKey { get; set; } = "";

        public string Bucket { get; set; } = "";

        public int Cycle { get; set; }

        public string Currency { get; set; } = "";

        public byte Decimals { get; set; }

        public long Amount { get; set; }

        public string Exact { get; set; } = "";

        public string? Price { get; set; }

        public string? Receiver { get; set; }

        public long Credits { get; set; }

        public long OccurredAt { get; set; }

        public long RecordedAt { get; set; }

        public long Credited { get; set; }

        public long? BeganAt { get; set; }

        public BillRow ToRow() => new(
            Position, Account, Ruleset, Sequence, IdemKey,
            new Bill(Bucket, Cycle, Currency, Decimals, Amount, ExactDecimal.Parse(Exact), Price is { } price ? ExactDecimal.Parse(price) : null, Receiver),
            Credits, BeganAt is { } began ? Instants.FromMicroseconds(began) : null, Instants.FromMicroseconds(OccurredAt), Instants.FromMicroseconds(RecordedAt), Credited);
    }

    private sealed class BilledLine
    {
        public string? Action { get; set; }

        public long Uses { get; set; }

        public long Credits { get; set; }
    }
#pragma warning restore CA1812
}
