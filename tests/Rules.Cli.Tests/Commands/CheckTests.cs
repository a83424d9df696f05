using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Commands;

public sealed class CheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Shipped_rules_have_no_problems()
    {
        var run = await CommandRun.Of("check", SourceTree.PathOf("rules"));
        run.Error.ShouldBeEmpty();
        run.Output.ShouldEndWith(", no problems\n");
        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Problems_show_the_line_the_words_and_the_help()
    {
        _folder.Write("wrong.rules", SampleRules.Sound
            .Replace("60% off", "50% off", StringComparison.Ordinal)
            .Replace("measures page", "measures pgae", StringComparison.Ordinal)
            .Replace("\"Large\"  5 credits", "\"Larg\"   5 credits", StringComparison.Ordinal)
            .Replace("bucket included", "buckets included", StringComparison.Ordinal));
        var run = await CommandRun.Of("check", _folder.Path);
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldBeEmpty();
        _folder.Strip(run.Output).ShouldMatchApproved(c => c.SubFolder("Approved").NoDiff());
    }

    [Fact]
    public async Task Colours_are_for_terminals_alone()
    {
        _folder.Write("wrong.rules", "prise\n");
        (await CommandRun.Of("check", _folder.Path)).Output.ShouldNotContain("\e");
        (await CommandRun.Coloured("check", _folder.Path)).Output.ShouldContain("\e[1;31merror PR");
        var (_, output, _) = await RulesProcess.Run("", "check", _folder.Path);
        output.ShouldContain("error PR");
        output.ShouldNotContain("\e");
    }

    [Fact]
    public async Task Json_has_one_shape()
    {
        _folder.Write("a.rules", SampleRules.Sound);
        _folder.Write("b.rules", SampleRules.Sound.Replace("measures page", "measures pgae", StringComparison.Ordinal));
        var run = await CommandRun.Of("check", "--json", _folder.Path);
        run.ExitCode.ShouldBe(1);
        var report = JsonNode.Parse(run.Output)!.AsObject();
        report.Select(static m => m.Key).ShouldBe(["files", "errors", "warnings"]);
        report["errors"]!.GetValue<int>().ShouldBeGreaterThan(0);
        var files = report["files"]!.AsArray();
        files.Select(f => _folder.Strip((string?)f!["path"] ?? "")).ShouldBe(["a.rules", "b.rules"]);
        files[0]!["diagnostics"]!.AsArray().ShouldBeEmpty();
        var diagnostic = files[1]!["diagnostics"]!.AsArray().First(static d => (string?)d!["id"] == "PR0201")!.AsObject();
        diagnostic.Select(static m => m.Key).ShouldBe(["id", "severity", "message", "help", "line", "column", "end_line", "end_column", "fixes"]);
        diagnostic["line"]!.GetValue<int>().ShouldBe(16);
        diagnostic["column"]!.GetValue<int>().ShouldBe(12);
        diagnostic["end_column"]!.GetValue<int>().ShouldBe(16);
        diagnostic["fixes"]![0]!["edits"]![0]!.ToJsonString().ShouldBe("""{"line":16,"column":12,"end_line":16,"end_column":16,"text":"page"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0000\u0001\u0002")]
    [InlineData("\uFEFFlanguage 1")]
    [InlineData("\e]0;title\u0007 \u202Egnorw")]
    [InlineData("((((((((((((((((((((((((((((")]
    [InlineData("language 99999999999999999999999999")]
    public async Task Hostile_file_has_problems_and_never_a_crash(string text)
    {
        _folder.Write("hostile.rules", text);
        var run = await CommandRun.Of("check", _folder.Path);
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldBeEmpty();
        run.Output.ShouldContain("error PR0");
        run.Output.Any(static c => char.IsControl(c) && c is not ('\n' or '\t')).ShouldBeFalse();
        run.Output.ShouldNotContain("\u202E");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_with_their_place()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "bytes.rules"), [0x6C, 0xFF, 0xFE, 0x0A]);
        var run = await CommandRun.Of("check", _folder.Path);
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("bytes.rules:1:2: error PR0002");
    }

    [Fact]
    public async Task File_that_is_too_large_is_refused_as_such()
    {
        _folder.Write("large.rules", new string('#', 10_000_000));
        var run = await CommandRun.Of("check", _folder.Path);
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("error PR0001");
        run.Output.Length.ShouldBeLessThan(2000);
    }

    [Fact]
    public async Task Long_line_is_cut_around_the_words_at_fault()
    {
        _folder.Write("long.rules", $"language 1\nfree action {string.Concat(Enumerable.Repeat("train, ", 200))}1 x\n");
        var run = await CommandRun.Of("check", _folder.Path);
        run.Output.Split('\n').Max(static l => l.Length).ShouldBeLessThan(250);
        run.Output.ShouldContain("| … ");
    }

    [Fact]
    public async Task Missing_path_stops_before_anything_is_checked()
    {
        var good = _folder.Write("a.rules", "prise\n");
        var run = await CommandRun.Of("check", good, Path.Combine(_folder.Path, "b.rules"));
        run.ExitCode.ShouldBe(66);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("b.rules: there is no such file or folder.");
    }

    [Fact]
    public async Task Assumptions_are_listed_with_their_lines()
    {
        _folder.Write("a.rules", SampleRules.Sound);
        _folder.Write("b.rules", SampleRules.Sound.Replace("cycle monthly", "cycle monthly  assume \"from the first day\"", StringComparison.Ordinal));
        var run = await CommandRun.Of("check", "--assumptions", _folder.Path);
        run.ExitCode.ShouldBe(0);
        _folder.Strip(run.Output).ShouldBe("""
            a.rules: no assumptions
            b.rules: 1 assumption:
              line 36: from the first day
            2 files, no problems

            """);
    }

    [Fact]
    public async Task Assumptions_are_members_of_their_file_in_json()
    {
        _folder.Write("b.rules", SampleRules.Sound.Replace("cycle monthly", "cycle monthly  assume \"from the first day\"", StringComparison.Ordinal));
        var run = await CommandRun.Of("check", "--assumptions", "--json", _folder.Path);
        JsonNode.Parse(run.Output)!["files"]![0]!["assumptions"]!.ToJsonString().ShouldBe(
            """[{"text":"from the first day","file":"b.rules","line":36,"column":23,"end_line":36,"end_column":43}]""");
    }
}
