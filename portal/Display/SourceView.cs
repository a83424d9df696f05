using System.Collections.Immutable;

namespace Rules.Portal.Display;

/// <summary>Rule source as a page shows it.</summary>
/// <param name="Label">Name of the scrolling region: <c>biodock version 1</c>.</param>
public sealed record SourceView(string Label, ImmutableArray<SourceLine> Lines);

/// <summary>One numbered line.</summary>
/// <param name="Number">From 1.</param>
public sealed record SourceLine(int Number, ImmutableArray<SourceSpan> Spans)
{
    /// <summary>Numbers of the explanation's steps that this line made, ascending.</summary>
    public ImmutableArray<int> Steps { get; init; } = [];

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
