using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;

namespace Rules.Engine.Replay;

/// <summary>One of the rulesets that a past is replayed under.</summary>
/// <param name="Name">For people: <c>version 3</c>, <c>draft 14</c>.</param>
public sealed record ReplayCandidate(string Name, PublishedRuleset Ruleset)
{
    /// <summary>How an account stands under these rules where its history begins; null: as the history says.</summary>
    public Func<AccountHistory, AccountState>? Opening { get; init; }

    internal AccountHistory Opened(AccountHistory history) => Opening is null ? history : history with { Opening = Opening(history) };

    /// <summary>
    /// The published versions before a draft with the draft behind them, in force from the beginning; every account begins on it. Without a number
    /// above all that are published the draft stands in the place of its own.
    /// </summary>
    public static ReplayCandidate OfDraft(string name, PublishedRuleset published, RulesetModel draft)
    {
        var before = published.Versions.Where(version => version.Model.Version < draft.Version);
        var ruleset = new PublishedRuleset(published.Name, [.. before, new PublishedVersion(draft, Instant.MinValue)]);
        return new ReplayCandidate(name, ruleset) { Opening = history => history.Opening with { Version = draft.Version } };
    }
}

/// <param name="From">Inclusive.</param>
/// <param name="Until">Exclusive; what falls due before it belongs to the replay.</param>
public readonly record struct ReplayWindow(Instant From, Instant Until);

/// <summary>What to tell about a replay besides its totals.</summary>
public sealed record ReplayOptions
{
    /// <summary>Names of what charges record by which the result is grouped: <c>project</c>, <c>agent</c>. At most four.</summary>
    public ImmutableArray<string> Records { get; init; } = [];

    /// <summary>How many threads share the accounts; at least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Told after each account, from any thread.</summary>
    public Action<ReplayProgress>? Progress { get; init; }
}

/// <param name="Accounts">Accounts done.</param>
/// <param name="Events">Events done, each counted once whatever the number of candidates.</param>
public readonly record struct ReplayProgress(int Accounts, long Events);

/// <summary>
/// What the past would have come to under each candidate. The first candidate is what the others are compared with. Amounts are smallest units
/// of the credit; arrays that have a figure per candidate are in the order of <see cref="Candidates"/>.
/// </summary>
public sealed record ReplayReport
{
    public required ImmutableArray<string> Candidates { get; init; }

    public required ReplayWindow Window { get; init; }

    /// <summary>Decimals of the credit.</summary>
    public required int Decimals { get; init; }

    public required long Events { get; init; }

    /// <summary>By account, ascending by id.</summary>
    public required ImmutableArray<AccountImpact> Accounts { get; init; }

    /// <summary>By day of the ruleset's zone and shape of event, ascending.</summary>
    public required ImmutableArray<UsageCell> Cells { get; init; }

    /// <summary>By what charges record, for each name asked for; ascending by name and value.</summary>
    public required ImmutableArray<RecordCell> Records { get; init; }

    public required ImmutableArray<CandidateTotals> Totals { get; init; }

    /// <summary>
    /// The event that differs most from the first candidate, one that ran under both where there is one, for each shape that differs at all; largest sum first. The sums of one candidate
    /// add up to what it charges more.
    /// </summary>
    public required ImmutableArray<Difference> Differences { get; init; }

    /// <summary>Events that cannot be priced, by candidate and shape: most first.</summary>
    public ImmutableArray<UnpricedEvents> Unpriced { get; init; } = [];

    /// <summary>Cancelled before all accounts were done: every figure is of those that were.</summary>
    public required bool IsPartial { get; init; }
}

/// <summary>Sums over all accounts under one candidate.</summary>
public sealed record CandidateTotals
{
    public Int128 Charged { get; init; }

    /// <summary>Uses by outcome: index is <see cref="QuoteOutcome"/>; 0 counts events that cannot be priced.</summary>
    public ImmutableArray<long> Uses { get; init; } = [];

    /// <summary>Uses that were blocked, paused or refused.</summary>
    public long Stopped => Uses[(int)QuoteOutcome.Blocked] + Uses[(int)QuoteOutcome.Paused] + Uses[(int)QuoteOutcome.Refused];

    /// <summary>Drawn from postpaid buckets.</summary>
    public Int128 Postpaid { get; init; }

    /// <summary>Lapsed unused, <see cref="RolloverLost"/> included.</summary>
    public Int128 Lapsed { get; init; }

    /// <summary>Of what lapsed: what renewals did not carry over.</summary>
    public Int128 RolloverLost { get; init; }

    /// <summary>Bills for postpaid use that fell due in the window, by currency.</summary>
    public ImmutableArray<BilledMoney> Billed { get; init; } = [];

    public Int128 Granted { get; init; }

    /// <summary>Of what is charged: up to minimums, when cycles ended. It belongs to no use, so cells and records leave it out.</summary>
    public Int128 Due { get; init; }

    public long Alerts { get; init; }

    /// <summary>How often each alert fired; by name, ascending.</summary>
    public ImmutableArray<KeyValuePair<string, long>> AlertsByName { get; init; } = [];

    /// <summary>Accounts with a use that was blocked, paused or refused.</summary>
    public int AccountsStopped { get; init; }

    /// <summary>Events that cost something under the first candidate and nothing here.</summary>
    public long NewZeros { get; init; }

    /// <summary>Events that give credits back here and did not under the first candidate.</summary>
    public long NewNegatives { get; init; }

    /// <summary>Events whose charge or outcome differs from the first candidate.</summary>
    public long Changed { get; init; }
}

/// <param name="Results">One per candidate.</param>
public sealed record AccountImpact(string Account, string? Plan, long Events, ImmutableArray<AccountResult> Results)
{
    /// <summary>What a candidate charges more than the first; smallest units.</summary>
    public long Change(int candidate) => Results[candidate].Charged - Results[0].Charged;

    /// <summary>True where a candidate charges something else, or lets it run out at another time.</summary>
    public bool IsTouched(int candidate) => Change(candidate) != 0 || Results[candidate].RanOutAt != Results[0].RanOutAt;

    public bool RunsOutSooner(int candidate) =>
        Results[candidate].RanOutAt is { } then && (Results[0].RanOutAt is not { } before || then < before);

    /// <summary>How many whole days a candidate lets it run out later; below zero: sooner. Null where it does not run out under both.</summary>
    public int? DaysLater(int candidate) =>
        Results[candidate].RanOutAt is { } then && Results[0].RanOutAt is { } before ? (then - before).Days : null;
}

/// <summary>One account under one candidate.</summary>
public sealed record AccountResult
{
    public long Charged { get; init; }

    public int Blocked { get; init; }

    public int Paused { get; init; }

    public int Refused { get; init; }

    /// <summary>Uses that were blocked, paused or refused.</summary>
    public int Stopped => Blocked + Paused + Refused;

    /// <summary>The first use that was blocked, paused or refused; null when none was.</summary>
    public Instant? RanOutAt { get; init; }

    public long Postpaid { get; init; }

    /// <inheritdoc cref="CandidateTotals.Lapsed"/>
    public long Lapsed { get; init; }

    /// <inheritdoc cref="CandidateTotals.RolloverLost"/>
    public long RolloverLost { get; init; }

    /// <inheritdoc cref="CandidateTotals.Billed"/>
    public ImmutableArray<BilledMoney> Billed { get; init; } = [];

    public int Alerts { get; init; }

    /// <summary>At the end of the window.</summary>
    public ImmutableArray<BucketBalance> Balances { get; init; } = [];
}

/// <param name="Decimals">Of the currency.</param>
/// <param name="Amount">Smallest units of the currency.</param>
public readonly record struct BilledMoney(string Currency, int Decimals, Int128 Amount);

/// <summary>Events of one shape on one day.</summary>
/// <param name="Charged">One per candidate; of uses that ran.</param>
public sealed record UsageCell(LocalDate Day, UsageShape Shape, long Events, ImmutableArray<long> Charged);

/// <summary>Events that recorded the same value under a name.</summary>
public sealed record RecordCell(string Name, string Value, long Events, ImmutableArray<long> Charged);

/// <summary>An event that comes to something else than under the first candidate.</summary>
/// <param name="Candidate">Place in <see cref="ReplayReport.Candidates"/>; 1 or more.</param>
/// <param name="Index">Place of the event in the account's history.</param>
/// <param name="Before">Charged under the first candidate; 0 where the use did not run.</param>
/// <param name="Of">Sum of the differences of all events of the shape.</param>
/// <param name="Events">How many events of the shape differ.</param>
public sealed record Difference(int Candidate, UsageShape Shape, string Account, int Index, long Before, long After, Int128 Of, long Events);

/// <summary>Events of one shape that a candidate cannot price.</summary>
/// <param name="Candidate">Place in <see cref="ReplayReport.Candidates"/>.</param>
/// <param name="Account">Of the first such event, by account, then by time; <see cref="ReplayRun.WhyNot"/> tells why.</param>
/// <param name="Index">Its place in the account's history.</param>
/// <param name="Events">All of them.</param>
public sealed record UnpricedEvents(int Candidate, UsageShape Shape, string Account, int Index, long Events);
