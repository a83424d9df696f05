using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Replay;
using Rules.Engine.Wire;

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
    /// <summary>Of usage that was imported: how each account stood at the beginning of the window, by id; null for the past of a ledger.</summary>
    public IReadOnlyDictionary<string, StatedAccount>? States { get; init; }

    /// <summary>
    /// A candidate over this past. Accounts of a ledger begin as they stood then; those of imported usage are opened as stated by the candidate's own rules, and
    /// without what it does not know, as an account that was opened in the window is.
    /// </summary>
    /// <param name="model">The draft, or the version that stands for the whole window; null: the published versions, each in its time.</param>
    public ReplayCandidate Candidate(string name, RulesetModel? model)
    {
        if (States is not { } states)
        {
            return model is null ? new ReplayCandidate(name, Ruleset) : ReplayCandidate.OfDraft(name, Ruleset, model);
        }

        var ruleset = model is null ? Ruleset : new PublishedRuleset(Ruleset.Name, [new PublishedVersion(model, Instant.MinValue)]);
        return new ReplayCandidate(name, ruleset)
        {
            Opening = history =>
            {
                var opened = StatedOpening.Open(ruleset, history.Opening.Id, states[history.Opening.Id], Window.From);
                return opened.Succeeded ? opened.State : StatedOpening.Open(ruleset, history.Opening.Id, new StatedAccount(null, [], [], []), Window.From).State;
            },
        };
    }

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
