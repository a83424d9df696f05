using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>A small story with what it should come to.</summary>
/// <param name="Steps">In written order; totals restart at the first <see cref="DoStep"/> after an expectation.</param>
public sealed record Example(string Name, ImmutableArray<ExampleStep> Steps, TextLocation Location)
{
    /// <summary>Set for an example of an earlier version.</summary>
    public Inheritance? Inherited { get; init; }
}

/// <summary>Where an amendment took an example or a promise over.</summary>
/// <param name="From">The version whose file holds it.</param>
/// <param name="FromEffectiveAt">When that version takes effect, in the zone of this one: the story is told again as it was told then.</param>
/// <param name="By">The version that takes it over.</param>
/// <param name="Location">The line that says so.</param>
public sealed record Inheritance(int From, Instant FromEffectiveAt, int By, TextLocation Location);

/// <summary>One line of an example.</summary>
public abstract record ExampleStep(TextLocation Location);

/// <summary>From here on it is that day, 00:00 in the ruleset's zone.</summary>
public sealed record OnStep(LocalDate Day, TextLocation Location) : ExampleStep(Location);

/// <summary>What is so from here on. Facts and terms in the file's notation.</summary>
/// <param name="Plan">Null: as before.</param>
/// <param name="Balances">Bucket index and credits; each replaces the bucket's lots.</param>
public sealed record GivenStep(
    string? Plan, ImmutableArray<NamedValue> Facts, ImmutableArray<NamedValue> Terms, ImmutableArray<GivenBalance> Balances, TextLocation Location)
    : ExampleStep(Location);

/// <summary>A fact or term with its value in the file's notation.</summary>
public readonly record struct NamedValue(string Name, string Value);

/// <summary>Credits that a bucket is given; its index is its place in the model.</summary>
public readonly record struct GivenBalance(int Bucket, Amount Credits);

/// <param name="Times">1 or more.</param>
/// <param name="Key">Value of the action's key; null: a scope of its own, each time.</param>
public sealed record DoStep(
    int Times, int Action, ImmutableArray<StatedQuantity> Quantities, ImmutableArray<NamedValue> Facts, string? Key, TextLocation Location)
    : ExampleStep(Location);

/// <summary>A quantity in the meter's own unit.</summary>
public readonly record struct StatedQuantity(string Meter, ExactDecimal Quantity);

/// <summary>Credits are bought into a bucket, at its price of the day.</summary>
public sealed record BuyStep(Amount Credits, int Bucket, TextLocation Location) : ExampleStep(Location);

/// <summary>A pack is bought, by its name.</summary>
public sealed record BuyPackStep(string Pack, TextLocation Location) : ExampleStep(Location);

/// <summary>The account moves to another plan, at once.</summary>
public sealed record ChangePlanStep(string Plan, TextLocation Location) : ExampleStep(Location);

public enum ExpectedFigure
{
    /// <summary>Credits charged since the totals last restarted.</summary>
    Charged = 1,

    /// <summary>Credits drawn from a bucket since then.</summary>
    Drawn = 2,

    /// <summary>One meter's exact part of what was charged since then.</summary>
    Part = 3,

    /// <summary>Credits available in a bucket now.</summary>
    Balance = 4,

    /// <summary>Credits that the price lists, waived lines included, since then.</summary>
    Listed = 5,

    /// <summary>Money of the last purchase.</summary>
    Price = 6,

    /// <summary>Money owed for postpaid use of this cycle.</summary>
    Owed = 7,

    /// <summary>Credits given back since then.</summary>
    Back = 8,
}

/// <param name="Amount">Credits or money; a term stands for its value for the example's account.</param>
/// <param name="Bucket">Index of the bucket for drawn and balance; else -1.</param>
/// <param name="Meter">The meter's name for a part; else null.</param>
public sealed record ExpectStep(ExpectedFigure Figure, Amount Amount, int Bucket, string? Meter, TextLocation Location) : ExampleStep(Location);

public enum ExpectedOutcome
{
    Blocked = 1,
    Paused = 2,
    Refused = 3,
    Free = 4,
    Unmetered = 5,
    NotApplicable = 6,
}

/// <summary>How the last <c>do</c> ended.</summary>
public sealed record ExpectOutcomeStep(ExpectedOutcome Outcome, TextLocation Location) : ExampleStep(Location);

/// <param name="Alert">Null: none.</param>
public sealed record ExpectAlertStep(string? Alert, TextLocation Location) : ExampleStep(Location);
