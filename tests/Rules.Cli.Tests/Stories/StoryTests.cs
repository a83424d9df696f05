using System.Text.RegularExpressions;
using Rules.Cli.Tests.Commands;

namespace Rules.Cli.Tests.Stories;

/// <summary>
/// Every story beside this file gives the results that lie beside it: <c>RULES.NAME.jsonl</c> is run with <c>RULES.v1.rules</c>, or with the
/// shipped ruleset of that name, and gives <c>RULES.NAME.expected.jsonl</c>.
/// </summary>
public sealed partial class StoryTests
{
    private const string Folder = "tests/Rules.Cli.Tests/Stories/";

    public static TheoryData<string> Names => [.. Stories];

    private static IReadOnlyList<string> Stories { get; } = [.. SourceTree.Files
        .Where(static f => f.StartsWith(Folder, StringComparison.Ordinal) && f.EndsWith(".jsonl", StringComparison.Ordinal) && !f.EndsWith(".expected.jsonl", StringComparison.Ordinal))
        .Select(static f => f[Folder.Length..^".jsonl".Length])];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Story_gives_its_results(string name)
    {
        var run = await CommandRun.Of("run", RulesOf(name), SourceTree.PathOf($"{Folder}{name}.jsonl"));
        run.Error.ShouldBeEmpty();
        var expected = Folder + name + ".expected.jsonl";
        var results = Meaning().Replace(run.Output, "\"meaning\":\"sha256:…\"");
        if (Environment.GetEnvironmentVariable("RULES_APPROVE") == "1")
        {
            await File.WriteAllTextAsync(SourceTree.PathOf(expected), results);
        }

        results.ShouldBe(SourceTree.Read(expected), $"The results of {name} differ; if they are right, run this test with RULES_APPROVE=1 and look at the change.");
    }

    [Fact]
    public void Every_expectation_has_its_story()
    {
        Stories.Count.ShouldBeGreaterThan(1);
        SourceTree.Files.Where(static f => f.StartsWith(Folder, StringComparison.Ordinal) && f.EndsWith(".expected.jsonl", StringComparison.Ordinal))
            .Select(static f => f[Folder.Length..^".expected.jsonl".Length]).ShouldBe(Stories, ignoreOrder: true);
    }

    private static string RulesOf(string name)
    {
        var rules = name.Split('.')[0];
        var own = SourceTree.PathOf($"{Folder}{rules}.v1.rules");
        return File.Exists(own) ? own : SourceTree.PathOf("rules/" + rules);
    }

    [GeneratedRegex("\"meaning\":\"sha256:[0-9a-f]{64}\"", RegexOptions.None, 1000)]
    private static partial Regex Meaning();
}
