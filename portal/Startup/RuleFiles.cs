using System.Globalization;
using System.Text.RegularExpressions;
using Rules.Dsl.Text;
using Rules.Ledger;

namespace Rules.Portal.Startup;

/// <summary>The shipped rule files: <c>rules/NAME/NAME.vN.rules</c>.</summary>
public static partial class RuleFiles
{
    /// <summary>By name, then by version. Files of other names (drafts, samples, page texts) are left alone.</summary>
    public static IReadOnlyList<RuleFile> Read(string folder) =>
    [
        .. from path in Directory.EnumerateFiles(folder, "*.rules", SearchOption.AllDirectories)
           let match = Name.Match(Path.GetFileName(path))
           where match.Success && Path.GetFileName(Path.GetDirectoryName(path)) == match.Groups["name"].Value
           orderby match.Groups["name"].Value, int.Parse(match.Groups["version"].Value, CultureInfo.InvariantCulture)
           select new RuleFile(Path.GetFileName(path), SourceText.FromUtf8(File.ReadAllBytes(path)).ToString()),
    ];

    [GeneratedRegex(@"^(?<name>[a-z0-9_-]{1,64})\.v(?<version>[1-9][0-9]{0,8})\.rules$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name { get; }
}
