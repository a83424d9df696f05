using System.Buffers;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

// Trivia are not stored: what lies between two tokens is told apart again when someone asks.
internal static class TriviaScanner
{
    private static readonly SearchValues<char> s_ends = SearchValues.Create(" \t\r\n#\"");

    public static IEnumerable<SyntaxTrivia> Scan(SourceText source, int start, int end)
    {
        while (start < end)
        {
            var kind = SyntaxKind.SkippedTrivia;
            var next = Next(source.AsSpan(TextSpan.FromBounds(start, end)), start == 0, ref kind);
            yield return new SyntaxTrivia(kind, new TextSpan(start, next));
            start += next;
        }
    }

    private static int Next(ReadOnlySpan<char> text, bool atStartOfFile, ref SyntaxKind kind)
    {
        switch (text[0])
        {
            case ' ' or '\t':
            case '\uFEFF' when atStartOfFile:
                kind = SyntaxKind.WhitespaceTrivia;
                return 1 + Length(text[1..].IndexOfAnyExcept(' ', '\t'), text.Length - 1);
            case '\n':
                kind = SyntaxKind.NewLineTrivia;
                return 1;
            case '\r' when text.Length > 1 && text[1] == '\n':
                kind = SyntaxKind.NewLineTrivia;
                return 2;
            case '#':
                kind = SyntaxKind.CommentTrivia;
                var line = Length(text.IndexOf('\n'), text.Length);
                return line < text.Length && text[line - 1] == '\r' ? line - 1 : line;
            case '"':
                var close = text[1..].IndexOfAny('"', '\n');
                return close < 0 ? text.Length : text[close + 1] == '"' ? close + 2 : close + 1;
            default:
                return 1 + Length(text[1..].IndexOfAny(s_ends), text.Length - 1);
        }
    }

    private static int Length(int found, int all) => found < 0 ? all : found;
}
