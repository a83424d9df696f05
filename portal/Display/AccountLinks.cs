namespace Rules.Portal.Display;

/// <summary>Addresses of accounts and entries. An account's id is the caller's text and may hold any printable character.</summary>
public static class AccountLinks
{
    public static string Account(string id) => $"/accounts/{Uri.EscapeDataString(id)}";

    public static string Entry(string account, long sequence) => FormattableString.Invariant($"{Account(account)}/entries/{sequence}");

    /// <summary>The id behind a route value: routing decodes every character of a segment but the slash.</summary>
    public static string Id(string routeValue) => routeValue.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
