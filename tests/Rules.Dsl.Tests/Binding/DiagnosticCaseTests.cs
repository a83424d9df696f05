using System.Globalization;
using System.Text;
using Rules.Dsl.Diagnostics;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

public sealed class DiagnosticCaseTests
{
    // Descriptors of later stages: the model compiler, the proof and publishing.
    private static readonly string[] ReportedElsewhere = ["PR0306", "PR0801", "PR0802", "PR0904", "PR0905", "PR0921"];

    // Those that need another file are cases of AmendmentTests and IncludeTests.
    private static readonly string[] OfAmendments =
    [
        "PR0901", "PR0902", "PR0903", "PR0906", "PR0907", "PR0908",
        "PR0910", "PR0911", "PR0912", "PR0913", "PR0914", "PR0915", "PR0916", "PR0917", "PR0918", "PR0919", "PR0920",
    ];

    // Needs a line of the header, or the text of a page, which is no part of a file.
    private static readonly string[] ShownInTestsOfTheirOwn = ["PR0703"];

    public static TheoryData<string> CaseNames => [.. DiagnosticCases.All.Select(static c => c.ToString())];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Mistake_is_reported_once_at_its_place(string name)
    {
        var mistake = Find(name);
        RuleFile.ShouldReport(RuleFile.Head + mistake.Fires, mistake.Id, mistake.Arguments);
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Near_miss_is_not_reported(string name)
    {
        var mistake = Find(name);
        RuleFile.Compile(RuleFile.Head + mistake.Quiet).Diagnostics
            .Where(d => d.Id == mistake.Id || d.Severity != DiagnosticSeverity.Information)
            .Select(RuleFile.Show).ShouldBeEmpty(mistake.Quiet);
    }

    [Fact]
    public void Case_names_are_unique() => DiagnosticCases.All.Select(static c => c.ToString()).ShouldBeUnique();

    [Fact]
    public void Every_descriptor_of_binding_has_a_case()
    {
        var shown = DiagnosticCases.All.Select(static c => c.Id).Concat(["PR0216", "PR0522"]).Concat(ReportedElsewhere).Concat(OfAmendments).Concat(ShownInTestsOfTheirOwn).ToHashSet();
        DiagnosticDescriptors.All
            .Select(static d => d.Id)
            .Where(static id => string.CompareOrdinal(id, "PR0100") >= 0)
            .Where(id => !shown.Contains(id))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Wording_is_as_approved()
    {
        var wording = new StringBuilder();
        foreach (var mistake in DiagnosticCases.All.OrderBy(static c => c.Id, StringComparer.Ordinal))
        {
            var diagnostic = RuleFile.ShouldReport(RuleFile.Head + mistake.Fires, mistake.Id, mistake.Arguments);
            wording.Append(CultureInfo.InvariantCulture, $"{mistake.Id} {Severity(diagnostic)}: {diagnostic.Message}\n");
            if (diagnostic.Help is { } help)
            {
                wording.Append(CultureInfo.InvariantCulture, $"  help: {help}\n");
            }

            foreach (var fix in diagnostic.Fixes)
            {
                wording.Append(CultureInfo.InvariantCulture, $"  fix: {fix.Title}\n");
            }
        }

        wording.ToString().ShouldMatchApproved(static c => c.WithFileExtension(".txt").NoDiff());
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Mechanical_fix_mends_its_mistake(string name)
    {
        var mistake = Find(name);
        var diagnostic = RuleFile.ShouldReport(RuleFile.Head + mistake.Fires, mistake.Id, mistake.Arguments);
        foreach (var fix in diagnostic.Fixes)
        {
            var mended = diagnostic.Location.Source.WithEdits(fix.Edits).ToString();
            RuleFile.Compile(mended).Diagnostics
                .Where(d => d.Id == mistake.Id && d.Location.Line == diagnostic.Location.Line)
                .Select(RuleFile.Show).ShouldBeEmpty(fix.Title + "\n" + mended);
        }
    }

    private static DiagnosticCase Find(string name) => DiagnosticCases.All.Single(c => c.ToString() == name);

    private static string Severity(Diagnostic diagnostic) => diagnostic.Severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        _ => "info",
    };
}
