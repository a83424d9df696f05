using System.Globalization;
using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Commands;

/// <summary>The command around its stories: lines, limits, streams and exit codes.</summary>
public sealed class RunTests : IDisposable
{
    private const string Subscribe = """{"do":"subscribe","at":"2026-01-31T10:00:00Z","plan":"Team"}""";

    private readonly TemporaryFolder _folder = new();
    private readonly string _rules;

    public RunTests() => _rules = _folder.Write("sample.rules", SampleRules.Sound);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_step_gives_one_line_and_a_failed_one_does_not_stop_the_run()
    {
        var (exitCode, results) = await Run(Subscribe, """{"do":"use","action":"scna"}""", """{"do":"use","action":"train"}""");
        exitCode.ShouldBe(0);
        results.Select(static r => (bool)r["ok"]!).ShouldBe([true, false, true]);
        ((string?)results[1]["code"]).ShouldBe("RT07");
        ((string?)results[1]["member"]).ShouldBe("action");
    }

    [Theory]
    [InlineData("{", "malformed_json", 2)]
    [InlineData("[]", "wrong_type", 2)]
    [InlineData("{} {}", "member_missing", 3)]
    [InlineData("{\"do\":\"usee\"}", "unknown_word", 13)]
    [InlineData("{\"do\":\"use\",\"do\":\"use\",\"action\":\"scan\"}", "duplicate_member", 18)]
    [InlineData("{\"do\":\"use\",\"acton\":\"scan\"}", "unknown_member", 21)]
    [InlineData("{\"do\":\"use\",\"action\":\"scan\",\"quantities\":{\"page\":1e3}}", "invalid_number", 53)]
    [InlineData("{\"do\":\"use\",\"action\":\"scan\",\"quantities\":{\"page\":1}} x", "malformed_json", 54)]
    [InlineData("{\"do\":\"use\",\"amount\":\"1\",\"quantities\":{\"page\":1}}", "member_conflict", null)]
    [InlineData("{\"do\":\"use\"}", "member_missing", null)]
    [InlineData("{\"do\":\"grant\",\"id\":\"a b\",\"bucket\":\"prepaid\",\"amount\":1}", "invalid_id", 25)]
    [InlineData("{\"do\":\"buy\",\"pack\":\"p\",\"amount\":1}", "member_conflict", null)]
    [InlineData("{\"do\":\"buy\",\"amount\":1}", "member_missing", null)]
    [InlineData("{\"do\":\"set\"}", "member_missing", null)]
    [InlineData("{\"do\":\"balance\",\"buckets\":\"prepaid\"}", "wrong_type", null)]
    [InlineData("{\"do\":\"balance\",\"buckets\":[\"prepaid\",\"prepaid\"]}", "duplicate_member", null)]
    [InlineData("{\"do\":\"advance\",\"at\":\"2026-02-30T00:00:00Z\"}", "invalid_instant", null)]
    public async Task Line_that_cannot_be_read_is_told_with_its_place(string line, string code, int? column)
    {
        var (exitCode, results) = await Run(Subscribe, line, """{"do":"use","action":"train"}""");
        exitCode.ShouldBe(65);
        results.Count.ShouldBe(3);
        ((bool)results[2]["ok"]!).ShouldBeTrue();
        ((string?)results[1]["code"]).ShouldBe(code);
        ((int?)results[1]["line"]).ShouldBe(2);
        ((string?)results[1]["message"]).ShouldNotBeNullOrEmpty();
        ((string?)results[1]["help"]).ShouldNotBeNullOrEmpty();
        (column ?? (int?)results[1]["column"]).ShouldBe((int?)results[1]["column"]);
    }

    [Fact]
    public async Task First_step_needs_its_instant_and_later_ones_take_it_over()
    {
        var (_, results) = await Run("""{"do":"subscribe","plan":"Team"}""", Subscribe, """{"do":"balance"}""");
        ((string?)results[0]["code"]).ShouldBe("member_missing");
        ((string?)results[2]["at"]).ShouldBe("2026-01-31T10:00:00Z");
    }

    [Theory]
    [InlineData("advance")]
    [InlineData("balance")]
    [InlineData("period")]
    public async Task Instant_out_of_range_is_refused_and_leaves_the_time_of_the_story(string verb)
    {
        var (exitCode, results) = await Run(
            Subscribe,
            $$"""{"do":"{{verb}}","at":"9999-12-31T23:59:59Z"}""",
            $$"""{"do":"{{verb}}","at":"1999-12-31T23:59:59Z"}""",
            """{"do":"use","at":"2026-02-01T00:00:00Z","action":"train"}""");

        exitCode.ShouldBe(0);
        results.Select(static r => (string?)r["code"]).ShouldBe([null, "RT19", "RT19", null]);
        ((string?)results[1]["member"]).ShouldBe("at");
        ((string?)results[3]["outcome"]).ShouldBe("free");
    }

    [Fact]
    public async Task Long_line_is_refused_and_the_next_one_read()
    {
        var (exitCode, results) = await Run(Subscribe, "{\"do\":\"" + new string('x', 300_000) + "\"}", """{"do":"use","action":"train"}""");
        exitCode.ShouldBe(65);
        ((string?)results[1]["code"]).ShouldBe("too_large");
        ((bool)results[2]["ok"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task Empty_lines_windows_ends_and_an_unfinished_last_line_are_fine()
    {
        var run = await CommandRun.WithInput($"\r\n{Subscribe}\r\n   \n{{\"do\":\"balance\"}}", "run", _rules, "-");
        run.ExitCode.ShouldBe(0);
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Ruleset_without_terms_says_so_when_one_is_set()
    {
        var (_, results) = await Run(Subscribe, """{"do":"set","terms":{"discount":"10%"}}""");

        ((string?)results[1]["code"]).ShouldBe("RT02");
        ((string?)results[1]["help"]).ShouldBe("sample has no terms");
    }

    [Fact]
    public async Task Empty_story_gives_nothing()
    {
        var run = await CommandRun.WithInput("", "run", _rules, "-");
        run.ShouldBe(new CommandRun(0, "", ""));
    }

    [Fact]
    public async Task Results_are_the_same_bytes_in_every_culture()
    {
        string[] story = [Subscribe, """{"do":"use","action":"scan","quantities":{"page":"1500"}}""", """{"do":"balance","at":"2026-03-01T00:00:00+05:30"}"""];
        var first = await CommandRun.WithInput(string.Join('\n', story), "run", _rules, "-");
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ar-SA");
            (await CommandRun.WithInput(string.Join('\n', story), "run", _rules, "-")).ShouldBe(first);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public async Task Rules_with_errors_run_no_story()
    {
        var broken = _folder.Write("broken.rules", SampleRules.Sound.Replace("60% off", "50% off", StringComparison.Ordinal));
        var run = await CommandRun.WithInput(Subscribe, "run", broken, "-");
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("error PR0305");
        run.Error.ShouldContain("no story can be run");
    }

    [Fact]
    public async Task Missing_story_is_told()
    {
        (await CommandRun.Of("run", _rules)).Error.ShouldContain("The story is missing.");
        var run = await CommandRun.Of("run", _rules, "nowhere.jsonl");
        run.ExitCode.ShouldBe(66);
        run.Error.ShouldContain("nowhere.jsonl: there is no such file.");
    }

    [Fact]
    public async Task Result_comes_while_the_story_goes_on()
    {
        using var process = RulesProcess.Start("run", _rules, "-");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.StandardInput.WriteLineAsync(Subscribe.AsMemory(), patience.Token);
        await process.StandardInput.FlushAsync(patience.Token);
        (await process.StandardOutput.ReadLineAsync(patience.Token)).ShouldNotBeNull().ShouldStartWith("{\"ok\":true,");
        process.StandardInput.Close();
        await process.WaitForExitAsync(patience.Token);
        process.ExitCode.ShouldBe(0);
    }

    private async Task<(int ExitCode, IReadOnlyList<JsonNode> Results)> Run(params string[] lines)
    {
        var run = await CommandRun.WithInput(string.Join('\n', lines) + "\n", "run", _rules, "-");
        run.Error.ShouldBeEmpty();
        return (run.ExitCode, [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static r => JsonNode.Parse(r)!)]);
    }
}
