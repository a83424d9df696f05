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
        "correction", "subscribe", "plan-change", "facts-and-terms", "repayment", "debt-drop", "refund", "replacement",
    ];

    private static readonly string[] _origins = ["", "plan", "purchase", "grant", "postpaid"];

    /// <summary><c>charged</c>, <c>free</c>, <c>unmetered</c>, <c>not-applicable</c>, <c>blocked</c>, <c>paused</c>, <c>refused</c>.</summary>
    public static string Of(QuoteOutcome outcome) => _outcomes[(int)outcome];

    /// <summary><c>grant</c>, <c>charge</c> … <c>replacement</c>.</summary>
    public static string Of(EntryKind kind) => _entryKinds[(int)kind];

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
