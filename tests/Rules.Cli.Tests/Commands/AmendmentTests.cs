using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Commands;

public sealed class AmendmentTests : IDisposable
{
    private const string First = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        meter page whole
        action scan
          measures page
        price scan
          says "Every page costs one credit."
          per page 1 credit  assume "blank pages count"
        example "ten pages"
          on 2026-02-01
          do scan of 10 pages
          expect 10 credits

        """;

    private const string Second = """
        language 1
        ruleset shop version 2 effective 2027-01-01 amends version 1
        price scan
          per page 2 credits
        example "ten pages"
          do scan of 10 pages
          expect 20 credits

        """;

    private const string Event = """{"action": "scan", "quantities": {"page": "3"}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("shop/shop.v1.rules", "shop/shop.v2.rules")]
    [InlineData("shop.v1.rules", "shop.v2.rules")]
    [InlineData("shop/shop.v1.rules", "draft.rules")]
    [InlineData("shop/shop.v1.rules", "drafts/draft.rules")]
    public async Task Amended_version_is_found_beside_the_file(string first, string second)
    {
        _folder.Write(first, First);
        var run = await CommandRun.Of("check", _folder.Write(second, Second));
        run.Output.ShouldBe("1 file, no problems\n");
        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Amended_version_is_found_among_the_files_given_whatever_they_are_called()
    {
        var first = _folder.Write("somewhere/else/old.rules", First);
        var run = await CommandRun.Of("check", _folder.Write("new.rules", Second), first);
        run.Output.ShouldBe("2 files, no problems\n");
    }

    [Fact]
    public async Task Amended_version_that_is_nowhere_is_named_with_the_file_it_would_be()
    {
        var run = await CommandRun.Of("check", _folder.Write("shop.v2.rules", Second));
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("error PR0907: Version 1 of shop, which this file amends, was not found.");
        run.Output.ShouldContain("shop.v1.rules is looked for beside this file");
    }

    [Fact]
    public async Task File_of_the_right_name_with_another_version_in_it_is_not_the_amended_one()
    {
        _folder.Write("shop.v1.rules", First.Replace("version 1", "version 7", StringComparison.Ordinal));
        var run = await CommandRun.Of("check", _folder.Write("shop.v2.rules", Second));
        run.Output.ShouldContain("error PR0907");
    }

    [Fact]
    public async Task Links_are_not_followed_to_an_amended_version()
    {
        var target = _folder.Write("elsewhere/secret.rules", First);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "shop"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "shop", "shop.v1.rules"), target);
        (await CommandRun.Of("check", _folder.Write("shop/shop.v2.rules", Second))).Output.ShouldContain("error PR0907");

        Directory.Delete(Path.Combine(_folder.Path, "shop"), recursive: true);
        _folder.Write("elsewhere/shop.v1.rules", First);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "shop"), Path.Combine(_folder.Path, "elsewhere"));
        (await CommandRun.Of("check", _folder.Write("drafts/shop.v2.rules", Second))).Output.ShouldContain("error PR0907");
    }

    [Fact]
    public async Task Inherited_examples_are_run_and_a_broken_one_is_told_in_the_amendment()
    {
        _folder.Write("shop/shop.v1.rules", First);
        var path = _folder.Write("shop/shop.v2.rules", Second[..Second.IndexOf("example", StringComparison.Ordinal)]);
        var run = await CommandRun.Of("test", path);
        run.ExitCode.ShouldBe(1);
        _folder.Strip(run.Output).ShouldBe("""
            shop/shop.v2.rules:2:1: error PR0904: Example "ten pages" of version 1 expects 10; under version 2 it is 20.
              2 | ruleset shop version 2 effective 2027-01-01 amends version 1
                | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                  expected 10 (shop.v1.rules, line 13)
                  10 pages at 2 = 20 (shop.v2.rules, line 4)
                  20 needs no rounding = 20 (shop.v1.rules, line 3)
              help: restate the example here, or remove it
            1 example, 1 expectation, 1 does not hold

            """);
    }

    [Fact]
    public async Task Inherited_example_happens_when_it_happened()
    {
        // On 2026-02-01 the amendment is not in effect yet; the story is told as if it were.
        _folder.Write("shop/shop.v1.rules", First);
        var path = _folder.Write("shop/shop.v2.rules", "language 1\nruleset shop version 2 effective 2027-01-01 amends version 1\nfree action train\n");
        (await CommandRun.Of("test", path)).Output.ShouldBe("1 example, 1 expectation, all hold\n");
    }

    [Fact]
    public async Task Figures_of_an_amendment_are_tried_over_the_version_it_amends()
    {
        _folder.Write("shop/shop.v1.rules", First);
        var path = _folder.Write("shop/shop.v2.rules", Second);
        (await CommandRun.Of("test", "--coverage", path)).Output.ShouldContain("1 of 1 figure is protected");
    }

    [Fact]
    public async Task Assumptions_taken_over_name_their_file()
    {
        _folder.Write("shop/shop.v1.rules", First);
        var path = _folder.Write("shop/shop.v2.rules", Second.Replace("per page 2 credits\n", "per page 2 credits  assume \"blank pages count\"\nfree action train  assume \"for now\"\n", StringComparison.Ordinal));
        (await CommandRun.Of("check", "--assumptions", path)).Output.ShouldContain("2 assumptions:\n  line 4: blank pages count\n  line 5: for now\n");

        _folder.Write("shop/shop.v2.rules", "language 1\nruleset shop version 2 effective 2027-01-01 amends version 1\nfree action train  assume \"for now\"\n");
        (await CommandRun.Of("check", "--assumptions", path)).Output.ShouldContain("2 assumptions:\n  line 3: for now\n  shop.v1.rules, line 9: blank pages count\n");
    }

    [Fact]
    public async Task Sentences_taken_over_are_looked_for_on_the_page_of_the_amendment()
    {
        _folder.Write("shop/shop.v1.rules", First);
        _folder.Write("shop/shop.v1.page.txt", "Prices.\nEvery page   costs\none credit.");
        var path = _folder.Write("shop/shop.v2.rules", "language 1\nruleset shop version 2 effective 2027-01-01 amends version 1\nfree action train  says \"Training is free.\"\n");
        (await CommandRun.Of("check", _folder.Path)).Output.ShouldBe("2 files, no problems\n");

        _folder.Write("shop/shop.v2.page.txt", "Every page costs two credits. Training is free.");
        var run = await CommandRun.Of("check", path);
        _folder.Strip(run.Output).ShouldStartWith("shop/shop.v1.rules:8:8: warning PR0703: The source page does not contain \"Every page costs one credit.\".");
        run.Output.ShouldEndWith("1 file, 1 warning\n");

        var json = JsonNode.Parse((await CommandRun.Of("check", "--json", path)).Output)!;
        _folder.Strip((string?)json["files"]![0]!["diagnostics"]![0]!["path"] ?? "").ShouldBe("shop/shop.v1.rules");
    }

    [Fact]
    public async Task Mistake_in_a_rule_taken_over_is_shown_in_the_file_that_holds_it()
    {
        _folder.Write("shop/shop.v1.rules", First);
        var path = _folder.Write("shop/shop.v2.rules", "language 1\nruleset shop version 2 effective 2027-01-01 amends version 1\nremove meter page\n");
        var run = await CommandRun.Of("check", path);
        run.ExitCode.ShouldBe(1);
        _folder.Strip(run.Output).ShouldContain("shop/shop.v1.rules:6:12: error PR0201: No meter called \"page\" is declared.\n  6 |   measures page\n");
    }

    [Fact]
    public async Task Quote_prices_by_an_amendment_and_names_the_file_of_each_rule()
    {
        _folder.Write("shop/shop.v1.rules", First);
        var path = _folder.Write("shop/shop.v2.rules", Second);
        var run = await CommandRun.WithInput(Event, "quote", path, "-");
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldStartWith("charged 6 credits · shop version 2\n");
        run.Output.ShouldContain("shop.v2.rules:4");
    }

    [Fact]
    public async Task Diff_shows_places_in_the_files_that_hold_the_rules()
    {
        var first = _folder.Write("shop/shop.v1.rules", First);
        var run = await CommandRun.Of("diff", first, _folder.Write("shop/shop.v2.rules", Second));
        run.ExitCode.ShouldBe(0);
        _folder.Strip(run.Output).ShouldContain("shop/shop.v1.rules:9 → ");
        _folder.Strip(run.Output).ShouldContain("shop/shop.v2.rules:4");
    }
}
