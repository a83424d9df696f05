using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Drafts;

public sealed partial class DraftRoad
{
    /// <summary>How long before its effective instant a scheduled draft is published: every node knows it then, and until then it can be taken back.</summary>
    public static readonly Duration Lead = Duration.FromMinutes(5);

    /// <summary>Lets the service publish an approved draft shortly before its effective instant. What would stand against another change is found here.</summary>
    public async Task<DraftResult> ScheduleAsync(string id, int rowVersion, DraftActor by, CancellationToken cancellationToken)
    {
        var others = await OthersAsync(id, cancellationToken);
        return await MoveAsync(AuditAction.Scheduled, id, rowVersion, null, by, draft =>
            Bound(draft)
            ?? (draft.EffectiveAt <= Now ? Refuse(draft, DraftProblemCodes.State, $"{draft.EffectiveAt} is past: there is nothing to wait for. Publish it, or take it back and choose a later start.") : null)
            ?? Conflict(draft, draft.EffectiveAt!.Value, others)
            ?? Unchanged(draft), cancellationToken);
    }

    /// <summary>Publishes an approved draft. It takes effect at once, or at its effective instant where that is later.</summary>
    public Task<DraftResult> PublishAsync(string id, int rowVersion, DraftActor by, CancellationToken cancellationToken) =>
        PublishAsync(AuditAction.Published, id, rowVersion, null, by, Bound, cancellationToken);

    /// <summary>Publishes without approval. The log and the pages tell everybody, with the reason.</summary>
    public Task<DraftResult> PublishInEmergencyAsync(string id, int rowVersion, string reason, DraftActor by, CancellationToken cancellationToken) =>
        PublishAsync(AuditAction.PublishedInEmergency, id, rowVersion, reason, by, static _ => null, cancellationToken);

    /// <summary>Publishes what is scheduled and due. What cannot be published becomes a draft again, and the log says why.</summary>
    /// <returns>What was tried, in the order of effective instants.</returns>
    public async Task<ImmutableArray<DraftResult>> PublishDueAsync(CancellationToken cancellationToken)
    {
        var results = ImmutableArray.CreateBuilder<DraftResult>();
        var due = Now + Lead;
        foreach (var draft in (await ScheduledAsync(null, cancellationToken)).Where(draft => draft.EffectiveAt <= due).OrderBy(draft => draft.EffectiveAt).ThenBy(draft => draft.Number))
        {
            var result = await PublishAsync(draft.Id, draft.RowVersion, DraftActor.System, cancellationToken);
            results.Add(result);
            if (result.Problem is { } problem && problem.Code != DraftProblemCodes.Changed)
            {
                await MoveAsync(AuditAction.ScheduleFailed, draft.Id, draft.RowVersion, null, DraftActor.System,
                    back => new DraftResult(back with { Approval = null, EffectiveAt = null, ReplaySha256 = default }, null), cancellationToken, problem.Message);
            }
        }

        return results.ToImmutable();
    }

    /// <summary>Versions that were published without approval since an instant, newest first: what everybody is told.</summary>
    public async Task<ImmutableArray<AuditRecord>> EmergenciesAsync(string? ruleset, Instant since, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<AuditRecord>();
        long? before = null;
        ImmutableArray<AuditRecord> page;
        do
        {
            page = await AuditAsync(ruleset, null, before, LargestPage, cancellationToken);
            found.AddRange(page.Where(record => record.Action == AuditAction.PublishedInEmergency && record.At >= since));
            before = page.IsEmpty ? before : page[^1].Position;
        }
        while (page.Length == LargestPage && page[^1].At >= since);
        return found.ToImmutable();
    }

    private async Task<DraftResult> PublishAsync(
        AuditAction action, string id, int rowVersion, string? reason, DraftActor by, Func<Draft, DraftResult?> check, CancellationToken cancellationToken)
    {
        var asked = await AllowedAsync(action, id, rowVersion, reason, by, cancellationToken);
        if (asked.Problem is not null)
        {
            return asked;
        }

        // The version and the draft are two transactions, and the version comes first: whoever finds the version published already, after a crash
        // between the two, ends the draft.
        var draft = asked.Draft!;
        var known = PublishedOf(draft);
        var refusal = check(draft) ?? (known is null ? Conflict(draft, Instants.Max(Now, draft.EffectiveAt ?? Now), await OthersAsync(id, cancellationToken)) : null);
        Instant? written = known is null ? null : Instants.Floor(known.Model.EffectiveAt);
        if (refusal is null && known is null)
        {
            (written, refusal) = Ready(draft);
        }

        if (refusal is not null)
        {
            return refusal;
        }

        // In review and after it the draft says when it starts; an emergency starts as its text says.
        var ready = draft with { EffectiveAt = draft.EffectiveAt ?? written };
        var publication = await _rulesets.PublishAsync(FileName(ready), ready.Text, ready.Author, ready.EffectiveAt!.Value, cancellationToken);
        if (publication.Version is not { } version)
        {
            return new DraftResult(ready, new DraftProblem(DraftProblemCodes.TextHasErrors, $"It was not published: {publication.Diagnostics[^1]}") { Diagnostics = publication.Diagnostics });
        }

        var published = await MoveAsync(action, id, rowVersion, reason, by, moved => new DraftResult(moved with { EffectiveAt = ready.EffectiveAt }, null), cancellationToken,
            $"Active from {version.ActiveFrom}.");
        if (published.Succeeded && ready.RollsBack is { } taken)
        {
            await MarkRolledBackAsync(ready, taken, by, cancellationToken);
        }

        return published;
    }

    private async Task MarkRolledBackAsync(Draft by, int version, DraftActor actor, CancellationToken cancellationToken)
    {
        var drafts = await ListAsync(by.Ruleset, open: false, cancellationToken);
        if (drafts.FirstOrDefault(draft => draft.Number == version && draft.State == DraftState.Published) is { } taken)
        {
            await MoveAsync(AuditAction.RolledBack, taken.Id, taken.RowVersion, null, actor with { Rights = DraftRights.Publish }, Unchanged, cancellationToken,
                $"Version {by.Number} puts an earlier text in its place.");
        }
    }

    /// <summary>The version that holds the draft's very text.</summary>
    private RulesetVersion? PublishedOf(Draft draft) => _rulesets.Versions(draft.Ruleset).FirstOrDefault(version =>
        version.Model.Version == draft.Number && version.Sha256 == Convert.ToHexStringLower(DraftHash.OfText(draft.Text)));

    private static DraftResult? Bound(Draft draft) => draft.Approval is { } approval && approval.Sha256.Span.SequenceEqual(DraftHash.Of(draft))
        ? null
        : Refuse(draft, DraftProblemCodes.ApprovalStale, "What was approved is not what is there now. Ask for review again.");

    private async Task<ImmutableArray<Draft>> OthersAsync(string id, CancellationToken cancellationToken) =>
        (await ScheduledAsync(null, cancellationToken)).RemoveAll(other => other.Id == id);

    /// <summary>Versions follow one another by number, by effective instant, and each holds what the one before it changed.</summary>
    private DraftResult? Conflict(Draft draft, Instant activeFrom, ImmutableArray<Draft> others)
    {
        var scheduled = others.Where(other => other.Ruleset == draft.Ruleset).ToList();
        var published = _rulesets.Versions(draft.Ruleset);
        var before = scheduled.Where(other => other.Number < draft.Number).Select(other => other.Number).Append(published.IsEmpty ? 0 : published[0].Model.Version).Max();
        var words =
            scheduled.Find(other => other.Number == draft.Number) is { } same ? $"Another draft of version {same.Number} by {same.Author} is scheduled for {same.EffectiveAt}. Merge this one onto it."
            : scheduled.Find(other => other.Number < draft.Number && other.EffectiveAt >= activeFrom) is { } late ? $"Version {late.Number} is scheduled for {late.EffectiveAt}, and this later one would start before it. Choose a later start, or withdraw version {late.Number}."
            : scheduled.Find(other => other.Number > draft.Number && other.EffectiveAt <= activeFrom) is { } early ? $"Version {early.Number} is scheduled for {early.EffectiveAt}, and this earlier one would start after it. Choose an earlier start, or withdraw version {early.Number}."
            : before != draft.Base && draft.IsFirst ? $"Version {before} of \"{draft.Ruleset}\" came meanwhile. Merge the draft onto it."
            : before != draft.Base ? $"The draft changes version {draft.Base}, and version {before} comes between: its changes would be lost. Merge the draft onto version {before}."
            : null;
        return words is null ? null : Refuse(draft, DraftProblemCodes.Conflict, words);
    }
}
