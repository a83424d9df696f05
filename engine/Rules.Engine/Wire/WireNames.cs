using Rules.Engine.Accounts;
using Rules.Engine.Drawing;

namespace Rules.Engine.Wire;

/// <summary>The words that stand for enumerated values in JSON.</summary>
public static class WireNames
{
    private static readonly string[] _outcomes = ["", "charged", "free", "unmetered", "not-applicable", "blocked", "paused", "refused"];

    private static readonly string[] _entryKinds =
    [
        "", "grant", "charge", "reversal", "hold", "capture", "release", "hold-expiry", "expiry", "rollover", "postpaid-bill", "void",
        "correction", "subscribe", "plan-change", "facts-and-terms", "repayment", "debt-drop", "refund", "replacement", "reset",
    ];

    private static readonly string[] _origins = ["", "plan", "purchase", "grant", "postpaid"];

    /// <summary><c>captured</c>, <c>released</c>, <c>expired</c>.</summary>
    public static string Of(SettlementKind kind) => kind switch
    {
        SettlementKind.Captured => "captured",
        SettlementKind.Released => "released",
        _ => "expired",
    };

    /// <summary><c>lot</c>, <c>successor</c>, <c>new-lot</c>, <c>lapsed</c>, <c>postpaid</c>.</summary>
    public static string Of(BackTo to) => to switch
    {
        BackTo.Lot => "lot",
        BackTo.Successor => "successor",
        BackTo.NewLot => "new-lot",
        BackTo.Postpaid => "postpaid",
        _ => "lapsed",
    };

    /// <summary><c>charged</c>, <c>free</c>, <c>unmetered</c>, <c>not-applicable</c>, <c>blocked</c>, <c>paused</c>, <c>refused</c>.</summary>
    public static string Of(QuoteOutcome outcome) => _outcomes[(int)outcome];

    /// <summary>What an outcome says about an event, as a sentence.</summary>
    public static string Meaning(QuoteOutcome outcome) => outcome switch
    {
        QuoteOutcome.Blocked => "No credits are left, and the action is blocked without them.",
        QuoteOutcome.Paused => "No credits are left, and the action is paused without them.",
        QuoteOutcome.Refused => "Fewer credits are left than the action costs.",
        QuoteOutcome.Free => "The action is free.",
        QuoteOutcome.Unmetered => "The event is not metered.",
        QuoteOutcome.NotApplicable => "The rules do not apply to the event.",
        _ => "The event is charged.",
    };

    /// <summary><c>grant</c>, <c>charge</c> … <c>reset</c>.</summary>
    public static string Of(EntryKind kind) => _entryKinds[(int)kind];

    /// <summary>The member that lists what entries of a kind moved: <c>grants</c>, <c>expiries</c>, <c>postpaid_bills</c>.</summary>
    public static string PluralOf(EntryKind kind) => Of(kind).Replace('-', '_') is var word && word.EndsWith('y') ? word[..^1] + "ies" : word + "s";

    /// <summary><c>plan</c>, <c>purchase</c>, <c>grant</c>, <c>postpaid</c>.</summary>
    public static string Of(LotOrigin origin) => _origins[(int)origin];

    /// <summary>Null for a word that names no outcome.</summary>
    public static QuoteOutcome? Outcome(ReadOnlySpan<char> word) => IndexOf(_outcomes, word) is var i and > 0 ? (QuoteOutcome)i : null;

    /// <summary>Null for a word that names no kind of entry.</summary>
    public static EntryKind? EntryKind(ReadOnlySpan<char> word) => IndexOf(_entryKinds, word) is var i and > 0 ? (EntryKind)i : null;

    private static int IndexOf(string[] words, ReadOnlySpan<char> word)
    {
        for (var i = 1; i < words.Length; i++)
        {
            if (word.SequenceEqual(words[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
