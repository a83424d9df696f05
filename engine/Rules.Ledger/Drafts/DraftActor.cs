namespace Rules.Ledger.Drafts;

/// <summary>What somebody may do with drafts; no right implies another.</summary>
[Flags]
public enum DraftRights
{
    None = 0,

    /// <summary>Write, ask for review, discard.</summary>
    Edit = 1,

    /// <summary>Approve and reject what others wrote.</summary>
    Approve = 2,

    /// <summary>Schedule and publish what is approved, and take a schedule back.</summary>
    Publish = 4,

    /// <summary>Publish without approval.</summary>
    Emergency = 8,
}

/// <summary>Who acts.</summary>
/// <param name="Name">1 to 100 characters; authors and approvers are told apart by it.</param>
public sealed record DraftActor(string Name, DraftRights Rights)
{
    /// <summary>The service itself, which publishes what is scheduled.</summary>
    public static DraftActor System { get; } = new("system", DraftRights.Publish);

    public bool May(DraftRights right) => (Rights & right) == right;
}
