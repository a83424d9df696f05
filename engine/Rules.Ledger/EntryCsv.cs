using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Wire;

namespace Rules.Ledger;

/// <summary>Lines of the ledger as rows for a spreadsheet, amounts at full precision; no cell is taken for a formula.</summary>
public static class EntryCsv
{
    public static byte[] Header()
    {
        var csv = new StringBuilder();
        Csv.AppendRow(csv, ["account", "entry", "kind", "ruleset", "version", "action", "outcome", "amount", "balance_after", "occurred_at", "recorded_at", "late", "idempotency_key"]);
        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    public static byte[] Rows(IEnumerable<EntrySummary> entries)
    {
        var csv = new StringBuilder();
        foreach (var entry in entries)
        {
            Csv.AppendRow(csv, [entry.Account, Number(entry.Sequence), WireNames.Of(entry.Kind), entry.Ruleset, entry.Version is { } version ? Number(version) : null, entry.Action,
                entry.Outcome is { } outcome ? WireNames.Of(outcome) : null, Credits(entry.Amount, entry.Decimals), entry.BalanceAfter is { } balance ? Credits(balance, entry.Decimals) : null,
                At(entry.OccurredAt), At(entry.RecordedAt), entry.Late ? "true" : "false", entry.IdempotencyKey]);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Credits(long units, int decimals) => new ExactDecimal(units, decimals).ToString(decimals);

    private static string At(Instant at) => InstantPattern.ExtendedIso.Format(at);
}
