using System.Globalization;
using Rules.Dsl.Editing;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>What could stand at a place, as the protocol's completion items.</summary>
internal static class CompletionMap
{
    public static CompletionList At(OpenDocument document, Position position)
    {
        var found = Completer.Complete(document.Compilation, PositionMap.ToOffset(document.Source, position));
        return new CompletionList(IsIncomplete: false, [.. found.Select((c, i) => new CompletionItem(
            c.Label,
            KindOf(c.Kind),
            c.Detail,
            i.ToString("D4", CultureInfo.InvariantCulture),
            c.Edit.NewText,
            new ProtocolTextEdit(PositionMap.ToRange(document.Source, c.Edit.Span), c.Edit.NewText)))]);
    }

    // Numbers of the protocol's CompletionItemKind.
    private static int KindOf(CompletionKind kind) => kind switch
    {
        CompletionKind.Keyword => 14,
        CompletionKind.Unit => 11,
        CompletionKind.Action => 3,
        CompletionKind.Fact => 10,
        CompletionKind.Value => 20,
        CompletionKind.Bucket => 5,
        CompletionKind.List => 13,
        CompletionKind.Alert => 23,
        _ => 21,
    };
}
