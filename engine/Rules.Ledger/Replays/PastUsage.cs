using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Replay;

namespace Rules.Ledger.Replays;

/// <summary>Which past is replayed, by the instants of recording.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="Until">Exclusive.</param>
public readonly record struct PastWindow(Instant From, Instant Until);

/// <summary>The past of a ruleset's accounts in a window, as the entries of a ledger tell it.</summary>
/// <param name="Ruleset">The versions that were published when it was read.</param>
/// <param name="Accounts">By id, ascending: those that were open in the window.</param>
/// <param name="Events">Uses in the window.</param>
/// <param name="Hash">SHA-256 over every account's last entry of the window, in lower-case hex: the same for the same past.</param>
/// <param name="Stuck">Accounts whose past could be read up to an entry only.</param>
public sealed record PastUsage(
    PublishedRuleset Ruleset, PastWindow Window, UsageShapes Shapes, ImmutableArray<AccountHistory> Accounts, long Events, string Hash, ImmutableArray<StuckAccount> Stuck)
{
    /// <summary>Null for an account that was not open in the window.</summary>
    public AccountHistory? Account(string id)
    {
        var (low, high) = (0, Accounts.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(Accounts[middle].Opening.Id, id) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low < Accounts.Length && Accounts[low].Opening.Id == id ? Accounts[low] : null;
    }
}

/// <param name="Sequence">The entry that cannot be run again from what it carries.</param>
public readonly record struct StuckAccount(string Account, long Sequence);
