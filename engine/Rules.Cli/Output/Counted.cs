using System.Globalization;

namespace Rules.Cli.Output;

/// <summary>Numbers of things in words.</summary>
public static class Counted
{
    /// <summary><c>1 error</c>, <c>1,204 errors</c>.</summary>
    public static string Of(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");
}
