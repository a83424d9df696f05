namespace Rules.Ledger.People;

/// <summary>The log of people in words.</summary>
public static class PersonWords
{
    /// <summary>A sentence without its subject and its full stop, such as "made a sign-in link for Kim".</summary>
    public static string Of(PersonRecord record) => record.Action switch
    {
        PersonAction.Added => $"added {record.PersonName} as {record.Detail}",
        PersonAction.RolesChanged => $"changed the roles of {record.PersonName}: {record.Detail}",
        PersonAction.Revoked => $"revoked {record.PersonName}",
        PersonAction.Restored => $"restored {record.PersonName}",
        PersonAction.LinkIssued => $"made a sign-in link for {record.PersonName}",
        PersonAction.SignedIn => $"signed in {record.Detail}",
        PersonAction.SignedOut => "signed out",
        PersonAction.PasswordSet => "set a password",
        _ => "was held up after too many wrong passwords",
    };
}
