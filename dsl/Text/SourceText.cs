using System.Collections.Immutable;
using System.Text;

namespace Rules.Dsl.Text;

/// <summary>
/// One immutable text with its name. A line ends at <c>LF</c> or <c>CR LF</c>. Positions are UTF-16 code units from zero;
/// lines are found by binary search, and line and column are computed only for people.
/// </summary>
public sealed class SourceText
{
    /// <summary>The largest rule file that is read: 1 MiB of UTF-8. A larger one is refused with PR0001 before any of it is read.</summary>
    public const int MaximumBytes = 1 << 20;

    private readonly string _text;
    private int[]? _lineStarts;

    private SourceText(string text, string fileName)
    {
        _text = text;
        FileName = fileName;
    }

    /// <summary>The name shown to people; empty where none was given.</summary>
    public string FileName { get; }

    /// <summary>UTF-16 code units.</summary>
    public int Length => _text.Length;

    /// <summary>The code unit at a position from zero.</summary>
    public char this[int position] => _text[position];

    /// <summary>At least one; a text that ends with a line break has an empty last line.</summary>
    public int LineCount => LineStarts.Length;

    /// <summary>True where the text takes more than <see cref="MaximumBytes"/> in UTF-8.</summary>
    public bool IsTooLarge => _text.Length > MaximumBytes
        || (_text.Length > MaximumBytes / 3 && Encoding.UTF8.GetByteCount(_text) > MaximumBytes);

    private int[] LineStarts => _lineStarts ??= FindLineStarts(_text);

    /// <summary>Takes a text as it is; nothing is normalised.</summary>
    public static SourceText From(string text, string fileName = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(fileName);
        return new SourceText(text, fileName);
    }

    /// <summary>
    /// Reads UTF-8. Bytes that are not UTF-8 (overlong forms, lone surrogates) become U+FFFD, which the lexer refuses with PR0002 at
    /// its place. Of bytes beyond <see cref="MaximumBytes"/> only enough is read to know that the text is too large.
    /// </summary>
    public static SourceText FromUtf8(ReadOnlySpan<byte> bytes, string fileName = "")
    {
        if (bytes.Length > MaximumBytes)
        {
            return new SourceText(new string('#', MaximumBytes + 1), fileName);
        }

        return From(Encoding.UTF8.GetString(bytes), fileName);
    }

    /// <summary>The characters without a copy.</summary>
    public ReadOnlySpan<char> AsSpan() => _text;

    /// <summary>The characters of a span without a copy.</summary>
    public ReadOnlySpan<char> AsSpan(TextSpan span) => _text.AsSpan(span.Start, span.Length);

    /// <summary>The line with this number, from one.</summary>
    public TextLine GetLine(int number)
    {
        var starts = LineStarts;
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, starts.Length);
        var start = starts[number - 1];
        var fullEnd = number < starts.Length ? starts[number] : _text.Length;
        var end = fullEnd;
        if (number < starts.Length)
        {
            end--;
            if (end > start && _text[end - 1] == '\r')
            {
                end--;
            }
        }

        return new TextLine(this, number, TextSpan.FromBounds(start, end), TextSpan.FromBounds(start, fullEnd));
    }

    /// <summary>The number, from one, of the line that holds a position; the end of the text belongs to the last line.</summary>
    public int GetLineNumber(int position)
    {
        var found = Array.BinarySearch(LineStarts, position);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>Line and column, both from one, of a position from zero.</summary>
    public LinePosition GetLinePosition(int position)
    {
        var line = GetLineNumber(position);
        return new LinePosition(line, position - LineStarts[line - 1] + 1);
    }

    /// <summary>The position, from zero, of a line and column; a column beyond the line gives its end.</summary>
    public int GetPosition(LinePosition position)
    {
        var line = GetLine(position.Line);
        return Math.Min(line.Span.Start + Math.Max(position.Column, 1) - 1, line.Span.End);
    }

    /// <summary>The text after edits that do not overlap; their order does not matter.</summary>
    public SourceText WithEdits(params IEnumerable<TextEdit> edits)
    {
        ArgumentNullException.ThrowIfNull(edits);
        var builder = new StringBuilder(_text);
        foreach (var edit in edits.ToImmutableArray().Sort(static (a, b) => b.Span.CompareTo(a.Span)))
        {
            builder.Remove(edit.Span.Start, edit.Span.Length).Insert(edit.Span.Start, edit.NewText);
        }

        return new SourceText(builder.ToString(), FileName);
    }

    /// <summary>The whole text.</summary>
    public override string ToString() => _text;

    /// <summary>The characters of a span.</summary>
    public string ToString(TextSpan span) => _text.Substring(span.Start, span.Length);

    private static int[] FindLineStarts(string text)
    {
        var count = 1 + text.AsSpan().Count('\n');
        var starts = new int[count];
        var position = 0;
        for (var line = 1; line < count; line++)
        {
            position = text.IndexOf('\n', position) + 1;
            starts[line] = position;
        }

        return starts;
    }
}
