using System.Globalization;
using Rules.Engine.Drawing;

namespace Rules.Engine.Accounts;

/// <summary>The ids of the lots that follow a recurring grant: they hold the grant's own.</summary>
internal static class Occurrences
{
    private const string Prefix = "sys:occur:";

    /// <param name="number">Of the interval, from the grant's anchor.</param>
    public static string IdOf(string grant, int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{grant}:{number}");

    /// <summary>Whether a lot follows the grant of that id; its first lot does not.</summary>
    public static bool IsOf(string grant, Lot lot) =>
        lot.Id.StartsWith(Prefix, StringComparison.Ordinal) && lot.Id.AsSpan()[Prefix.Length..lot.Id.LastIndexOf(':')].SequenceEqual(grant);
}
