using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <param name="Index">Its place in <see cref="RulesetModel.Plans"/>, and its value as a fact.</param>
/// <param name="Grants">The plan's own line, then those that begin with <c>also</c>.</param>
public sealed record PlanRule(int Index, string Name, ImmutableArray<PlanGrant> Grants, TextLocation Location)
{
    /// <summary>Overrides the header for accounts on this plan; null: the header holds.</summary>
    public ExistingAccounts? ExistingAccounts { get; init; }
}

/// <param name="Interval">Null: every cycle.</param>
/// <param name="Bucket">Index of the bucket.</param>
/// <param name="Unused">The plan's own rule, else the bucket's.</param>
public sealed record PlanGrant(Amount Amount, CalendarSpan? Interval, int Bucket, UnusedRule Unused, TextLocation Location);

/// <summary>What a new version means for accounts that are there.</summary>
public enum MoveKind
{
    AtRenewal = 1,
    On = 2,
    Stay = 3,
}

/// <param name="On">Start of the stated day for <see cref="MoveKind.On"/>; else null.</param>
public sealed record ExistingAccounts(MoveKind Kind, Instant? On);

public enum CycleKind
{
    /// <summary>From the first of a month to the next.</summary>
    CalendarMonth = 1,
    Interval = 2,

    /// <summary>A month or a year, as a fact of the account says.</summary>
    MonthlyOrAnnual = 3,
}

public enum AnchorKind
{
    /// <summary>The instant of subscribing.</summary>
    Start = 1,

    /// <summary>Its local midnight.</summary>
    Midnight = 2,

    /// <summary>The first local midnight of that day of a month at or after subscribing.</summary>
    DayOfMonth = 3,
}

/// <summary>What a plan change does to the cycle and its grants (time, rule 24).</summary>
public enum PlanChangeKind
{
    Restarts = 1,
    RestartsCarryingUnused = 2,
    WaitsForRenewal = 3,
    GrantsDifference = 4,
    GrantsShare = 5,
    GrantsInFull = 6,
    GrantsNothing = 7,
}

/// <param name="Interval">A month unless <see cref="Kind"/> is <see cref="CycleKind.Interval"/>.</param>
public sealed record CycleRule(CycleKind Kind, CalendarSpan Interval, TextLocation Location)
{
    /// <summary>Index of the account's fact that says monthly or annual; null for the other kinds.</summary>
    public int? By { get; init; }

    /// <summary>The value of that fact that means a year.</summary>
    public FactValue Annual { get; init; }

    public AnchorKind Anchor { get; init; } = AnchorKind.Start;

    /// <summary>1 to 31 for <see cref="AnchorKind.DayOfMonth"/>.</summary>
    public int AnchorDay { get; init; }

    public PlanChangeKind Upgrade { get; init; } = PlanChangeKind.Restarts;

    public PlanChangeKind Downgrade { get; init; } = PlanChangeKind.Restarts;

    /// <summary>Months granted at the start of an annual cycle; null: every month by itself.</summary>
    public int? UpFrontMonths { get; init; }

    public bool IsAnnual(ReadOnlySpan<FactValue> accountFacts) => By is { } fact && accountFacts[fact] == Annual;

    public CalendarSpan IntervalFor(ReadOnlySpan<FactValue> accountFacts) => IsAnnual(accountFacts) ? CalendarSpan.Year : Interval;
}

public enum TermKind
{
    Credits = 1,
    Money = 2,
    Percent = 3,
    PercentList = 4,
    Duration = 5,
    BucketOrder = 6,
}

/// <summary>A figure that is agreed per account or that the page does not publish.</summary>
/// <param name="Index">Its place in <see cref="RulesetModel.Terms"/>.</param>
/// <param name="Normally">What holds for an account that states none; null: it must be stated where it is used (RT02).</param>
/// <param name="Sample">What examples and previews use where none is stated.</param>
public sealed record TermRule(int Index, string Name, TermKind Kind, TermValue? Normally, TermValue Sample, TextLocation Location);

/// <summary>The value of a term. Which member is set follows from the term's kind.</summary>
public sealed record TermValue
{
    /// <summary>One, unless the term is a list of percentages.</summary>
    public ImmutableArray<ExactDecimal> Amounts { get; init; } = [];

    public CalendarSpan? Interval { get; init; }

    /// <summary>Index of each bucket.</summary>
    public ImmutableArray<int> Buckets { get; init; } = [];

    public bool IsUnlimited { get; init; }

    /// <summary>As a caller states it: <c>200</c>, <c>50, 80</c>, <c>12 months</c>, <c>included, then prepaid</c>, <c>unlimited</c>.</summary>
    /// <param name="buckets">Names by bucket index.</param>
    public string Write(IReadOnlyList<string> buckets) => this switch
    {
        { IsUnlimited: true } => "unlimited",
        { Interval: { } span } => span.ToString(),
        { Buckets.IsEmpty: false } => string.Join(", then ", Buckets.Select(b => buckets[b])),
        _ => string.Join(", ", Amounts.Select(a => a.ToString())),
    };
}

/// <summary>Credits sold as one thing.</summary>
public sealed record PackRule(string Name, Amount Amount, int Bucket, TextLocation Location);

/// <summary>What credits of a bucket cost in money: the same bodies as an action's price, with the credit as the only meter.</summary>
/// <param name="Money">Name, decimals and rounding of the currency.</param>
public sealed record SellRule(int Bucket, PriceRule Price, CreditUnit Money, TextLocation Location);
