using System.Collections.Immutable;
using System.Text;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>Puts a text together from pieces of others and remembers for each line where it was written.</summary>
internal sealed class TextComposer
{
    private readonly StringBuilder _text = new();
    private readonly ImmutableArray<TextLine>.Builder _lines = ImmutableArray.CreateBuilder<TextLine>();
    private bool _lineHasWords;

    /// <summary>The text is at the beginning of a line.</summary>
    private bool IsAtLineStart => _text.Length == 0 || _text[^1] == '\n';

    public TextComposer Add(ImmutableArray<TextLocation> pieces)
    {
        foreach (var piece in pieces)
        {
            Add(piece);
        }

        return this;
    }

    /// <summary>Takes characters over as they are. A line belongs to where its first words were written.</summary>
    public TextComposer Add(TextLocation piece)
    {
        var (source, span) = piece;
        for (var start = span.Start; start < span.End;)
        {
            var line = source.GetLine(source.GetLineNumber(start));
            var end = Math.Min(span.End, line.FullSpan.End);
            Add(source.ToString(TextSpan.FromBounds(start, end)), line);
            start = end;
        }

        return this;
    }

    /// <summary>Writes characters without a line break that stand for a line of another text.</summary>
    public TextComposer Add(string characters, TextLine origin)
    {
        if (characters.Length == 0)
        {
            return this;
        }

        if (IsAtLineStart)
        {
            _lines.Add(origin);
            _lineHasWords = false;
        }
        else if (!_lineHasWords)
        {
            _lines[^1] = origin;
        }

        _lineHasWords |= !string.IsNullOrWhiteSpace(characters);
        _text.Append(characters);
        return this;
    }

    /// <summary>Ends the line unless it is ended.</summary>
    public TextComposer EndLine()
    {
        if (!IsAtLineStart)
        {
            _text.Append('\n');
        }

        return this;
    }

    /// <summary>The text with an origin for each of its lines, the empty one after a last line break included.</summary>
    public ResolvedText ToText(string fileName)
    {
        if (IsAtLineStart && _lines.Count > 0)
        {
            _lines.Add(_lines[^1]);
        }

        return new ResolvedText(SourceText.From(_text.ToString(), fileName), _lines.ToImmutable());
    }
}
