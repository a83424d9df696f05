using System.Collections.Immutable;

namespace Rules.Engine.Accounts;

/// <summary>
/// The codes with which a command that moves credits is refused, in one table. They never change their meaning; stories write them with
/// hyphens.
/// </summary>
public static class ProblemCodes
{
    /// <summary>Nothing is left, and the action stops then.</summary>
    public const string Blocked = "blocked";

    /// <inheritdoc cref="Blocked"/>
    public const string Paused = "paused";

    /// <summary>The credits do not suffice.</summary>
    public const string Refused = "refused";

    /// <summary>The account would owe more than it may.</summary>
    public const string DebtLimit = "debt_limit";

    /// <summary>A capture comes to more than its hold allows.</summary>
    public const string ExceedsHold = "exceeds_hold";

    /// <summary>The hold was settled by another call.</summary>
    public const string HoldClosed = "hold_closed";

    /// <summary>The id was used before.</summary>
    public const string IdUsed = "id_used";

    /// <summary>The account has no such hold.</summary>
    public const string UnknownHold = "unknown_hold";

    /// <summary>The account has no such use.</summary>
    public const string UnknownUse = "unknown_use";

    /// <summary>The account has no such grant.</summary>
    public const string UnknownGrant = "unknown_grant";

    /// <summary>What is named has ended.</summary>
    public const string TooLate = "too_late";

    /// <summary>What is named charged nothing that could be taken back: a reversal, a grant, an open hold.</summary>
    public const string NotReversible = "not_reversible";

    /// <summary>A reversal asks for more than is left of its use.</summary>
    public const string ExceedsUse = "exceeds_use";

    /// <summary>Why a quote was not charged.</summary>
    internal static string Of(Quote quote) => quote.Outcome switch
    {
        QuoteOutcome.Blocked => Blocked,
        QuoteOutcome.Paused => Paused,
        _ => quote.IsOverDebtLimit ? DebtLimit : Refused,
    };

    /// <summary>Every code with a sentence that holds for each problem of its kind.</summary>
    public static ImmutableArray<(string Code, string Title)> All { get; } =
    [
        (Blocked, "No credits are left, and the action stops then."),
        (Paused, "No credits are left, and the action waits then."),
        (Refused, "The credits do not suffice."),
        (DebtLimit, "The account would owe more than it may."),
        (ExceedsHold, "The capture comes to more than its hold allows."),
        (HoldClosed, "The hold was settled by another call."),
        (IdUsed, "The account has used this id before."),
        (UnknownHold, "The account has no hold of this id."),
        (UnknownUse, "The account has no use of this id."),
        (UnknownGrant, "The account has no grant of this id."),
        (TooLate, "What is named has ended."),
        (NotReversible, "What is named charged nothing that could be taken back."),
        (ExceedsUse, "The reversal asks for more than is left of its use."),
    ];
}
