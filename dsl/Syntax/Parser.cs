using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

// Recursive descent over the whole grammar. Every choice is made on at most two words; the rest of a phrase is then required, and a
// required word that is absent becomes a missing token of width zero. Never throws, never answers null, always progresses.
internal sealed partial class Parser
{
    private readonly SourceText _source;
    private readonly List<SyntaxToken> _tokens;
    private readonly DiagnosticBag _diagnostics;
    private SyntaxToken _current;
    private int _index;
    private int _lastEnd;
    private int _tiers;

    // One report per line: what follows a mistake on its line is not blamed.
    private bool _lineHasError;
    private bool _suppressNextLine;

    // A run of unreadable lines in one block, or a line broken in two, is one mistake.
    private bool _errorReachesNextLine;
    private bool _skippedAny;
    private HashSet<string>? _skippedNames;

    // Where the words that could stand there are asked for; -1 while a file is parsed.
    private int _probe = -1;
    private ExpectedWords? _expected;

    public Parser(SourceText source, List<SyntaxToken> tokens, DiagnosticBag diagnostics)
    {
        _source = source;
        _tokens = tokens;
        _diagnostics = diagnostics;
        _current = tokens[0];
    }

    public IReadOnlySet<string> SkippedNames => _skippedNames ?? (IReadOnlySet<string>)ImmutableHashSet<string>.Empty;

    // Tokens that became trivia of a later one are no longer tokens of the text.
    public ImmutableArray<SyntaxToken> RemainingTokens => _skippedAny
        ? [.. _tokens.Where(static token => (token.Flags & TokenFlags.Skipped) == TokenFlags.None)]
        : [.. _tokens];

    private int Start => _current.Span.Start;

    private bool AtName => AtNameToken();

    private bool AtLineEnd => _current.Kind is SyntaxKind.NewLineToken or SyntaxKind.EndOfFileToken;

    public ExpectedWords FindExpected(int index)
    {
        _probe = index;
        _expected = new ExpectedWords();
        ParseFile();
        return _expected;
    }

    private bool At(SyntaxKind kind)
    {
        if (_index == _probe)
        {
            _expected!.Add(kind);
        }

        return _current.ContextualKind == kind;
    }

    private bool AtNameToken()
    {
        if (_index == _probe)
        {
            _expected!.AddName();
        }

        return _current.Kind is SyntaxKind.NameToken or SyntaxKind.StringToken;
    }

    private SyntaxToken Peek(int offset) => _tokens[Math.Min(_index + offset, _tokens.Count - 1)];

    private bool NextIs(SyntaxKind kind) => Peek(1).ContextualKind == kind;

    private SyntaxToken Take()
    {
        var token = _current;
        if (token.Span.Length > 0 && token.Kind != SyntaxKind.NewLineToken)
        {
            _lastEnd = token.Span.End;
        }

        if (_index < _tokens.Count - 1)
        {
            _current = _tokens[++_index];
        }

        return token;
    }

    private SyntaxToken TakeKeyword()
    {
        var token = Take();
        token.BecomeKeyword(token.ContextualKind);
        return token;
    }

    private SyntaxToken Missing(SyntaxKind kind) => new(_source, kind, kind, _lastEnd, _lastEnd, _lastEnd, TokenFlags.Missing);

    // The required rest of a phrase: the word itself, a misspelling of it, the word after one that does not belong, or nothing.
    private SyntaxToken Expect(SyntaxKind kind)
    {
        if (At(kind))
        {
            return TakeKeyword();
        }

        var text = SyntaxFacts.GetText(kind)!;
        if (IsNear(text) && !NextIs(kind))
        {
            ReportExpected($"\"{text}\"", text);
            _current.BecomeMisspelt(kind);
            return Take();
        }

        ReportExpected($"\"{text}\"", null, InsertionOf(text));
        if (!AtLineEnd && NextIs(kind))
        {
            SkipToken();
            return TakeKeyword();
        }

        return Missing(kind);
    }

    private PhraseSyntax Phrase(params ReadOnlySpan<SyntaxKind> kinds)
    {
        var start = Start;
        var words = new SyntaxToken[kinds.Length];
        for (var i = 0; i < kinds.Length; i++)
        {
            words[i] = Expect(kinds[i]);
        }

        return Node(start, new PhraseSyntax(System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(words)));
    }

    // The first word of the alternative that stands here, misspelt or after a word that does not belong; None where there is none.
    private SyntaxKind Choose(Alternatives alternatives)
    {
        foreach (var kind in alternatives.Kinds)
        {
            if (At(kind))
            {
                return kind;
            }
        }

        if (_current.Kind == SyntaxKind.NameToken && !AtLineEnd)
        {
            for (var i = 0; i < alternatives.Kinds.Length; i++)
            {
                var text = SyntaxFacts.GetText(alternatives.Kinds[i])!;
                if (IsNear(text))
                {
                    ReportExpected(alternatives.Words, text, default, alternatives.Phrases[i]);
                    _current.BecomeMisspelt(alternatives.Kinds[i]);
                    return alternatives.Kinds[i];
                }
            }
        }

        ReportExpected(alternatives.Words, null);
        if (!AtLineEnd && alternatives.Kinds.Contains(Peek(1).ContextualKind))
        {
            SkipToken();
            return _current.ContextualKind;
        }

        return SyntaxKind.None;
    }

    private SyntaxToken ChooseWord(Alternatives alternatives) =>
        Choose(alternatives) == SyntaxKind.None ? Missing(alternatives.Kinds[0]) : TakeKeyword();

    // A name may be spelt like a keyword, unless that keyword is what has to follow and does not.
    private SyntaxToken ExpectName(string role, SyntaxKind follow = SyntaxKind.None)
    {
        if (AtName && (follow == SyntaxKind.None || _current.ContextualKind != follow || NextIs(follow)))
        {
            return Take();
        }

        ReportExpected(role, null);
        if (follow != SyntaxKind.None && !AtLineEnd && _current.ContextualKind != follow && NextIs(follow))
        {
            return TakeMisfit(SyntaxKind.NameToken);
        }

        return Missing(SyntaxKind.NameToken);
    }

    private SyntaxToken ExpectText(string role)
    {
        if (At(SyntaxKind.StringToken))
        {
            return Take();
        }

        if (_current.Kind != SyntaxKind.NameToken)
        {
            ReportExpected(role, null);
            return Missing(SyntaxKind.StringToken);
        }

        var span = _current.Span;
        ReportExpected(role, null, [new DiagnosticFix("put it in quotes", span, $"\"{_current.Text}\"")]);
        return TakeMisfit(SyntaxKind.StringToken);
    }

    private SyntaxToken ExpectNumber() => ExpectLiteral(SyntaxKind.NumberToken, "a number");

    private SyntaxToken ExpectInteger()
    {
        var token = ExpectLiteral(SyntaxKind.NumberToken, "a whole number");
        if (!token.IsMissing && !token.HasError && !(token.NumberValue.IsWhole && token.NumberValue <= int.MaxValue))
        {
            Report(DiagnosticDescriptors.NotAWholeNumber, token.Span, [], token.Text);
        }

        return token;
    }

    private SyntaxToken ExpectDate() => ExpectLiteral(SyntaxKind.DateToken, "a date such as 2026-03-28");

    private SyntaxToken ExpectPercent() => ExpectLiteral(SyntaxKind.PercentToken, "a percentage such as 20%");

    // A figure of another kind stands for the one that was meant.
    private SyntaxToken ExpectLiteral(SyntaxKind kind, string role)
    {
        if (At(kind))
        {
            return Take();
        }

        ReportExpected(role, null);
        var found = _current.Kind;
        return found is SyntaxKind.NumberToken or SyntaxKind.PercentToken or SyntaxKind.DateToken or SyntaxKind.TimeToken
            ? TakeMisfit(kind)
            : Missing(kind);
    }

    private SyntaxToken ExpectValue(string role)
    {
        if (AtName || At(SyntaxKind.NumberToken) || At(SyntaxKind.DateToken))
        {
            return Take();
        }

        ReportExpected(role, null);
        return _current.Kind is SyntaxKind.PercentToken or SyntaxKind.TimeToken ? TakeMisfit(SyntaxKind.NumberToken) : Missing(SyntaxKind.NameToken);
    }

    private SyntaxToken TakeMisfit(SyntaxKind kind)
    {
        _current.BecomeMisspelt(kind);
        return Take();
    }

    // Where a word may be left out, only a word that means nothing else is taken for a misspelling of it.
    private bool IsMisspelling(string text) => _current.ContextualKind == SyntaxKind.NameToken && IsNear(text);

    private bool IsNear(string text) => _current.Kind == SyntaxKind.NameToken && _index != _probe
        && Spelling.IsNear(_source.AsSpan(_current.Span), text);

    private T Node<T>(int start, T node)
        where T : SyntaxNode
    {
        node.Attach(_source, _lastEnd > start ? TextSpan.FromBounds(start, _lastEnd) : new TextSpan(Math.Min(start, _lastEnd), 0));
        return node;
    }

    private T Line<T>(int start, in Tail tail, T line)
        where T : LineSyntax
    {
        line.HasError = tail.HasError;
        return Node(start, line);
    }

    // The token becomes skipped trivia of the next one.
    private void SkipToken()
    {
        _skippedAny = true;
        RememberName(_current);
        var skipped = _current;
        skipped.BecomeSkipped();
        _current = _tokens[++_index];
        _current.Absorb(skipped.FullSpan.Start);
    }

    private void RememberName(SyntaxToken token)
    {
        if (token.Kind is SyntaxKind.NameToken or SyntaxKind.StringToken)
        {
            (_skippedNames ??= new HashSet<string>(StringComparer.Ordinal)).Add(token.ValueText);
        }
    }

    private void ReportExpected(
        string expected, string? meant, ImmutableArray<DiagnosticFix> fixes = default, string? meantPhrase = null)
    {
        if (_index == _probe)
        {
            _expected!.Close();
        }

        if (_lineHasError)
        {
            return;
        }

        var found = Describe(_current);
        if (meant is null)
        {
            Report(DiagnosticDescriptors.Expected, ErrorSpan(), fixes.IsDefault ? [] : fixes, expected, found);
            return;
        }

        var suggestion = $"\"{meantPhrase ?? meant}\"";
        var fix = new DiagnosticFix($"did you mean {suggestion}?", _current.Span, meant);
        Report(DiagnosticDescriptors.Expected, ErrorSpan(), [fix], expected, found, suggestion);
    }

    private void Report(
        DiagnosticDescriptor descriptor, TextSpan span, ImmutableArray<DiagnosticFix> fixes, params ReadOnlySpan<object?> arguments)
    {
        if (!_lineHasError && !LexerReportedLine())
        {
            _diagnostics.Report(descriptor, new TextLocation(_source, span), fixes, arguments);
        }

        _lineHasError = true;
    }

    private bool LexerReportedLine()
    {
        for (var i = _index; i < _tokens.Count; i++)
        {
            var token = _tokens[i];
            if (token.Kind is SyntaxKind.NewLineToken or SyntaxKind.EndOfFileToken)
            {
                return token.HasError;
            }
        }

        return false;
    }

    // Words at fault; where the line ends too soon, the place behind its last word.
    private TextSpan ErrorSpan() => AtLineEnd || _current.Span.IsEmpty ? new TextSpan(_lastEnd, 0) : _current.Span;

    private ImmutableArray<DiagnosticFix> InsertionOf(string text)
    {
        if (_lineHasError)
        {
            return [];
        }

        var separator = text == "," ? "" : " ";
        return [new DiagnosticFix($"write \"{text}\" here", new TextSpan(_lastEnd, 0), separator + text)];
    }

    private static string Describe(SyntaxToken token) => token.Kind switch
    {
        SyntaxKind.NewLineToken or SyntaxKind.EndOfFileToken or SyntaxKind.IndentToken or SyntaxKind.DedentToken => "the end of the line",
        SyntaxKind.StringToken or SyntaxKind.NumberToken or SyntaxKind.PercentToken or SyntaxKind.DateToken or SyntaxKind.TimeToken => Shorten(token.Text),
        _ => $"\"{Shorten(token.Text)}\"",
    };

    private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    private readonly record struct Tail(LineEndSyntax End, BlockSyntax? Block, bool HasError);

    // What may follow, told apart by the first word; the phrases are those of the messages.
    private sealed class Alternatives
    {
        public Alternatives(params string[] phrases)
        {
            Phrases = phrases;
            Kinds = [.. phrases.Select(static phrase => SyntaxFacts.GetKeywordKind(phrase.AsSpan(0, (phrase + " ").IndexOf(' ', StringComparison.Ordinal))))];
            var quoted = phrases.Select(static phrase => $"\"{phrase}\"").ToArray();
            Words = quoted.Length == 1 ? quoted[0] : $"{string.Join(", ", quoted[..^1])} or {quoted[^1]}";
        }

        public ImmutableArray<SyntaxKind> Kinds { get; }

        public string[] Phrases { get; }

        public string Words { get; }
    }
}
