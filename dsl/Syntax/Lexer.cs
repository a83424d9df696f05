using System.Buffers;
using System.Globalization;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

// Cuts a text into tokens and lays out its lines: NewLine ends a line with content, Indent and Dedent follow the leading spaces (off-side
// rule). Everything between two tokens is leading trivia of the second, told apart only when asked for.
internal sealed class Lexer
{
    private static readonly SearchValues<char> s_figureEnds = SearchValues.Create(" \t\r\n,#\"()");

    // As in requests (WireLimits): a longer name could be used by none.
    private const int LongestName = 128;

    private const int LongestText = 400;

    private const string Comparison = "a sign of comparison";

    private readonly SourceText _source;
    private readonly string _text;
    private readonly DiagnosticBag _diagnostics;
    private readonly List<SyntaxToken> _tokens;
    private readonly List<int> _indentation = [0];
    private int _position;
    private int _fullStart;
    private bool _lineHasError;
    private bool _tabsReported;
    private bool _depthReported;

    // The parser reports it, unless the line before was broken off.
    private bool _misaligned;

    public Lexer(SourceText source, DiagnosticBag diagnostics)
    {
        _source = source;
        _text = source.ToString();
        _diagnostics = diagnostics;
        _tokens = new List<SyntaxToken>((_text.Length / 5) + 8);
    }

    public List<SyntaxToken> Lex()
    {
        if (_text.StartsWith('\uFEFF'))
        {
            _position = 1;
        }

        while (SkipToContent(out var indentation))
        {
            LayOut(indentation);
            ReadLine(indentation);
        }

        for (var level = _indentation.Count - 1; level > 0; level--)
        {
            Add(SyntaxKind.DedentToken, _fullStart, _fullStart);
        }

        Add(SyntaxKind.EndOfFileToken, _text.Length, _text.Length);
        RefuseHiddenCharacters();
        return _tokens;
    }

    // Blank and comment lines are trivia and never change the indentation.
    private bool SkipToContent(out int indentation)
    {
        while (true)
        {
            var lineStart = _position;
            var tabs = false;
            while (_position < _text.Length && _text[_position] is ' ' or '\t')
            {
                tabs |= _text[_position++] == '\t';
            }

            indentation = _position - lineStart;
            if (_position == _text.Length)
            {
                return false;
            }

            if (_text[_position] == '#')
            {
                SkipComment();
            }

            var lineBreak = LineBreakLength();
            if (lineBreak == 0 && _position < _text.Length)
            {
                if (tabs)
                {
                    indentation = MeasureTabs(lineStart);
                }

                return true;
            }

            _position += lineBreak;
        }
    }

    // A tab counts as one step of two spaces. One report repairs the whole file.
    private int MeasureTabs(int lineStart)
    {
        var width = 0;
        for (var i = lineStart; i < _position; i++)
        {
            width += _text[i] == '\t' ? 2 : 1;
        }

        if (!_tabsReported)
        {
            _tabsReported = true;
            Report(DiagnosticDescriptors.TabIndentation, TextSpan.FromBounds(lineStart, _position), [new DiagnosticFix("write spaces for tabs", [.. LeadingTabs()])]);
        }

        return width;
    }

    private IEnumerable<TextEdit> LeadingTabs()
    {
        var leading = true;
        for (var i = 0; i < _text.Length; i++)
        {
            var c = _text[i];
            if (leading && c == '\t')
            {
                yield return new TextEdit(new TextSpan(i, 1), "  ");
            }

            leading = c == '\n' || (leading && c is ' ' or '\t');
        }
    }

    private void LayOut(int indentation)
    {
        var top = _indentation[^1];
        if (indentation > top)
        {
            if (_indentation.Count <= SyntaxTree.MaximumDepth)
            {
                _indentation.Add(indentation);
                Add(SyntaxKind.IndentToken, _fullStart, _fullStart);
            }
            else if (!_depthReported)
            {
                _depthReported = true;
                Report(DiagnosticDescriptors.NestedTooDeep, new TextSpan(_position, 0), [], SyntaxTree.MaximumDepth);
            }

            return;
        }

        // Between two levels the line counts as one of the deeper level: a lost space does not close a block.
        while (_indentation.Count > 1 && indentation <= _indentation[^2])
        {
            _indentation.RemoveAt(_indentation.Count - 1);
            Add(SyntaxKind.DedentToken, _fullStart, _fullStart);
        }

        top = _indentation[^1];
        _misaligned = indentation < top;
    }

    private void ReadLine(int indentation)
    {
        SyntaxToken? last = null;
        while (true)
        {
            while (_position < _text.Length && _text[_position] is ' ' or '\t')
            {
                _position++;
            }

            if (_position < _text.Length && _text[_position] == '#')
            {
                SkipComment();
            }

            var lineBreak = LineBreakLength();
            if (lineBreak > 0 || _position == _text.Length)
            {
                if (last is not null && SyntaxFacts.ContinuesLine(last.ContextualKind) && ContinuesBelow(indentation))
                {
                    _position += lineBreak;
                    continue;
                }

                if (last is null)
                {
                    // Nothing but refused characters: trivia of what follows.
                    _position += lineBreak;
                    _lineHasError = false;
                    return;
                }

                var start = _position;
                _position += lineBreak;
                Add(SyntaxKind.NewLineToken, start, _position, _lineHasError ? TokenFlags.Error : TokenFlags.None);
                _lineHasError = false;
                return;
            }

            last = ReadToken() ?? last;
        }
    }

    // A line that ends in a comma, and, or, then goes on below, if that line stands further in than this one.
    private bool ContinuesBelow(int indentation)
    {
        var position = _position;
        while (true)
        {
            var lineBreak = _text.IndexOf('\n', position);
            if (lineBreak < 0)
            {
                return false;
            }

            position = lineBreak + 1;
            var start = position;
            while (position < _text.Length && _text[position] is ' ' or '\t')
            {
                position++;
            }

            if (position == _text.Length)
            {
                return false;
            }

            if (_text[position] is not ('\n' or '\r' or '#'))
            {
                return position - start > indentation;
            }
        }
    }

    private SyntaxToken? ReadToken()
    {
        var c = _text[_position];
        switch (c)
        {
            case ',':
                return AddMark(SyntaxKind.CommaToken);
            case '(':
                return AddMark(SyntaxKind.OpenParenthesisToken);
            case ')':
                return AddMark(SyntaxKind.CloseParenthesisToken);
            case '"':
                return ReadString();
            case '-' when _position + 1 < _text.Length && char.IsAsciiDigit(_text[_position + 1]):
                return ReadNumber();
        }

        if (char.IsAsciiLetter(c))
        {
            return ReadWord();
        }

        if (char.IsAsciiDigit(c))
        {
            return ReadNumber();
        }

        if (c > '\x7f' && char.IsLetter(c))
        {
            return ReadWord();
        }

        RefuseCharacter();
        return null;
    }

    private SyntaxToken ReadWord()
    {
        var start = _position;
        var foreign = -1;
        while (_position < _text.Length)
        {
            var c = _text[_position];
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                if (c <= '\x7f' || !char.IsLetter(c))
                {
                    break;
                }

                foreign = foreign < 0 ? _position : foreign;
            }

            _position++;
        }

        if (_position - start > LongestName)
        {
            return AddTooLong(SyntaxKind.NameToken, start, "name", LongestName);
        }

        if (foreign < 0)
        {
            var kind = SyntaxFacts.GetKeywordKind(_text.AsSpan(start, _position - start));
            return Add(SyntaxKind.NameToken, start, _position, TokenFlags.None, kind);
        }

        var span = TextSpan.FromBounds(start, _position);
        Report(
            DiagnosticDescriptors.CharacterRefused,
            new TextSpan(foreign, 1),
            [new DiagnosticFix("put the name in quotes", span, $"\"{_source.ToString(span)}\"")],
            $"\"{_text[foreign]}\"",
            "a letter outside a to z",
            "put the name in quotes");
        return Add(SyntaxKind.NameToken, start, _position, TokenFlags.Error);
    }

    private SyntaxToken ReadString()
    {
        var start = _position++;
        while (true)
        {
            var found = _text.AsSpan(_position).IndexOfAny('"', '\n');
            if (found < 0 || _text[_position + found] == '\n')
            {
                _position = found < 0 ? _text.Length : _position + found;
                if (_text[_position - 1] == '\r' && _position > start + 1)
                {
                    _position--;
                }

                var trimmed = start + 1 + _text.AsSpan(start + 1, _position - start - 1).TrimEnd().Length;
                Report(
                    DiagnosticDescriptors.QuoteNotClosed,
                    TextSpan.FromBounds(start, _position),
                    [new DiagnosticFix("close the quote", new TextSpan(trimmed, 0), "\"")]);
                return Add(SyntaxKind.StringToken, start, _position, TokenFlags.Error);
            }

            _position += found + 1;
            if (_position == _text.Length || _text[_position] != '"')
            {
                break;
            }

            _position++;
        }

        var text = _text.AsSpan(start, _position - start);
        if (text.Length - 2 > LongestText)
        {
            return AddTooLong(SyntaxKind.StringToken, start, "quoted text", LongestText);
        }

        if (System.Text.Ascii.IsValid(text) || IsNormalized(text))
        {
            return Add(SyntaxKind.StringToken, start, _position);
        }

        var span = TextSpan.FromBounds(start, _position);
        Report(
            DiagnosticDescriptors.TextNotNormalized,
            span,
            [new DiagnosticFix("write each letter as one character", span, text.ToString().Normalize())]);
        return Add(SyntaxKind.StringToken, start, _position, TokenFlags.Error);
    }

    private SyntaxToken AddTooLong(SyntaxKind kind, int start, string what, int most)
    {
        Report(DiagnosticDescriptors.WordTooLong, TextSpan.FromBounds(start, _position), [], what, most.ToString(CultureInfo.InvariantCulture));
        return Add(kind, start, _position, TokenFlags.Error);
    }

    // Lone surrogates have no normal form; they are refused as characters.
    private static bool IsNormalized(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return true;
                }

                i++;
            }
        }

        return text.ToString().IsNormalized();
    }

    private SyntaxToken ReadNumber()
    {
        var start = _position;
        var negative = _text[start] == '-';
        _position += negative ? 1 : 0;
        SkipDigits();
        if (!negative && IsFollowedByDigit('-'))
        {
            return ReadDate(start);
        }

        if (!negative && IsFollowedByDigit(':'))
        {
            return ReadTime(start);
        }

        while (IsFollowedByDigit(',') || IsFollowedByDigit('.'))
        {
            _position++;
            SkipDigits();
        }

        var kind = SyntaxKind.NumberToken;
        var end = _position;
        if (_position < _text.Length && _text[_position] == '%')
        {
            _position++;
            kind = SyntaxKind.PercentToken;
        }

        var digits = _text.AsSpan(start, end - start);
        if (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] is '.' or '_' or '%'))
        {
            return ReadMalformedNumber(start, end);
        }

        if (negative)
        {
            return AddMalformedNumber(kind, start, "a figure is never below zero", [_text[(start + 1).._position]]);
        }

        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (fraction.ContainsAny(',', '.'))
        {
            return AddMalformedNumber(kind, start, "only digits follow the point", []);
        }

        if (!IsGrouped(whole))
        {
            var suffix = fraction.IsEmpty ? "" : $".{fraction}";
            suffix += kind == SyntaxKind.PercentToken ? "%" : "";
            return AddMalformedNumber(
                kind, start, "thousands are grouped in threes, as in 1,000", [.. RegroupedForms(whole).Select(form => form + suffix)]);
        }

        var tooLong = whole.Length - whole.Count(',') > 18 ? "18 digits before the point"
            : fraction.Length > 9 ? "9 digits after the point"
            : null;
        if (tooLong is null)
        {
            return Add(kind, start, _position);
        }

        Report(DiagnosticDescriptors.NumberTooLong, TextSpan.FromBounds(start, _position), [], tooLong);
        return Add(kind, start, _position, TokenFlags.Error);
    }

    private SyntaxToken ReadDate(int start)
    {
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] is '-' or '_'))
        {
            _position++;
        }

        var text = _text.AsSpan(start, _position - start);
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return Add(SyntaxKind.DateToken, start, _position);
        }

        Report(DiagnosticDescriptors.NotADay, TextSpan.FromBounds(start, _position), [], Shorten(text));
        return Add(SyntaxKind.DateToken, start, _position, TokenFlags.Error);
    }

    private SyntaxToken ReadTime(int start)
    {
        while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] == ':'))
        {
            _position++;
        }

        var text = _text.AsSpan(start, _position - start);
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return Add(SyntaxKind.TimeToken, start, _position);
        }

        Report(DiagnosticDescriptors.NotATimeOfDay, TextSpan.FromBounds(start, _position), [], Shorten(text));
        return Add(SyntaxKind.TimeToken, start, _position, TokenFlags.Error);
    }

    // "10images" is a number that lost its space; "1e9" or "1.2.x" is none.
    private SyntaxToken ReadMalformedNumber(int start, int end)
    {
        var found = _text.AsSpan(end).IndexOfAny(s_figureEnds);
        _position = found < 0 ? _text.Length : end + found;
        var rest = _text.AsSpan(end, _position - end);
        var spaced = rest.Length > 2 && !rest.ContainsAnyExceptInRange('a', 'z') && IsGrouped(_text.AsSpan(start, end - start));
        return AddMalformedNumber(
            SyntaxKind.NumberToken,
            start,
            spaced ? "a space stands between a number and its unit" : "a number has digits, commas between groups of three, and one point",
            spaced ? [$"{_text.AsSpan(start, end - start)} {rest}"] : []);
    }

    private SyntaxToken AddMalformedNumber(SyntaxKind kind, int start, string reason, string[] forms)
    {
        var span = TextSpan.FromBounds(start, _position);
        var written = Shorten(_source.AsSpan(span));
        ReadOnlySpan<object?> arguments = forms.Length == 0 ? [written, reason] : [written, reason, string.Join(" or ", forms)];
        Report(DiagnosticDescriptors.NotANumber, span, [.. forms.Select(form => new DiagnosticFix($"write {form}", span, form))], arguments);
        return Add(kind, start, _position, TokenFlags.Error);
    }

    // Without commas, and with the last group filled up: "1,00" may have meant 100 or 1,000.
    private static List<string> RegroupedForms(ReadOnlySpan<char> whole)
    {
        var digits = whole.ToString().Replace(",", "", StringComparison.Ordinal);
        if (digits.Length > 18)
        {
            return [];
        }

        List<string> forms = [Group(digits)];
        var last = whole.Length - 1 - whole.LastIndexOf(',');
        if (last < 3 && IsGrouped(string.Concat(whole, "000".AsSpan(last))))
        {
            forms.Add(string.Concat(whole, "000".AsSpan(last)));
        }

        return forms;
    }

    private static string Group(string digits) =>
        ExactDecimal.TryParse(digits, out var value) ? value.ToGroupedString() : digits;

    private static bool IsGrouped(ReadOnlySpan<char> whole)
    {
        var comma = whole.IndexOf(',');
        if (comma < 0)
        {
            return true;
        }

        if (comma > 3)
        {
            return false;
        }

        for (var i = comma; i < whole.Length; i += 4)
        {
            if (whole[i] != ',' || i + 4 > whole.Length || whole.Slice(i + 1, 3).Contains(','))
            {
                return false;
            }
        }

        return true;
    }

    private void RefuseCharacter()
    {
        var start = _position;
        var c = _text[start];
        do
        {
            _position += _position + 1 < _text.Length && char.IsSurrogatePair(_text[_position], _text[_position + 1]) ? 2 : 1;
        }
        while (_position < _text.Length && _text[_position] == c);

        if (_lineHasError || IsHidden(_text, start, out _))
        {
            // Hidden characters are reported once for the whole text, wherever they stand.
            _lineHasError = true;
            return;
        }

        if (c is '<' or '>' && _position == start + 1 && _position < _text.Length && _text[_position] == '=')
        {
            _position++;
        }

        // No replacement where only the author knows what is meant.
        var span = TextSpan.FromBounds(start, _position);
        var (name, advice, replacement) = c switch
        {
            '>' when span.Length == 1 => (Comparison, "write \"over\"", "over"),
            '<' when span.Length == 1 => (Comparison, "write \"under\"", "under"),
            '=' => (Comparison, "write \"is\"", "is"),
            '>' when _text[start + 1] == '=' => (Comparison, "write \"at least\"", "at least"),
            '<' when _text[start + 1] == '=' => (Comparison, "write \"under\", or \"not\" before the fact and \"over\"", null),
            '/' => ("a slash", "write a date as 2026-01-31, and a rate with \"per\"", null),
            '\u201C' or '\u201D' or '\u201E' or '\u2018' or '\u2019' or '\'' or '`' => ("a curved or single quote", "write \"", (string?)"\""),
            '$' or '\u20AC' or '\u00A3' => ("a sign for a currency", "write the currency by its name after the figure, as in 4 USD", ""),
            '\u2013' or '\u2014' => ("a dash", "write -", "-"),
            '%' => ("a percent sign without a figure", "write the figure directly before it, as in 60%", ""),
            _ => ("a mark that the language does not use", "delete it", ""),
        };
        var shown = char.IsHighSurrogate(c) ? _text.Substring(start, 2) : name == Comparison ? _text[start.._position] : c.ToString();
        Report(
            DiagnosticDescriptors.CharacterRefused, span, replacement is null ? [] : [new DiagnosticFix(advice, span, replacement)],
            $"\"{shown}\"", name, advice);
    }

    // Controls, bidirectional and zero-width characters, odd spaces and halves of characters could make a file read differently from what
    // it says; they are refused everywhere, in text and comments too. One report per line.
    private void RefuseHiddenCharacters()
    {
        var line = -1;
        var start = _text.StartsWith('\uFEFF') ? 1 : 0;
        for (var i = start; i < _text.Length; i++)
        {
            var found = _text.AsSpan(i).IndexOfAnyExceptInRange(' ', '~');
            if (found < 0)
            {
                return;
            }

            i += found;
            var c = _text[i];
            if (c is '\n' or '\t' || !IsHidden(_text, i, out var name))
            {
                i += char.IsHighSurrogate(c) ? 1 : 0;
                continue;
            }

            var number = _source.GetLineNumber(i);
            if (number == line)
            {
                continue;
            }

            line = number;
            var replacement = CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? " " : "";
            var advice = replacement.Length > 0 ? "write a space" : "delete it";
            var span = new TextSpan(i, 1);
            var code = ((int)c).ToString("X4", CultureInfo.InvariantCulture);
            Report(DiagnosticDescriptors.CharacterRefused, span, [new DiagnosticFix(advice, span, replacement)], $"U+{code}", name, advice);
        }
    }

    private static bool IsHidden(string text, int position, out string name)
    {
        var c = text[position];
        name = "";
        if (c == '\r')
        {
            name = "a carriage return without a line feed";
            return position + 1 == text.Length || text[position + 1] != '\n';
        }

        if (char.IsSurrogate(c))
        {
            name = "half a character";
            return !(position + 1 < text.Length && char.IsSurrogatePair(c, text[position + 1]));
        }

        name = char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.Control => "a control character",
            UnicodeCategory.Format => "an invisible character that can change how text reads",
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => "a hidden line break",
            UnicodeCategory.SpaceSeparator when c != ' ' => "a space of another kind",
            UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => "a character without a meaning",
            _ when c == '\uFFFD' => "the mark of bytes that are not UTF-8",
            _ => "",
        };
        return name.Length > 0;
    }

    private void SkipDigits()
    {
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            _position++;
        }
    }

    private bool IsFollowedByDigit(char mark) =>
        _position + 1 < _text.Length && _text[_position] == mark && char.IsAsciiDigit(_text[_position + 1]);

    private void SkipComment()
    {
        var found = _text.IndexOf('\n', _position);
        _position = found < 0 ? _text.Length : found > _position && _text[found - 1] == '\r' ? found - 1 : found;
    }

    private int LineBreakLength() => _position == _text.Length ? 0 : _text[_position] switch
    {
        '\n' => 1,
        '\r' when _position + 1 < _text.Length && _text[_position + 1] == '\n' => 2,
        _ => 0,
    };

    private SyntaxToken AddMark(SyntaxKind kind)
    {
        _position++;
        return Add(kind, _position - 1, _position);
    }

    private SyntaxToken Add(SyntaxKind kind, int start, int end, TokenFlags flags = TokenFlags.None, SyntaxKind contextualKind = SyntaxKind.None)
    {
        var token = new SyntaxToken(
            _source, kind, contextualKind == SyntaxKind.None ? kind : contextualKind, _fullStart, start, end, flags);
        _fullStart = end;
        if (_misaligned)
        {
            _misaligned = false;
            token.BecomeMisaligned();
        }

        _tokens.Add(token);
        return token;
    }

    private void Report(
        DiagnosticDescriptor descriptor,
        TextSpan span,
        System.Collections.Immutable.ImmutableArray<DiagnosticFix> fixes,
        params ReadOnlySpan<object?> arguments)
    {
        _lineHasError = true;
        _diagnostics.Report(descriptor, new TextLocation(_source, span), fixes, arguments);
    }

    private static string Shorten(ReadOnlySpan<char> text) => text.Length <= 40 ? text.ToString() : $"{text[..40]}…";
}
