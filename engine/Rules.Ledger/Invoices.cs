using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;

namespace Rules.Ledger;

/// <summary>Which invoices a list shows.</summary>
/// <param name="Account">Null for all.</param>
/// <param name="Ruleset">Null for all.</param>
/// <param name="From">Billed at or after; inclusive.</param>
/// <param name="To">Billed before; exclusive.</param>
/// <param name="After">The cursor of the page before; null for the first.</param>
/// <param name="Limit">1 to 500.</param>
public sealed record InvoiceFilter(string? Account = null, string? Ruleset = null, Instant? From = null, Instant? To = null, string? After = null, int Limit = 50);

/// <summary>Postpaid use of one bucket that a cycle, or a month of it, has left to be paid.</summary>
/// <param name="Id">The key of its entry: one per account, bucket and cycle.</param>
/// <param name="Credits">Smallest units that were used; <paramref name="Decimals"/> scales them.</param>
/// <param name="From">Where the use began to count; inclusive. Null for a ruleset without cycles.</param>
/// <param name="To">When it was billed; exclusive.</param>
public sealed record Invoice(string Account, string Ruleset, int Decimals, string Id, Bill Bill, long Credits, Instant? From, Instant To)
{
    /// <summary>Its entry; null while it is due and no command has posted it.</summary>
    public long? Sequence { get; init; }

    /// <summary>When it was posted; null as <see cref="Sequence"/>.</summary>
    public Instant? RecordedAt { get; init; }

    /// <summary>Smallest units of it that reversals and refunds have taken back since: to be credited.</summary>
    public long Credited { get; init; }
}

/// <summary>What one action added to an invoice.</summary>
/// <param name="Action">Null for what no use is named for.</param>
/// <param name="Uses">Charges, captures and corrections; a reversal is none.</param>
/// <param name="Credits">Smallest units, less what reversals gave back before it was billed.</param>
public sealed record InvoiceLine(string? Action, long Uses, long Credits);

/// <summary>An invoice with what it is made of; the lines add up to its credits.</summary>
public sealed record InvoiceDetail(Invoice Invoice, ImmutableArray<InvoiceLine> Lines);
