namespace Rules.Dsl.Text;

/// <summary>One line of a text. <see cref="Span"/> leaves out the line break, <see cref="FullSpan"/> holds it.</summary>
/// <param name="Source">The text the line belongs to.</param>
/// <param name="Number">Counts from one.</param>
/// <param name="Span">The line without its break.</param>
/// <param name="FullSpan">The line with its break; only the last line of a text has none.</param>
public readonly record struct TextLine(SourceText Source, int Number, TextSpan Span, TextSpan FullSpan)
{
    /// <summary>The characters of the line without its break.</summary>
    public override string ToString() => Source.ToString(Span);
}
