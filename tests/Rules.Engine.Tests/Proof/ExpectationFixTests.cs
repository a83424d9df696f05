using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Proof;

/// <summary>An example whose figure no longer holds offers the one that the rules give.</summary>
public sealed class ExpectationFixTests
{
    private const string Text = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        meter page whole
        action scan
          measures page
        price scan
          per page 0.5 credits
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
        plan Team  grants 2,000 credits every month into included
        at zero
          block scan until renewal or upgrade
          if short refuse

        example "scanning"
          given plan Team
          do scan of 3 pages
          expect EXPECTED

        """;

    [Theory]
    [InlineData("9 credits", "1.5", "  expect 1.5 credits")]
    [InlineData("1,000 credits", "1.5", "  expect 1.5 credits")]
    [InlineData("0.25 credits from included", "1.5", "  expect 1.5 credits from included")]
    [InlineData("balance included 7 credits", "1,998.5", "  expect balance included 1,998.5 credits")]
    [InlineData("1 credit", "1.5", "  expect 1.5 credits")]
    public void Figure_that_does_not_hold_can_be_replaced_by_the_one_that_the_rules_give(string expected, string found, string line)
    {
        var source = SourceText.From(Text.Replace("EXPECTED", expected, StringComparison.Ordinal), "shop.v1.rules");
        var failure = ExampleRunner.Run(RulesetCompiler.Compile(source).Model!).Single().Failures.Single();

        var fix = failure.Diagnostic.Fixes.ShouldHaveSingleItem();
        fix.Title.ShouldBe("expect " + found);
        var mended = source.WithEdits(fix.Edits);
        mended.ToString().Split('\n').ShouldContain(line);
        ExampleRunner.Run(RulesetCompiler.Compile(mended).Model!).Single().Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("blocked", "expect 1.5 credits")]
    [InlineData("not applicable", "expect 1.5 credits")]
    public void Outcome_that_does_not_hold_can_be_replaced_by_what_was_charged(string expected, string title)
    {
        var source = SourceText.From(Text.Replace("EXPECTED", expected, StringComparison.Ordinal), "shop.v1.rules");
        var fix = ExampleRunner.Run(RulesetCompiler.Compile(source).Model!).Single().Failures.Single().Diagnostic.Fixes.ShouldHaveSingleItem();

        fix.Title.ShouldBe(title);
        ExampleRunner.Run(RulesetCompiler.Compile(source.WithEdits(fix.Edits)).Model!).Single().Failures.ShouldBeEmpty();
    }

    [Fact]
    public void Use_that_ended_otherwise_says_how_it_ended()
    {
        const string Rest = """
            9 credits
            example "at zero"
              given plan Team, included 0 credits
              do scan of 3 pages
              expect free
            """;
        var source = SourceText.From(Text.Replace("EXPECTED", Rest, StringComparison.Ordinal), "shop.v1.rules");
        var failure = ExampleRunner.Run(RulesetCompiler.Compile(source).Model!)[1].Failures.Single();

        failure.Diagnostic.Fixes.ShouldHaveSingleItem().Title.ShouldBe("expect blocked");
        var mended = source.WithEdits(failure.Diagnostic.Fixes[0].Edits);
        ExampleRunner.Run(RulesetCompiler.Compile(mended).Model!)[1].Failures.ShouldBeEmpty();
    }
}
