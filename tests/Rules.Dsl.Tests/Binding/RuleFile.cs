using System.Globalization;
using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

/// <summary>Short rule files and what is said about them.</summary>
internal static class RuleFile
{
    /// <summary>The first lines of every short file.</summary>
    public const string Head = """
        language 1
        ruleset sample version 1 effective 2026-01-01
        credit "credit" to 4 decimals, rounding half up

        """;

    public static readonly CompilationOptions Options = new() { TimeZoneIds = ["UTC", "Europe/Berlin", "America/New_York"] };

    public static Compilation Compile(string text) => Compilation.Create(SyntaxTree.Parse(SourceText.From(text, "sample.rules")), Options);

    public static Compilation Read(string name) => Compile(ReadText(name));

    public static string ReadText(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Binding", "Files", name));

    public static string Show(Diagnostic diagnostic) => string.Create(
        CultureInfo.InvariantCulture,
        $"{diagnostic.Id} at [{diagnostic.Location.Text}] on line {diagnostic.Location.Line}: {diagnostic.Message} ({diagnostic.Help})");

    public static void ShouldReportNothing(string text) => Compile(text).Diagnostics.Select(Show).ShouldBeEmpty(text);

    /// <summary>Exactly one diagnostic, at the marked place, with these arguments.</summary>
    public static Diagnostic ShouldReport(string annotated, string id, params string[] arguments)
    {
        var source = AnnotatedText.Parse(annotated);
        var diagnostics = Compile(source.Text).Diagnostics;
        diagnostics.Length.ShouldBe(1, string.Join('\n', diagnostics.Select(Show)) + "\n\n" + annotated);
        var diagnostic = diagnostics[0];
        diagnostic.Id.ShouldBe(id, Show(diagnostic));
        diagnostic.Location.Span.ShouldBe(source.Spans.Single(), Show(diagnostic));
        diagnostic.Arguments.Select(static a => Convert.ToString(a, CultureInfo.InvariantCulture)).ShouldBe(arguments, Show(diagnostic));
        return diagnostic;
    }
}
