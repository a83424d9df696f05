using System.Collections.Concurrent;
using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Storage;

namespace Rules.Portal.Burn;

/// <summary>What each version of a ruleset charged, read again once it is a minute old.</summary>
public sealed class VersionUses(CreditLedger ledger, IClock clock)
{
    private static readonly Duration _freshness = Duration.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (Instant At, ImmutableArray<VersionUse> Uses)> _read = new(StringComparer.Ordinal);

    /// <summary>A version that charged nothing is left out.</summary>
    public async ValueTask<ImmutableArray<VersionUse>> OfAsync(string ruleset, CancellationToken cancellationToken)
    {
        var now = clock.GetCurrentInstant();
        if (_read.TryGetValue(ruleset, out var known) && known.At <= now && known.At > now - _freshness)
        {
            return known.Uses;
        }

        var uses = await ledger.VersionUsesAsync(ruleset, cancellationToken);
        _read[ruleset] = (now, uses);
        return uses;
    }
}
