using System.Collections.Immutable;
using System.Numerics;
using Rules.Dsl.Text;

namespace Rules.Ledger.Imports;

/// <summary>A bill beside what the ledger charged, value by value; exact.</summary>
/// <param name="Rows">The largest difference first, whatever its sign; then by value.</param>
public sealed record Reconciliation(ImmutableArray<ReconciledRow> Rows)
{
    public ExactDecimal Billed => Sum(static row => row.Billed);

    public ExactDecimal Charged => Sum(static row => row.Charged);

    /// <summary>Compares.</summary>
    /// <param name="bill">Without mistakes.</param>
    /// <param name="charged">By the one name that the bill's values are of.</param>
    /// <param name="price">What the bill asks for a credit; 1 for a bill in credits.</param>
    public static Reconciliation Of(ReadBill bill, UsageTotals charged, ExactDecimal price)
    {
        ArgumentNullException.ThrowIfNull(bill);
        ArgumentNullException.ThrowIfNull(charged);
        // The empty text stands for no value: a bill cannot tell the two apart.
        var rows = new Dictionary<string, ReconciledRow>(StringComparer.Ordinal);
        foreach (var value in bill.Values)
        {
            rows.Add(value.Value ?? "", new ReconciledRow(value.Value, value.Amount, null));
        }

        foreach (var used in charged.Rows.GroupBy(static row => row.Values[0] ?? "", StringComparer.Ordinal))
        {
            var units = used.Aggregate(BigInteger.Zero, static (sum, row) => sum + (BigInteger)row.Units);
            // What costs nothing need not be on a bill.
            if (!rows.TryGetValue(used.Key, out var row) && units.IsZero)
            {
                continue;
            }

            row ??= new ReconciledRow(used.Key.Length == 0 ? null : used.Key, null, null);
            rows[used.Key] = row with { Charged = new ExactDecimal(units, charged.Decimals) * price };
        }

        return new Reconciliation([.. rows.Values.OrderByDescending(static row => ExactDecimal.Abs(row.Difference)).ThenBy(static row => row.Value ?? "", StringComparer.Ordinal)]);
    }

    private ExactDecimal Sum(Func<ReconciledRow, ExactDecimal?> of) => Rows.Aggregate(ExactDecimal.Zero, (sum, row) => sum + (of(row) ?? ExactDecimal.Zero));
}

/// <param name="Value">Null for rows of the bill with an empty field, and for uses that say nothing under the name.</param>
/// <param name="Billed">Null where the bill has no row of the value.</param>
/// <param name="Charged">At the bill's price for a credit; null where nothing was used under the value.</param>
public sealed record ReconciledRow(string? Value, ExactDecimal? Billed, ExactDecimal? Charged)
{
    /// <summary>What the bill asks more than the ledger charged.</summary>
    public ExactDecimal Difference => (Billed ?? ExactDecimal.Zero) - (Charged ?? ExactDecimal.Zero);
}
