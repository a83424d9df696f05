namespace Rules.Dsl.Tests.Formatting;

internal static class RuleFiles
{
    /// <summary>Every rule file of the product.</summary>
    public static IReadOnlyList<string> Shipped { get; } = Find();

    private static IReadOnlyList<string> Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Rules.sln")))
            {
                return [.. Directory.EnumerateFiles(Path.Combine(folder, "rules"), "*.rules", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
            }
        }

        throw new InvalidOperationException("The tests run from inside the source tree.");
    }
}
