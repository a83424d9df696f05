using System.Collections.Immutable;
using System.Text.Json;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Cli.Commands;

/// <summary><c>rules check PATH... [--assumptions]</c>: everything the compiler has to say, and what the files decide that their pages do not.</summary>
internal static class CheckCommand
{
    public static int Run(Terminal terminal, IEnumerable<string> paths, bool assumptions, bool json)
    {
        var workspace = new RuleWorkspace(RuleFiles.Find(paths));
        var files = workspace.Given.Select(file => new CheckedFile(file.Path, workspace.Compile(file))).ToImmutableArray();
        var all = files.SelectMany(static f => f.Diagnostics).ToImmutableArray();
        if (json)
        {
            JsonReport.Write(terminal.Output, writer =>
            {
                writer.WriteStartArray("files");
                foreach (var file in files)
                {
                    writer.WriteStartObject();
                    writer.WriteString("path", file.Path);
                    writer.WriteDiagnostics(file.Diagnostics, file.Source, workspace);
                    if (assumptions)
                    {
                        WriteAssumptions(writer, file.Assumptions);
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteTotals(all);
            });
        }
        else
        {
            var printer = new DiagnosticPrinter(terminal.Output, terminal.Palette, workspace);
            foreach (var diagnostic in all)
            {
                printer.Print(diagnostic);
            }

            foreach (var file in assumptions ? files : [])
            {
                PrintAssumptions(terminal, file);
            }

            terminal.Output.WriteLine($"{Counted.Of(files.Length, "file")}, {Summary(terminal.Palette, all)}");
        }

        return all.Any(static d => d.Severity == DiagnosticSeverity.Error) ? ExitCode.Problems : ExitCode.Fine;
    }

    private static void PrintAssumptions(Terminal terminal, CheckedFile file)
    {
        terminal.Output.WriteLine($"{Printable.Text(file.Path)}: {(file.Assumptions.IsEmpty ? "no assumptions" : Counted.Of(file.Assumptions.Length, "assumption") + ":")}");
        foreach (var assumption in file.Assumptions)
        {
            var origin = ReferenceEquals(assumption.Location.Source, file.Source) ? "" : $"{Printable.Text(assumption.Location.FileName)}, ";
            terminal.Output.WriteLine($"  {origin}line {assumption.Location.Line}: {Printable.Text(assumption.Text)}");
        }
    }

    private static void WriteAssumptions(Utf8JsonWriter writer, ImmutableArray<Assumption> assumptions)
    {
        writer.WriteStartArray("assumptions");
        foreach (var assumption in assumptions)
        {
            writer.WriteStartObject();
            writer.WriteString("text", assumption.Text);
            writer.WriteString("file", assumption.Location.FileName);
            writer.WriteRange(assumption.Location);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Summary(Palette palette, ImmutableArray<Diagnostic> diagnostics)
    {
        var errors = diagnostics.Count(static d => d.Severity == DiagnosticSeverity.Error);
        var warnings = diagnostics.Count(static d => d.Severity == DiagnosticSeverity.Warning);
        return (errors, warnings) switch
        {
            (0, 0) => palette.Good("no problems"),
            (0, _) => palette.Warn(Counted.Of(warnings, "warning")),
            (_, 0) => palette.Bad(Counted.Of(errors, "error")),
            _ => $"{palette.Bad(Counted.Of(errors, "error"))}, {palette.Warn(Counted.Of(warnings, "warning"))}",
        };
    }

    private sealed record CheckedFile(string Path, RulesetCompilation Compilation)
    {
        public SourceText Source => Compilation.Source;

        public ImmutableArray<Diagnostic> Diagnostics => Compilation.Diagnostics;

        public ImmutableArray<Assumption> Assumptions => Compilation.Assumptions;
    }
}
