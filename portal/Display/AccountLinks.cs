namespace Rules.Portal.Display;

/// <summary>Addresses of accounts and entries.</summary>
public static class AccountLinks
{
    public static string Account(string id) => $"/accounts/{Uri.EscapeDataString(id)}";

    public static string Entry(string account, long sequence) => FormattableString.Invariant($"{Account(account)}/entries/{sequence}");
}
