using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Syntax;

/// <summary>A rule text in which <c>[|</c> and <c>|]</c> mark the one place that is diagnosed.</summary>
internal static class AnnotatedSource
{
    private const string Header = "language 1\nruleset r version 1 effective 2026-01-01\n";

    /// <summary>Puts the header of a rule file before the text, parses, and finds exactly one diagnostic at the mark.</summary>
    public static Diagnostic ShouldReport(string annotated, string id) => ShouldReportInFile(Header + annotated, id);

    public static Diagnostic ShouldReportInFile(string annotated, string id)
    {
        var start = annotated.IndexOf("[|", StringComparison.Ordinal);
        var end = annotated.IndexOf("|]", StringComparison.Ordinal) - 2;
        var text = annotated.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
        var diagnostics = SyntaxTree.Parse(text, "r.rules").Diagnostics;
        diagnostics.Select(diagnostic => (diagnostic.Id, diagnostic.Location.Span))
            .ShouldBe([(id, TextSpan.FromBounds(start, end))], string.Join('\n', diagnostics.Select(diagnostic => diagnostic.ToString())) + "\n" + text);
        return diagnostics[0];
    }

    /// <summary>The text after the first fix, which must leave nothing to report.</summary>
    public static string AfterFix(this Diagnostic diagnostic, int fix = 0)
    {
        var mended = diagnostic.Location.Source.WithEdits(diagnostic.Fixes[fix].Edits);
        SyntaxTree.Parse(mended).Diagnostics.Select(left => left.ToString()).ShouldBeEmpty(mended.ToString());
        return mended.ToString().Replace(Header, "", StringComparison.Ordinal);
    }
}
