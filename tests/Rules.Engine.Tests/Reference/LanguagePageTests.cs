using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Tests.Reference;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Reference;

public sealed class LanguagePageTests
{
    public static TheoryData<int> Examples =>
        [.. Texts.Where(t => t.Text.Contains("\nexample ", StringComparison.Ordinal)).Select(t => t.Line)];

    private static ImmutableArray<RuleText> Texts => ReferencePage.Language.RuleTexts;

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_in_the_text_holds(int line)
    {
        var text = Texts.Single(t => t.Line == line);
        var others = Texts.Where(t => t.Line < line && t.Heading == text.Heading).Select(t => SourceText.From(t.Text, "other.rules"));
        var results = ExampleRunner.Run(RulesetLibrary.Of(others).Compile(SourceText.From(text.Text, "page.rules")).Model.ShouldNotBeNull());

        results.ShouldNotBeEmpty();
        foreach (var result in results)
        {
            result.Expectations.ShouldBePositive(result.Name);
            result.Failures.Select(f => f.Diagnostic + "\n  " + string.Join("\n  ", f.Working)).ShouldBeEmpty(result.Name);
        }
    }

    [Fact]
    public void Every_text_compiles()
    {
        foreach (var text in Texts.Where(t => !t.Text.Contains(" amends version ", StringComparison.Ordinal) && !t.Text.Contains("\n  include ", StringComparison.Ordinal)))
        {
            RulesetCompiler.Compile(SourceText.From(text.Text, "page.rules")).Diagnostics
                .Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()).ShouldBeEmpty(text.ToString());
        }
    }

    [Fact]
    public void Limits_are_those_of_the_code()
    {
        var page = ReferencePage.Language.Text;

        page.ShouldContain($"in total of a scope | below {ExactDecimal.FromUnits(Scaled.QuantityLimit, 0).ToGroupedString()} |");
        page.ShouldContain($"what one entry moves | {ExactDecimal.FromUnits(Scaled.AmountLimit, 0).ToGroupedString()} of the smallest unit |");
    }
}
