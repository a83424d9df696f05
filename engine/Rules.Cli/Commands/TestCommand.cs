using System.Collections.Immutable;
using System.Text.Json;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Model;
using Rules.Engine.Proof;

namespace Rules.Cli.Commands;

/// <summary><c>rules test PATH...</c>: the examples of rule files. A file with errors runs none and counts as a failure.</summary>
internal static class TestCommand
{
    public static int Run(Terminal terminal, IEnumerable<string> paths, bool json)
    {
        var files = RuleFiles.Find(paths).Select(TestedFile.Run).ToImmutableArray();
        if (json)
        {
            WriteJson(terminal.Output, files);
        }
        else
        {
            Print(terminal, files);
        }

        return files.All(static f => f.Holds) ? ExitCode.Fine : ExitCode.Problems;
    }

    private static void Print(Terminal terminal, ImmutableArray<TestedFile> files)
    {
        var printer = new DiagnosticPrinter(terminal.Output, terminal.Palette);
        foreach (var file in files)
        {
            foreach (var diagnostic in file.Diagnostics.Where(d => !file.Compiles && d.Severity == DiagnosticSeverity.Error))
            {
                printer.Print(file.Path, diagnostic);
            }

            foreach (var failure in file.Failures)
            {
                printer.Print(file.Path, failure.Diagnostic, failure.Working);
            }

            if (files.Length > 1)
            {
                terminal.Output.WriteLine($"{Printable.Text(file.Path)}: {(file.Compiles ? Summary(terminal.Palette, [file]) : "has errors, no example was run")}");
            }
        }

        var broken = files.Count(static f => !f.Compiles);
        var errors = broken == 0 ? "" : $"; {terminal.Palette.Bad($"{Counted.Of(broken, "file")} {(broken == 1 ? "has" : "have")} errors")}";
        terminal.Output.WriteLine(Summary(terminal.Palette, files) + errors);
    }

    /// <summary><c>22 examples, 61 expectations, all hold</c></summary>
    private static string Summary(Palette palette, ImmutableArray<TestedFile> files)
    {
        var examples = files.Sum(static f => f.Examples.Length);
        var expectations = files.Sum(static f => f.Expectations);
        var failures = files.Sum(static f => f.Failures.Count());
        var result = failures switch
        {
            0 => examples == 0 ? "nothing to test" : palette.Good("all hold"),
            1 => palette.Bad("1 does not hold"),
            _ => palette.Bad($"{failures} do not hold"),
        };
        return $"{Counted.Of(examples, "example")}, {Counted.Of(expectations, "expectation")}, {result}";
    }

    private static void WriteJson(TextWriter output, ImmutableArray<TestedFile> files) => JsonReport.Write(output, writer =>
    {
        writer.WriteStartArray("files");
        foreach (var file in files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteDiagnostics(file.Diagnostics);
            writer.WriteStartArray("examples");
            foreach (var example in file.Examples)
            {
                WriteExample(writer, example);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("examples", files.Sum(static f => f.Examples.Length));
        writer.WriteNumber("expectations", files.Sum(static f => f.Expectations));
        writer.WriteNumber("failures", files.Sum(static f => f.Failures.Count()));
        writer.WriteTotals([.. files.SelectMany(static f => f.Diagnostics)]);
    });

    private static void WriteExample(Utf8JsonWriter writer, ExampleResult example)
    {
        writer.WriteStartObject();
        writer.WriteString("name", example.Name);
        writer.WriteNumber("line", example.Location.Line);
        writer.WriteNumber("expectations", example.Expectations);
        writer.WriteBoolean("holds", example.Holds);
        writer.WriteStartArray("failures");
        foreach (var failure in example.Failures)
        {
            writer.WriteStartObject();
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

    private sealed record TestedFile(string Path, bool Compiles, ImmutableArray<Diagnostic> Diagnostics, ImmutableArray<ExampleResult> Examples)
    {
        public int Expectations => Examples.Sum(static e => e.Expectations);

        public IEnumerable<ExampleFailure> Failures => Examples.SelectMany(static e => e.Failures);

        public bool Holds => Compiles && !Failures.Any();

        public static TestedFile Run(string path)
        {
            var compilation = RulesetCompiler.Compile(RuleFiles.Read(path).Source);
            return new TestedFile(
                path, compilation.Model is not null, compilation.Diagnostics, compilation.Model is { } model ? ExampleRunner.Run(model) : []);
        }
    }
}
