using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rules.Ledger;
using Rules.Ledger.Outbox;
using Rules.Portal.Web;

namespace Rules.Portal.Alerts;

/// <summary>How often each alert fired lately, counted again once it is a minute old.</summary>
public sealed class FiredAlerts(CreditLedger ledger, IClock clock) : IDisposable
{
    /// <summary>Days that are looked back upon.</summary>
    public const int Days = 30;

    /// <summary>The most that are counted, the newest first.</summary>
    public const int Most = 10_000;

    private readonly FreshReading<FiredCounts> _reading = new(clock, (now, cancellationToken) => CountAsync(ledger, now, cancellationToken));

    public ValueTask<FiredCounts> ReadAsync(CancellationToken cancellationToken) => _reading.ReadAsync(cancellationToken);

    public void Dispose() => _reading.Dispose();

    private static async Task<FiredCounts> CountAsync(CreditLedger ledger, Instant now, CancellationToken cancellationToken)
    {
        var since = now - Duration.FromDays(Days);
        var counts = new Dictionary<(string Ruleset, string Alert), int>();
        string? before = null;
        var read = 0;
        var isOver = false;
        do
        {
            var page = await ledger.Outbox.NewestAsync(null, before, 500, cancellationToken);
            foreach (var fired in page.Items.Select(static message => FiredAlert.Read(message.Body)))
            {
                if (fired.RecordedAt < since)
                {
                    isOver = true;
                    break;
                }

                var key = (fired.Ruleset, fired.Alert);
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }

            read += page.Items.Length;
            before = page.Next;
        }
        while (!isOver && before is not null && read < Most);
        return new FiredCounts(counts, IsCut: !isOver && before is not null);
    }
}

/// <param name="IsCut">More fired than were counted.</param>
public sealed record FiredCounts(IReadOnlyDictionary<(string Ruleset, string Alert), int> Counts, bool IsCut)
{
    public int Of(string ruleset, string alert) => Counts.GetValueOrDefault((ruleset, alert));
}

/// <summary>A message of the outbox as pages show it.</summary>
/// <param name="Entry">That passed the level.</param>
/// <param name="At">When that occurred.</param>
public sealed record FiredAlert(string Account, string Ruleset, long Entry, string Alert, string Text, Instant At, Instant RecordedAt)
{
    /// <summary>What was reached, without the alert's name before it.</summary>
    public string Reached => Text.StartsWith($"alert \"{Alert}\": ", StringComparison.Ordinal) ? Text[($"alert \"{Alert}\": ".Length)..] : Text;

    /// <summary>The mute that keeps it quiet at an instant; null where none does.</summary>
    public MuteRecord? MuteAt(Mutes mutes, Instant at) => mutes.Of(Ruleset, Alert, Account, at);

    /// <summary>The mute that keeps it quiet now, or else the one that did when it was recorded; null where none.</summary>
    public MuteRecord? Mute(Mutes mutes, Instant now) => MuteAt(mutes, now) ?? MuteAt(mutes, RecordedAt);

    /// <param name="message">The body of a message.</param>
    public static FiredAlert Read(ReadOnlyMemory<byte> message)
    {
        using var body = JsonDocument.Parse(message);
        var root = body.RootElement;
        return new FiredAlert(
            root.GetProperty("account").GetString()!,
            root.GetProperty("ruleset").GetString()!,
            root.GetProperty("entry").GetInt64(),
            root.GetProperty("alert").GetString()!,
            root.GetProperty("text").GetString()!,
            InstantPattern.ExtendedIso.Parse(root.GetProperty("at").GetString()!).Value,
            InstantPattern.ExtendedIso.Parse(root.GetProperty("recorded_at").GetString()!).Value);
    }
}
