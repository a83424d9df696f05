using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rules.Cli.Tests.Commands;

namespace Rules.Cli.Tests.Stories;

/// <summary>
/// Stories whose figures were worked out by hand. Each file of the folder <c>Worked</c> is a sentence, the rules of one or more versions and the steps,
/// with lines of <c>=====</c> between them. What is indented under a step is expected of its result: a member and its value, or one of the words of
/// <see cref="Found"/>. A step is refused only where <c>refused CODE</c> says so.
/// </summary>
public sealed partial class WorkedStoryTests : IDisposable
{
    private const string Folder = "tests/Rules.Cli.Tests/Stories/Worked/";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Files];

    private static IReadOnlyList<string> Files { get; } = [.. SourceTree.Files
        .Where(static f => f.StartsWith(Folder, StringComparison.Ordinal)).Select(static f => f[Folder.Length..^".txt".Length])];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Story_comes_to_the_figures_that_were_worked_out(string name)
    {
        var (rules, steps) = Read(name);
        for (var i = 0; i < rules.Count; i++)
        {
            _folder.Write(string.Create(null, $"rules/worked.v{i + 1}.rules"), rules[i]);
        }

        var run = await CommandRun.Of(
            "run", Path.Combine(_folder.Path, "rules"), _folder.Write("story.jsonl", string.Concat(steps.Select(static s => s.Line + "\n"))));

        run.Error.ShouldBeEmpty();
        var results = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!).ToList();
        results.Count.ShouldBe(steps.Count);
        var grants = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Count; i++)
        {
            if (results[i]["id"] is { } id && results[i]["lot"] is { } lot)
            {
                grants[lot.ToJsonString()] = (string)id!;
            }

            string[] found = [.. steps[i].Expected.Select(e => $"{e.What} {Found(results[i], e.What, grants)}")];
            found.ShouldBe(steps[i].Expected.Select(static e => $"{e.What} {e.Value}"), $"{steps[i].Line}\n{results[i].ToJsonString()}");
            if (!steps[i].Expected.Any(static e => e.What == "refused"))
            {
                ((bool)results[i]["ok"]!).ShouldBeTrue($"{steps[i].Line}\n{results[i].ToJsonString()}");
            }
        }
    }

    [Fact]
    public void Every_story_says_what_it_shows_and_expects_something()
    {
        Files.Count.ShouldBe(31);
        foreach (var name in Files)
        {
            SourceTree.Read(Folder + name + ".txt").Split('\n')[0].ShouldEndWith(".", Case.Sensitive, name);
            Read(name).Steps.Sum(static s => s.Expected.Count).ShouldBeGreaterThan(1, name);
        }
    }

    private static (List<string> Rules, List<Step> Steps) Read(string name)
    {
        var sections = SourceTree.Read(Folder + name + ".txt").Split("=====\n");
        var steps = new List<Step>();
        foreach (var line in sections[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '{')
            {
                steps.Add(new Step(line, []));
                continue;
            }

            var words = line.Trim().Split(' ', 2);
            steps[^1].Expected.Add((words[0], words[1]));
        }

        return ([.. sections[1..^1]], steps);
    }

    /// <summary>
    /// <c>refused</c>: the code. <c>draws</c> and <c>back</c>: amounts in their order, by the id of the grant where the story names it, else by bucket.
    /// <c>levels</c>: the levels of alerts that fired. <c>lot:ID</c>: what is left of a grant. Else the member at a path.
    /// </summary>
    private static string Found(JsonNode result, string what, Dictionary<string, string> grants) => what switch
    {
        "refused" => (bool)result["ok"]! ? "nothing" : (string)result["code"]!,
        "draws" => Lines(((result["quote"] ?? result)["draws"] ?? new JsonArray()).AsArray(), grants),
        "back" => Lines(result["back"]!.AsArray(), grants),
        "levels" => string.Join(", ", (result["quote"] ?? result)["steps"]!.AsArray()
            .Select(static step => Level().Match((string)step!["text"]!)).Where(static m => m.Success).Select(static m => m.Groups["level"].Value)),
        _ when what.StartsWith("lot:", StringComparison.Ordinal) =>
            (string?)result["lots"]!.AsArray().FirstOrDefault(lot => (string)lot!["id"]! == what["lot:".Length..])?["available"] ?? "gone",
        _ => At(result, what),
    };

    private static string Lines(JsonArray lines, Dictionary<string, string> grants) => string.Join(
        ", ", lines.Select(line => $"{grants.GetValueOrDefault(line!["lot"]!.ToJsonString()) ?? (string)line["bucket"]!} {(string)line["amount"]!}{ToOf(line)}"));

    // Where it came back to, unless to the grant itself.
    private static string ToOf(JsonNode line) => (string?)line["to"] is { } to and not "lot" ? $" {to}" : "";

    private static string At(JsonNode result, string path)
    {
        JsonNode? node = result;
        foreach (var part in path.Split('.'))
        {
            node = node is JsonArray array ? array.ElementAtOrDefault(int.Parse(part, null)) : node?[part];
        }

        return node is null ? "nothing" : node.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)node! : node.ToJsonString();
    }

    [GeneratedRegex(@"the level is (?<level>\S+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Level();

    private sealed record Step(string Line, List<(string What, string Value)> Expected);
}
