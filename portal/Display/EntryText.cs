using Rules.Engine.Accounts;
using Rules.Ledger;

namespace Rules.Portal.Display;

/// <summary>Ledger words for people.</summary>
public static class EntryText
{
    public static string Name(EntryKind kind) => kind switch
    {
        EntryKind.HoldExpiry => "Hold expiry",
        EntryKind.PostpaidBill => "Postpaid bill",
        EntryKind.PlanChange => "Plan change",
        EntryKind.FactsAndTerms => "Facts and terms",
        _ => kind.ToString(),
    };

    /// <summary>What a charge without an amount came to; null where the amount says it.</summary>
    public static string? Outcome(QuoteOutcome? outcome) => outcome switch
    {
        null or QuoteOutcome.Charged => null,
        QuoteOutcome.NotApplicable => "not applicable",
        { } other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>The entry's amount with the sign of what it did to the credits at hand.</summary>
    public static string SignedAmount(EntrySummary entry)
    {
        var plain = AmountText.PlainOfUnits(entry.Amount, entry.Decimals);
        return IsTaken(entry.Kind) && entry.Amount > 0 ? "-" + plain : plain;
    }

    /// <summary>An entry of the kind takes its amount from the credits at hand.</summary>
    public static bool IsTaken(EntryKind kind) => kind is EntryKind.Charge or EntryKind.Hold or EntryKind.Capture or EntryKind.Expiry or EntryKind.Void;
}
