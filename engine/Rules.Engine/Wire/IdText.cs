using System.Buffers;

namespace Rules.Engine.Wire;

/// <summary>
/// Ids that callers choose: of accounts and grants. 1 to 128 ASCII letters, digits and <c>. _ - ~ : @ + = ,</c>, beginning with a letter
/// or digit, so that an id stands unchanged in an address, a log line and a spreadsheet cell.
/// </summary>
public static class IdText
{
    /// <summary>How to write an id.</summary>
    public const string Help = "Use 1 to 128 of the letters a to z, digits and . _ - ~ : @ + = , and begin with a letter or digit.";

    private static readonly SearchValues<char> _allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-~:@+=,");

    /// <summary>True for text that may be an id.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length is >= 1 and <= WireLimits.IdCharacters && char.IsAsciiLetterOrDigit(text[0]) && !text.ContainsAnyExcept(_allowed);
}
