using Rules.Dsl.Diagnostics;
using Rules.Dsl.Tests.Reference;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Reference;

public sealed class DiagnosticPageTests
{
    public static TheoryData<string> ProvedPages => [.. PagesThatAre("reported by `rules test`")];

    public static TheoryData<string> SilentPages => [.. PagesThatAre("not reported yet")];

    [Theory]
    [MemberData(nameof(ProvedPages))]
    public void Example_fails_with_the_id_at_its_mark(string id)
    {
        var example = ReferencePage.Diagnostic(id).Under("Example").ShouldNotBeNull();

        var failure = ExampleRunner.Run(RuleFiles.Compile(example.Text)).SelectMany(r => r.Failures).ShouldHaveSingleItem().Diagnostic;

        failure.Id.ShouldBe(id);
        example.Marked(id).ShouldBe([failure.Location.Line]);
    }

    [Theory]
    [MemberData(nameof(ProvedPages))]
    public void Mended_text_holds(string id)
    {
        var results = ExampleRunner.Run(RuleFiles.Compile(ReferencePage.Diagnostic(id).Under("Mended").ShouldNotBeNull().Text));

        results.ShouldNotBeEmpty();
        results.ShouldAllBe(r => r.Holds);
    }

    [Theory]
    [MemberData(nameof(SilentPages))]
    public void What_a_page_calls_not_reported_yet_is_not_reported(string id)
    {
        foreach (var text in ReferencePage.Diagnostic(id).RuleTexts)
        {
            RulesetCompiler.Compile(SourceText.From(text.Text, "page.rules")).Diagnostics.ShouldNotContain(d => d.Id == id);
        }
    }

    // Publishing is held by the tests of the ledger, the rest by those of the language.
    [Fact]
    public void Every_page_says_who_reports_it() =>
        ((string[])["reported by `rules check`", "reported by `rules test`", "reported on publishing", "not reported yet"])
            .SelectMany(PagesThatAre).Order(StringComparer.Ordinal).ShouldBe(DiagnosticDescriptors.All.Select(d => d.Id));

    private static IEnumerable<string> PagesThatAre(string reported) =>
        ReferencePage.DiagnosticIds.Where(id => ReferencePage.Diagnostic(id).Text.Split('\n')[2].EndsWith($", {reported}.", StringComparison.Ordinal));
}
