using Rules.Dsl.Editing;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>What there is to say about a place; null where there is nothing.</summary>
internal static class HoverMap
{
    public static HoverAnswer? At(OpenDocument document, Position position) =>
        HoverWriter.Write(document.Compilation, document.Diagnostics, PositionMap.ToOffset(document.Source, position)) is { } hover
            ? new HoverAnswer(new MarkupContent("plaintext", hover.Text), PositionMap.ToRange(document.Source, hover.Span))
            : null;
}
