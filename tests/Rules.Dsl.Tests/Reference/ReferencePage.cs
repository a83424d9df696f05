using System.Collections.Immutable;
using System.Globalization;

namespace Rules.Dsl.Tests.Reference;

/// <summary>A page of the reference beside the compiler, read for its headings and its rule texts.</summary>
internal sealed class ReferencePage
{
    private const string Frame = "# frame: ";
    private const string More = "# ... and ";

    private ReferencePage(string name, string text, ImmutableArray<RuleText> ruleTexts)
    {
        Name = name;
        Text = text;
        RuleTexts = ruleTexts;
    }

    /// <summary>The file name without its extension.</summary>
    public string Name { get; }

    public string Text { get; }

    /// <summary>The fenced blocks of rules, in order, completed by the frames that they name.</summary>
    public ImmutableArray<RuleText> RuleTexts { get; }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "reference");

    /// <summary>The ids that have a page, ascending.</summary>
    public static IEnumerable<string> DiagnosticIds => Directory.EnumerateFiles(Path.Combine(Folder, "diagnostics"), "PR*.md")
        .Select(static p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal);

    public static ReferencePage Language => Read(Path.Combine(Folder, "LANGUAGE.md"));

    public static ReferencePage DiagnosticIndex { get; } = Read(Path.Combine(Folder, "diagnostics", "README.md"), ImmutableDictionary<string, string>.Empty);

    private static ImmutableDictionary<string, string> Frames { get; } = DiagnosticIndex.RuleTexts
        .ToImmutableDictionary(static t => FrameOf(t.Text)!, static t => AfterFirstLine(t.Text));

    public static ReferencePage Diagnostic(string id) => Read(Path.Combine(Folder, "diagnostics", id + ".md"));

    /// <summary>The one text under a heading; null where there is none.</summary>
    public RuleText? Under(string heading) => RuleTexts.SingleOrDefault(t => t.Heading == heading);

    private static ReferencePage Read(string path) => Read(path, Frames);

    private static ReferencePage Read(string path, ImmutableDictionary<string, string> frames)
    {
        var text = File.ReadAllText(path);
        var ruleTexts = ImmutableArray.CreateBuilder<RuleText>();
        var heading = "";
        List<string>? block = null;
        var number = 0;
        var start = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                if (block is not null)
                {
                    ruleTexts.Add(new RuleText(heading, start, Complete(block, frames)));
                }

                block = block is null && line == "```rules" ? [] : null;
                start = number;
            }
            else if (block is not null)
            {
                block.Add(line);
            }
            else if (line.StartsWith('#'))
            {
                heading = line.TrimStart('#').Trim();
            }
        }

        return new ReferencePage(Path.GetFileNameWithoutExtension(path), text, ruleTexts.ToImmutable());
    }

    private static string Complete(List<string> lines, ImmutableDictionary<string, string> frames)
    {
        var completed = new List<string>();
        foreach (var line in lines)
        {
            if (line.TrimStart() is var words && words.StartsWith(More, StringComparison.Ordinal))
            {
                var mark = words.IndexOf(", ", StringComparison.Ordinal);
                var count = words[More.Length..words.IndexOf(" more", StringComparison.Ordinal)];
                completed.AddRange(Enumerable.Repeat(completed[^1], int.Parse(count, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)));
                completed[^1] += mark < 0 ? "" : "  # " + words[(mark + 2)..];
            }
            else
            {
                completed.Add(line);
            }
        }

        var text = string.Join('\n', completed) + "\n";
        return FrameOf(text) is { } name && frames.TryGetValue(name, out var before) ? before + AfterFirstLine(text) : text;
    }

    private static string? FrameOf(string text) =>
        text.StartsWith(Frame, StringComparison.Ordinal) ? text[Frame.Length..text.IndexOf('\n', StringComparison.Ordinal)] : null;

    private static string AfterFirstLine(string text) => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
}

/// <summary>One fenced block of rules as a whole file.</summary>
/// <param name="Heading">The heading it stands under.</param>
/// <param name="Line">Of the page, where the block begins.</param>
internal sealed record RuleText(string Heading, int Line, string Text)
{
    /// <summary>The numbers of the lines that carry a mark in a comment at their end, or on the line above.</summary>
    public IEnumerable<int> Marked(string mark)
    {
        var lines = Text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].EndsWith("# " + mark, StringComparison.Ordinal))
            {
                yield return i + 1;
            }
            else if (lines[i].TrimStart() == $"# {mark}: the next line")
            {
                yield return i + 2;
            }
        }
    }

    public override string ToString() => $"{Heading} (line {Line})";
}
