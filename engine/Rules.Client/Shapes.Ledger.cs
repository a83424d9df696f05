using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>Credits that one grant gained or lost by the way.</summary>
public sealed record Movement
{
    /// <summary>Id of the grant.</summary>
    public required string Id { get; init; }

    /// <summary>Its bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>Number of the grant in its account.</summary>
    public required long Lot { get; init; }

    /// <summary>Credits.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Of a grant: drawable from here, inclusive.</summary>
    public DateTimeOffset? Effective { get; init; }

    /// <summary>Of a grant: drawable before here, exclusive; absent: never ends.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Of a bill: what the credits cost.</summary>
    public BilledMoney? Bill { get; init; }
}

/// <summary>What postpaid use costs.</summary>
public sealed record BilledMoney
{
    /// <summary>As the rule file names it.</summary>
    public required string Currency { get; init; }

    /// <summary>To the currency's decimals.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Before rounding. A decimal of any length, so text.</summary>
    public required string Exact { get; init; }
}

/// <summary>A page of accounts, by id.</summary>
public sealed record AccountPage
{
    /// <summary>The accounts.</summary>
    public required IReadOnlyList<AccountLine> Accounts { get; init; }

    /// <summary>Give it as <c>after</c> to read on; null on the last page.</summary>
    public required string? Next { get; init; }
}

/// <summary>An account in short.</summary>
public sealed record AccountLine
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

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When its last entry was recorded.</summary>
    public DateTimeOffset? LastEntryAt { get; init; }

    /// <summary>How many entries it has.</summary>
    public required long Entries { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }
}

/// <summary>Facts and terms that an account states from now on.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record FactsAndTerms
{
    /// <summary>Facts of the account, in the rule file's words.</summary>
    public IReadOnlyDictionary<string, string>? Facts { get; init; }

    /// <summary>Terms agreed for this account.</summary>
    public IReadOnlyDictionary<string, string>? Terms { get; init; }
}

/// <summary>The plan that an account moves to.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record PlanChange
{
    /// <summary>A plan of the rule set.</summary>
    public required string Plan { get; init; }
}

/// <summary>Credits or a pack to sell: either <c>amount</c> and <c>into</c>, or <c>pack</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewPurchase
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Id of the purchase and of the grant it makes, of your choice, unique in its account.</summary>
    public required string Id { get; init; }

    /// <summary>Credits, more than 0, with at most the credit's decimals.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Amount { get; init; }

    /// <summary>The bucket that receives them.</summary>
    public string? Into { get; init; }

    /// <summary>A pack of the rule set.</summary>
    public string? Pack { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A purchase that was made.</summary>
public sealed record Purchase
{
    /// <summary>Id as asked.</summary>
    public required string Id { get; init; }

    /// <summary>Bucket that received the credits.</summary>
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

    /// <inheritdoc cref="Quote.Entry"/>
    public long? Entry { get; init; }

    /// <inheritdoc cref="Quote.ExplainUrl"/>
    public string? ExplainUrl { get; init; }

    /// <summary>What it costs; absent where the rule set states no price.</summary>
    public Price? Price { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }
}

/// <summary>An amount of money with its working.</summary>
public sealed record Price
{
    /// <summary>As the rule file names it.</summary>
    public required string Currency { get; init; }

    /// <summary>To the currency's decimals.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Before rounding. A decimal of any length, so text.</summary>
    public required string Exact { get; init; }

    /// <summary>The explanation.</summary>
    public required IReadOnlyList<Step> Steps { get; init; }
}

/// <summary>What moved an account's credits within a window: opening and lines add up to the closing balance.</summary>
public sealed record Statement
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Its rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>Inclusive.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Name of the credit.</summary>
    public required string Credit { get; init; }

    /// <summary>Available before the first line, in all grants.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Opening { get; init; }

    /// <summary>By kind and action.</summary>
    public required IReadOnlyList<StatementLine> Lines { get; init; }

    /// <summary>Opening plus what the lines made available.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Closing { get; init; }

    /// <summary>Postpaid use that was billed, or fell due, within the window; oldest first.</summary>
    public required IReadOnlyList<Invoice> Bills { get; init; }
}

/// <summary>Everything of one kind in a statement; signed credits, <c>granted = available + held + spent + expired + moved</c>.</summary>
public sealed record StatementLine
{
    /// <summary><c>grant</c>, <c>charge</c>, <c>expiry</c> …</summary>
    public required string Kind { get; init; }

    /// <summary>Of uses: the action.</summary>
    public string? Action { get; init; }

    /// <summary>How many entries that moved credits.</summary>
    public required long Entries { get; init; }

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

/// <summary>A page of a usage report, by account and then by values.</summary>
public sealed record UsagePage
{
    /// <summary>The rows.</summary>
    public required IReadOnlyList<UsageLine> Rows { get; init; }

    /// <summary>Give it as <c>after</c> to read on; null on the last page.</summary>
    public required string? Next { get; init; }
}

/// <summary>The uses of one account that have the same values.</summary>
public sealed record UsageLine
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Its rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>By the names asked for; null where an event says nothing.</summary>
    public required IReadOnlyDictionary<string, string?> Values { get; init; }

    /// <summary>How many uses.</summary>
    public required long Events { get; init; }

    /// <summary>Credits charged, less what reversals gave back. A decimal of any length, so text.</summary>
    public required string Credits { get; init; }
}

/// <summary>Published rule sets.</summary>
public sealed record RulesetList
{
    /// <summary>By name.</summary>
    public required IReadOnlyList<RulesetLine> Rulesets { get; init; }
}

/// <summary>A published rule set.</summary>
public sealed record RulesetLine
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("ruleset")]
    public required string Name { get; init; }

    /// <summary>What people call it.</summary>
    public string? Title { get; init; }

    /// <summary>Name of its credit.</summary>
    public required string Credit { get; init; }

    /// <summary>Decimals of its credit, 0 to 9.</summary>
    public required int Decimals { get; init; }

    /// <summary>The highest published version.</summary>
    public required int LatestVersion { get; init; }
}

/// <summary>Versions of a rule set, newest first.</summary>
public sealed record VersionList
{
    /// <summary>Name of the rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<VersionLine> Versions { get; init; }
}

/// <summary>A published version.</summary>
public record VersionLine
{
    /// <summary>Its number.</summary>
    public required int Version { get; init; }

    /// <summary>Name of the file.</summary>
    public required string File { get; init; }

    /// <summary>Of the text, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Hash of its meaning, <c>sha256:…</c>.</summary>
    public required string Meaning { get; init; }

    /// <summary>From when it prices.</summary>
    public required DateTimeOffset ActiveFrom { get; init; }

    /// <summary>When it was published.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>By whom.</summary>
    public required string PublishedBy { get; init; }
}

/// <summary>A published version with its text.</summary>
public sealed record PublishedVersion : VersionLine
{
    /// <summary>The rule file.</summary>
    public required string Text { get; init; }
}
