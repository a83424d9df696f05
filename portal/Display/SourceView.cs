using System.Collections.Immutable;
using System.Globalization;
using Rules.Dsl.Text;

namespace Rules.Portal.Display;

/// <summary>Rule source as a page shows it.</summary>
/// <param name="Label">Name of the scrolling region: <c>biodock version 1</c>.</param>
public sealed record SourceView(string Label, ImmutableArray<SourceLine> Lines)
{
    /// <summary>Number of the step whose line is lit from the start; null for none.</summary>
    public int? LitStep { get; init; }

    /// <summary>The lines of more than one version stand in it.</summary>
    public bool IsMerged => Lines.Any(line => line.Origin is not null);

    /// <summary>A line of a file; null where it is not shown.</summary>
    /// <param name="fileName">Null: the file of the version that is shown.</param>
    /// <param name="written">Its number in the file, from 1.</param>
    public SourceLine? Find(string? fileName, int written) =>
        Lines.FirstOrDefault(shown => shown.Written == written && (fileName is null ? shown.Origin is null : shown.FileName == fileName));

    /// <summary>Whether the line is one that a lit line belongs to.</summary>
    public bool IsHeadOfLit(int number) => Lines.Any(line => line.Lit && HeadsOf(line.Number).Contains(number));

    /// <summary>
    /// The lines that a line belongs to, outermost first: in the rule language an indented line belongs to the line above it.
    /// Empty for a line of the file's first column and for a number outside the file.
    /// </summary>
    public ImmutableArray<int> HeadsOf(int number)
    {
        if (number < 1 || number > Lines.Length)
        {
            return [];
        }

        var heads = ImmutableArray.CreateBuilder<int>();
        var indent = Lines[number - 1].Indent;
        for (var above = number - 1; above >= 1 && indent > 0; above--)
        {
            var line = Lines[above - 1];
            if (line.HasContent && line.Indent < indent)
            {
                heads.Insert(0, above);
                indent = line.Indent;
            }
        }

        return heads.ToImmutable();
    }
}

/// <summary>One numbered line.</summary>
/// <param name="Number">From 1, in the view.</param>
public sealed record SourceLine(int Number, ImmutableArray<SourceSpan> Spans)
{
    /// <summary>The file that holds the line: <c>biodock.v1.rules</c>.</summary>
    public string FileName { get; init; } = "";

    /// <summary>Its number in that file, from 1.</summary>
    public int Written { get; init; }

    /// <summary>The version it is taken over from; null for a line of the version that is shown.</summary>
    public RuleFileId? Origin { get; init; }

    /// <summary>Name of the line in addresses: <c>L12</c>; of one taken over <c>v2-L12</c>, of one included <c>models-v2-L12</c>.</summary>
    public string Anchor => Origin is { } from ? string.Create(CultureInfo.InvariantCulture, $"{OriginLabel}-L{Written}") : string.Create(CultureInfo.InvariantCulture, $"L{Written}");

    /// <summary><c>v2</c>, or <c>models-v2</c> of other rules; null for a line of the version that is shown.</summary>
    public string? OriginLabel { get; init; }

    /// <summary>Numbers of the explanation's steps that this line made, ascending.</summary>
    public ImmutableArray<int> Steps { get; init; } = [];

    /// <summary>Leading spaces.</summary>
    public int Indent { get; init; }

    /// <summary>False for blank lines and lines that hold only a comment: they do not begin a block.</summary>
    public bool HasContent { get; init; }

    /// <summary>Lit from the start: the line of the step that the address names.</summary>
    public bool Lit { get; init; }

    /// <summary>Made only steps that did not apply.</summary>
    public bool Dim { get; init; }

    /// <summary>Class of the worst problem on the line, if any.</summary>
    public string? Fault { get; init; }
}

/// <param name="Class">Of the stylesheet's <c>t-</c> classes; null for plain text.</param>
/// <param name="Mark">Class of the problem that the text belongs to; null for none.</param>
public readonly record struct SourceSpan(string Text, string? Class, string? Mark = null);
