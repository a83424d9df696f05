using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>What the client would cut off or fill up in silence.</summary>
internal static class SqlServerText
{
    /// <exception cref="StoreException">The text is longer than its column.</exception>
    public static string Fit(string text, int length, string column) => text.Length <= length
        ? text
        : throw new StoreException($"The text for {column} has {text.Length} characters, and {length} is the most.");

    /// <exception cref="StoreException">It is not 32 bytes long.</exception>
    public static ReadOnlyMemory<byte> Hash(ReadOnlyMemory<byte> hash) => hash.Length == EntryHash.Size
        ? hash
        : throw new StoreException($"A hash has {EntryHash.Size} bytes, and this one {hash.Length}.");

    /// <summary>
    /// True for text that cannot be the id of an account: longer than the column, or with a space at its end, which the server does not see when it
    /// compares.
    /// </summary>
    public static bool IsNoAccount(string text) => text.Length is 0 or > 128 || text[^1] == ' ';
}
