using System.Collections.Immutable;
using Rules.Dsl.Formatting;
using Rules.Dsl.Text;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>The edits that give a document its one layout.</summary>
internal static class Layout
{
    /// <summary>One edit from the first to the last difference; none where there is none. Throws <see cref="RpcException"/> for a file with mistakes of writing.</summary>
    public static ImmutableArray<ProtocolTextEdit> Edits(OpenDocument document)
    {
        var formatted = Formatter.Format(document.Tree)?.ToString()
            ?? throw new RpcException(RpcErrorCode.RequestFailed, "The file has mistakes of writing and is left as it is.");
        var before = document.Source.ToString();
        var head = before.AsSpan().CommonPrefixLength(formatted);
        var rest = Math.Min(before.Length, formatted.Length) - head;
        var tail = 0;
        while (tail < rest && before[^(tail + 1)] == formatted[^(tail + 1)])
        {
            tail++;
        }

        return head == before.Length && head == formatted.Length
            ? []
            : [new ProtocolTextEdit(PositionMap.ToRange(document.Source, TextSpan.FromBounds(head, before.Length - tail)), formatted[head..^tail])];
    }
}
