using System.Text.RegularExpressions;

namespace Rules.Cli.Tests.Walls;

public sealed partial class TextWalls
{
    private static readonly string[] Folders = ["dsl", "engine", "portal"];

    // Written apart so that this file does not hold them.
    private static readonly string[] Foreign =
    [
        "/wo" + "rk/", "/tm" + "p/", "/ro" + "ot/", "/ho" + "me/", "/Use" + "rs/", @"C:\Use" + "rs",
        "TO" + "DO", "FIX" + "ME", "X" + "XX:", "HA" + "CK:", "lorem " + "ipsum",
        "brief" + ".md", "work" + "tree", "sub" + "agent", "issues " + "show",
    ];

    // Files that have a reason to hold one of the fragments, with the fragment.
    private static readonly HashSet<string> Reasons = new(StringComparer.Ordinal);

    private static readonly HashSet<string> TextFiles = new(StringComparer.Ordinal)
    {
        ".cs", ".csproj", ".props", ".targets", ".md", ".rules", ".cshtml", ".css", ".js", ".mjs", ".ts", ".json", ".jsonl", ".sql", ".sh", ".txt",
        ".yml", ".yaml", ".editorconfig", ".gitattributes", ".gitignore", "",
    };

    [Fact]
    public void Sql_stands_in_the_ledger_alone()
    {
        var violations = from file in SourceTree.Files
                         where Folders.Any(f => file.StartsWith(f + "/", StringComparison.Ordinal))
                         where !file.StartsWith("engine/Rules.Ledger/", StringComparison.Ordinal)
                         where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".cshtml", StringComparison.Ordinal)
                             || file.EndsWith(".sql", StringComparison.Ordinal)
                         from Match statement in SqlPattern().Matches(SourceTree.Read(file))
                         select $"{file}: {statement.Value}";
        violations.ShouldBeNone("SQL stands in Rules.Ledger alone:");
    }

    [Fact]
    public void Engine_and_language_read_no_clock_and_no_file()
    {
        // The analyzer bans these by symbol; this holds should somebody switch it off.
        var violations = from file in SourceTree.CSharp("dsl", "engine/Rules.Engine")
                         from Match use in ClockPattern().Matches(SourceTree.Read(file))
                         select $"{file}: {use.Value}";
        violations.ShouldBeNone("Time, ids and text come in as arguments:");
    }

    [Fact]
    public void Text_speaks_of_the_product_alone()
    {
        var violations = from file in SourceTree.Files
                         where TextFiles.Contains(Path.GetExtension(file)) && !IsVendored(file)
                         let text = SourceTree.Read(file)
                         from fragment in Foreign
                         where text.Contains(fragment, fragment.Any(char.IsLower) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
                         where !Reasons.Contains($"{file}: {fragment}")
                         select $"{file}: {fragment}";
        violations.ShouldBeNone("Paths of a machine, notes to oneself and filler have no place in the product:");
    }

    [Fact]
    public void Lines_end_with_a_line_feed()
    {
        var violations = from file in SourceTree.Files
                         where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".rules", StringComparison.Ordinal)
                         where SourceTree.Read(file).Contains('\r', StringComparison.Ordinal)
                         select file;
        violations.ShouldBeNone("Sources have no carriage returns:");
    }

    [Fact]
    public void Warnings_are_switched_off_only_with_a_reason()
    {
        var violations = from file in SourceTree.CSharp()
                         from line in SourceTree.Read(file).Split('\n')
                         let trimmed = line.Trim()
                         where trimmed.StartsWith("#pragma warning disable", StringComparison.Ordinal) && !trimmed.Contains("//", StringComparison.Ordinal)
                         select $"{file}: {trimmed}";
        violations.ShouldBeNone("A pragma says why on its own line:");
    }

    private static bool IsVendored(string file) =>
        file.Contains("/lib/", StringComparison.Ordinal) || file.Contains("/vendor/", StringComparison.Ordinal)
        || file.EndsWith(".min.js", StringComparison.Ordinal) || file.EndsWith("package-lock.json", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(SELECT\s+[\w*(""\[][^;]{0,200}?\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|UNIQUE INDEX|TRIGGER|VIEW)\s|PRAGMA\s+\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SqlPattern();

    [GeneratedRegex(@"\b(DateTime(Offset)?\.(UtcNow|Now|Today)|SystemClock\.|TimeProvider\b|File\.(Read|Write|Open)|Guid\.NewGuid|Environment\.(TickCount|GetEnvironmentVariable)|new Random\b|Random\.Shared|Stopwatch\.)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ClockPattern();
}
