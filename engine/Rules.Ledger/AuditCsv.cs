using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using Rules.Ledger.Access;
using Rules.Ledger.Drafts;
using Rules.Ledger.Outbox;
using Rules.Ledger.People;

namespace Rules.Ledger;

/// <summary>The audit logs as tables for a spreadsheet; no cell is taken for a formula.</summary>
public static class AuditCsv
{
    /// <summary>What was done on the way from draft to price.</summary>
    public static byte[] Prices(IEnumerable<AuditRecord> records)
    {
        var csv = new StringBuilder();
        Csv.AppendRow(csv, ["position", "at", "by", "action", "ruleset", "version", "draft", "text_sha256", "reason", "detail"]);
        foreach (var record in records)
        {
            Csv.AppendRow(csv, [Number(record.Position), At(record.At), record.By, DraftWords.Of(record.Action), record.Ruleset, Number(record.Number), record.Draft,
                Convert.ToHexStringLower(record.TextSha256.Span), record.Reason, record.Detail]);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>What was done to people.</summary>
    public static byte[] People(IEnumerable<PersonRecord> records)
    {
        var csv = new StringBuilder();
        Csv.AppendRow(csv, ["position", "at", "by", "action", "person", "person_id", "detail"]);
        foreach (var record in records)
        {
            Csv.AppendRow(csv, [Number(record.Position), At(record.At), record.By, PersonWords.Of(record), record.PersonName, record.Person, record.Detail]);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>What was done to keys of the interface.</summary>
    public static byte[] Keys(IEnumerable<KeyRecord> records)
    {
        var csv = new StringBuilder();
        Csv.AppendRow(csv, ["position", "at", "by", "action", "key", "key_id", "detail"]);
        foreach (var record in records)
        {
            Csv.AppendRow(csv, [Number(record.Position), At(record.At), record.By, KeyWords.Of(record), record.KeyName, record.Key, record.Detail]);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>What was done to alerts.</summary>
    public static byte[] Alerts(IEnumerable<MuteRecord> records)
    {
        var csv = new StringBuilder();
        Csv.AppendRow(csv, ["position", "at", "by", "action", "ruleset", "alert", "account", "until", "reason"]);
        foreach (var record in records)
        {
            Csv.AppendRow(csv, [Number(record.Position), At(record.At), record.By, record.Action == MuteAction.Muted ? "muted" : "unmuted", record.Ruleset, record.Alert, record.Account,
                record.Until is { } until ? At(until) : null, record.Reason]);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string At(Instant at) => InstantPattern.ExtendedIso.Format(at);
}
