using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Ledger.Tests.Replays;

/// <summary>What a ledger does besides uses: holds and how they end, corrections, and everything that ends or gives back credits.</summary>
internal sealed class RandomMovements(CreditLedger ledger, Random random)
{
    private readonly List<string> _grants = [];
    private readonly List<string> _uses = [];
    private readonly List<string> _holds = [];

    /// <summary>How often each was accepted.</summary>
    public SortedDictionary<string, int> Accepted { get; } = new(StringComparer.Ordinal);

    public void Granted(string id) => _grants.Add(id);

    public void Used(string key) => _uses.Add(key);

    /// <summary>One of them, or none.</summary>
    /// <param name="usage">An event that the rules know.</param>
    public async Task StepAsync(UsageEvent usage, Instant now, string key)
    {
        var (kind, command) = random.Next(14) switch
        {
            0 or 1 => ("hold", ledger.HoldAsync("a", new HoldCredits("h" + key, usage with { OccurredAt = now }) { ExpiresAt = now + Duration.FromMinutes(random.Next(1, 20_000)) }, key, default)),
            2 when Pick(_holds) is { } hold => ("capture", ledger.CaptureAsync("a", Capture(hold, usage, now), key, default)),
            3 when Pick(_holds) is { } hold => ("release", ledger.ReleaseAsync("a", new ReleaseHold(hold, now), key, default)),
            4 or 5 when Pick(_uses) is { } use => ("reverse", ledger.ReverseAsync("a", new ReverseUse(use, now) { Amount = random.Next(2) == 0 ? null : random.Next(1, 5) }, key, default)),
            6 => ("refund", ledger.RefundAsync("a", new RefundCredits(random.Next(1, 40), now), key, default)),
            7 when Pick(_grants) is { } grant => ("void", ledger.VoidAsync("a", new VoidGrant(grant, now), key, default)),
            8 when Pick(_grants) is { } grant => ("replace", ledger.ReplaceAsync("a", new ReplaceGrant(grant, "r" + key, random.Next(1, 500), now), key, default)),
            9 or 10 => ("correct", ledger.CorrectAsync("a", Correction(usage), key, default)),
            _ => ("", null),
        };
        if (command is null || (await command).Status != CommandStatus.Accepted)
        {
            return;
        }

        Accepted[kind] = Accepted.GetValueOrDefault(kind) + 1;
        switch (kind)
        {
            case "hold":
                _holds.Add("h" + key);
                break;
            case "replace":
                _grants.Add("r" + key);
                break;
            case "capture" or "correct":
                _uses.Add(key);
                break;
            default:
                break;
        }
    }

    private string? Pick(List<string> ids) => ids.Count == 0 ? null : ids[random.Next(ids.Count)];

    private CaptureHold Capture(string hold, UsageEvent usage, Instant now) => random.Next(3) switch
    {
        0 => new CaptureHold(hold, now) { Amount = random.Next(0, 20) },
        1 => new CaptureHold(hold, now) { Quantities = usage.Quantities },
        _ => new CaptureHold(hold, now),
    };

    // Of what was reported too much as a rule, which rules need not take; else of what was forgotten, or an amount.
    private UsageEvent Correction(UsageEvent usage) => random.Next(3) switch
    {
        0 => usage with { Quantities = [.. usage.Quantities.Select(static metered => metered with { Quantity = -metered.Quantity })] },
        1 => usage with { Amount = random.Next(0, 10), Quantities = [] },
        _ => usage,
    };
}
