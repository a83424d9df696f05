using System.Collections.Immutable;
using System.Text.Json;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;

namespace Rules.Cli.Commands;

/// <summary>
/// <c>rules test PATH... [--coverage]</c>: the examples and promises of rule files, and which figures they protect. A file with errors runs none and counts
/// as a failure; a figure that nothing protects is none.
/// </summary>
internal static class TestCommand
{
    public static int Run(Terminal terminal, IEnumerable<string> paths, bool coverage, bool json)
    {
        var workspace = new RuleWorkspace(RuleFiles.Find(paths));
        var files = workspace.Given.Select(file => TestedFile.Run(file, workspace, coverage)).ToImmutableArray();
        if (json)
        {
            WriteJson(terminal.Output, workspace, files);
        }
        else
        {
            Print(terminal, workspace, files);
        }

        return files.All(static f => f.Holds) ? ExitCode.Fine : ExitCode.Problems;
    }

    private static void Print(Terminal terminal, RuleWorkspace workspace, ImmutableArray<TestedFile> files)
    {
        var printer = new DiagnosticPrinter(terminal.Output, terminal.Palette, workspace);
        foreach (var file in files)
        {
            foreach (var diagnostic in file.Diagnostics.Where(d => !file.Compiles && d.Severity == DiagnosticSeverity.Error))
            {
                printer.Print(diagnostic);
            }

            foreach (var failure in file.Failures)
            {
                printer.Print(failure.Diagnostic, failure.Working);
            }

            foreach (var promise in file.Broken)
            {
                printer.Print(promise);
            }

            if (files.Length > 1)
            {
                terminal.Output.WriteLine($"{Printable.Text(file.Path)}: {(file.Compiles ? Summary(terminal.Palette, [file]) : "has errors, no example was run")}");
            }
        }

        foreach (var file in files)
        {
            PrintCoverage(terminal, file);
        }

        var broken = files.Count(static f => !f.Compiles);
        var errors = broken == 0 ? "" : $"; {terminal.Palette.Bad($"{Counted.Of(broken, "file")} {(broken == 1 ? "has" : "have")} errors")}";
        terminal.Output.WriteLine(Summary(terminal.Palette, files) + errors);
    }

    /// <summary><c>31 of 34 figures are protected; not protected:</c> and a line for each.</summary>
    private static void PrintCoverage(Terminal terminal, TestedFile file)
    {
        if (file.Coverage is not { } coverage)
        {
            return;
        }

        var (unprotected, untried) = (coverage.Count(FigureProtection.Unprotected), coverage.Count(FigureProtection.NotTried));
        var summary = $"{coverage.Count(FigureProtection.Protected):N0} of {Counted.Of(coverage.Figures.Length, "figure")} {(coverage.Figures.Length == 1 ? "is" : "are")} protected";
        terminal.Output.WriteLine($"{Printable.Text(file.Path)}: {(unprotected + untried == 0 ? terminal.Palette.Good(summary) : terminal.Palette.Warn(summary))}"
            + (untried == 0 ? "" : $", {untried:N0} {(file.Compiles ? "not tried: the file is too long to try them all" : "not tried: the file has errors")}")
            + (unprotected == 0 ? "" : "; not protected:"));
        foreach (var figure in coverage.Figures.Where(static f => f.Protection == FigureProtection.Unprotected))
        {
            terminal.Output.WriteLine($"  line {figure.Location.Line}, {figure.Location.Text}: no example, promise or claim notices {figure.Unnoticed}");
        }
    }

    /// <summary><c>22 examples, 61 expectations, 3 promises, all hold</c>; files without promises do not count them.</summary>
    private static string Summary(Palette palette, ImmutableArray<TestedFile> files)
    {
        var examples = files.Sum(static f => f.Examples.Length);
        var expectations = files.Sum(static f => f.Expectations);
        var promises = files.Sum(static f => f.Promises.Length);
        var failures = files.Sum(static f => f.FailureCount);
        var result = failures switch
        {
            0 => examples + promises == 0 ? "nothing to test" : palette.Good("all hold"),
            1 => palette.Bad("1 does not hold"),
            _ => palette.Bad($"{failures} do not hold"),
        };
        return $"{Counted.Of(examples, "example")}, {Counted.Of(expectations, "expectation")}, {(promises == 0 ? "" : Counted.Of(promises, "promise") + ", ")}{result}";
    }

    private static void WriteJson(TextWriter output, RuleWorkspace workspace, ImmutableArray<TestedFile> files) => JsonReport.Write(output, writer =>
    {
        writer.WriteStartArray("files");
        foreach (var file in files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteDiagnostics(file.Diagnostics, file.Source, workspace);
            writer.WriteStartArray("examples");
            foreach (var example in file.Examples)
            {
                WriteExample(writer, example, file.Source, workspace);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("promises");
            foreach (var promise in file.Promises)
            {
                WritePromise(writer, promise, file.Source, workspace);
            }

            writer.WriteEndArray();
            if (file.Coverage is { } coverage)
            {
                WriteCoverage(writer, coverage);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("examples", files.Sum(static f => f.Examples.Length));
        writer.WriteNumber("expectations", files.Sum(static f => f.Expectations));
        writer.WriteNumber("promises", files.Sum(static f => f.Promises.Length));
        writer.WriteNumber("failures", files.Sum(static f => f.FailureCount));
        writer.WriteTotals([.. files.SelectMany(static f => f.Diagnostics)]);
    });

    private static void WriteCoverage(Utf8JsonWriter writer, CoverageReport coverage)
    {
        writer.WriteStartObject("coverage");
        writer.WriteNumber("figures", coverage.Figures.Length);
        writer.WriteNumber("protected", coverage.Count(FigureProtection.Protected));
        writer.WriteNumber("not_tried", coverage.Count(FigureProtection.NotTried));
        writer.WriteStartArray("unprotected");
        foreach (var figure in coverage.Figures.Where(static f => f.Protection == FigureProtection.Unprotected))
        {
            writer.WriteStartObject();
            writer.WriteString("figure", figure.Location.Text);
            writer.WriteString("unnoticed", figure.Unnoticed);
            writer.WriteRange(figure.Location);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteExample(Utf8JsonWriter writer, ExampleResult example, SourceText source, RuleWorkspace workspace)
    {
        writer.WriteStartObject();
        writer.WriteString("name", example.Name);
        writer.WriteOtherPath(example.Location, source, workspace);
        writer.WriteNumber("line", example.Location.Line);
        writer.WriteNumber("expectations", example.Expectations);
        writer.WriteBoolean("holds", example.Holds);
        writer.WriteStartArray("failures");
        foreach (var failure in example.Failures)
        {
            writer.WriteStartObject();
            writer.WriteOtherPath(failure.Diagnostic.Location, source, workspace);
            writer.WriteDiagnosticMembers(failure.Diagnostic);
            writer.WriteStartArray("working");
            foreach (var line in failure.Working)
            {
                writer.WriteStringValue(line);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePromise(Utf8JsonWriter writer, PromiseResult promise, SourceText source, RuleWorkspace workspace)
    {
        writer.WriteStartObject();
        writer.WriteString("name", promise.Name);
        writer.WriteOtherPath(promise.Location, source, workspace);
        writer.WriteNumber("line", promise.Location.Line);
        writer.WriteNumber("checks", promise.Checks);
        writer.WriteBoolean("holds", promise.Holds);
        writer.WriteStartArray("failures");
        if (promise.Broken is { } broken)
        {
            writer.WriteStartObject();
            writer.WriteOtherPath(broken.Location, source, workspace);
            writer.WriteDiagnosticMembers(broken);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <param name="Coverage">Null where it was not asked for.</param>
    private sealed record TestedFile(
        string Path,
        RulesetCompilation Compilation,
        ImmutableArray<ExampleResult> Examples,
        ImmutableArray<PromiseResult> Promises,
        CoverageReport? Coverage)
    {
        public SourceText Source => Compilation.Source;

        public bool Compiles => Compilation.Model is not null || Compilation.Common is not null;

        public ImmutableArray<Diagnostic> Diagnostics => Compilation.Diagnostics;

        public int Expectations => Examples.Sum(static e => e.Expectations);

        public IEnumerable<ExampleFailure> Failures => Examples.SelectMany(static e => e.Failures);

        public IEnumerable<Diagnostic> Broken => Promises.Select(static p => p.Broken).OfType<Diagnostic>();

        public int FailureCount => Failures.Count() + Broken.Count();

        public bool Holds => Compiles && FailureCount == 0;

        public static TestedFile Run(RuleFile file, RuleWorkspace workspace, bool coverage)
        {
            var compilation = workspace.Compile(file);
            return new TestedFile(
                file.Path,
                compilation,
                compilation.Model is { } model ? ExampleRunner.Run(model) : [],
                compilation.Model is { } proved ? PromiseRunner.Run(proved) : [],
                coverage && compilation.Common is null ? FigureCoverage.Measure(compilation, Figures.Find(SyntaxTree.Parse(file.Source))) : null);
        }
    }
}
