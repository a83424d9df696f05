using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>A page of invoices, newest first.</summary>
public sealed record InvoicePage
{
    /// <summary>The invoices.</summary>
    public required IReadOnlyList<Invoice> Invoices { get; init; }

    /// <summary>Give it as <c>after</c> to read on; null on the last page.</summary>
    public required string? Next { get; init; }
}

/// <summary>The bill of one postpaid bucket for a cycle, or for a month of it.</summary>
public record Invoice
{
    /// <summary>Unique in its account.</summary>
    [JsonPropertyName("invoice")]
    public required string Id { get; init; }

    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Its rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>The postpaid bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>Number of the cycle.</summary>
    public required int Cycle { get; init; }

    /// <summary>Inclusive; absent for a rule set without cycles.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive; when it was billed.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Credits that were used.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Credits { get; init; }

    /// <summary>Of one credit; absent where the account has agreed none. A decimal of any length, so text.</summary>
    public string? Price { get; init; }

    /// <summary>As the rule file names it.</summary>
    public required string Currency { get; init; }

    /// <summary>To the currency's decimals.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Before rounding. A decimal of any length, so text.</summary>
    public required string Exact { get; init; }

    /// <summary>Credits of it that were taken back since: to be credited.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Credited { get; init; }

    /// <summary>Who pays, where the rule file says so.</summary>
    public string? Receiver { get; init; }

    /// <summary>Number of its journal entry; absent while it is due and no command has posted it.</summary>
    public long? Entry { get; init; }

    /// <summary>When it was posted; absent as long as <c>entry</c> is.</summary>
    public DateTimeOffset? RecordedAt { get; init; }
}

/// <summary>An invoice with what it is made of.</summary>
public sealed record InvoiceDetail : Invoice
{
    /// <summary>By action; they add up to the credits.</summary>
    public required IReadOnlyList<InvoiceLine> Lines { get; init; }
}

/// <summary>What one action added to an invoice.</summary>
public sealed record InvoiceLine
{
    /// <summary>Absent for what no use is named for.</summary>
    public string? Action { get; init; }

    /// <summary>Charges, captures and corrections.</summary>
    public required long Uses { get; init; }

    /// <summary>Credits, less what was taken back before it was billed.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Credits { get; init; }
}
