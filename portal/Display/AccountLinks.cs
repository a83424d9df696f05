namespace Rules.Portal.Display;

/// <summary>Addresses of accounts and entries.</summary>
public static class AccountLinks
{
    public static string Account(string id) => $"/accounts/{Uri.EscapeDataString(id)}";

    /// <summary>The made-up company's accounts are labelled wherever they are shown.</summary>
    public static bool IsSample(string id) => id.StartsWith("sample-", StringComparison.Ordinal);

    public static string Entry(string account, long sequence) => FormattableString.Invariant($"{Account(account)}/entries/{sequence}");
}
