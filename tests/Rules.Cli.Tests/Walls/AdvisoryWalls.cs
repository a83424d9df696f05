using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rules.Cli.Tests.Walls;

/// <summary>
/// S16: known advisories against packages that we use. Restoring may show none, because a package source need not serve them, so they are
/// written down: a pinned version below the fixed one is let through only with a reason.
/// </summary>
public sealed partial class AdvisoryWalls
{
    private static readonly JsonElement[] Advisories = Read();

    [Fact]
    public void S16_No_package_has_a_known_advisory_without_a_reason()
    {
        var pinned = Pinned();
        var violations = from advisory in Advisories
                         let package = advisory.GetProperty("package").GetString()!
                         where pinned.ContainsKey(package)
                         where pinned[package] < Version.Parse(advisory.GetProperty("fixed").GetString()!)
                         where !(advisory.TryGetProperty("accepted", out var reason) && reason.GetString() is { Length: > 20 })
                         select $"{package} {pinned[package]}: {advisory.GetProperty("advisory").GetString()}, fixed in {advisory.GetProperty("fixed").GetString()}";
        violations.ShouldBeNone("A package with an advisory is upgraded, or walls/advisories.json says why it does not matter here:");
    }

    [Fact]
    public void S16_Advisory_that_an_upgrade_has_settled_is_accepted_no_longer()
    {
        var pinned = Pinned();
        var violations = from advisory in Advisories
                         let package = advisory.GetProperty("package").GetString()!
                         where advisory.TryGetProperty("accepted", out _)
                         where !pinned.TryGetValue(package, out var version) || version >= Version.Parse(advisory.GetProperty("fixed").GetString()!)
                         select $"{package}: {advisory.GetProperty("advisory").GetString()}";
        violations.ShouldBeNone("The exception is no longer needed:");
    }

    private static Dictionary<string, Version> Pinned()
    {
        var props = XDocument.Parse(SourceTree.Read("Directory.Packages.props"));
        var properties = props.Descendants("PropertyGroup").Elements()
            .GroupBy(static e => e.Name.LocalName, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.First().Value, StringComparer.Ordinal);
        return props.Descendants("PackageVersion").ToDictionary(
            static e => e.Attribute("Include")!.Value,
            e => Version.Parse(PropertyPattern().Replace(e.Attribute("Version")!.Value, m => properties[m.Groups["name"].Value]).Replace("*", "0", StringComparison.Ordinal)),
            StringComparer.Ordinal);
    }

    private static JsonElement[] Read()
    {
        using var document = JsonDocument.Parse(SourceTree.Read("tests/Rules.Cli.Tests/Walls/advisories.json"));
        return [.. document.RootElement.EnumerateArray().Select(static advisory => advisory.Clone())];
    }

    [GeneratedRegex(@"\$\((?<name>\w+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PropertyPattern();
}
