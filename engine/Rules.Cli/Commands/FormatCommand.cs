using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Formatting;
using Rules.Dsl.Syntax;

namespace Rules.Cli.Commands;

/// <summary><c>rules fmt PATH... [--check]</c>: one layout for all. A file with mistakes of writing is left as it is and counts as a failure.</summary>
internal static class FormatCommand
{
    public static int Run(Terminal terminal, IEnumerable<string> paths, bool check)
    {
        var workspace = new RuleWorkspace(RuleFiles.Find(paths));
        var printer = new DiagnosticPrinter(terminal.Output, terminal.Palette, workspace);
        var (changed, unreadable) = (0, 0);
        foreach (var file in workspace.Given)
        {
            var path = file.Path;
            var tree = SyntaxTree.Parse(file.Source);
            if (Formatter.Format(tree) is not { } formatted)
            {
                unreadable++;
                foreach (var diagnostic in tree.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error))
                {
                    printer.Print(diagnostic);
                }
            }
            else if (!file.Source.AsSpan().SequenceEqual(formatted.AsSpan()))
            {
                changed++;
                terminal.Output.WriteLine($"{Printable.Text(path)}: {(check ? "is not formatted" : "formatted")}");
                if (!check)
                {
                    Write(path, formatted.ToString());
                }
            }
        }

        terminal.Output.WriteLine(Summary(workspace.Given.Count, changed, unreadable, check));
        return unreadable > 0 || (check && changed > 0) ? ExitCode.Problems : ExitCode.Fine;
    }

    private static string Summary(int files, int changed, int unreadable, bool check)
    {
        var summary = $"{Counted.Of(files, "file")}, {(changed, check) switch
        {
            (0, _) => "nothing to change",
            (_, true) => $"{changed} not formatted",
            _ => $"{changed} changed",
        }}";
        return unreadable == 0 ? summary : $"{summary}; {Counted.Of(unreadable, "file")} with errors left alone";
    }

    // The file is replaced as a whole: an interruption leaves the old one or the new one.
    private static void Write(string path, string text)
    {
        var target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        var draft = target + ".formatting";
        try
        {
            File.WriteAllText(draft, text);
            File.Move(draft, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: the file cannot be written: {exception.Message}");
        }
    }
}
