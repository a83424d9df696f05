using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;

namespace Rules.Ledger.Drafts;

/// <summary>What became of an attempt to move a draft.</summary>
/// <param name="Draft">As it is now; after a refusal as it stayed. Null where there is none.</param>
/// <param name="Problem">Null where it was done.</param>
public sealed record DraftResult(Draft? Draft, DraftProblem? Problem)
{
    public bool Succeeded => Problem is null;
}

/// <param name="Code">One of <see cref="DraftProblemCodes"/>.</param>
/// <param name="Message">What stands in the way and what to do, in full sentences.</param>
public sealed record DraftProblem(string Code, string Message)
{
    /// <summary>Errors of the text, where it is the text.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; init; } = [];
}

/// <summary>Why a step is refused, for programs: they never change their meaning.</summary>
public static class DraftProblemCodes
{
    public const string Unknown = "draft_unknown";

    /// <summary>Somebody changed it since it was read.</summary>
    public const string Changed = "draft_changed";

    /// <summary>Its state does not allow it.</summary>
    public const string State = "draft_state";

    public const string RightMissing = "draft_right_missing";

    /// <summary>Who wrote in a draft does not approve it.</summary>
    public const string OwnDraft = "own_draft";

    public const string ReasonRequired = "reason_required";

    public const string TextHasErrors = "text_has_errors";

    public const string TextTooLarge = "text_too_large";

    /// <summary>The text's head names another ruleset or number.</summary>
    public const string OtherVersion = "other_version";

    /// <summary>What was approved, or is to be, is not what is there now.</summary>
    public const string ApprovalStale = "approval_stale";

    /// <summary>Another version, published or scheduled, stands in the way.</summary>
    public const string Conflict = "change_conflicts";

    public const string RulesetUnknown = "ruleset_unknown";

    /// <summary>A new ruleset's name cannot be that of a file.</summary>
    public const string NameInvalid = "ruleset_name_invalid";

    /// <summary>A ruleset or a common file of the name is published.</summary>
    public const string NameTaken = "ruleset_name_taken";

    public const string VersionUnknown = "version_unknown";

    /// <summary>A comment is empty, too long, or of a line that is not there.</summary>
    public const string Comment = "comment_invalid";

    /// <summary>A limit of a guard rail is none.</summary>
    public const string Limit = "limit_invalid";

    public const string ActorName = "actor_name";
}
