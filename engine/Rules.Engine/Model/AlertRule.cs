using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>An alert: fires when use crosses one of its levels (time, rules 25 to 28).</summary>
/// <param name="Name">Its title, unique in the ruleset.</param>
/// <param name="Levels">In written order.</param>
/// <param name="Shows">Names the caller gives meaning to.</param>
/// <param name="Offers">Names the caller gives meaning to.</param>
public sealed record AlertRule(
    string Name, ImmutableArray<AlertLevel> Levels, ImmutableArray<string> Shows, ImmutableArray<string> Offers, TextLocation Location)
{
    /// <summary><c>again whenever crossed</c>: a level that the figure moved back over fires again, whatever moved it.</summary>
    public bool FiresAgain { get; init; }

    /// <summary>Carried credits count neither as figure nor as base.</summary>
    public bool CountsFreshCreditsOnly { get; init; }
}

/// <summary>How a level is crossed.</summary>
public enum LevelCrossing
{
    /// <summary>Reaching it counts.</summary>
    At = 1,

    /// <summary>Only going past it upwards counts.</summary>
    Above = 2,

    /// <summary>Only going past it downwards counts.</summary>
    Below = 3,

    /// <summary>Every multiple of the amount, from 0.</summary>
    AtEvery = 4,
}

/// <summary>The figure that a level watches (time, rule 25).</summary>
public enum LevelFigure
{
    /// <summary>Spent in the running cycle.</summary>
    Used = 1,

    /// <summary>Available.</summary>
    Left = 2,
}

/// <summary><c>at 50%, 80% of included used, then every 100 credits</c>.</summary>
/// <param name="Amounts">At least one; a term of kind percent list stands for all its percentages.</param>
/// <param name="IsPercent">The amounts are percentages of the base (time, rule 26); otherwise credits.</param>
/// <param name="Bucket">Index of the bucket; null: the whole balance.</param>
/// <param name="ThenEvery">Further levels beyond the outermost stated one; null: none.</param>
public sealed record AlertLevel(
    LevelCrossing Crossing, LevelFigure Figure, ImmutableArray<Amount> Amounts, bool IsPercent, int? Bucket, Amount? ThenEvery, TextLocation Location);
