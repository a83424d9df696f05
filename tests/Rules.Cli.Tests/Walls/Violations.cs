namespace Rules.Cli.Tests.Walls;

/// <summary>A wall that is broken names every place where it is.</summary>
internal static class Violations
{
    public static void ShouldBeNone(this IEnumerable<string> violations, string law)
    {
        var found = violations.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (found.Count > 0)
        {
            throw new ShouldAssertException($"{law}{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", found)}");
        }
    }
}
