using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>A past to be replayed under drafts.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewReplay
{
    /// <summary>Name of the rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>1 to 5.</summary>
    public required IReadOnlyList<ReplayDraft> Drafts { get; init; }

    /// <summary>Recorded at or after.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Recorded before; brought down to now.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Only this account.</summary>
    public string? Account { get; init; }

    /// <summary><c>ledger</c>, which is meant without it, or <c>imported</c>: usage that was brought in and never charged.</summary>
    public string? Source { get; init; }

    /// <summary>The published version that drafts are compared with; absent: each account as it was charged.</summary>
    public int? Against { get; init; }

    /// <summary>action, day, a fact or a recorded name; at most four.</summary>
    public IReadOnlyList<string>? By { get; init; }
}

/// <summary>A rule file that is not published.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReplayDraft
{
    /// <summary>For people; different for each.</summary>
    public required string Name { get; init; }

    /// <summary>The rule file; it may amend a published version.</summary>
    public required string Text { get; init; }
}

/// <summary>A replay, running or ended.</summary>
public sealed record Replay
{
    /// <summary>16 characters.</summary>
    public required string Id { get; init; }

    /// <summary><c>running</c>, <c>done</c>, <c>cancelled</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Name of the rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>Where only one account was replayed.</summary>
    public string? Account { get; init; }

    /// <summary>Start of the window.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the window, as it was asked for.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary><c>imported</c> where it is not the ledger's past.</summary>
    public string? Source { get; init; }

    /// <summary>Where only one account of imported usage was replayed.</summary>
    public string? ImportedAccount { get; init; }

    /// <summary>The published version that drafts are compared with.</summary>
    public int? Against { get; init; }

    /// <summary>The drafts without their texts.</summary>
    public required IReadOnlyList<ReplayedDraft> Drafts { get; init; }

    /// <summary>Names that the result is grouped by.</summary>
    public required IReadOnlyList<string> By { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Id of the key by which it was asked for.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How far it is, while it runs.</summary>
    public ReplayProgress? Progress { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Help { get; init; }

    /// <summary>What it came to; absent in lists.</summary>
    public ReplayResult? Result { get; init; }
}

/// <summary>A draft that was replayed.</summary>
public sealed record ReplayedDraft
{
    /// <summary>As it was given.</summary>
    public required string Name { get; init; }

    /// <summary>Of its text, lower-case hex.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>How far a replay is.</summary>
public sealed record ReplayProgress
{
    /// <summary>The past is still read: <c>done</c> counts entries.</summary>
    public required bool Reading { get; init; }

    /// <summary>Entries read, or events replayed.</summary>
    public required long Done { get; init; }

    /// <summary>Events of the past; 0 while it is read.</summary>
    public required long Events { get; init; }
}

/// <summary>How a replay ended.</summary>
public sealed record ReplayEnd
{
    /// <summary>As of <see cref="Replay.State"/>.</summary>
    public required string State { get; init; }
}

/// <summary>A page of replays.</summary>
public sealed record ReplayPage
{
    /// <summary>Those that run first, then newest first; without results.</summary>
    public required IReadOnlyList<Replay> Replays { get; init; }

    /// <summary>From where to go on; null on the last page.</summary>
    public required string? Next { get; init; }
}

/// <summary>What a replay came to. Lists with an item per candidate are in the order of <c>candidates</c>.</summary>
public sealed record ReplayResult
{
    /// <summary>Stopped on the way: every figure is of the accounts that were done.</summary>
    public required bool Partial { get; init; }

    /// <summary>Uses that were replayed.</summary>
    public required long Events { get; init; }

    /// <summary>Accounts that were replayed.</summary>
    public required long Accounts { get; init; }

    /// <summary>The same binding is the same result.</summary>
    public required ReplayBinding Binding { get; init; }

    /// <summary>What was published first, then the drafts.</summary>
    public required IReadOnlyList<ReplayCandidate> Candidates { get; init; }

    /// <summary>The accounts with the largest effect, at most 500.</summary>
    public required IReadOnlyList<ReplayedAccount> Largest { get; init; }

    /// <summary>The result by each name that was asked for.</summary>
    public required IReadOnlyList<ReplayGrouping> By { get; init; }

    /// <summary>Accounts whose past could be read up to an entry only.</summary>
    public required IReadOnlyList<StuckReplay> Stuck { get; init; }
}

/// <summary>What a result is bound to: hashes in lower-case hex.</summary>
public sealed record ReplayBinding
{
    /// <summary>Of each draft's text.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Of the last entry of each account in the window.</summary>
    public required string Past { get; init; }

    /// <summary>Of the published texts.</summary>
    public required string Published { get; init; }

    /// <summary>The service's version.</summary>
    public required string Engine { get; init; }
}

/// <summary>The sums of one candidate; credits as exact text.</summary>
public sealed record ReplayCandidate
{
    /// <summary><c>published</c>, or as the draft was called.</summary>
    public required string Name { get; init; }

    /// <summary>All that is charged.</summary>
    public required string Charged { get; init; }

    /// <summary>Of it, up to minimums when cycles ended.</summary>
    public required string Minimums { get; init; }

    /// <summary>Drawn from postpaid buckets.</summary>
    public required string Postpaid { get; init; }

    /// <summary>What plans and grants gave.</summary>
    public required string Granted { get; init; }

    /// <summary>Lapsed unused.</summary>
    public required string Lapsed { get; init; }

    /// <summary>Of it, what renewals did not carry over.</summary>
    public required string RolloverLost { get; init; }

    /// <summary>Bills for postpaid use, by currency.</summary>
    public required IReadOnlyList<ReplayedMoney> Billed { get; init; }

    /// <summary>Uses by outcome.</summary>
    public required IReadOnlyDictionary<string, long> Uses { get; init; }

    /// <summary>Accounts with a use that did not run.</summary>
    public required int AccountsStopped { get; init; }

    /// <summary>How often each alert fires.</summary>
    public required IReadOnlyDictionary<string, long> Alerts { get; init; }

    /// <summary>Beside the first candidate; absent for the first itself.</summary>
    public ReplayComparison? AgainstFirst { get; init; }
}

/// <summary>Money, exact.</summary>
public sealed record ReplayedMoney
{
    /// <summary>As the rule file names it.</summary>
    public required string Currency { get; init; }

    /// <summary>Decimal text.</summary>
    public required string Amount { get; init; }
}

/// <summary>A candidate beside the first.</summary>
public sealed record ReplayComparison
{
    /// <summary>What it charges more; credits.</summary>
    public required string Change { get; init; }

    /// <summary>Events with another charge or outcome.</summary>
    public required long EventsChanged { get; init; }

    /// <summary>Events that cost nothing any more.</summary>
    public required long NewZeros { get; init; }

    /// <summary>Events that give credits back and did not.</summary>
    public required long NewNegatives { get; init; }

    /// <summary>Accounts that pay something else, or run out at another time.</summary>
    public required int AccountsChanged { get; init; }

    /// <summary>Accounts that run out sooner.</summary>
    public required int AccountsSooner { get; init; }

    /// <summary>Named checks with figures.</summary>
    public required IReadOnlyList<ReplayGuardRail> GuardRails { get; init; }

    /// <summary>Accounts by how much more they pay, in per cent.</summary>
    public required IReadOnlyList<ReplayBar> Histogram { get; init; }

    /// <summary>Rule lines that make the difference, largest first.</summary>
    public required IReadOnlyList<ReplayCause> Causes { get; init; }
}

/// <summary>A named check.</summary>
public sealed record ReplayGuardRail
{
    /// <summary>Never changes: <c>new-zero-prices</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it asks.</summary>
    public required string Text { get; init; }

    /// <summary>Whether it does.</summary>
    public required bool Holds { get; init; }

    /// <summary>What was found.</summary>
    public required string Figure { get; init; }

    /// <summary>What may be.</summary>
    public required string Limit { get; init; }
}

/// <summary>Accounts whose change lies in a span of per cent. Both ends absent: they paid nothing before; both ends 0: no change.</summary>
public sealed record ReplayBar
{
    /// <summary>Inclusive; absent: below all.</summary>
    public int? From { get; init; }

    /// <summary>Exclusive; absent: above all.</summary>
    public int? To { get; init; }

    /// <summary>How many.</summary>
    public required int Accounts { get; init; }
}

/// <summary>Rule lines behind a difference.</summary>
public sealed record ReplayCause
{
    /// <summary>Sum of the differences; credits.</summary>
    public required string Difference { get; init; }

    /// <summary>Events that differ by it.</summary>
    public required long Events { get; init; }

    /// <summary>Lines of the first candidate that do not say the same in the draft.</summary>
    public required IReadOnlyList<ReplayLine> Before { get; init; }

    /// <summary>Lines of the draft.</summary>
    public required IReadOnlyList<ReplayLine> After { get; init; }

    /// <summary>The event that differs most.</summary>
    public required ReplayExample Example { get; init; }
}

/// <summary>A line of a rule file.</summary>
public sealed record ReplayLine
{
    /// <summary>Name of the file.</summary>
    public required string File { get; init; }

    /// <summary>From 1.</summary>
    public required int Line { get; init; }

    /// <summary>The rule.</summary>
    public required string Text { get; init; }
}

/// <summary>An event that differs.</summary>
public sealed record ReplayExample
{
    /// <summary>Whose.</summary>
    public required string Account { get; init; }

    /// <summary>Its place in the account's uses of the window, from 0.</summary>
    public required long Event { get; init; }

    /// <summary>What it did.</summary>
    public required string Action { get; init; }

    /// <summary>Credits under the first candidate.</summary>
    public required string Before { get; init; }

    /// <summary>Credits under the draft.</summary>
    public required string After { get; init; }
}

/// <summary>An account in a result.</summary>
public sealed record ReplayedAccount
{
    /// <summary>Its id.</summary>
    public required string Account { get; init; }

    /// <summary>At the end of the window.</summary>
    public string? Plan { get; init; }

    /// <summary>Its uses.</summary>
    public required long Events { get; init; }

    /// <summary>One per candidate.</summary>
    public required IReadOnlyList<ReplayedResult> Results { get; init; }
}

/// <summary>An account under one candidate; credits as exact text.</summary>
public sealed record ReplayedResult
{
    /// <summary>All that is charged.</summary>
    public required string Charged { get; init; }

    /// <summary>Uses that were blocked.</summary>
    public required int Blocked { get; init; }

    /// <summary>Uses that were paused.</summary>
    public required int Paused { get; init; }

    /// <summary>Uses that were refused.</summary>
    public required int Refused { get; init; }

    /// <summary>The first of them.</summary>
    public DateTimeOffset? RanOutAt { get; init; }

    /// <summary>Whole days later than under the first candidate, below zero: sooner; absent where it does not run out under both.</summary>
    public int? DaysLater { get; init; }

    /// <summary>Drawn from postpaid buckets.</summary>
    public required string Postpaid { get; init; }

    /// <summary>Lapsed unused.</summary>
    public required string Lapsed { get; init; }

    /// <summary>Of it, what renewals did not carry over.</summary>
    public required string RolloverLost { get; init; }

    /// <summary>Bills for postpaid use.</summary>
    public required IReadOnlyList<ReplayedMoney> Billed { get; init; }

    /// <summary>Alerts that fire.</summary>
    public required int Alerts { get; init; }
}

/// <summary>A result by one name.</summary>
public sealed record ReplayGrouping
{
    /// <summary>As it was asked for.</summary>
    public required string Name { get; init; }

    /// <summary>Groups beyond those that are told.</summary>
    public required int LeftOut { get; init; }

    /// <summary>By day ascending, else the largest first.</summary>
    public required IReadOnlyList<ReplayGroup> Groups { get; init; }
}

/// <summary>Events that say the same of a name.</summary>
public sealed record ReplayGroup
{
    /// <summary>Empty where they say nothing.</summary>
    public required string Value { get; init; }

    /// <summary>How many.</summary>
    public required long Events { get; init; }

    /// <summary>Credits, one per candidate.</summary>
    public required IReadOnlyList<string> Charged { get; init; }
}

/// <summary>An account whose past could be read up to an entry only.</summary>
public sealed record StuckReplay
{
    /// <summary>Its id.</summary>
    public required string Account { get; init; }

    /// <summary>The entry that cannot be run again from what it carries.</summary>
    public required long Entry { get; init; }
}
