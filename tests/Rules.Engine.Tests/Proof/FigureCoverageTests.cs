using System.Collections.Immutable;
using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Proof;

public sealed class FigureCoverageTests
{
    private const string Rules = """
        language 1
        ruleset sample version 1 effective 2026-01-01
          timezone "UTC"
        credit "credit" to 3 decimals, rounding half up
        account shop
        meter page whole
        action scan keyed by batch
          measures page
        action train
        price scan
          per page, graduated within each batch
            base        0.01 credits
            over 1,000  0.004 credits  60% off
        price train
          each 3 credits

        """;

    private const string Protecting = """
        example "a batch of 1,500 pages"
          do scan of 1,500 pages
          expect 12 credits
        example "training"
          do train
          expect 3 credits

        """;

    [Theory]
    [InlineData("biodock.v1.rules")]
    [InlineData("bookbag.v1.rules")]
    public void Every_figure_of_a_shipped_file_is_protected(string file)
    {
        var path = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "rules"), file, SearchOption.AllDirectories).Single();

        var report = Measure(File.ReadAllText(path));

        report.Figures.ShouldNotBeEmpty();
        report.Figures.Where(f => f.Protection != FigureProtection.Protected).Select(f => $"{f.Location.Line}: {f.Location.Text}").ShouldBeEmpty();
    }

    [Fact]
    public void Figures_that_examples_and_claims_notice_are_protected() => Written(Measure(Rules + Protecting)).ShouldBeEmpty();

    [Fact]
    public void Figures_that_nothing_notices_are_listed_with_the_change() =>
        Written(Measure(Rules)).ShouldBe(["13 1,000 -> 1,001", "15 3 -> 4"]);

    [Fact]
    public void Figure_that_is_noticed_only_upwards_is_not_protected()
    {
        var rules = Rules.Replace("0.004 credits  60% off", "0.004 credits", StringComparison.Ordinal)
            .Replace("0.01 credits", "0.010 credits", StringComparison.Ordinal)
            .Replace("credit \"credit\" to 3 decimals, rounding half up", "credit \"credit\" to 0 decimals, rounding up", StringComparison.Ordinal);
        var example = """
            example "exactly a credit"
              do scan of 100 pages
              expect 1 credit

            """;
        Written(Measure(rules + example)).ShouldContain("12 0.010 -> 0.009");
    }

    [Fact]
    public void Example_that_fails_anyway_protects_nothing() =>
        Written(Measure(Rules + Protecting.Replace("expect 3 credits", "expect 4 credits", StringComparison.Ordinal))).ShouldBe(["15 3 -> 4"]);

    [Fact]
    public void Figures_beyond_the_budget_are_not_tried()
    {
        var text = Rules + Protecting;

        var report = Measure(text, budget: text.Length * 5);

        report.Figures.Select(f => f.Protection == FigureProtection.NotTried).ShouldBe([false, false, true, true, true]);
    }

    [Fact]
    public void File_with_errors_has_no_figure_that_was_tried() =>
        Measure(Rules.Replace("60% off", "61% off", StringComparison.Ordinal)).Count(FigureProtection.NotTried).ShouldBe(5);

    [Fact]
    public void Measuring_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => Measure(Rules, FigureCoverage.DefaultBudget, cancelled.Token));
    }

    [Fact]
    public void Step_that_reaches_a_thousand_is_grouped() =>
        Written(Measure(Rules.Replace("each 3 credits", "each 999 credits", StringComparison.Ordinal))).ShouldContain("15 999 -> 1,000");

    private static CoverageReport Measure(string text, long budget = FigureCoverage.DefaultBudget, CancellationToken cancellationToken = default)
    {
        var source = SourceText.From(text, "sample.v1.rules");
        ImmutableArray<TextSpan> figures = Figures.Find(SyntaxTree.Parse(source));
        return FigureCoverage.Measure(RulesetCompiler.Compile(source), figures, budget, cancellationToken);
    }

    private static IEnumerable<string> Written(CoverageReport report) => report.Figures
        .Where(f => f.Protection == FigureProtection.Unprotected)
        .Select(f => $"{f.Location.Line} {f.Location.Text} -> {f.Unnoticed}");
}
