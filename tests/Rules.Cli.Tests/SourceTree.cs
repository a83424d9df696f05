namespace Rules.Cli.Tests;

/// <summary>The product's own files, as a clean checkout has them: without build output and whatever <c>.gitignore</c> names.</summary>
internal static class SourceTree
{
    private static readonly HashSet<string> Skipped =
        new(StringComparer.Ordinal) { ".git", ".rules", ".vs", ".idea", ".vscode", "bin", "obj", "node_modules", "TestResults", "artifacts" };

    /// <summary>Ends without a separator.</summary>
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Paths relative to the root with forward slashes, sorted.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(Relative).Order(StringComparer.Ordinal)];

    /// <summary>C# files under one of the folders.</summary>
    public static IEnumerable<string> CSharp(params string[] folders) => Files.Where(f =>
        f.EndsWith(".cs", StringComparison.Ordinal) && (folders.Length == 0 || folders.Any(d => f.StartsWith(d + "/", StringComparison.Ordinal))));

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            yield return file;
        }

        foreach (var child in Directory.EnumerateDirectories(folder).Where(static d => !Skipped.Contains(Path.GetFileName(d))))
        {
            foreach (var file in Walk(child))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Rules.sln")))
            {
                return folder.TrimEnd(Path.DirectorySeparatorChar);
            }
        }

        throw new InvalidOperationException("The tests run from inside the source tree.");
    }
}
