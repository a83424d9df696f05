using NodaTime;

namespace Rules.Ledger.Drafts;

/// <summary>What was done with a draft. The numbers are stored.</summary>
public enum AuditAction
{
    Created = 1,
    Saved = 2,

    /// <summary>Brought onto a version that was published meanwhile.</summary>
    Merged = 3,
    Discarded = 4,
    ReviewRequested = 5,

    /// <summary>Taken back out of review, approval or schedule.</summary>
    Withdrawn = 6,
    Approved = 7,
    Rejected = 8,
    Scheduled = 9,
    Published = 10,

    /// <summary>Published without approval.</summary>
    PublishedInEmergency = 11,

    /// <summary>The service could not publish what was scheduled.</summary>
    ScheduleFailed = 12,
    RolledBack = 13,
}

/// <summary>A line of the audit log, written with the change that it tells of; it never changes.</summary>
/// <param name="Position">Rises with every line.</param>
/// <param name="TextSha256">Of the draft's text afterwards.</param>
/// <param name="Reason">In the actor's words.</param>
/// <param name="Detail">In the service's words.</param>
public sealed record AuditRecord(long Position, Instant At, string By, AuditAction Action, string Ruleset, string Draft, int Number, ReadOnlyMemory<byte> TextSha256,
    string? Reason, string? Detail);
