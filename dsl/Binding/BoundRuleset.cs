using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>
/// A rule file with every name resolved and every unit checked: what the model is made from. Immutable. Lists are in written order,
/// which means nothing except inside ladders, orders and examples. A file with errors has one too, with error symbols and gaps;
/// only one without errors may be compiled.
/// </summary>
public sealed record BoundRuleset(BoundHeader Header, CreditSymbol Credit)
{
    /// <summary>Declared currencies.</summary>
    public ImmutableArray<CurrencySymbol> Currencies { get; init; } = [];

    /// <summary>What the account is called ("workspace"); null where the file declares none.</summary>
    public string? AccountName { get; init; }

    /// <summary>Facts of the account.</summary>
    public ImmutableArray<FactSymbol> AccountFacts { get; init; } = [];

    /// <summary>Closed lists.</summary>
    public ImmutableArray<ListSymbol> Lists { get; init; } = [];

    /// <summary>Meters.</summary>
    public ImmutableArray<MeterSymbol> Meters { get; init; } = [];

    /// <summary>Every action, free ones included.</summary>
    public ImmutableArray<ActionSymbol> Actions { get; init; } = [];

    /// <summary>Named rates.</summary>
    public ImmutableArray<RateSymbol> Rates { get; init; } = [];

    /// <summary>Terms.</summary>
    public ImmutableArray<TermSymbol> Terms { get; init; } = [];

    /// <summary>All must hold for the rule set to apply.</summary>
    public ImmutableArray<BoundApplies> Applies { get; init; } = [];

    /// <summary>Any that holds makes an event unmetered.</summary>
    public ImmutableArray<BoundUnmetered> Unmetered { get; init; } = [];

    /// <summary>One for every action that is not free.</summary>
    public ImmutableArray<BoundPrice> Prices { get; init; } = [];

    /// <summary>Empty: the rule set keeps no balance (language 5.11).</summary>
    public ImmutableArray<BoundBucket> Buckets { get; init; } = [];

    /// <summary>Null only where no bucket is declared.</summary>
    public BoundConsume? Consume { get; init; }

    /// <summary>Null where nothing depends on a cycle.</summary>
    public BoundCycle? Cycle { get; init; }

    /// <summary>Plans.</summary>
    public ImmutableArray<BoundPlan> Plans { get; init; } = [];

    /// <summary>Packs.</summary>
    public ImmutableArray<BoundPack> Packs { get; init; } = [];

    /// <summary>At most one per bucket.</summary>
    public ImmutableArray<BoundSell> Sells { get; init; } = [];

    /// <summary>When invoices are made.</summary>
    public BoundInvoice? Invoice { get; init; }

    /// <summary>Alerts.</summary>
    public ImmutableArray<BoundAlert> Alerts { get; init; } = [];

    /// <summary>Null only where no bucket is declared.</summary>
    public BoundAtZero? AtZero { get; init; }

    /// <summary>How holds behave; null: the defaults.</summary>
    public BoundHolds? Holds { get; init; }

    /// <summary>Names every charge must carry.</summary>
    public ImmutableArray<BoundRecord> Records { get; init; } = [];

    /// <summary>Whether credits may move between accounts; null: not stated.</summary>
    public BoundTransfers? Transfers { get; init; }

    /// <summary>Promises.</summary>
    public ImmutableArray<BoundPromise> Promises { get; init; } = [];

    /// <summary>Examples.</summary>
    public ImmutableArray<BoundExample> Examples { get; init; } = [];

    /// <summary>Every remark of the file in written order, those of the nodes included.</summary>
    public ImmutableArray<BoundRemark> Remarks { get; init; } = [];

    /// <summary>
    /// <c>sha256:</c> and 64 hexadecimal digits over the normal form (language section 6). Equal means equal rules: order of items, layout,
    /// comments, remarks and examples do not count, version and effective instant neither.
    /// </summary>
    public required string MeaningHash { get; init; }
}

/// <summary>The first lines of a file. The location is the line that begins with <c>ruleset</c>.</summary>
public sealed record BoundHeader(TextLocation Location, string Name, int Version, DateOnly EffectiveDate) : BoundNode(Location)
{
    /// <summary>The time of day in the rule set's zone; midnight unless written.</summary>
    public TimeOnly EffectiveTime { get; init; }

    /// <summary>A common file: it holds lists, meters and currencies for rulesets to include, and no rule.</summary>
    public bool IsCommon { get; init; }

    /// <summary>The version this one changes; null for a whole file.</summary>
    public int? Amends { get; init; }

    /// <summary>For people; null unless written.</summary>
    public string? Title { get; init; }

    /// <summary>Where the facts come from; null unless written.</summary>
    public string? Source { get; init; }

    /// <summary>An IANA id; <c>UTC</c> unless written.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary><c>timezone per account, normally …</c>: an account may have its own.</summary>
    public bool IsTimeZonePerAccount { get; init; }

    /// <summary>Null: they move at renewal.</summary>
    public BoundExistingAccounts? ExistingAccounts { get; init; }

    /// <summary>Common files whose lists, meters and currencies are taken over, as the head says it.</summary>
    public ImmutableArray<BoundInclude> Includes { get; init; } = [];
}

/// <summary>What a new version means for accounts that are there.</summary>
public enum ExistingAccountsKind
{
    /// <summary>At their next renewal.</summary>
    MoveAtRenewal,

    /// <summary>On a day.</summary>
    MoveOn,

    /// <summary>Never.</summary>
    Stay,
}

/// <summary><c>existing accounts move on 2026-12-01</c>; the day is set exactly for that kind.</summary>
public sealed record BoundExistingAccounts(TextLocation Location, ExistingAccountsKind Kind, DateOnly? On) : BoundNode(Location);

/// <summary><c>include "common-models" version 3</c>.</summary>
public sealed record BoundInclude(TextLocation Location, string Name, int Version) : BoundNode(Location);

/// <summary><c>applies when …</c>; <c>unless</c> is a <see cref="BoundNotCondition"/>.</summary>
public sealed record BoundApplies(TextLocation Location, BoundCondition Condition) : BoundNode(Location);

/// <summary><c>unmetered reply when …</c>; no actions: all.</summary>
public sealed record BoundUnmetered(TextLocation Location, ImmutableArray<ActionSymbol> Actions, BoundCondition Condition) : BoundNode(Location);

/// <summary><c>invoice on day 1 of the next month</c>; the day is 1 to 31.</summary>
public sealed record BoundInvoice(TextLocation Location, int Day, bool IsCollectedAutomatically) : BoundNode(Location);

/// <summary><c>record project, agent on every charge</c>; one or more names the caller gives values to.</summary>
public sealed record BoundRecord(TextLocation Location, ImmutableArray<string> Names) : BoundNode(Location);

/// <summary><c>transfers never</c> or <c>transfers allowed</c>.</summary>
public sealed record BoundTransfers(TextLocation Location, bool AreAllowed) : BoundNode(Location);
