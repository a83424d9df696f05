using System.Collections.Immutable;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Model;

namespace Rules.Cli.Commands;

/// <summary><c>rules check PATH...</c>: everything the compiler has to say.</summary>
internal static class CheckCommand
{
    public static int Run(Terminal terminal, IEnumerable<string> paths, bool json)
    {
        var files = RuleFiles.Find(paths).Select(static path => new CheckedFile(path, RulesetCompiler.Compile(RuleFiles.Read(path).Source).Diagnostics))
            .ToImmutableArray();
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
                    writer.WriteDiagnostics(file.Diagnostics);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteTotals(all);
            });
        }
        else
        {
            var printer = new DiagnosticPrinter(terminal.Output, terminal.Palette);
            foreach (var file in files)
            {
                foreach (var diagnostic in file.Diagnostics)
                {
                    printer.Print(file.Path, diagnostic);
                }
            }

            terminal.Output.WriteLine($"{Counted.Of(files.Length, "file")}, {Summary(terminal.Palette, all)}");
        }

        return all.Any(static d => d.Severity == DiagnosticSeverity.Error) ? ExitCode.Problems : ExitCode.Fine;
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

    private sealed record CheckedFile(string Path, ImmutableArray<Diagnostic> Diagnostics);
}
