namespace Rules.Ledger.People;

/// <summary>What somebody is trusted with; no role implies another, and each may read. The numbers are stored.</summary>
[Flags]
public enum PersonRoles
{
    None = 0,

    /// <summary>Reads everything and changes nothing.</summary>
    Viewer = 1,

    /// <summary>Writes drafts and asks for reviews.</summary>
    Editor = 2,

    /// <summary>Approves, schedules and publishes what others wrote.</summary>
    Approver = 4,

    /// <summary>Grants and alerts.</summary>
    Operator = 8,

    /// <summary>People, roles and what else is under settings.</summary>
    Admin = 16,

    /// <summary>A right of its own: publishes without approval.</summary>
    Emergency = 32,
}

/// <summary>Roles in the words of pages and messages.</summary>
public static class RoleWords
{
    public static IReadOnlyList<PersonRoles> All { get; } =
        [PersonRoles.Viewer, PersonRoles.Editor, PersonRoles.Approver, PersonRoles.Operator, PersonRoles.Admin, PersonRoles.Emergency];

    /// <summary>Each role's word, with commas; "none" where there is none.</summary>
    public static string Of(PersonRoles roles) =>
        string.Join(", ", All.Where(role => (roles & role) != PersonRoles.None).Select(Word)) is { Length: > 0 } words ? words : "none";

    private static string Word(PersonRoles role) => role switch
    {
        PersonRoles.Viewer => "viewer",
        PersonRoles.Editor => "editor",
        PersonRoles.Approver => "approver",
        PersonRoles.Operator => "operator",
        PersonRoles.Admin => "admin",
        _ => "emergency publication",
    };
}
