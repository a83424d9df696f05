using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>One operation of an account that is to be priced.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record UsageEvent
{
    /// <summary>Id of the account: 1 to 128 ASCII letters, digits and <c>. _ - ~ : @ + = ,</c>.</summary>
    public required string Account { get; init; }

    /// <summary>When it happened; chooses the version and the price. Left out: now, by the service's clock.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>An action of the account's rule file.</summary>
    public required string Action { get; init; }

    /// <summary>Quantities by meter: plain decimals of at most 18 digits before and 9 after the point.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public IReadOnlyDictionary<string, decimal>? Quantities { get; init; }

    /// <summary>Credits to charge as they stand, in place of <c>quantities</c>: nothing is priced.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Amount { get; init; }

    /// <summary>Facts of the action, in the rule file's words.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>The keys over which a price adds up, such as <c>run</c>.</summary>
    public IReadOnlyDictionary<string, string>? Keys { get; init; }

    /// <summary>What is only recorded with the charge.</summary>
    public IReadOnlyDictionary<string, string>? Record { get; init; }

    /// <summary>Ids of grants and names of buckets: only these are drawn on.</summary>
    public IReadOnlyList<string>? Only { get; init; }
}

/// <summary>What an event costs, or why it may not run.</summary>
public record Quote
{
    /// <summary><c>charged</c>, <c>free</c>, <c>unmetered</c>, <c>not-applicable</c>, <c>blocked</c>, <c>paused</c> or <c>refused</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Credits before rounding. A decimal of any length, so text.</summary>
    public required string Exact { get; init; }

    /// <summary>Credits charged, or that would be.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Charge { get; init; }

    /// <summary>Credits that the price lists, waived lines included.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Listed { get; init; }

    /// <summary>Name of the rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>Version that priced the event.</summary>
    public required int Version { get; init; }

    /// <summary>Hash of that version's meaning, <c>sha256:…</c>.</summary>
    public required string Meaning { get; init; }

    /// <summary>What was taken from which grant, in order.</summary>
    public required IReadOnlyList<Draw> Draws { get; init; }

    /// <summary>Credits that were lacking.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Short { get; init; }

    /// <summary>Credits that are owed for it; absent where none are.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Owed { get; init; }

    /// <summary>Credits that were lacking and are forgiven; absent where none are.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Forgiven { get; init; }

    /// <summary><c>debt_limit</c> where the account would owe more than it may; else absent.</summary>
    public string? Refusal { get; init; }

    /// <summary>The explanation, rule by rule.</summary>
    public required IReadOnlyList<Step> Steps { get; init; }

    /// <summary>Alerts that the event fires.</summary>
    public required IReadOnlyList<string> Alerts { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }

    /// <summary>Number of the journal entry; absent where none was made.</summary>
    public long? Entry { get; init; }

    /// <summary>The portal's page of the explanation, relative to the service; absent where no entry was made.</summary>
    public string? ExplainUrl { get; init; }
}

/// <summary>Credits taken from one grant.</summary>
public sealed record Draw
{
    /// <summary>Bucket of the grant.</summary>
    public required string Bucket { get; init; }

    /// <summary>Number of the grant in its account.</summary>
    public required long Lot { get; init; }

    /// <summary>Credits.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }
}

/// <summary>One line of an explanation.</summary>
public sealed record Step
{
    /// <summary>A sentence in the rule file's words.</summary>
    public required string Text { get; init; }

    /// <summary>The arithmetic, where there is any.</summary>
    public string? Formula { get; init; }

    /// <summary>Rule file and line that made the step.</summary>
    public string? File { get; init; }

    /// <inheritdoc cref="File"/>
    public int? Line { get; init; }

    /// <summary>Exact credits that the step adds. A decimal of any length, so text.</summary>
    public string? Amount { get; init; }

    /// <summary>False for a rule that was looked at and did not apply.</summary>
    public required bool Applied { get; init; }
}

/// <summary>An account to open.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewAccount
{
    /// <summary>Id of your choice: 1 to 128 ASCII letters, digits and <c>. _ - ~ : @ + = ,</c>, beginning with a letter or digit.</summary>
    public required string Account { get; init; }

    /// <summary>The rule set to which it belongs for life.</summary>
    public required string Ruleset { get; init; }

    /// <summary>From when; cycles count from here. Left out: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>A plan of the rule set.</summary>
    public string? Plan { get; init; }

    /// <summary>Facts of the account, in the rule file's words.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>Terms agreed for this account.</summary>
    public IReadOnlyDictionary<string, string>? Terms { get; init; }

    /// <summary>Credits bought with each cycle, beside what the plan grants.</summary>
    public IReadOnlyList<Addon>? Addons { get; init; }

    /// <summary>Cycles are counted as if the account had been opened then: one that comes from elsewhere keeps its renewal day. Left out: from the opening.</summary>
    public DateTimeOffset? Anchor { get; init; }
}

/// <summary>Credits that each cycle grants beside the plan.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Addon
{
    /// <summary>Credits, more than 0.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>The bucket that receives them.</summary>
    public required string Into { get; init; }
}

/// <summary>An account as it stands.</summary>
public record Account
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("account")]
    public required string Id { get; init; }

    /// <summary>The rule set to which it belongs.</summary>
    public required string Ruleset { get; init; }

    /// <summary>The version it is on; null before the first is in effect.</summary>
    public required int? Version { get; init; }

    /// <summary>Its plan, where it has one.</summary>
    public string? Plan { get; init; }

    /// <summary>The running cycle, where the rule set has cycles.</summary>
    public Cycle? Cycle { get; init; }

    /// <summary>Facts that hold now; only when read.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>What the change granted; absent where nothing was.</summary>
    public IReadOnlyList<Movement>? Grants { get; init; }

    /// <summary>What lapsed by it, or fell due before it; absent where nothing did.</summary>
    public IReadOnlyList<Movement>? Expiries { get; init; }

    /// <summary>What a rollover moved or cut; absent where nothing was.</summary>
    public IReadOnlyList<Movement>? Rollovers { get; init; }

    /// <summary>What fell due at the close of a cycle; absent where nothing did.</summary>
    public IReadOnlyList<Movement>? Charges { get; init; }

    /// <summary>Postpaid use that was billed; absent where none was.</summary>
    public IReadOnlyList<Movement>? PostpaidBills { get; init; }

    /// <summary>What the change itself took; absent where it took nothing.</summary>
    public IReadOnlyList<Movement>? PlanChanges { get; init; }

    /// <inheritdoc cref="PlanChanges"/>
    public IReadOnlyList<Movement>? Resets { get; init; }

    /// <summary>What holds gave back whose time was over; absent where none did.</summary>
    public IReadOnlyList<Movement>? HoldExpiries { get; init; }

    /// <summary>What repaid debts; absent where nothing did.</summary>
    public IReadOnlyList<Movement>? Repayments { get; init; }

    /// <inheritdoc cref="Quote.Entry"/>
    public long? Entry { get; init; }

    /// <inheritdoc cref="Quote.ExplainUrl"/>
    public string? ExplainUrl { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }
}

/// <summary>A billing cycle: start inclusive, end exclusive.</summary>
public sealed record Cycle
{
    /// <summary>0 for the first.</summary>
    public required int Number { get; init; }

    /// <summary>Inclusive.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Exclusive; the next renewal.</summary>
    public required DateTimeOffset End { get; init; }
}

/// <summary>Credits to grant.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewGrant
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Id of the grant, of your choice, unique in its account.</summary>
    public required string Id { get; init; }

    /// <summary>A bucket of the rule set.</summary>
    public required string Bucket { get; init; }

    /// <summary>Credits, more than 0, with at most the credit's decimals.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Drawable from here (inclusive); left out: from <c>at</c>.</summary>
    public DateTimeOffset? Effective { get; init; }

    /// <summary>Drawable before here (exclusive); left out: as the bucket says.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Lower is drawn first, where the order asks for it.</summary>
    public int? Priority { get; init; }

    /// <summary>Cost per credit, for orders that ask for it.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Cost { get; init; }

    /// <summary>What oldest and newest compare; left out: the instant of recording.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>A grant of the full amount at every such interval, such as <c>1 month</c>; left out: once.</summary>
    public string? Every { get; init; }

    /// <summary>Boundary 0 of the recurrence; left out: the start.</summary>
    public DateTimeOffset? Anchor { get; init; }

    /// <summary>Grants of a recurrence add up; otherwise each ends where the next begins.</summary>
    public bool? Adds { get; init; }

    /// <summary>Credits that are left of the first grant, where the rest was used before; left out: all.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Starting { get; init; }

    /// <summary>What renewals keep of it; left out: as its bucket says.</summary>
    public RolloverLimits? Rollover { get; init; }
}

/// <summary>What a renewal keeps of one grant, in credits.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RolloverLimits
{
    /// <summary>Left out: 0.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Min { get; init; }

    /// <summary>Left out: no limit. 0 keeps nothing.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Max { get; init; }
}

/// <summary>A grant that was made.</summary>
public record Grant
{
    /// <summary>Id as asked.</summary>
    public required string Id { get; init; }

    /// <summary>Bucket as asked.</summary>
    public required string Bucket { get; init; }

    /// <summary>Number of the grant in its account.</summary>
    public required long Lot { get; init; }

    /// <summary>Credits.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Inclusive.</summary>
    public required DateTimeOffset Effective { get; init; }

    /// <summary>Exclusive; absent: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }

    /// <inheritdoc cref="Quote.Entry"/>
    public long? Entry { get; init; }

    /// <inheritdoc cref="Quote.ExplainUrl"/>
    public string? ExplainUrl { get; init; }
}

/// <summary>A level of an alert that an account has reached.</summary>
public sealed record StandingAlert
{
    /// <summary>Name of the alert.</summary>
    public required string Alert { get; init; }

    /// <summary><c>used</c> or <c>left</c>.</summary>
    public required string Figure { get; init; }

    /// <summary>The level in credits.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Threshold { get; init; }

    /// <summary>The figure in credits.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Reached { get; init; }

    /// <summary>Both as a sentence.</summary>
    public required string Text { get; init; }
}

/// <summary>What an account has at an instant.</summary>
public sealed record Balance
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>The instant.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Name of the credit, as the rule file writes it.</summary>
    public required string Credit { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }

    /// <summary>The running cycle, where the rule set has cycles.</summary>
    public Cycle? Cycle { get; init; }

    /// <summary>Credits that came through a rollover and can be drawn.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Carried { get; init; }

    /// <summary>Credits held for work that runs.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Held { get; init; }

    /// <summary>Credits that are owed.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Owed { get; init; }

    /// <summary>What is owed, oldest first; absent where nothing is.</summary>
    public IReadOnlyList<Debt>? Debts { get; init; }

    /// <summary>Of each alert the highest level of what is used and the lowest of what is left that the running cycle has reached; absent where none is, and for a moment that is past.</summary>
    public IReadOnlyList<StandingAlert>? Alerts { get; init; }

    /// <summary>Credits used in the running cycle that will be billed.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Postpaid { get; init; }

    /// <summary>Grants that still matter, with what became of their credits.</summary>
    public required IReadOnlyList<Lot> Lots { get; init; }
}

/// <summary>What one use owes.</summary>
public sealed record Debt
{
    /// <summary>Number of the debt in its account.</summary>
    [JsonPropertyName("debt")]
    public required long Number { get; init; }

    /// <summary>The action that owes.</summary>
    public required string Action { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Credits that were owed at first.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Credits that are still owed.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Left { get; init; }
}

/// <summary>A grant: <c>granted = available + held + spent + expired + moved</c>.</summary>
public sealed record Lot
{
    /// <summary>Number of the grant in its account.</summary>
    [JsonPropertyName("lot")]
    public required long Number { get; init; }

    /// <summary>Id of the grant.</summary>
    public required string Id { get; init; }

    /// <summary>Its bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary><c>plan</c>, <c>purchase</c>, <c>grant</c> or <c>postpaid</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Inclusive.</summary>
    public required DateTimeOffset Effective { get; init; }

    /// <summary>Exclusive; absent: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Credits granted so far.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Granted { get; init; }

    /// <summary>Credits that can be drawn.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Available { get; init; }

    /// <summary>Credits held for work that runs.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Held { get; init; }

    /// <summary>Credits spent.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Spent { get; init; }

    /// <summary>Credits that lapsed.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Expired { get; init; }

    /// <summary>Credits that moved to another grant.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Moved { get; init; }
}

/// <summary>A page of journal entries, newest first.</summary>
public sealed record EntryPage
{
    /// <summary>The entries.</summary>
    public required IReadOnlyList<Entry> Entries { get; init; }

    /// <summary>Give it as <c>after</c> to read on; null on the last page.</summary>
    public required string? Next { get; init; }
}

/// <summary>A journal entry in short.</summary>
public record Entry
{
    /// <summary>Number of the entry in its account, from 1.</summary>
    [JsonPropertyName("entry")]
    public required long Sequence { get; init; }

    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary><c>grant</c>, <c>charge</c>, <c>expiry</c>, <c>subscribe</c> …</summary>
    public required string Kind { get; init; }

    /// <summary>Credits; the kind says which way they went. Below zero only of an event whose price allows corrections.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Credits of all buckets after the entry; null without buckets.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal? BalanceAfter { get; init; }

    /// <summary>Rule set of the account.</summary>
    public required string Ruleset { get; init; }

    /// <summary>Version under which the entry was made.</summary>
    public required int? Version { get; init; }

    /// <summary>Of a charge: its action.</summary>
    public string? Action { get; init; }

    /// <summary>Of a charge: its outcome.</summary>
    public string? Outcome { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Key of the command; <c>sys:…</c> for entries that fell due.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The portal's page of the entry, relative to the service.</summary>
    public required string ExplainUrl { get; init; }
}

/// <summary>A journal entry with everything it carries.</summary>
public sealed record ExplainedEntry : Entry
{
    /// <summary>Changes of grants, in draw order.</summary>
    public required IReadOnlyList<Posting> Postings { get; init; }

    /// <summary>The event that was priced; null for entries that priced nothing.</summary>
    public required RecordedEvent? Event { get; init; }

    /// <summary>The answer as first given, in the shape of its command; null where none was given.</summary>
    public required JsonElement? Answer { get; init; }

    /// <summary>The answer of a charge or correction, or the quote of a hold; null for any other entry.</summary>
    [JsonIgnore]
    public Quote? Quote => Kind is "charge" or "correction" or "hold" ? Answer?.Deserialize(ClientJson.Default.Quote) : null;

    /// <summary>SHA-256 of the entry before, lower-case hex.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>SHA-256 of this entry, lower-case hex.</summary>
    public required string Hash { get; init; }
}

/// <summary>An event as it was recorded.</summary>
public sealed record RecordedEvent
{
    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The action.</summary>
    public required string Action { get; init; }

    /// <summary>Quantities by meter.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public IReadOnlyDictionary<string, decimal>? Quantities { get; init; }

    /// <summary>Credits that were charged as they stood, where nothing was priced.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Amount { get; init; }

    /// <summary>Facts of the action.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>Scope keys.</summary>
    public IReadOnlyDictionary<string, string>? Keys { get; init; }

    /// <summary>What was only recorded.</summary>
    public IReadOnlyDictionary<string, string>? Record { get; init; }

    /// <summary>The only grants and buckets that were to be drawn on.</summary>
    public IReadOnlyList<string>? Only { get; init; }
}

/// <summary>Signed changes of one grant, credits; <c>granted = available + held + spent + expired + moved</c>.</summary>
public sealed record Posting
{
    /// <summary>Number of the grant.</summary>
    public required long Lot { get; init; }

    /// <summary>Credits.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Granted { get; init; }

    /// <inheritdoc cref="Granted"/>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Available { get; init; }

    /// <inheritdoc cref="Granted"/>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Held { get; init; }

    /// <inheritdoc cref="Granted"/>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Spent { get; init; }

    /// <inheritdoc cref="Granted"/>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Expired { get; init; }

    /// <inheritdoc cref="Granted"/>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Moved { get; init; }
}

/// <summary>Problem details (RFC 9457).</summary>
public sealed record Problem
{
    /// <summary>Where the code is described, relative to the service.</summary>
    public required string Type { get; init; }

    /// <summary>What the code means.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Stable: snake_case, or <c>RTnn</c> where an event cannot be evaluated.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong this time.</summary>
    public string? Detail { get; init; }

    /// <summary>How to mend it.</summary>
    public string? Help { get; init; }

    /// <summary>JSON Pointer of the member at fault.</summary>
    public string? Pointer { get; init; }

    /// <summary>Line of the body at which reading stopped, from one.</summary>
    public int? Line { get; init; }

    /// <summary>Column of that line, from one, in bytes.</summary>
    public int? Column { get; init; }
}

/// <summary>A kind of problem.</summary>
public sealed record ProblemKind
{
    /// <summary>Stable.</summary>
    public required string Code { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What the code means.</summary>
    public required string Title { get; init; }
}

internal static class Plain
{
    /// <summary>Decimals travel as strings, so that nothing on the way reads them as binary floats.</summary>
    public const JsonNumberHandling Decimals = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString;
}
