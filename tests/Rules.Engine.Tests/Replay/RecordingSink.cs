using System.Collections.Immutable;
using System.Globalization;
using Rules.Engine.Accounts;
using Rules.Engine.Replay;

namespace Rules.Engine.Tests.Replay;

/// <summary>Everything a replay said, as lines that two replays can be compared by.</summary>
internal readonly struct RecordingSink(List<string> lines) : IReplaySink
{
    public void Priced(int index, QuoteOutcome? outcome, long charge) =>
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{index}: {outcome?.ToString() ?? "invalid"} {charge}"));

    public void Drawn(bool isPostpaid, long amount)
    {
    }

    public void Posted(Entry entry) =>
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{entry.Kind} {entry.SystemKey} {entry.Amount} {entry.OccurredAt} {Text(entry.Postings)}"));

    public void Alerted(int index, string alert) => lines.Add(string.Create(CultureInfo.InvariantCulture, $"{index}: alert {alert}"));

    private static string Text<T>(ImmutableArray<T> postings) => string.Join("; ", postings);
}
