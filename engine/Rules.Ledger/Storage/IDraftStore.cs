using System.Collections.Immutable;
using Rules.Ledger.Drafts;

namespace Rules.Ledger.Storage;

/// <summary>Drafts and the audit log. A draft and the line that tells of its change are written together or not at all.</summary>
public interface IDraftStore
{
    /// <summary>Null where there is none of that id.</summary>
    ValueTask<Draft?> DraftAsync(string id, CancellationToken cancellationToken);

    /// <summary>Of one ruleset or of all, the one changed last first.</summary>
    /// <param name="open">True: only those that are neither published nor given up.</param>
    ValueTask<ImmutableArray<Draft>> DraftsAsync(string? ruleset, bool open, int limit, CancellationToken cancellationToken);

    /// <summary>The draft that was published as a version; null where it was published from a file.</summary>
    ValueTask<Draft?> PublishedDraftAsync(string ruleset, int number, CancellationToken cancellationToken);

    ValueTask AddDraftAsync(Draft draft, AuditRecord record, CancellationToken cancellationToken);

    /// <summary>Writes a draft over itself where its row version is still one less.</summary>
    /// <returns>False where somebody was faster, or there is none.</returns>
    /// <exception cref="StoreException">Also where another draft of the same number is scheduled.</exception>
    ValueTask<bool> ChangeDraftAsync(Draft draft, AuditRecord record, CancellationToken cancellationToken);

    /// <summary>The audit log, newest first; of a ruleset, of a draft, or all of it.</summary>
    /// <param name="before">Only lines of a smaller position.</param>
    ValueTask<ImmutableArray<AuditRecord>> AuditAsync(string? ruleset, string? draft, long before, int limit, CancellationToken cancellationToken);

    ValueTask AddCommentAsync(DraftComment comment, CancellationToken cancellationToken);

    /// <summary>What was said about a draft, oldest first.</summary>
    ValueTask<ImmutableArray<DraftComment>> CommentsAsync(string draft, int limit, CancellationToken cancellationToken);

    ValueTask AddGuardLimitAsync(GuardLimit limit, CancellationToken cancellationToken);

    /// <summary>Every limit that was set for a ruleset, oldest first: the last of a check counts.</summary>
    ValueTask<ImmutableArray<GuardLimit>> GuardLimitsAsync(string ruleset, CancellationToken cancellationToken);
}
