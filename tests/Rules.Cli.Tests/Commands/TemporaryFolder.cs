namespace Rules.Cli.Tests.Commands;

/// <summary>A folder of one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rules-").FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The text without the folder's own name, which differs from run to run.</summary>
    public string Strip(string text) => text.Replace(Path + System.IO.Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
        .Replace(Path, "FOLDER", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
