using System.Collections.Frozen;
using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Ledger.Access;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Drafts;

/// <summary>
/// The only way from a draft to a price: draft, review, approved, scheduled, published; rejected, discarded, rolled back. Pages, service and command pass it.
/// Every step is refused or written whole with its line of the audit log.
/// </summary>
public sealed partial class DraftRoad
{
    /// <summary>The most characters of a reason.</summary>
    public const int MaximumReason = 2000;

    /// <summary>The most drafts and lines of the audit log that are listed at once.</summary>
    public const int LargestPage = 500;

    private static readonly DraftState[] _open = [DraftState.Draft, DraftState.Review, DraftState.Approved, DraftState.Scheduled, DraftState.Rejected];

    private static readonly FrozenDictionary<AuditAction, Step> _steps = new Dictionary<AuditAction, Step>
    {
        [AuditAction.Created] = new([], DraftState.Draft, DraftRights.Edit),
        [AuditAction.Saved] = new(_open, DraftState.Draft, DraftRights.Edit),
        [AuditAction.Merged] = new([DraftState.Draft, DraftState.Review, DraftState.Approved, DraftState.Rejected], DraftState.Draft, DraftRights.Edit),
        [AuditAction.Discarded] = new([DraftState.Draft, DraftState.Review, DraftState.Approved, DraftState.Rejected], DraftState.Discarded, DraftRights.Edit),
        [AuditAction.ReviewRequested] = new([DraftState.Draft, DraftState.Rejected], DraftState.Review, DraftRights.Edit),
        [AuditAction.Withdrawn] = new([DraftState.Review, DraftState.Approved, DraftState.Scheduled], DraftState.Draft, DraftRights.Edit),
        [AuditAction.Approved] = new([DraftState.Review], DraftState.Approved, DraftRights.Approve),
        [AuditAction.Rejected] = new([DraftState.Review], DraftState.Rejected, DraftRights.Approve) { NeedsReason = true },
        [AuditAction.Scheduled] = new([DraftState.Approved], DraftState.Scheduled, DraftRights.Publish),
        [AuditAction.Published] = new([DraftState.Approved, DraftState.Scheduled], DraftState.Published, DraftRights.Publish),
        [AuditAction.PublishedInEmergency] = new(_open, DraftState.Published, DraftRights.Emergency) { NeedsReason = true },
        [AuditAction.ScheduleFailed] = new([DraftState.Scheduled], DraftState.Draft, DraftRights.Publish),
        [AuditAction.RolledBack] = new([DraftState.Published], DraftState.RolledBack, DraftRights.Publish),
    }.ToFrozenDictionary();

    private readonly IDraftStore _store;
    private readonly RulesetCatalogue _rulesets;
    private readonly TimeProvider _time;

    internal DraftRoad(IDraftStore store, RulesetCatalogue rulesets, TimeProvider time)
    {
        _store = store;
        _rulesets = rulesets;
        _time = time;
    }

    /// <summary>Null where there is none of that id.</summary>
    public ValueTask<Draft?> FindAsync(string id, CancellationToken cancellationToken) => _store.DraftAsync(id, cancellationToken);

    /// <summary>The draft that was published as a version, rolled back later or not; null where the version came from a file.</summary>
    public async ValueTask<Draft?> PublishedAsync(string ruleset, int number, CancellationToken cancellationToken) =>
        await _store.PublishedDraftAsync(ruleset, number, cancellationToken) is { } draft && PublishedOf(draft) is not null ? draft : null;

    /// <summary>Drafts of one ruleset or of all, the one changed last first.</summary>
    /// <param name="open">Only those that are neither published nor given up.</param>
    public ValueTask<ImmutableArray<Draft>> ListAsync(string? ruleset, bool open, CancellationToken cancellationToken) =>
        _store.DraftsAsync(ruleset, open, LargestPage, cancellationToken);

    /// <summary>The audit log, newest first. A limit outside 1 to 500 is brought inside.</summary>
    /// <param name="before">Only lines of a smaller position; null: from the newest.</param>
    public ValueTask<ImmutableArray<AuditRecord>> AuditAsync(string? ruleset, string? draft, long? before, int limit, CancellationToken cancellationToken) =>
        _store.AuditAsync(ruleset, draft, before ?? long.MaxValue, Math.Clamp(limit, 1, LargestPage), cancellationToken);

    /// <summary>What was said about a draft, oldest first.</summary>
    public ValueTask<ImmutableArray<DraftComment>> CommentsAsync(string id, CancellationToken cancellationToken) => _store.CommentsAsync(id, LargestPage, cancellationToken);

    /// <summary>Says something about a draft, or about a line of it as it stands. Whoever may edit or approve may speak.</summary>
    /// <param name="line">From 1; null: about all of it.</param>
    public async Task<DraftResult> CommentAsync(string id, int? line, string body, DraftActor by, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } draft)
        {
            return Refuse(null, DraftProblemCodes.Unknown, "There is no such draft.");
        }

        if (ActorFault(by, by.May(DraftRights.Approve) ? DraftRights.Approve : DraftRights.Edit) is { } fault)
        {
            return new DraftResult(draft, fault);
        }

        var said = body?.Trim() ?? "";
        if (said.Length is 0 or > DraftComment.MaximumBody)
        {
            return Refuse(draft, DraftProblemCodes.Comment, $"Say it in 1 to {DraftComment.MaximumBody} characters.");
        }

        var lines = draft.Text.Split('\n');
        if (line is { } number && (number < 1 || number > lines.Length))
        {
            return Refuse(draft, DraftProblemCodes.Comment, $"The text has the lines 1 to {lines.Length}.");
        }

        await _store.AddCommentAsync(new DraftComment(id, Now, by.Name, line, line is { } at ? lines[at - 1].TrimEnd('\r') : null, DraftHash.OfText(draft.Text), said), cancellationToken);
        return Unchanged(draft);
    }

    /// <summary>How far a change of a ruleset's prices may go before its publication asks for a confirmation.</summary>
    public async ValueTask<RulesetGuards> GuardsAsync(string ruleset, CancellationToken cancellationToken) => new(await _store.GuardLimitsAsync(ruleset, cancellationToken));

    /// <summary>Sets limits, one line each; what they were stays to be read.</summary>
    /// <param name="by">With the right to approve, or an administrator by the caller's word.</param>
    public async Task<DraftProblem?> SetGuardsAsync(string ruleset, IReadOnlyDictionary<GuardCheck, long?> most, DraftActor by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(most);
        if (_rulesets.Versions(ruleset).IsEmpty)
        {
            return new DraftProblem(DraftProblemCodes.RulesetUnknown, $"There is no ruleset \"{ruleset}\".");
        }

        if (ActorFault(by, DraftRights.Approve) is { } fault)
        {
            return fault;
        }

        if (most.Values.Any(static limit => limit is < 0 or > RulesetGuards.Largest))
        {
            return new DraftProblem(DraftProblemCodes.Limit, $"A limit is a whole number from 0 to {RulesetGuards.Largest}.");
        }

        var known = await GuardsAsync(ruleset, cancellationToken);
        foreach (var (check, limit) in most.Where(limit => known.SetBy(limit.Key)?.Most != limit.Value).OrderBy(static limit => limit.Key))
        {
            await _store.AddGuardLimitAsync(new GuardLimit(ruleset, check, limit, Now, by.Name), cancellationToken);
        }

        return null;
    }

    /// <summary>The number of the newest version, published or scheduled, of a draft's ruleset; the draft itself does not count.</summary>
    public async ValueTask<int> NewestNumberAsync(Draft draft, CancellationToken cancellationToken)
    {
        var published = _rulesets.Versions(draft.Ruleset) is [var newest, ..] ? newest.Model.Version : 0;
        return (await ScheduledAsync(draft.Ruleset, cancellationToken))
            // What comes after a scheduled draft is built on it.
            .Where(other => other.Id != draft.Id && !(draft.State == DraftState.Scheduled && other.Number > draft.Number)).Select(other => other.Number).Append(published).Max();
    }

    /// <summary>Whether a step may be taken from a state by somebody with these rights; what else may stand in the way is told by taking it.</summary>
    public static bool Allows(AuditAction action, DraftState state, DraftRights rights) =>
        _steps[action] is var step && step.From.Contains(state) && (rights & step.Right) == step.Right;

    /// <summary>A draft of the next version, after the newest one that is published or scheduled: its whole text, or an amendment of an amendment.</summary>
    public async Task<DraftResult> CreateAsync(string ruleset, DraftActor by, CancellationToken cancellationToken)
    {
        if (await NewestAsync(ruleset, cancellationToken) is not { } newest)
        {
            return Refuse(null, DraftProblemCodes.RulesetUnknown, $"There is no ruleset \"{ruleset}\". Begin one with a text of its first version.");
        }

        var text = _rulesets.Compile(newest.Source).FollowedBy(newest.Number + 1, TodayWhere(newest.Source));
        return await AddAsync(ruleset, newest.Number, text, null, null, by, cancellationToken);
    }

    /// <summary>A draft of the first version of a ruleset that is not published yet. It passes the same road; there is nothing to compare it with.</summary>
    /// <param name="ruleset">A name that <see cref="RuleFileId.IsName"/> accepts, of nothing that is published.</param>
    /// <param name="text">At most <see cref="SourceText.MaximumBytes"/>; what its head says is held against the name when it is put into review.</param>
    public async Task<DraftResult> CreateFirstAsync(string ruleset, string text, DraftActor by, CancellationToken cancellationToken)
    {
        if (!RuleFileId.IsName(ruleset))
        {
            return Refuse(null, DraftProblemCodes.NameInvalid,
                $"A ruleset's name has 1 to {RuleFileId.MaximumNameLength} of the letters a to z, digits, - and _, because it is a file's name too.");
        }

        if (!_rulesets.Versions(ruleset).IsEmpty || _rulesets.CommonFiles.Any(file => file.Id.Name == ruleset))
        {
            return Refuse(null, DraftProblemCodes.NameTaken, $"\"{ruleset}\" is published already. Choose another name, or change the prices of that one.");
        }

        return SourceText.From(text).IsTooLarge
            ? Refuse(null, DraftProblemCodes.TextTooLarge, TooLarge)
            : await AddAsync(ruleset, 0, text, null, null, by, cancellationToken);
    }

    /// <summary>
    /// A draft that puts the text of an earlier version in the place of the newest. It passes review like any other: going back is a change of prices too.
    /// </summary>
    /// <param name="version">To go back to; older than the newest.</param>
    public async Task<DraftResult> PrepareRollbackAsync(string ruleset, int version, string reason, DraftActor by, CancellationToken cancellationToken)
    {
        var versions = _rulesets.Versions(ruleset);
        if (versions.IsEmpty || versions.FirstOrDefault(candidate => candidate.Model.Version == version) is not { } earlier || earlier == versions[0])
        {
            return Refuse(null, DraftProblemCodes.VersionUnknown, $"\"{ruleset}\" has no earlier version {version} to go back to.");
        }

        if (ReasonFault(reason) is { } fault)
        {
            return new DraftResult(null, fault);
        }

        var newest = versions[0].Model.Version;
        var whole = SourceText.From(_rulesets.Compile(earlier).Resolved.Text.ToString(), earlier.FileName);
        var dayAfter = versions[0].Model.EffectiveAt.InZone(versions[0].Model.Zone).Date.PlusDays(1);
        var text = _rulesets.Compile(whole).FollowedBy(newest + 1, LocalDate.Max(TodayWhere(whole), dayAfter));
        return await AddAsync(ruleset, newest, text, newest, reason, by, cancellationToken);
    }

    /// <summary>Writes a text over the draft's. What was approved or scheduled is so no longer.</summary>
    /// <param name="rowVersion">Of the draft that the text was written on.</param>
    public Task<DraftResult> SaveAsync(string id, int rowVersion, string text, DraftActor by, CancellationToken cancellationToken) =>
        MoveAsync(AuditAction.Saved, id, rowVersion, null, by, draft => Written(draft, draft.Number, draft.Base, text, by), cancellationToken);

    /// <summary>
    /// Brings a draft onto the newest version that is published or scheduled: what changed there and what changed here, each once. Where both changed
    /// the same lines both stand in the text, between marks that do not compile.
    /// </summary>
    public async Task<DraftResult> MergeAsync(string id, int rowVersion, DraftActor by, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } found)
        {
            return Refuse(null, DraftProblemCodes.Unknown, "There is no such draft.");
        }

        var later = await NewestAsync(found.Ruleset, cancellationToken);
        return await MoveAsync(AuditAction.Merged, id, rowVersion, null, by, draft =>
        {
            var old = draft.IsFirst ? null : TextOf(draft.Ruleset, draft.Base);
            if (later is not { } newest || newest.Number <= draft.Base || (old is null && !draft.IsFirst))
            {
                return Refuse(draft, DraftProblemCodes.State, $"{(draft.IsFirst ? "The draft begins the ruleset" : $"The draft is based on version {draft.Base}")}, and no later one is published or scheduled.");
            }

            // One number and day in all three heads, so that they do not stand against each other. An amendment holds nothing but its own changes.
            var number = newest.Number + 1;
            var mine = _rulesets.Compile(SourceText.From(draft.Text, FileName(draft)));
            var day = LocalDate.Max(TodayWhere(newest.Source), LastDayOf(mine, _rulesets.Compile(newest.Source)).PlusDays(1));
            var (my, their) = (mine.FollowedBy(number, day), _rulesets.Compile(newest.Source).FollowedBy(number, day));
            var text = mine.IsAmendment
                ? mine.As(number)
                // Two who began the same ruleset have no text in common but what both wrote.
                : TextMerge.Merge(old is null ? TextMerge.Common(my, their) : _rulesets.Compile(old).FollowedBy(number, day), my, their).Text;
            return Written(draft, number, newest.Number, text, by);
        }, cancellationToken);
    }

    public Task<DraftResult> DiscardAsync(string id, int rowVersion, DraftActor by, CancellationToken cancellationToken) =>
        MoveAsync(AuditAction.Discarded, id, rowVersion, null, by, Unchanged, cancellationToken);

    /// <summary>Asks others to look at a draft, which has to be without errors.</summary>
    /// <param name="startsAt">Before which nobody is to be charged by it; null: from its publication. The effective instant of the text counts where it is later.</param>
    /// <param name="replaySha256">Of the preview that they shall see; empty where there is none.</param>
    public Task<DraftResult> RequestReviewAsync(
        string id, int rowVersion, Instant? startsAt, ReadOnlyMemory<byte> replaySha256, DraftActor by, CancellationToken cancellationToken) =>
        MoveAsync(AuditAction.ReviewRequested, id, rowVersion, null, by, draft =>
        {
            var (effectiveAt, problem) = Ready(draft);
            return problem ?? new DraftResult(draft with { EffectiveAt = Instants.Max(effectiveAt!.Value, Instants.Floor(startsAt ?? effectiveAt.Value)), ReplaySha256 = replaySha256 }, null);
        }, cancellationToken);

    /// <summary>Takes a draft back out of review, approval or schedule, to go on writing.</summary>
    public Task<DraftResult> WithdrawAsync(string id, int rowVersion, DraftActor by, CancellationToken cancellationToken) =>
        MoveAsync(AuditAction.Withdrawn, id, rowVersion, null, by, draft => new DraftResult(draft with { Approval = null, EffectiveAt = null, ReplaySha256 = default }, null), cancellationToken);

    /// <summary>Approves what somebody else wrote.</summary>
    /// <param name="seen">Hex of the <see cref="DraftHash"/> that the approver saw; another one is refused.</param>
    public Task<DraftResult> ApproveAsync(string id, int rowVersion, string seen, DraftActor by, CancellationToken cancellationToken) =>
        MoveAsync(AuditAction.Approved, id, rowVersion, null, by, draft =>
        {
            if (draft.Authors.Contains(by.Name, StringComparer.OrdinalIgnoreCase))
            {
                return Refuse(draft, DraftProblemCodes.OwnDraft, $"{by.Name} wrote in this draft. Somebody else approves it.");
            }

            var (effectiveAt, problem) = Ready(draft);
            if (problem is not null)
            {
                return problem;
            }

            return effectiveAt <= draft.EffectiveAt && string.Equals(seen, DraftHash.TextOf(draft), StringComparison.Ordinal)
                ? new DraftResult(draft with { Approval = new Approval(DraftHash.Of(draft), by.Name, Now) }, null)
                : Refuse(draft, DraftProblemCodes.ApprovalStale, "The draft is not the one that was looked at. Read it again, then approve.");
        }, cancellationToken);

    public Task<DraftResult> RejectAsync(string id, int rowVersion, string reason, DraftActor by, CancellationToken cancellationToken) =>
        MoveAsync(AuditAction.Rejected, id, rowVersion, reason, by, draft => new DraftResult(draft with { EffectiveAt = null, ReplaySha256 = default }, null), cancellationToken);

    private static string TooLarge => $"A rule file has at most {SourceText.MaximumBytes} bytes.";

    private Instant Now => Instants.Now(_time);

    private static DraftResult Unchanged(Draft draft) => new(draft, null);

    private static DraftResult Refuse(Draft? draft, string code, string message) => new(draft, new DraftProblem(code, message));

    private static string FileName(Draft draft) => new RuleFileId(draft.Ruleset, draft.Number).FileName;

    private async Task<DraftResult> AddAsync(
        string ruleset, int baseNumber, string text, int? rollsBack, string? reason, DraftActor by, CancellationToken cancellationToken)
    {
        if (ActorFault(by, _steps[AuditAction.Created].Right) is { } fault)
        {
            return new DraftResult(null, fault);
        }

        var now = Now;
        var draft = new Draft
        {
            Id = ApiKeyText.NewId(),
            Ruleset = ruleset,
            Number = baseNumber + 1,
            Base = baseNumber,
            RollsBack = rollsBack,
            Text = text,
            State = DraftState.Draft,
            RowVersion = 1,
            Authors = [by.Name],
            CreatedAt = now,
            ChangedAt = now,
        };
        await _store.AddDraftAsync(draft, Record(draft, AuditAction.Created, by, reason, rollsBack is null ? null : $"To take version {rollsBack} back."), cancellationToken);
        return new DraftResult(draft, null);
    }

    /// <summary>The draft, where its state, its row version and the actor's rights allow a step; else why not.</summary>
    private async Task<DraftResult> AllowedAsync(AuditAction action, string id, int rowVersion, string? reason, DraftActor by, CancellationToken cancellationToken)
    {
        var step = _steps[action];
        if (await FindAsync(id, cancellationToken) is not { } draft)
        {
            return Refuse(null, DraftProblemCodes.Unknown, "There is no such draft.");
        }

        if (ActorFault(by, step.Right) is { } fault)
        {
            return new DraftResult(draft, fault);
        }

        if (draft.RowVersion != rowVersion)
        {
            return Refuse(draft, DraftProblemCodes.Changed, $"Somebody changed the draft at {draft.ChangedAt}. Read it again.");
        }

        if (!step.From.Contains(draft.State))
        {
            return Refuse(draft, DraftProblemCodes.State, $"A draft that is {DraftWords.Of(draft.State)} cannot be {DraftWords.Of(action)}.");
        }

        return new DraftResult(draft, step.NeedsReason ? ReasonFault(reason) : null);
    }

    /// <summary>One step of one draft: what every step asks for, then what this one does, then the row and its line in the log.</summary>
    private async Task<DraftResult> MoveAsync(
        AuditAction action, string id, int rowVersion, string? reason, DraftActor by, Func<Draft, DraftResult> change, CancellationToken cancellationToken, string? detail = null)
    {
        var allowed = await AllowedAsync(action, id, rowVersion, reason, by, cancellationToken);
        if (allowed.Problem is not null)
        {
            return allowed;
        }

        var draft = allowed.Draft!;
        var moved = change(draft);
        if (moved.Problem is not null)
        {
            return moved;
        }

        var after = moved.Draft! with { State = _steps[action].To, RowVersion = draft.RowVersion + 1, ChangedAt = Now };
        return await _store.ChangeDraftAsync(after, Record(after, action, by, reason, detail), cancellationToken)
            ? new DraftResult(after, null)
            : Refuse(await FindAsync(id, cancellationToken), DraftProblemCodes.Changed, "Somebody changed the draft at the same moment. Read it again.");
    }

    private AuditRecord Record(Draft draft, AuditAction action, DraftActor by, string? reason, string? detail) =>
        new(0, Now, by.Name, action, draft.Ruleset, draft.Id, draft.Number, DraftHash.OfText(draft.Text), reason?.Trim(), detail);

    private static DraftProblem? ActorFault(DraftActor by, DraftRights right) =>
        by.Name.Trim() is not { Length: >= 1 and <= 100 } name || name != by.Name || by.Name.Any(char.IsControl)
            ? new DraftProblem(DraftProblemCodes.ActorName, "Say who you are: a name of 1 to 100 characters.")
        : by.May(right) ? null
        : new DraftProblem(DraftProblemCodes.RightMissing, $"{by.Name} may not do this: it needs the right \"{DraftWords.Of(right)}\".");

    private static DraftProblem? ReasonFault(string? reason) => reason?.Trim().Length switch
    {
        null or 0 => new DraftProblem(DraftProblemCodes.ReasonRequired, "Give the reason, for those who read it later."),
        > MaximumReason => new DraftProblem(DraftProblemCodes.ReasonRequired, $"A reason has at most {MaximumReason} characters."),
        _ => null,
    };

    private static DraftResult Written(Draft draft, int number, int baseNumber, string text, DraftActor by) => SourceText.From(text).IsTooLarge
        ? Refuse(draft, DraftProblemCodes.TextTooLarge, TooLarge)
        : new DraftResult(draft with
        {
            Number = number,
            Base = baseNumber,
            Text = text,
            Authors = draft.Authors.Contains(by.Name, StringComparer.Ordinal) ? draft.Authors : draft.Authors.Add(by.Name),
            Approval = null,
            EffectiveAt = null,
            ReplaySha256 = default,
        }, null);

    /// <summary>The effective instant of a draft that could be published as far as its text goes; else why it could not.</summary>
    private (Instant? EffectiveAt, DraftResult? Problem) Ready(Draft draft)
    {
        var check = _rulesets.Check(FileName(draft), draft.Text);
        if (check.HasErrors)
        {
            var errors = check.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToImmutableArray();
            var first = $"in line {errors[0].Location.Line}, {errors[0].Id}: {errors[0].Message}";
            return (null, new DraftResult(draft, new DraftProblem(DraftProblemCodes.TextHasErrors, errors.Length == 1
                ? $"The text has an error {first}" : $"The text has {errors.Length} errors, the first {first}")
            {
                Diagnostics = errors,
            }));
        }

        return check.Compilation is { Model: { } model, Id: var id } && id == new RuleFileId(draft.Ruleset, draft.Number)
            ? (Instants.Floor(model.EffectiveAt), null)
            : check.Compilation.Common is not null
            ? (null, Refuse(draft, DraftProblemCodes.OtherVersion, $"The text is the common file {check.Compilation.Id}, and this is the draft of a ruleset. Common files are published from a file."))
            : (null, Refuse(draft, DraftProblemCodes.OtherVersion, $"The head of the text says {check.Compilation.Id}, and this is the draft of {new RuleFileId(draft.Ruleset, draft.Number)}. Write it so."));
    }

    private static LocalDate LastDayOf(params ReadOnlySpan<RulesetCompilation> texts)
    {
        var last = LocalDate.MinIsoValue;
        foreach (var text in texts)
        {
            last = text.Model is { } model ? LocalDate.Max(last, model.EffectiveAt.InZone(model.Zone).Date) : last;
        }

        return last;
    }

    private LocalDate TodayWhere(SourceText text) => Now.InZone(_rulesets.Compile(text).Model?.Zone ?? DateTimeZone.Utc).Date;

    private SourceText? TextOf(string ruleset, int number) =>
        _rulesets.Versions(ruleset).FirstOrDefault(version => version.Model.Version == number) is { } version ? SourceText.From(version.Text, version.FileName) : null;

    /// <summary>The newest version that is published or scheduled; null for an unknown ruleset.</summary>
    private async Task<(int Number, SourceText Source)?> NewestAsync(string ruleset, CancellationToken cancellationToken)
    {
        var published = _rulesets.Versions(ruleset).FirstOrDefault();
        var scheduled = (await ScheduledAsync(ruleset, cancellationToken)).MaxBy(draft => draft.Number);
        return scheduled is not null && scheduled.Number > (published?.Model.Version ?? 0) ? (scheduled.Number, SourceText.From(scheduled.Text, FileName(scheduled)))
            : published is not null ? (published.Model.Version, SourceText.From(published.Text, published.FileName))
            : null;
    }

    private async Task<ImmutableArray<Draft>> ScheduledAsync(string? ruleset, CancellationToken cancellationToken) =>
        (await ListAsync(ruleset, open: true, cancellationToken)).RemoveAll(draft => draft.State != DraftState.Scheduled);

    private sealed record Step(DraftState[] From, DraftState To, DraftRights Right)
    {
        public bool NeedsReason { get; init; }
    }
}
