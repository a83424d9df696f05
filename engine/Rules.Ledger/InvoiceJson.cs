using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rules.Engine.Wire;

namespace Rules.Ledger;

/// <summary>Invoices as JSON, and as CSV for spreadsheets.</summary>
public static class InvoiceJson
{
    /// <summary>What a bill has beside its account and ruleset.</summary>
    internal static ImmutableArray<string> BillColumns { get; } =
    [
        "invoice", "bucket", "cycle", "from", "to", "credits", "price", "currency", "amount", "exact", "credited", "receiver", "entry", "recorded_at",
    ];

    private static readonly string[] _columns = ["account", "ruleset", .. BillColumns];

    /// <summary>A page of invoices.</summary>
    public static byte[] Page(Page<Invoice> page) => WireWriter.Write(page, static (json, page) =>
    {
        json.WriteStartObject();
        json.WriteInvoices("invoices"u8, page.Items);
        json.WriteString("next"u8, page.Next);
        json.WriteEndObject();
    });

    /// <summary>One invoice with its lines.</summary>
    public static byte[] Detail(InvoiceDetail detail) => WireWriter.Write(detail, static (json, detail) =>
    {
        json.WriteStartObject();
        json.WriteInvoiceMembers(detail.Invoice);
        json.WriteStartArray("lines"u8);
        foreach (var line in detail.Lines)
        {
            json.WriteStartObject();
            if (line.Action is { } action)
            {
                json.WriteString("action"u8, action);
            }

            json.WriteNumber("uses"u8, line.Uses);
            json.WriteUnits("credits"u8, line.Credits, detail.Invoice.Decimals);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Page"/>
    public static byte[] PageCsv(Page<Invoice> page)
    {
        var csv = new StringBuilder();
        Csv.AppendRow(csv, _columns);
        foreach (var invoice in page.Items)
        {
            Csv.AppendRow(csv, Fields(invoice));
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>One invoice: one row a line, each with the invoice's columns behind it.</summary>
    public static byte[] DetailCsv(InvoiceDetail detail)
    {
        var csv = new StringBuilder();
        Csv.AppendRow(csv, ["action", "uses", "used", .. _columns]);
        foreach (var line in detail.Lines)
        {
            Csv.AppendRow(
                csv,
                [line.Action, line.Uses.ToString(CultureInfo.InvariantCulture), UnitsText.Format(line.Credits, detail.Invoice.Decimals), .. Fields(detail.Invoice)]);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    internal static void WriteInvoices(this Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<Invoice> invoices)
    {
        json.WriteStartArray(name);
        foreach (var invoice in invoices)
        {
            json.WriteStartObject();
            json.WriteInvoiceMembers(invoice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteInvoiceMembers(this Utf8JsonWriter json, Invoice invoice)
    {
        var bill = invoice.Bill;
        json.WriteString("invoice"u8, invoice.Id);
        json.WriteString("account"u8, invoice.Account);
        json.WriteString("ruleset"u8, invoice.Ruleset);
        json.WriteString("bucket"u8, bill.Bucket);
        json.WriteNumber("cycle"u8, bill.Cycle);
        if (invoice.From is { } from)
        {
            json.WriteInstant("from"u8, from);
        }

        json.WriteInstant("to"u8, invoice.To);
        json.WriteUnits("credits"u8, invoice.Credits, invoice.Decimals);
        if (bill.Price is { } price)
        {
            json.WriteExact("price"u8, price);
        }

        json.WriteString("currency"u8, bill.Currency);
        json.WriteUnits("amount"u8, bill.Amount, bill.Decimals);
        json.WriteExact("exact"u8, bill.Exact);
        json.WriteUnits("credited"u8, invoice.Credited, invoice.Decimals);
        if (bill.To is { } receiver)
        {
            json.WriteString("receiver"u8, receiver);
        }

        if (invoice.Sequence is { } sequence)
        {
            json.WriteNumber("entry"u8, sequence);
            json.WriteInstant("recorded_at"u8, invoice.RecordedAt!.Value);
        }
    }

    private static string?[] Fields(Invoice invoice) => [invoice.Account, invoice.Ruleset, .. BillFields(invoice)];

    internal static string?[] BillFields(Invoice invoice) =>
    [
        invoice.Id, invoice.Bill.Bucket, invoice.Bill.Cycle.ToString(CultureInfo.InvariantCulture),
        invoice.From is { } from ? InstantText.Format(from) : null, InstantText.Format(invoice.To), UnitsText.Format(invoice.Credits, invoice.Decimals),
        invoice.Bill.Price?.ToString(), invoice.Bill.Currency, UnitsText.Format(invoice.Bill.Amount, invoice.Bill.Decimals), invoice.Bill.Exact.ToString(),
        UnitsText.Format(invoice.Credited, invoice.Decimals), invoice.Bill.To, invoice.Sequence?.ToString(CultureInfo.InvariantCulture),
        invoice.RecordedAt is { } recorded ? InstantText.Format(recorded) : null,
    ];
}
