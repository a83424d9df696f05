using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Replays;

namespace Rules.Portal.Replays;

/// <summary>A charge of the past with its account as it stood before it, to be evaluated again: as it was, with other values, or under a draft.</summary>
public sealed class PastCharge
{
    private static readonly Duration _least = Duration.FromTicks(10);

    private readonly PastUsage _past;
    private readonly AccountHistory _history;
    private readonly int _index;

    private PastCharge(PastUsage past, AccountHistory history, int index) => (_past, _history, _index) = (past, history, index);

    /// <summary>What was charged for.</summary>
    public UsageEvent Usage => _history.Usage[_index];

    /// <summary>The account at the beginning of the instant of recording.</summary>
    public AccountState Account => _history.Opening;

    /// <summary>Reads the account's entries up to a charge.</summary>
    /// <returns>Null for an entry that is no plain charge, and for an account whose past cannot be run again up to there.</returns>
    public static async Task<PastCharge?> ReadAsync(CreditLedger ledger, EntryDetail entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(entry);
        var summary = entry.Summary;
        if (summary.Kind != EntryKind.Charge || entry.Event is not { } stored)
        {
            return null;
        }

        var window = new PastWindow(summary.RecordedAt, summary.RecordedAt + _least);
        if (await ledger.PastAsync(summary.Ruleset, summary.Account, window, null, cancellationToken) is not { } past || past.Account(summary.Account) is not { } history)
        {
            return null;
        }

        for (var index = 0; index < history.Usage.Count; index++)
        {
            if (WireWriter.Canonical(history.Usage[index]).AsSpan().SequenceEqual(stored.Span))
            {
                return new PastCharge(past, history, index);
            }
        }

        return null;
    }

    /// <summary>The evaluation again.</summary>
    /// <param name="model">The draft; null: the version that priced it then.</param>
    /// <param name="usage">With other values; null: as it was.</param>
    /// <returns>Null where it cannot be priced.</returns>
    public Quote? Under(RulesetModel? model, UsageEvent? usage)
    {
        var history = usage is null ? _history : _history with { Usage = With(usage) };
        return ReplayRun.Explain(_past.Candidate("again", model), history, _index);
    }

    private UsageColumns With(UsageEvent usage)
    {
        var columns = new UsageColumnsBuilder(_past.Shapes);
        for (var index = 0; index <= _index; index++)
        {
            columns.Add(index == _index ? usage : _history.Usage[index], _history.Usage.RecordedAtOf(index));
        }

        return columns.ToColumns();
    }
}
