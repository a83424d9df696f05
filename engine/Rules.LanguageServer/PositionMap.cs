using Rules.Dsl.Text;
using Rules.LanguageServer.Protocol;
using Range = Rules.LanguageServer.Protocol.Range;

namespace Rules.LanguageServer;

/// <summary>Between the protocol's places (both from zero) and positions of a text.</summary>
internal static class PositionMap
{
    public static Position ToPosition(SourceText text, int position)
    {
        var place = text.GetLinePosition(position);
        return new Position(place.Line - 1, place.Column - 1);
    }

    public static Range ToRange(SourceText text, TextSpan span) => new(ToPosition(text, span.Start), ToPosition(text, span.End));

    /// <summary>
    /// A character beyond its line means the line's end, as the protocol says. Throws <see cref="RpcException"/> for a line that
    /// is not there and for a range that ends before it starts.
    /// </summary>
    public static TextSpan ToSpan(SourceText text, Range range)
    {
        var start = ToOffset(text, range.Start);
        var end = ToOffset(text, range.End);
        return start <= end
            ? TextSpan.FromBounds(start, end)
            : throw new RpcException(RpcErrorCode.InvalidParameters, "The range ends before it starts.");
    }

    /// <summary>As <see cref="ToSpan"/> of an empty range.</summary>
    public static int ToOffset(SourceText text, Position position)
    {
        if (position.Line < 0 || position.Character < 0 || position.Line > text.LineCount)
        {
            throw new RpcException(RpcErrorCode.InvalidParameters, $"The document has {text.LineCount} lines; there is no line {position.Line}, counted from 0.");
        }

        return position.Line == text.LineCount
            ? text.Length
            : text.GetPosition(new LinePosition(position.Line + 1, Math.Min(position.Character, text.Length) + 1));
    }
}
