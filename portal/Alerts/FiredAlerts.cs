using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rules.Ledger;
using Rules.Ledger.Outbox;

namespace Rules.Portal.Alerts;

/// <summary>How often each alert fired lately, counted again once it is a minute old.</summary>
public sealed class FiredAlerts(CreditLedger ledger, IClock clock)
{
    /// <summary>Days that are looked back upon.</summary>
    public const int Days = 30;

    /// <summary>The most that are counted, the newest first.</summary>
    public const int Most = 10_000;

    private static readonly Duration _freshness = Duration.FromMinutes(1);
    private FiredCounts? _last;

    public async ValueTask<FiredCounts> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetCurrentInstant();
        if (_last is { } known && known.At <= now && known.At > now - _freshness)
        {
            return known;
        }

        var since = now - Duration.FromDays(Days);
        var counts = new Dictionary<(string Ruleset, string Alert), int>();
        string? before = null;
        var read = 0;
        var isOver = false;
        do
        {
            var page = await ledger.Outbox.NewestAsync(null, before, 500, cancellationToken);
            foreach (var fired in page.Items.Select(FiredAlert.Read))
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
        return _last = new FiredCounts(now, counts, IsCut: !isOver && before is not null);
    }
}

/// <param name="At">When they were counted.</param>
/// <param name="IsCut">More fired than were counted.</param>
public sealed record FiredCounts(Instant At, IReadOnlyDictionary<(string Ruleset, string Alert), int> Counts, bool IsCut)
{
    public int Of(string ruleset, string alert) => Counts.GetValueOrDefault((ruleset, alert));
}

/// <summary>A message of the outbox as pages show it.</summary>
/// <param name="Entry">That passed the level.</param>
/// <param name="At">When that occurred.</param>
public sealed record FiredAlert(string Account, string Ruleset, long Entry, string Alert, string Text, Instant At, Instant RecordedAt)
{
    public static FiredAlert Read(StoredMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var body = JsonDocument.Parse(message.Body);
        var root = body.RootElement;
        return new FiredAlert(
            message.Account,
            root.GetProperty("ruleset").GetString()!,
            root.GetProperty("entry").GetInt64(),
            root.GetProperty("alert").GetString()!,
            root.GetProperty("text").GetString()!,
            InstantPattern.ExtendedIso.Parse(root.GetProperty("at").GetString()!).Value,
            InstantPattern.ExtendedIso.Parse(root.GetProperty("recorded_at").GetString()!).Value);
    }
}
