using NodaTime;

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

    /// <summary>The effective day and time of the header in <see cref="Zone"/>, as an instant.</summary>
    public required Instant EffectiveAt { get; init; }

    /// <summary>Name, decimals and rounding of the credit.</summary>
    public required CreditUnit Credit { get; init; }
}

/// <param name="Name">As written: <c>run credit</c>.</param>
/// <param name="Decimals">0 to 9; the smallest unit is 10^-Decimals credits.</param>
public sealed record CreditUnit(string Name, int Decimals, RoundingMode Rounding);

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
