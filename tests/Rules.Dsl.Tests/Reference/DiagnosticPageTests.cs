using Rules.Dsl.Diagnostics;
using Rules.Dsl.Tests.Binding;
using Shouldly;

namespace Rules.Dsl.Tests.Reference;

public sealed class DiagnosticPageTests
{
    public static TheoryData<string> Pages => [.. ReferencePage.DiagnosticIds];

    public static TheoryData<string> CheckedPages =>
        [.. ReferencePage.DiagnosticIds.Where(static id => ReferencePage.Diagnostic(id).Text.Contains("reported by `rules check`", StringComparison.Ordinal))];

    [Fact]
    public void Every_descriptor_has_a_page() =>
        DiagnosticDescriptors.All.Select(static d => d.Id).Except(ReferencePage.DiagnosticIds)
            .ShouldBeEmpty("Each needs a page dsl/diagnostics/ID.md, written as the README there says.");

    [Fact]
    public void Every_page_has_a_descriptor() =>
        ReferencePage.DiagnosticIds.Except(DiagnosticDescriptors.All.Select(static d => d.Id)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_has_the_title_and_severity_of_its_descriptor(string id)
    {
        var descriptor = DiagnosticDescriptors.All.Single(d => d.Id == id);
        var lines = ReferencePage.Diagnostic(id).Text.Split('\n');

        lines[0].ShouldBe($"# {id}: {descriptor.Title}");
        var severity = descriptor.Severity.ToString().ToLowerInvariant();
        lines[2].ShouldStartWith(severity == "warning" ? "A warning, " : $"An {severity}, ");
    }

    [Fact]
    public void Index_lists_every_descriptor_in_order()
    {
        var rows = ReferencePage.DiagnosticIndex.Text.Split('\n').Where(static line => line.StartsWith("| [PR", StringComparison.Ordinal)).ToList();
        var expected = DiagnosticDescriptors.All.Select(static d => $"| [{d.Id}]({d.Id}.md) | {d.Severity.ToString().ToLowerInvariant()} | {d.Title} |").ToList();

        expected.Except(rows).ShouldBeEmpty("Rows that dsl/diagnostics/README.md lacks.");
        rows.ShouldBe(expected);
    }

    [Fact]
    public void Frames_have_no_mistake_of_writing()
    {
        foreach (var frame in ReferencePage.DiagnosticIndex.RuleTexts)
        {
            RuleFile.Compile(frame.Text).Tree.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty(frame.Text);
        }
    }

    [Theory]
    [MemberData(nameof(CheckedPages))]
    public void Example_reports_the_id_at_its_mark_and_nothing_else(string id)
    {
        var page = ReferencePage.Diagnostic(id);
        var example = page.Under("Example").ShouldNotBeNull();

        var diagnostics = example.Bind(page.Others()).Diagnostics;

        diagnostics.Select(static d => d.Id).ShouldBe([id], string.Join('\n', diagnostics.Select(RuleFile.Show)));
        example.Marked(id).ShouldBe([diagnostics[0].Location.Line]);
    }

    [Theory]
    [MemberData(nameof(CheckedPages))]
    public void Mended_text_reports_nothing(string id)
    {
        var page = ReferencePage.Diagnostic(id);

        page.Under("Mended").ShouldNotBeNull().Bind(page.Others()).Diagnostics
            .Where(d => d.Id == id || d.Severity != DiagnosticSeverity.Information).Select(RuleFile.Show).ShouldBeEmpty();
    }
}
