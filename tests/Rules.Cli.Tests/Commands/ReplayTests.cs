using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Commands;

/// <summary>Past usage under an amended page, as a person reads it.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ReplayTests()
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, "rules", "bookbag", "bookbag.v1.rules"));
        _folder.Write("bookbag.v1.rules", text);
        _folder.Write("bookbag.v2.rules", text.Replace("\"GPT-4o\"             5 credits", "\"GPT-4o\"             6 credits", StringComparison.Ordinal)
            .Replace("ruleset bookbag version 1", "ruleset bookbag version 2", StringComparison.Ordinal));
        // A free account with 100 credits: 1 + 19 × 5 fit, then 4 are left; at 6 a reply, 1 + 16 × 6 fit.
        var usage = new StringBuilder();
        usage.AppendLine("""{"account":"acme","at":"2026-05-01T10:00:00Z","action":"reply","facts":{"model":"GPT-4o mini"},"record":{"agent":"web"},"state":{"plan":"Free"}}""");
        usage.AppendLine("""{"account":"bolt","at":"2026-05-02T11:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"record":{"agent":"mail"},"state":{"plan":"Hobby"}}""");
        for (var day = 2; day < 25; day++)
        {
            usage.AppendLine(string.Create(
                CultureInfo.InvariantCulture, $$$"""{"account":"acme","at":"2026-05-{{{day:00}}}T12:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"record":{"agent":"web"}}"""));
        }

        _folder.Write("usage.jsonl", usage.ToString());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_amended_page_does_is_told_in_words_and_figures()
    {
        var run = await Replay("--by", "agent");

        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBeEmpty();
        _folder.Strip(run.Output).ShouldBe("""
            bookbag: version 1 against version 2
            25 events of 2 accounts, 2026-05-01 to 2026-05-24, UTC

                                                version 1   version 2       change
              credits charged                         101         103    +2 (+2 %)
              uses blocked, paused or refused           4           7   +3 (+75 %)
              accounts that run out                     1           1           ±0

            version 2 touches 2 of 2 accounts
              acme   96   → 97    +1 (+1 %)   runs out 3 days sooner, on 2026-05-18
              bolt    5    → 6   +1 (+20 %)

            What makes the difference
            reply, model GPT-4o: +2 in all under version 2
              most: account acme at 2026-05-02T12:00:00Z, 5 → 6
              - GPT-4o at 5  bookbag.v1.rules:36
              + GPT-4o at 6  bookbag.v2.rules:36

            checks of version 2
              ✓ Nothing that cost something is free now            0      of 0
              ✓ Nothing gives credits back that did not            0      of 0
              ✓ Every event that had a price has one               0      of 0
              ✗ No account runs out sooner                         1      of 0
              ✗ No more uses are blocked, paused or refused        3      of 0
              ✓ No account pays much more                     20.0 %   of 25 %
              ✓ The total stays near what it was               2.0 %   of 10 %

            by agent
              mail    5    6
              web    96   97

            """);
    }

    [Fact]
    public async Task Events_that_cannot_be_priced_are_told_with_the_reason_for_each_side()
    {
        var usage = _folder.Write("unpriced.jsonl", """
            {"account":"acme","at":"2026-05-01T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"state":{"plan":"Hobby"}}
            {"account":"acme","at":"2026-05-02T10:00:00Z","action":"dream"}
            {"account":"acme","at":"2026-05-03T10:00:00Z","action":"dream"}

            """);
        var run = await CommandRun.Of("replay", "--rules", Path.Combine(_folder.Path, "bookbag.v1.rules"), "--against", Path.Combine(_folder.Path, "bookbag.v2.rules"), usage);

        run.Output.ShouldContain("""
            What cannot be priced
            dream: 2 events under version 1, 2 events under version 2
              first: account acme at 2026-05-02T10:00:00Z

            """);
        run.Output.ShouldContain("  help: ");
    }

    [Fact]
    public async Task Json_has_totals_accounts_and_checks()
    {
        var run = await Replay("--json");

        var report = JsonNode.Parse(run.Output)!.AsObject();
        ((string?)report["candidates"]![1]!["charged"]).ShouldBe("103");
        report["candidates"]![1]!["guardRails"]!.AsArray().Where(rail => !(bool)rail!["holds"]!).Select(rail => (string?)rail!["name"])
            .ShouldBe(["runs-out-sooner", "stopped-uses"]);
        ((string?)report["accounts"]![0]!["results"]![1]!["ranOutAt"]).ShouldBe("2026-05-18T12:00:00Z");
    }

    private Task<CommandRun> Replay(params string[] options) => CommandRun.Of(
        ["replay", "--rules", PathOf("bookbag.v1.rules"), "--against", PathOf("bookbag.v2.rules"), PathOf("usage.jsonl"), .. options]);

    private string PathOf(string name) => Path.Combine(_folder.Path, name);
}
