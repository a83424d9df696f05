using Rules.Dsl.Editing;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Proof;

/// <summary>An example that a program writes compiles, holds, and is laid out as the formatter would.</summary>
public sealed class WrittenExampleTests
{
    private const string Text = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        account shop
          has plan-of-old one of yes-please, "no thanks", normally "no thanks"
          has since date
        meter page whole
        action scan
          measures page
          has model one of "GPT-4o", "price", 1000
          has night yes or no, normally no
        price scan regardless of model, night
          per page 0.5 credits
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
        plan Team  grants 2,000 credits every month into included
        at zero
          block scan until renewal or upgrade
          if short refuse

        """;

    [Theory]
    [InlineData("GPT-4o", 1500, null)]
    [InlineData("price", 1, null)]
    [InlineData("1000", 2, null)]
    [InlineData("GPT-4o", 1500, "10")]
    public void Written_example_holds_in_the_text(string model, int pages, string? balance)
    {
        var written = new WrittenExample
        {
            Name = "it's \"one\" of many",
            Plan = "Team",
            Given = [new("plan-of-old", "yes-please"), new("since", "2026-02-03")],
            Balances = balance is null ? [] : [new("included", ExactDecimal.Parse(balance))],
            Action = "scan",
            Quantities = [new(new ExactDecimal(pages, 0), pages == 1 ? "page" : "pages")],
            With = [new("model", model), new("night", "yes")],
            Charge = new ExactDecimal(pages * 5, 1),
            Outcome = balance is null ? null : "refused",
        };

        var text = ExampleWriter.Append(Text, written, out var line);

        var source = SourceText.From(text);
        source.ToString(source.GetLine(line).Span).ShouldBe("example \"it's \"\"one\"\" of many\"");
        var compilation = RulesetCompiler.Compile(source);
        compilation.Diagnostics.ShouldBeEmpty();
        var result = ExampleRunner.Run(compilation.Model!).ShouldHaveSingleItem();
        result.Failures.Select(static failure => failure.Diagnostic.Message).ShouldBeEmpty();
        result.Name.ShouldBe(written.Name);
        Dsl.Formatting.Formatter.Format(Dsl.Syntax.SyntaxTree.Parse(source))!.ToString().ShouldBe(text);
    }
}
