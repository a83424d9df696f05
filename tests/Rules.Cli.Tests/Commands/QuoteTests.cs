using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Commands;

public sealed class QuoteTests : IDisposable
{
    private const string BiodockRun = """
        {"account": "acme", "at": "2026-05-01T10:00:00Z", "action": "analysis",
         "quantities": {"image": "6000", "crop": "120000"}, "facts": {"tile-size": "1000"}, "keys": {"run": "r-17"}}
        """;

    private static readonly string Biodock = SourceTree.PathOf("rules/biodock/biodock.v1.rules");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Price_is_explained_line_by_line()
    {
        var run = await CommandRun.WithInput(BiodockRun, "quote", Biodock, "-");
        run.Error.ShouldBeEmpty();
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldMatchApproved(c => c.SubFolder("Approved").NoDiff());
    }

    [Fact]
    public async Task Json_is_the_answer_of_the_service()
    {
        var (exitCode, output, _) = await RulesProcess.Run(BiodockRun, "quote", "--json", Biodock, "-");
        exitCode.ShouldBe(0);
        var answer = JsonNode.Parse(output)!.AsObject();
        ((string?)answer["outcome"]).ShouldBe("charged");
        ((string?)answer["charge"]).ShouldBe("8.95");
        ((string?)answer["ruleset"]).ShouldBe("biodock");
        answer["steps"]!.AsArray().Count.ShouldBeGreaterThan(5);
        output.ShouldEndWith("}\n");
    }

    [Fact]
    public async Task Stated_balances_replace_the_plans_grant_and_are_drawn_in_order()
    {
        var rules = _folder.Write("sample.rules", SampleRules.Sound);
        var run = await CommandRun.WithInput(
            """{"action":"scan","quantities":{"page":"1500"},"state":{"plan":"Team","balances":{"included":"10","prepaid":"50"}}}""", "quote", rules, "-");
        run.Error.ShouldBeEmpty();
        run.Output.ShouldMatchApproved(c => c.SubFolder("Approved").NoDiff());
    }

    [Fact]
    public async Task Refusal_is_an_answer()
    {
        var rules = _folder.Write("sample.rules", SampleRules.Sound);
        var run = await CommandRun.WithInput(
            """{"action":"reply","facts":{"model":"Large"},"state":{"balances":{"prepaid":"3"}}}""", "quote", rules, "-");
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldMatchApproved(c => c.SubFolder("Approved").NoDiff());
    }

    [Theory]
    [InlineData("""{"action":"train"}""", "free: no charge")]
    [InlineData("""{"action":"scan","quantities":{"page":1},"state":{"plan":"Team"}}""", "charged 0.01 credits")]
    [InlineData("""{"action":"reply","facts":{"model":"Small"},"state":{"plan":"Team"}}""", "charged 1 credit ")]
    public async Task Outcome_stands_first(string usage, string expected)
    {
        var rules = _folder.Write("sample.rules", SampleRules.Sound);
        var run = await CommandRun.WithInput(usage, "quote", rules, "-");
        run.Error.ShouldBeEmpty();
        run.Output.ShouldStartWith(expected);
    }

    [Fact]
    public async Task Event_without_an_instant_happens_when_the_version_takes_effect_if_that_is_later()
    {
        var rules = _folder.Write("sample.rules", SampleRules.Sound.Replace("2026-01-01", "2031-01-01", StringComparison.Ordinal));
        var run = await CommandRun.WithInput("""{"action":"train"}""", "quote", rules, "-");
        run.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("{", "standard input:1:2: malformed_json: ")]
    [InlineData("", "standard input:1:1: malformed_json: ")]
    [InlineData("[]", "wrong_type")]
    [InlineData("{\"action\":\"scan\",\n \"quantities\":{\"page\":1e3}}", "standard input:2:")]
    [InlineData("{\"action\":\"scan\",\"action\":\"scan\"}", "duplicate_member")]
    [InlineData("{\"acton\":\"scan\"}", "unknown_member")]
    [InlineData("{\"action\":\"scna\"}", "action: RT07: ")]
    [InlineData("{\"action\":\"scan\",\"quantities\":{\"page\":\"1.5\"}}", "quantities.page: RT03: ")]
    [InlineData("{\"action\":\"scan\",\"quantities\":{\"page\":\"-1\"}}", "quantities.page: RT05: ")]
    [InlineData("{\"action\":\"reply\",\"facts\":{\"model\":\"Huge\"}}", "facts.model: RT01: ")]
    [InlineData("{\"action\":\"reply\",\"facts\":{\"model\":\"Small\"},\"state\":{\"plan\":\"Teem\"}}", "state.plan: RT13: ")]
    [InlineData("{\"action\":\"train\",\"state\":{\"balances\":{\"prepaidd\":\"3\"}}}", "state.balances.prepaidd: RT14: ")]
    [InlineData("{\"action\":\"train\",\"at\":\"2020-01-01T00:00:00Z\"}", "RT04: ")]
    public async Task Event_that_cannot_be_priced_is_told_with_its_place_and_help(string usage, string expected)
    {
        var rules = _folder.Write("sample.rules", SampleRules.Sound);
        var run = await CommandRun.WithInput(usage, "quote", rules, "-");
        run.ExitCode.ShouldBe(65);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldStartWith("rules: ");
        run.Error.ShouldContain(expected);
        run.Error.ShouldContain("\n  help: ");
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Event_may_come_from_a_file_and_its_name_stands_before_its_faults()
    {
        var rules = _folder.Write("sample.rules", SampleRules.Sound);
        var usage = _folder.Write("event.json", "{\"action\":");
        var run = await CommandRun.Of("quote", rules, usage);
        run.ExitCode.ShouldBe(65);
        run.Error.ShouldStartWith($"rules: {usage}:1:");
    }

    [Fact]
    public async Task Rules_with_errors_price_nothing()
    {
        var rules = _folder.Write("sample.rules", SampleRules.Sound.Replace("60% off", "50% off", StringComparison.Ordinal));
        var run = await CommandRun.WithInput("""{"action":"train"}""", "quote", rules, "-");
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("error PR0305");
        run.Error.ShouldContain("nothing can be priced");
    }
}
