using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Formatting;
using Rules.Dsl.Syntax;
using Rules.Dsl.Tests.Binding;
using Rules.Dsl.Tests.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Reference;

public sealed class LanguagePageTests
{
    public static TheoryData<int> Examples => [.. Texts.Where(static t => t.Heading != "10. Not supported yet").Select(static t => t.Line)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_reports_nothing(int line)
    {
        var text = At(line);

        text.Bind(Texts.Where(t => t.Line < line && t.Heading == text.Heading)).Diagnostics
            .Where(static d => d.Severity != DiagnosticSeverity.Information).Select(RuleFile.Show).ShouldBeEmpty(text.Text);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_is_laid_out_as_the_formatter_would(int line)
    {
        var text = At(line).Text;

        var formatted = Formatter.Format(SyntaxTree.Parse(SourceText.From(text, "page.rules"))).ShouldNotBeNull().ToString();

        formatted.Split('\n').Except(text.Split('\n')).ShouldBeEmpty();
        formatted.Length.ShouldBe(text.Length);
    }

    [Fact]
    public void The_whole_grammar_is_bound()
    {
        // Bound alone, an amendment is not checked, nor is what lacks an included file.
        var grammar = TestFiles.Read("phrases.rules").Replace(" amends version 1", "", StringComparison.Ordinal)
            .Replace("  include common-models version 3\n", "", StringComparison.Ordinal);

        Should.NotThrow(() => RuleFile.Compile(grammar));
    }

    [Fact]
    public void Limits_are_those_of_the_code()
    {
        var page = ReferencePage.Language.Text;

        (SourceText.MaximumBytes >> 20).ShouldBe(1);
        page.ShouldContain($"| a file | 1 MiB, {Grouped(SyntaxTree.MaximumTiers)} tiers and rows in all |");
        page.ShouldContain($"| blocks and parentheses inside each other | {Grouped(SyntaxTree.MaximumDepth)} deep |");
    }

    private static ImmutableArray<RuleText> Texts => ReferencePage.Language.RuleTexts;

    private static RuleText At(int line) => Texts.Single(t => t.Line == line);

    private static string Grouped(int count) => ExactDecimal.FromUnits(count, 0).ToGroupedString();
}
