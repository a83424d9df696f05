namespace Rules.Ledger.Drafts;

/// <summary>States, steps and rights in the words of pages and messages.</summary>
public static class DraftWords
{
    public static string Of(DraftState state) => state switch
    {
        DraftState.Draft => "draft",
        DraftState.Review => "in review",
        DraftState.Approved => "approved",
        DraftState.Scheduled => "scheduled",
        DraftState.Published => "published",
        DraftState.Rejected => "rejected",
        DraftState.Discarded => "discarded",
        _ => "rolled back",
    };

    /// <summary>A participle: what was done.</summary>
    public static string Of(AuditAction action) => action switch
    {
        AuditAction.Created => "created",
        AuditAction.Saved => "saved",
        AuditAction.Merged => "merged",
        AuditAction.Discarded => "discarded",
        AuditAction.ReviewRequested => "put into review",
        AuditAction.Withdrawn => "withdrawn",
        AuditAction.Approved => "approved",
        AuditAction.Rejected => "rejected",
        AuditAction.Scheduled => "scheduled",
        AuditAction.Published => "published",
        AuditAction.PublishedInEmergency => "published in emergency",
        AuditAction.ScheduleFailed => "sent back by the schedule",
        _ => "rolled back",
    };

    public static string Of(DraftRights right) => right switch
    {
        DraftRights.Edit => "edit",
        DraftRights.Approve => "approve",
        DraftRights.Publish => "publish",
        DraftRights.Emergency => "publish in emergency",
        _ => right.ToString(),
    };
}
