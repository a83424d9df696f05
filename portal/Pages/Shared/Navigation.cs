using System.Collections.Immutable;
using Rules.Ledger.People;

namespace Rules.Portal.Pages.Shared;

/// <summary>A page of the side navigation. <paramref name="Key"/> opens it after "g".</summary>
public sealed record NavigationEntry(string Name, string Path, string Icon, char Key)
{
    /// <summary>Who may open it; none: everybody who is signed in.</summary>
    public PersonRoles Role { get; init; }

    /// <summary>Whether a page at <paramref name="path"/> lies in this part of the portal.</summary>
    public bool Holds(PathString path) =>
        Path == "/" ? path == "/" : path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase);
}

public static class Navigation
{
    public static ImmutableArray<NavigationEntry> Entries { get; } =
    [
        new("Overview", "/", "house", 'o'),
        new("Rulesets", "/rulesets", "book-open", 'p'),
        new("Reviews", "/reviews", "circle-check", 'v'),
        new("Replays", "/replays", "history", 'b'),
        new("Accounts", "/accounts", "users", 'c'),
        new("Ledger", "/ledger", "scroll-text", 'l'),
        new("Reports", "/reports", "chart-column", 'r'),
        new("Alerts", "/alerts", "bell", 'a'),
        new("Imports", "/settings/imports", "upload", 'i') { Role = PersonRoles.Admin },
        new("API keys", "/settings/keys", "key-round", 'k') { Role = PersonRoles.Admin },
        new("Webhooks", "/settings/webhooks", "link", 'w') { Role = PersonRoles.Admin },
        new("People", "/settings/people", "user-round", 'm') { Role = PersonRoles.Admin },
        new("Audit log", "/settings/audit", "clipboard-list", 'u') { Role = PersonRoles.Admin },
    ];
}
