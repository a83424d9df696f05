namespace Rules.Browser.Tests;

/// <summary>The Chromium of this machine. The shell without windows comes first: it opens a page in a quarter of the processor time.</summary>
internal static class InstalledBrowser
{
    private const string Missing =
        "no Chromium is installed: apt-get install chromium-headless-shell (or chromium), or name one in RULES_BROWSER";

    private static readonly string[] _names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    /// <summary>Null where there is none.</summary>
    public static string? Path { get; } = Find();

    public static string? ReasonToSkip => Path is null && Environment.GetEnvironmentVariable("REQUIRE_BROWSER") != "1" ? Missing : null;

    public static string Required => Path ?? throw new InvalidOperationException(Missing);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("RULES_BROWSER") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.SelectMany(_ => _names, System.IO.Path.Combine).FirstOrDefault(File.Exists);
    }
}
