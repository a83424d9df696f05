using Rules.Cli.Input;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Cli.Output;

/// <summary>
/// Prints diagnostics as compilers do: place, severity, code and message on one line, the source line with its words underlined, the help.
/// </summary>
public sealed class DiagnosticPrinter(TextWriter writer, Palette palette, RuleWorkspace workspace)
{
    // A line that no screen shows whole is cut around the words at fault.
    private const int LongestLine = 160;

    /// <summary>Prints one diagnostic under the path by which the user knows its file.</summary>
    /// <param name="diagnostic">In a file of the workspace.</param>
    /// <param name="working">Lines that show how a figure came about; null where there is none.</param>
    public void Print(Diagnostic diagnostic, IEnumerable<string>? working = null)
    {
        var severity = diagnostic.Severity switch
        {
            DiagnosticSeverity.Error => palette.Bad($"error {diagnostic.Id}"),
            DiagnosticSeverity.Warning => palette.Warn($"warning {diagnostic.Id}"),
            _ => palette.Note($"info {diagnostic.Id}"),
        };
        writer.WriteLine($"{Printable.Text(workspace.PathOf(diagnostic.Location))}:{diagnostic.Location.Start}: {severity}: {palette.Strong(Printable.Text(diagnostic.Message))}");
        PrintSource(diagnostic.Location);
        if (working is not null)
        {
            foreach (var line in working)
            {
                writer.WriteLine($"      {Printable.Text(line)}");
            }
        }

        if (diagnostic.Help is { } help)
        {
            writer.WriteLine($"  {palette.Note("help:")} {Printable.Text(help)}");
        }
    }

    private void PrintSource(TextLocation location)
    {
        var line = location.Source.GetLine(location.Line);
        var text = line.ToString();
        var start = location.Span.Start - line.Span.Start;
        var length = Math.Max(1, Math.Min(location.Span.End, line.Span.End) - location.Span.Start);
        if (text.Length == 0 || start > text.Length)
        {
            return;
        }

        (text, start, length) = Cut(text, start, length);
        var shown = Printable.Text(text);
        var number = line.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var margin = new string(' ', number.Length);
        writer.WriteLine($"  {palette.Faint($"{number} |")} {shown}");
        writer.WriteLine($"  {palette.Faint($"{margin} |")} {Blank(text[..start])}{palette.Bad(new string('^', Width(text, start, length)))}");
    }

    private static (string Text, int Start, int Length) Cut(string text, int start, int length)
    {
        if (text.Length <= LongestLine)
        {
            return (text, start, length);
        }

        var from = Math.Max(0, start - (LongestLine / 2));
        var to = Math.Min(text.Length, from + LongestLine);
        var head = from > 0 ? "… " : "";
        var tail = to < text.Length ? " …" : "";
        return ($"{head}{text[from..to]}{tail}", start - from + head.Length, Math.Min(length, to - start));
    }

    /// <summary>As wide as the text, with its tabs.</summary>
    private static string Blank(string text) =>
        string.Concat(text.EnumerateRunes().Select(static r => r.Value == '\t' ? "\t" : " "));

    private static int Width(string text, int start, int length)
    {
        var end = Math.Min(text.Length, start + length);
        return Math.Max(1, text[start..end].EnumerateRunes().Count());
    }
}
