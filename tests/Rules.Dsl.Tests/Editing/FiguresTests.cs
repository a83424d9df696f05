using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Editing;

public sealed class FiguresTests
{
    private const string Header = "language 1\nruleset r version 3 effective 2026-01-01\n";

    [Theory]
    [InlineData("price scan\n  per page, graduated within each run\n    base 0.01 credits\n    over 1,000 0.004 credits 60% off", "0.01|1,000|0.004|60%")]
    [InlineData("plan Team grants 20 credits every 3 months into included", "20|3")]
    [InlineData("term extra credits, set per account, sample 100,000 credits", "100,000")]
    [InlineData("credit \"credit\" to 5 decimals, rounding half up", "")]
    [InlineData("action scan\n  has size one of 10, 20, normally 10", "")]
    [InlineData("example \"e\"\n  do scan of 5 pages\n  expect 3 credits", "")]
    [InlineData("promise \"p\"\n  for any bundle from 50 credits\n  expect a under b", "")]
    [InlineData("list model\n  \"4.5\"", "")]
    public void Figures_are_what_decides_an_amount(string rules, string expected) => Find(rules).ShouldBe(expected);

    [Fact]
    public void Default_that_no_rule_reads_is_no_figure() =>
        Find("action scan\n  has tile number, normally 1,000\nprice scan regardless of tile\n  each 2 credits").ShouldBe("2");

    [Fact]
    public void Default_that_a_rule_reads_is_a_figure() =>
        Find("action scan\n  has tile number, normally 1,000\nprice scan\n  each 2 credits\n  except when tile over 500\n    each 3 credits")
            .ShouldBe("1,000|2|500|3");

    private static string Find(string rules)
    {
        var tree = SyntaxTree.Parse(Header + rules + "\n");
        return string.Join('|', Figures.Find(tree).Select(tree.Text.ToString));
    }
}
