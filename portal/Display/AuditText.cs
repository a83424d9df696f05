using Rules.Ledger.Drafts;

namespace Rules.Portal.Display;

/// <summary>What somebody did to a draft, as a sentence around its name.</summary>
public static class AuditText
{
    /// <returns>What stands before the draft's name, and what stands after it, with its space; empty where nothing does.</returns>
    public static (string Verb, string After) Around(AuditAction action) => action switch
    {
        AuditAction.Created => ("began", ""),
        AuditAction.ReviewRequested => ("put", " into review"),
        AuditAction.Withdrawn => ("took", " back to go on writing"),
        AuditAction.PublishedInEmergency => ("published", " in emergency"),
        AuditAction.ScheduleFailed => ("sent", " back: it could not be published at its time"),
        _ => (DraftWords.Of(action), ""),
    };
}
