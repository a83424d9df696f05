using Rules.Engine.Accounts;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Outbox;

/// <summary>A crossed threshold as it is told to others: the bytes that a webhook receives and the feed shows.</summary>
internal static class AlertMessage
{
    /// <param name="line">Of the entry's messages, from 0.</param>
    public static byte[] Of(JournalEntry entry, string ruleset, AlertStep alert, int line) => WireWriter.Write((entry, ruleset, alert, line), static (json, it) =>
    {
        var (entry, ruleset, alert, line) = it;
        json.WriteStartObject();
        // An id of an account holds no slash.
        json.WriteString("id"u8, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{entry.Account}/{entry.Sequence}/{line}"));
        json.WriteString("type"u8, "alert"u8);
        json.WriteString("alert"u8, alert.Alert.Name);
        json.WriteString("account"u8, entry.Account);
        json.WriteString("ruleset"u8, ruleset);
        json.WriteNumber("version"u8, entry.Content.Version ?? 0);
        json.WriteNumber("entry"u8, entry.Sequence);
        json.WriteString("threshold"u8, alert.Threshold.ToString());
        json.WriteString("reached"u8, alert.After.ToString());
        json.WriteString("text"u8, alert.Text);
        json.WriteString("at"u8, InstantText.Format(entry.Content.OccurredAt));
        json.WriteString("recorded_at"u8, InstantText.Format(entry.RecordedAt));
        json.WriteEndObject();
    });
}
