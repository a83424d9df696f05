using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>
/// One version of a ruleset, compiled: immutable, complete, made once and read by many threads. Names are already indexes,
/// figures already scaled integers.
/// </summary>
public sealed partial class RulesetModel
{
    public required string Name { get; init; }

    public required int Version { get; init; }

    public string? Title { get; init; }

    /// <summary>Hash of the meaning, <c>sha256:…</c>: equal for equal meaning, whatever the layout and comments.</summary>
    public required string Meaning { get; init; }

    /// <summary>Decides days and cycles.</summary>
    public required DateTimeZone Zone { get; init; }

    /// <summary>An account may state a zone of its own; <see cref="Zone"/> is that of the others, and of the file's own days.</summary>
    public bool IsZonePerAccount { get; init; }

    /// <summary>The effective day and time of the header in <see cref="Zone"/>, as an instant.</summary>
    public required Instant EffectiveAt { get; init; }

    /// <summary>Name, decimals and rounding of the credit.</summary>
    public required CreditUnit Credit { get; init; }

    /// <summary>What happens to accounts on an older version.</summary>
    public ExistingAccounts ExistingAccounts { get; init; } = new(MoveKind.AtRenewal, null);

    /// <summary>Facts of the account, then <c>plan</c>; a fact's index is its place.</summary>
    public ImmutableArray<Fact> AccountFacts { get; init; } = [];

    /// <summary>Every action, free ones included, in declared order.</summary>
    public ImmutableArray<ActionRule> Actions { get; init; } = [];

    /// <summary>In declared order; empty: the ruleset keeps no balance (language, 5.11).</summary>
    public ImmutableArray<BucketRule> Buckets { get; init; } = [];

    /// <summary>Null exactly where there is no bucket.</summary>
    public ConsumeRule? Consume { get; init; }

    /// <summary>Null exactly where there is no bucket.</summary>
    public AtZeroRule? AtZero { get; init; }

    public HoldsRule Holds { get; init; } = HoldsRule.Default;

    /// <summary>Null where nothing depends on a cycle.</summary>
    public CycleRule? Cycle { get; init; }

    public ImmutableArray<PlanRule> Plans { get; init; } = [];

    public ImmutableArray<TermRule> Terms { get; init; } = [];

    public ImmutableArray<PackRule> Packs { get; init; } = [];

    public ImmutableArray<SellRule> Sells { get; init; } = [];

    public ImmutableArray<AlertRule> Alerts { get; init; } = [];

    public ImmutableArray<PromiseRule> Promises { get; init; } = [];

    /// <summary>Names that every charge should carry.</summary>
    public ImmutableArray<string> Recorded { get; init; } = [];

    public ImmutableArray<Example> Examples { get; init; } = [];

    /// <summary>The action of that name; null when there is none. Names are case-sensitive.</summary>
    public ActionRule? FindAction(string name)
    {
        foreach (var action in Actions)
        {
            if (action.Name == name)
            {
                return action;
            }
        }

        return null;
    }

    public PlanRule? FindPlan(string name)
    {
        foreach (var plan in Plans)
        {
            if (plan.Name == name)
            {
                return plan;
            }
        }

        return null;
    }

    /// <summary>How credits of a bucket are sold; null where they are not.</summary>
    /// <param name="bucket">Its index.</param>
    public SellRule? SellOf(int bucket)
    {
        foreach (var sell in Sells)
        {
            if (sell.Bucket == bucket)
            {
                return sell;
            }
        }

        return null;
    }

    public BucketRule? FindBucket(string name)
    {
        foreach (var bucket in Buckets)
        {
            if (bucket.Name == name)
            {
                return bucket;
            }
        }

        return null;
    }

    /// <summary>Scaled prices by action index; null for a free action, and for a price that depends on terms of the account.</summary>
    internal ImmutableArray<PriceTable?> PriceTables { get; init; } = [];

    /// <summary>Scaled prices by bucket index; null for a bucket that is not sold, and for a price that depends on terms of the account.</summary>
    internal ImmutableArray<PriceTable?> SellTables { get; init; } = [];
}

/// <param name="Name">As written: <c>run credit</c>.</param>
/// <param name="Decimals">0 to 9; the smallest unit is 10^-Decimals credits.</param>
/// <param name="Location">The declaration; what a rounding step points at. Default where there is none.</param>
public sealed record CreditUnit(string Name, int Decimals, RoundingMode Rounding, TextLocation Location = default);

public enum RoundingMode
{
    /// <summary>Half away from zero.</summary>
    HalfUp = 0,
    HalfEven = 1,

    /// <summary>Away from zero.</summary>
    Up = 2,

    /// <summary>Towards zero.</summary>
    Down = 3,
}
