using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Commands;

public sealed class TestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Examples_of_the_shipped_rules_hold()
    {
        var (exitCode, output, error) = await RulesProcess.Run("", "test", "rules/");
        error.ShouldBeEmpty();
        output.Split('\n')[^2].ShouldMatch(@"^\d+ examples, \d+ expectations, \d+ promises, all hold$");
        exitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Files_are_counted_one_by_one_and_together()
    {
        _folder.Write("a.rules", SampleRules.Sound);
        _folder.Write("b.rules", SampleRules.Sound);
        var run = await CommandRun.Of("test", _folder.Path);
        _folder.Strip(run.Output).ShouldBe("""
            a.rules: 2 examples, 3 expectations, all hold
            b.rules: 2 examples, 3 expectations, all hold
            4 examples, 6 expectations, all hold

            """);
        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Failure_shows_its_working()
    {
        _folder.Write("sample.rules", SampleRules.Sound.Replace("expect 12 credits", "expect 13 credits", StringComparison.Ordinal));
        var run = await CommandRun.Of("test", _folder.Path);
        run.ExitCode.ShouldBe(1);
        _folder.Strip(run.Output).ShouldMatchApproved(c => c.SubFolder("Approved").NoDiff());
    }

    [Fact]
    public async Task File_with_errors_is_a_failure()
    {
        _folder.Write("a.rules", SampleRules.Sound);
        _folder.Write("b.rules", SampleRules.Sound.Replace("60% off", "50% off", StringComparison.Ordinal));
        var run = await CommandRun.Of("test", _folder.Path);
        run.ExitCode.ShouldBe(1);
        var lines = _folder.Strip(run.Output).Split('\n');
        lines[0].ShouldStartWith("a.rules: 2 examples");
        lines[1].ShouldStartWith("b.rules:24:");
        lines[1].ShouldContain("error PR0305");
        lines[^2].ShouldBe("2 examples, 3 expectations, all hold; 1 file has errors");
    }

    [Fact]
    public async Task Json_has_one_shape()
    {
        _folder.Write("sample.rules", SampleRules.Sound.Replace("expect 12 credits", "expect 13 credits", StringComparison.Ordinal));
        var run = await CommandRun.Of("test", "--json", _folder.Path);
        run.ExitCode.ShouldBe(1);
        var report = JsonNode.Parse(run.Output)!.AsObject();
        report.Select(static m => m.Key).ShouldBe(["files", "examples", "expectations", "promises", "failures", "errors", "warnings"]);
        report["failures"]!.GetValue<int>().ShouldBe(1);
        var example = report["files"]![0]!["examples"]![0]!.AsObject();
        example.Select(static m => m.Key).ShouldBe(["name", "line", "expectations", "holds", "failures"]);
        example["holds"]!.GetValue<bool>().ShouldBeFalse();
        var failure = example["failures"]![0]!;
        ((string?)failure["id"]).ShouldBe("PR0802");
        failure["working"]!.AsArray().Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task File_without_examples_says_so()
    {
        _folder.Write("sample.rules", SampleRules.Sound[..SampleRules.Sound.IndexOf("example", StringComparison.Ordinal)]);
        var run = await CommandRun.Of("test", _folder.Path);
        run.Output.ShouldBe("0 examples, 0 expectations, nothing to test\n");
        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Coverage_lists_the_figures_that_nothing_protects()
    {
        _folder.Write("sample.rules", SampleRules.Sound);
        var run = await CommandRun.Of("test", "--coverage", _folder.Path);
        run.ExitCode.ShouldBe(0);
        _folder.Strip(run.Output).ShouldBe("""
            sample.rules: 6 of 7 figures are protected; not protected:
              line 38, 20: no example, promise or claim notices 21
            2 examples, 3 expectations, all hold

            """);
    }

    [Fact]
    public async Task Coverage_is_a_member_of_its_file_in_json()
    {
        _folder.Write("sample.rules", SampleRules.Sound);
        var run = await CommandRun.Of("test", "--coverage", "--json", _folder.Path);
        run.ExitCode.ShouldBe(0);
        JsonNode.Parse(run.Output)!["files"]![0]!["coverage"]!.ToJsonString().ShouldBe(
            """{"figures":7,"protected":6,"not_tried":0,"unprotected":[{"figure":"20","unnoticed":"21","line":38,"column":18,"end_line":38,"end_column":20}]}""");
    }

    [Fact]
    public async Task Coverage_of_a_file_with_errors_says_that_nothing_was_tried()
    {
        _folder.Write("sample.rules", SampleRules.Sound.Replace("60% off", "50% off", StringComparison.Ordinal));
        var run = await CommandRun.Of("test", "--coverage", _folder.Path);
        run.ExitCode.ShouldBe(1);
        _folder.Strip(run.Output).ShouldContain("sample.rules: 0 of 7 figures are protected, 7 not tried: the file has errors\n");
    }

    [Fact]
    public async Task Every_figure_of_the_shipped_rules_is_protected()
    {
        var run = await CommandRun.Of("test", "--coverage", SourceTree.PathOf("rules/biodock"), SourceTree.PathOf("rules/bookbag"));
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldNotContain("not protected");
    }
}
