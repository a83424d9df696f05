using System.Collections.Immutable;

namespace Rules.Ledger.Storage.SqlServer;

// No batch that carries a bill is appended here (decision 0330), so there is none to read.
internal sealed partial class SqlServerReadSnapshot
{
    public ValueTask<ImmutableArray<BillRow>> BillsAsync(InvoiceFilter filter, CancellationToken cancellationToken) => new([]);

    public ValueTask<BillRow?> BillAsync(string account, long sequence, CancellationToken cancellationToken) => new((BillRow?)null);

    public ValueTask<ImmutableArray<InvoiceLine>> BillLinesAsync(BillRow bill, CancellationToken cancellationToken) => new([]);
}
