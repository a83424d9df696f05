using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>What a declared name stands for. Symbols are compared by reference: one declaration makes one symbol.</summary>
public abstract class Symbol(string name, TextLocation location)
{
    /// <summary>The name as declared, without quotes.</summary>
    public string Name { get; } = name;

    /// <summary>The declaring name in the source; for a built-in or unknown name the place that first used it, or the header.</summary>
    public TextLocation Location { get; } = location;

    /// <summary>Stands for a name that was not declared. Its use is already reported; nothing more is said about it. Never in a rule set without errors.</summary>
    public bool IsError { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Something quantities are counted in: a meter, a currency or the credit itself (in <c>sell … per credit</c>).</summary>
public abstract class UnitSymbol(string name, TextLocation location) : Symbol(name, location);

/// <summary>How an exact amount becomes one of the declared decimals. Half up is half away from zero; up is away from zero, down towards it.</summary>
public enum RoundingMode
{
    /// <summary>To the nearest; a half away from zero. What applies when nothing is declared.</summary>
    HalfUp,

    /// <summary>To the nearest; a half to the even neighbour.</summary>
    HalfEven,

    /// <summary>Away from zero.</summary>
    Up,

    /// <summary>Towards zero.</summary>
    Down,
}

/// <summary>The credit of the rule set. Its name is what pages call one ("run credit"); decimals are 0 to 9.</summary>
public sealed class CreditSymbol(string name, TextLocation location, int decimals, RoundingMode rounding) : UnitSymbol(name, location)
{
    /// <summary>0 to 9; the same in every version of a rule set.</summary>
    public int Decimals { get; } = decimals;

    /// <summary>Applied once per charge.</summary>
    public RoundingMode Rounding { get; } = rounding;
}

/// <summary>A declared currency; its name is what stands behind an amount (<c>4 USD</c>).</summary>
public sealed class CurrencySymbol(string name, TextLocation location, int decimals, RoundingMode rounding) : UnitSymbol(name, location)
{
    /// <summary>0 to 9.</summary>
    public int Decimals { get; } = decimals;

    /// <summary>Applied once per purchase or invoice line.</summary>
    public RoundingMode Rounding { get; } = rounding;
}

/// <summary>A meter: what an action reports a quantity of.</summary>
public sealed class MeterSymbol(string name, string plural, bool isWhole, TextLocation location) : UnitSymbol(name, location)
{
    /// <summary>The plural as declared, or the name with an s.</summary>
    public string Plural { get; } = plural;

    /// <summary>Quantities are whole numbers; otherwise up to 9 decimals.</summary>
    public bool IsWhole { get; } = isWhole;
}

/// <summary>A closed list of values and the tags each carries.</summary>
public sealed class ListSymbol(string name, ImmutableArray<ListEntry> entries, TextLocation location) : Symbol(name, location)
{
    /// <summary>In declared order; names are unique.</summary>
    public ImmutableArray<ListEntry> Entries { get; } = entries;
}

/// <summary>One value of a list. Tags are in written order and may be empty.</summary>
public sealed record ListEntry(string Name, ImmutableArray<string> Tags, TextLocation Location);

/// <summary>Where the value of a fact comes from.</summary>
public enum FactOwner
{
    /// <summary>A dated fact of the account.</summary>
    Account,

    /// <summary>A fact of the usage event.</summary>
    Action,

    /// <summary>The built-in <c>plan</c>: the name of the account's plan.</summary>
    Plan,
}

/// <summary>A fact that conditions and rows may read.</summary>
public sealed class FactSymbol(string name, FactOwner owner, FactDomain domain, FactValue? normally, TextLocation location) : Symbol(name, location)
{
    /// <summary>Who states it.</summary>
    public FactOwner Owner { get; } = owner;

    /// <summary>The values it may have.</summary>
    public FactDomain Domain { get; } = domain;

    /// <summary>The value when none is given; null: it must be given where it is read.</summary>
    public FactValue? Normally { get; } = normally;
}

/// <summary>An action that is charged, or listed as free. Facts and measures are in declared order.</summary>
public sealed class ActionSymbol(
    string name, bool isFree, KeySymbol? key, ImmutableArray<FactSymbol> facts, ImmutableArray<UnitSymbol> measures, TextLocation location)
    : Symbol(name, location)
{
    /// <summary>An action measures at most so many meters (PR0217).</summary>
    public const int MostMeters = 64;

    /// <summary>Declared by <c>free action</c>.</summary>
    public bool IsFree { get; } = isFree;

    /// <summary>What its runs are told apart by; null without <c>keyed by</c>.</summary>
    public KeySymbol? Key { get; } = key;

    /// <summary>Facts an event of this action may state; may be empty.</summary>
    public ImmutableArray<FactSymbol> Facts { get; } = facts;

    /// <summary>Meters and currencies it reports; may be empty.</summary>
    public ImmutableArray<UnitSymbol> Measures { get; } = measures;
}

/// <summary>The key that groups events of an action into one run (<c>keyed by run</c>).</summary>
public sealed class KeySymbol(string name, TextLocation location) : Symbol(name, location);

/// <summary>A named rate: an amount, of credits or money, per unit where <see cref="Per"/> is stated.</summary>
public sealed class RateSymbol(string name, BoundAmount amount, UnitSymbol? per, TextLocation location) : Symbol(name, location)
{
    /// <summary>The amount for one unit.</summary>
    public BoundAmount Amount { get; } = amount;

    /// <summary>The unit of <c>per</c>; null for a plain amount.</summary>
    public UnitSymbol? Per { get; } = per;
}

/// <summary>What kind of value a term has.</summary>
public enum TermKind
{
    /// <summary>An amount of credits.</summary>
    Credits,

    /// <summary>An amount of <see cref="TermSymbol.Currency"/>.</summary>
    Money,

    /// <summary>One percentage, 0 to 100.</summary>
    Percent,

    /// <summary>Percentages, in written order.</summary>
    PercentList,

    /// <summary>A length of time.</summary>
    Duration,

    /// <summary>An order of buckets.</summary>
    BucketOrder,
}

/// <summary>A figure that is agreed per account or that the page does not publish.</summary>
public sealed class TermSymbol(
    string name, TermKind kind, CurrencySymbol? currency, bool isSetPerAccount, BoundTermValue? normally, BoundTermValue sample, TextLocation location)
    : Symbol(name, location)
{
    /// <summary>The type of its value.</summary>
    public TermKind Kind { get; } = kind;

    /// <summary>Set exactly when <see cref="Kind"/> is <see cref="TermKind.Money"/>.</summary>
    public CurrencySymbol? Currency { get; } = currency;

    /// <summary><c>set per account</c>; otherwise <c>unpublished</c>: one figure for all, not on the page.</summary>
    public bool IsSetPerAccount { get; } = isSetPerAccount;

    /// <summary>What holds for an account that states none; null: it must be stated (RT02).</summary>
    public BoundTermValue? Normally { get; } = normally;

    /// <summary>The value examples and previews use where none is given.</summary>
    public BoundTermValue Sample { get; } = sample;
}

/// <summary>What fills a bucket.</summary>
public enum BucketFunding
{
    /// <summary>Plan grants.</summary>
    Plan,

    /// <summary>Purchases.</summary>
    Purchase,

    /// <summary>Grants made by hand.</summary>
    Grant,

    /// <summary>Nothing: use is billed afterwards.</summary>
    Postpaid,
}

/// <summary>The identity of a bucket; its rules are the <see cref="BoundBucket"/> of the same symbol.</summary>
public sealed class BucketSymbol(string name, BucketFunding funding, TextLocation location) : Symbol(name, location)
{
    /// <summary>What fills it.</summary>
    public BucketFunding Funding { get; } = funding;
}

/// <summary>The identity of a plan; its grants are in the <see cref="BoundPlan"/> of the same symbol.</summary>
public sealed class PlanSymbol(string name, TextLocation location) : Symbol(name, location);

/// <summary>The identity of a pack; what it holds is in the <see cref="BoundPack"/> of the same symbol.</summary>
public sealed class PackSymbol(string name, TextLocation location) : Symbol(name, location);

/// <summary>The identity of an alert: its title, unique in the rule set.</summary>
public sealed class AlertSymbol(string name, TextLocation location) : Symbol(name, location);
