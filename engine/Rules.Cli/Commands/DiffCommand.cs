using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Comparison;
using Rules.Engine.Model;

namespace Rules.Cli.Commands;

/// <summary><c>rules diff BEFORE AFTER</c>: what the step from one file to the other means. Differences are an answer, not a failure.</summary>
internal static class DiffCommand
{
    public static int Run(Terminal terminal, string before, string after, bool json)
    {
        var workspace = new RuleWorkspace(before, after);
        var old = workspace.Compile(workspace.Given[0]);
        var now = workspace.Compile(workspace.Given[1]);
        foreach (var (path, compilation) in new[] { (before, old), (after, now) })
        {
            if (compilation.Common is not null)
            {
                throw new CommandException(ExitCode.Problems, $"{path}: a common file has no prices to compare.", "compare the rulesets that include it");
            }
        }

        var changes = old.Model is { } was && now.Model is { } model ? ModelComparison.Compare(was, model) : [];
        var verdict = Verdict(old.Model, now.Model, changes);
        if (json)
        {
            JsonReport.Write(terminal.Output, writer =>
            {
                WriteSide(writer, "before", before, old, workspace);
                WriteSide(writer, "after", after, now, workspace);
                writer.WriteBoolean("complete", verdict is not null);
                writer.WriteBoolean("same_meaning", verdict is not null && old.Model!.Meaning == now.Model!.Meaning);
                writer.WriteStartArray("changes");
                foreach (var change in changes)
                {
                    WriteChange(writer, change, workspace);
                }

                writer.WriteEndArray();
                writer.WriteTotals([.. old.Diagnostics, .. now.Diagnostics]);
            });
        }
        else
        {
            PrintErrors(terminal, old, workspace);
            PrintErrors(terminal, now, workspace);
            if (verdict is not null)
            {
                Print(terminal, workspace, changes);
                terminal.Output.WriteLine(verdict);
            }
        }

        return verdict is null ? ExitCode.Problems : ExitCode.Fine;
    }

    /// <summary>The last line; null where a file has errors.</summary>
    private static string? Verdict(RulesetModel? old, RulesetModel? now, ImmutableArray<Change> changes)
    {
        if (old is null || now is null)
        {
            return null;
        }

        if (changes.IsEmpty)
        {
            return old.Meaning == now.Meaning && old.Version != now.Version
                ? string.Create(CultureInfo.InvariantCulture, $"Nothing that affects prices changed: version {now.Version} charges as version {old.Version} does.")
                : old.Meaning == now.Meaning ? "Nothing that affects prices changed (formatting only)."
                : "Nothing that affects prices changed (the rules are written differently, but charge the same).";
        }

        (ChangeKind Kind, string Word)[] words =
        [
            (ChangeKind.Dearer, "dearer"), (ChangeKind.Mixed, "dearer or cheaper by quantity"), (ChangeKind.Added, "new"), (ChangeKind.Removed, "gone"),
            (ChangeKind.Reordered, "of conditions or order"), (ChangeKind.Other, "other"), (ChangeKind.Cheaper, "cheaper"),
        ];
        var counts = words.Select(w => (Count: changes.Count(c => c.Kind == w.Kind), w.Word)).Where(static c => c.Count > 0);
        return $"{Counted.Of(changes.Length, "change")}: {string.Join(", ", counts.Select(static c => $"{c.Count} {c.Word}"))}";
    }

    private static void PrintErrors(Terminal terminal, RulesetCompilation compilation, RuleWorkspace workspace)
    {
        var printer = new DiagnosticPrinter(terminal.Output, terminal.Palette, workspace);
        foreach (var diagnostic in compilation.Diagnostics.Where(d => compilation.Model is null && d.Severity == DiagnosticSeverity.Error))
        {
            printer.Print(diagnostic);
        }
    }

    private static void Print(Terminal terminal, RuleWorkspace workspace, ImmutableArray<Change> changes)
    {
        var palette = terminal.Palette;
        foreach (var change in changes)
        {
            var mark = change.Mark.ToString();
            var shown = change.Kind switch
            {
                ChangeKind.Dearer => palette.Warn(mark),
                ChangeKind.Cheaper => palette.Note(mark),
                _ => palette.Strong(mark),
            };
            terminal.Output.WriteLine($"{shown} {Printable.Text(change.Sentence)}");
            var places = new[] { Place(workspace, change.Before), Place(workspace, change.After) }.OfType<string>().ToList();
            if (places.Count > 0)
            {
                terminal.Output.WriteLine($"    {palette.Faint(string.Join(" → ", places))}");
            }
        }

        if (!changes.IsEmpty)
        {
            terminal.Output.WriteLine();
        }
    }

    private static string? Place(RuleWorkspace workspace, TextLocation? location) =>
        location is { Source: not null } place ? $"{Printable.Text(workspace.PathOf(place))}:{place.Line}" : null;

    private static void WriteSide(Utf8JsonWriter writer, string name, string path, RulesetCompilation compilation, RuleWorkspace workspace)
    {
        writer.WriteStartObject(name);
        writer.WriteString("path", path);
        if (compilation.Model is { } model)
        {
            writer.WriteString("ruleset", model.Name);
            writer.WriteNumber("version", model.Version);
            writer.WriteString("meaning", model.Meaning);
        }

        writer.WriteDiagnostics(compilation.Diagnostics, compilation.Source, workspace);
        writer.WriteEndObject();
    }

    private static void WriteChange(Utf8JsonWriter writer, Change change, RuleWorkspace workspace)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", Camel(change.Kind.ToString()));
        writer.WriteString("subject", Camel(change.Subject.ToString()));
        writer.WriteString("name", change.Name);
        writer.WriteString("sentence", change.Sentence);
        WriteFigure(writer, "old", change.Old);
        WriteFigure(writer, "new", change.New);
        WritePlace(writer, "before", workspace, change.Before);
        WritePlace(writer, "after", workspace, change.After);
        writer.WriteEndObject();
    }

    private static void WriteFigure(Utf8JsonWriter writer, string name, ExactDecimal? figure)
    {
        if (figure is { } exact)
        {
            writer.WriteString(name, exact.ToString());
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void WritePlace(Utf8JsonWriter writer, string name, RuleWorkspace workspace, TextLocation? location)
    {
        if (location is not { Source: not null } place)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteString("path", workspace.PathOf(place));
        writer.WriteNumber("line", place.Line);
        writer.WriteEndObject();
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
