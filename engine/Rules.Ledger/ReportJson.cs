using System.Globalization;
using System.Text;
using Rules.Dsl.Text;
using Rules.Engine.Wire;

namespace Rules.Ledger;

/// <summary>Reports and statements as JSON, and as CSV for spreadsheets.</summary>
public static class ReportJson
{
    /// <param name="by">The names of the columns of values.</param>
    public static byte[] Usage(UsageReport report, IReadOnlyList<string> by) => WireWriter.Write((report, by), static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteStartArray("rows"u8);
        foreach (var row in it.report.Rows)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, row.Account);
            json.WriteString("ruleset"u8, row.Ruleset);
            json.WriteStartObject("values"u8);
            for (var i = 0; i < it.by.Count; i++)
            {
                json.WriteString(it.by[i], row.Values[i]);
            }

            json.WriteEndObject();
            json.WriteNumber("events"u8, row.Events);
            json.WriteString("credits"u8, Credits(row));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("next"u8, it.report.Next);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Usage"/>
    public static byte[] UsageCsv(UsageReport report, IReadOnlyList<string> by)
    {
        var csv = new StringBuilder();
        Csv.AppendRow(csv, ["account", "ruleset", .. by, "events", "credits"]);
        foreach (var row in report.Rows)
        {
            Csv.AppendRow(csv, [row.Account, row.Ruleset, .. row.Values, row.Events.ToString(CultureInfo.InvariantCulture), Credits(row)]);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>Rows under a head as CSV.</summary>
    public static byte[] Table(IEnumerable<string?> head, IEnumerable<IEnumerable<string?>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var csv = new StringBuilder();
        Csv.AppendRow(csv, head);
        foreach (var row in rows)
        {
            Csv.AppendRow(csv, row);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>A statement.</summary>
    public static byte[] Statement(AccountStatement statement) => WireWriter.Write(statement, static (json, statement) =>
    {
        var decimals = statement.Decimals;
        json.WriteStartObject();
        json.WriteString("account"u8, statement.Account);
        json.WriteString("ruleset"u8, statement.Ruleset);
        json.WriteInstant("from"u8, statement.From);
        json.WriteInstant("to"u8, statement.To);
        json.WriteString("credit"u8, statement.CreditName);
        json.WriteUnits("opening"u8, statement.Opening, decimals);
        json.WriteStartArray("lines"u8);
        foreach (var line in statement.Lines)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, WireNames.Of(line.Kind));
            if (line.Action is { } action)
            {
                json.WriteString("action"u8, action);
            }

            json.WriteNumber("entries"u8, line.Entries);
            json.WriteParts(decimals, line.Granted, line.Available, line.Held, line.Spent, line.Expired, line.Moved);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteUnits("closing"u8, statement.Closing, decimals);
        json.WriteInvoices("bills"u8, statement.Bills);
        json.WriteEndObject();
    });

    /// <summary>A statement: one row for the opening balance, one a line, one for the closing balance, then one a bill.</summary>
    public static byte[] StatementCsv(AccountStatement statement)
    {
        var none = new string?[InvoiceJson.BillColumns.Length];
        var csv = new StringBuilder();
        Csv.AppendRow(csv, ["account", "kind", "action", "entries", "granted", "available", "held", "spent", "expired", "moved", .. InvoiceJson.BillColumns]);
        Csv.AppendRow(csv, [statement.Account, "opening", null, null, null, Units(statement.Opening), null, null, null, null, .. none]);
        foreach (var line in statement.Lines)
        {
            Csv.AppendRow(csv, [statement.Account, WireNames.Of(line.Kind), line.Action, line.Entries.ToString(CultureInfo.InvariantCulture), Units(line.Granted),
                Units(line.Available), Units(line.Held), Units(line.Spent), Units(line.Expired), Units(line.Moved), .. none]);
        }

        Csv.AppendRow(csv, [statement.Account, "closing", null, null, null, Units(statement.Closing), null, null, null, null, .. none]);
        foreach (var bill in statement.Bills)
        {
            Csv.AppendRow(csv, [statement.Account, "bill", null, null, null, null, null, null, null, null, .. InvoiceJson.BillFields(bill)]);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());

        string Units(long units) => UnitsText.Format(units, statement.Decimals);
    }

    private static string Credits(UsageRow row) => new ExactDecimal(row.Units, row.Decimals).ToString();
}

/// <summary>Rows of RFC 4180 that no spreadsheet takes for a formula.</summary>
internal static class Csv
{
    /// <summary>Fields with a comma, a quote or a line end are quoted; rows end with CRLF; null is an empty field.</summary>
    public static void AppendRow(StringBuilder csv, IEnumerable<string?> fields)
    {
        var first = true;
        foreach (var field in fields)
        {
            csv.Append(first ? "" : ",").Append(Field(field ?? ""));
            first = false;
        }

        csv.Append("\r\n");
    }

    // A text that begins like a formula, also in full-width characters, gets an apostrophe, which spreadsheets take away again. A plain number is none.
    private static string Field(string text)
    {
        if (IsGuarded(text))
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    /// <summary>True for text that gets the apostrophe; one that begins with an apostrophe and goes on so gets another, so that it can be read back.</summary>
    public static bool IsGuarded(string text) => text.AsSpan().TrimStart('\'') is [var first, ..]
        && first is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20' && !IsNumber(text);

    private static bool IsNumber(string text) => text.Length > 1 && text[0] == '-' && text.Skip(1).All(static c => char.IsAsciiDigit(c) || c == '.');
}
