namespace Rules.Dsl.Text;

/// <summary>A span of a named text: what a diagnostic, a model and a trace point at.</summary>
public readonly record struct TextLocation(SourceText Source, TextSpan Span)
{
    /// <summary>The name the text was given, usually a file name without its folder; empty for a text without a name.</summary>
    public string FileName => Source.FileName;

    /// <summary>Line and column of the first character.</summary>
    public LinePosition Start => Source.GetLinePosition(Span.Start);

    /// <summary>Line and column just after the last character.</summary>
    public LinePosition End => Source.GetLinePosition(Span.End);

    /// <summary>The line of the first character, counted from one.</summary>
    public int Line => Start.Line;

    /// <summary>The column of the first character, counted from one.</summary>
    public int Column => Start.Column;

    /// <summary>The characters of the span.</summary>
    public string Text => Source.ToString(Span);

    /// <summary><c>file:line:column</c>, the form every refusal prints.</summary>
    public override string ToString() => $"{FileName}:{Start}";
}
