using System.Globalization;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

/// <summary>
/// A word, figure or mark with its place. Every character of a file belongs to exactly one token: to its <see cref="Span"/> or to the
/// leading trivia before it; what stands at the end of a line before the break belongs to the line's <see cref="SyntaxKind.NewLineToken"/>.
/// </summary>
public sealed class SyntaxToken
{
    private readonly int _start;
    private readonly int _end;
    private int _fullStart;
    private string? _text;

    internal SyntaxToken(SourceText source, SyntaxKind kind, SyntaxKind contextualKind, int fullStart, int start, int end, TokenFlags flags)
    {
        Source = source;
        Kind = kind;
        ContextualKind = contextualKind;
        _fullStart = fullStart;
        _start = start;
        _end = end;
        Flags = flags;
    }

    /// <summary>The text the token was read from.</summary>
    public SourceText Source { get; }

    /// <summary>The kind it has in its place: a word that the grammar asks for is a keyword, the same word elsewhere a <see cref="SyntaxKind.NameToken"/>.</summary>
    public SyntaxKind Kind { get; private set; }

    /// <summary>Like <see cref="Kind"/>, but a word that could be a keyword has the keyword's kind wherever it stands.</summary>
    public SyntaxKind ContextualKind { get; private set; }

    /// <summary>The characters of the token itself; empty for missing, indent and dedent tokens.</summary>
    public TextSpan Span => TextSpan.FromBounds(_start, _end);

    /// <summary><see cref="Span"/> with the leading trivia.</summary>
    public TextSpan FullSpan => TextSpan.FromBounds(_fullStart, _end);

    /// <summary><see cref="Span"/> with its text.</summary>
    public TextLocation Location => new(Source, Span);

    /// <summary>True for a token that the grammar requires and the text lacks; it was reported, or another mistake on its line was.</summary>
    public bool IsMissing => (Flags & TokenFlags.Missing) != TokenFlags.None;

    /// <summary>True where the text of the token was reported: a misspelt keyword, a figure that is none, a quote that is not closed.</summary>
    public bool HasError => (Flags & TokenFlags.Error) != TokenFlags.None;

    /// <summary>The characters as written.</summary>
    public string Text => _text ??= Source.ToString(Span);

    /// <summary>The name or text meant: without quotes, a doubled quote once. Other tokens as written; empty where missing.</summary>
    public string ValueText => Kind != SyntaxKind.StringToken || IsMissing ? Text : Unquote(Text);

    /// <summary>The figure of a number or percent token (<c>60%</c> gives 60); zero where missing or malformed, which was reported.</summary>
    public ExactDecimal NumberValue => Kind is SyntaxKind.NumberToken or SyntaxKind.PercentToken && !HasError ? ParseNumber() : default;

    /// <summary>The figure of a number token as an integer; zero where missing, malformed, not whole or beyond Int32.</summary>
    public int IntegerValue => NumberValue.TryToUnits(0, out var value) && value <= int.MaxValue ? (int)value : 0;

    /// <summary>The day of a date token; the first day of year 1 where missing or malformed, which was reported.</summary>
    public DateOnly DateValue => Kind == SyntaxKind.DateToken && DateOnly.TryParseExact(
        Source.AsSpan(Span), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : default;

    /// <summary>The time of day of a time token; midnight where missing or malformed, which was reported.</summary>
    public TimeOnly TimeValue => Kind == SyntaxKind.TimeToken && TimeOnly.TryParseExact(
        Source.AsSpan(Span), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : default;

    /// <summary>What stands before the token, in order; found anew at each walk.</summary>
    public IEnumerable<SyntaxTrivia> LeadingTrivia => TriviaScanner.Scan(Source, _fullStart, _start);

    internal TokenFlags Flags { get; private set; }

    /// <summary>The characters as written.</summary>
    public override string ToString() => Text;

    // The parser alone calls these, before anyone else sees the token.
    internal void BecomeKeyword(SyntaxKind kind) => Kind = kind;

    internal void BecomeMisspelt(SyntaxKind kind)
    {
        Kind = kind;
        ContextualKind = kind;
        Flags |= TokenFlags.Error;
    }

    internal void BecomeMisaligned() => Flags |= TokenFlags.Misaligned;

    internal void BecomeSkipped() => Flags |= TokenFlags.Skipped;

    internal void Absorb(int fullStart) => _fullStart = fullStart;

    // Groups were checked by the lexer, which also bounds the length.
    private ExactDecimal ParseNumber()
    {
        Span<char> plain = stackalloc char[Span.Length];
        var length = 0;
        foreach (var c in Source.AsSpan(Span))
        {
            if (c is not (',' or '%'))
            {
                plain[length++] = c;
            }
        }

        return ExactDecimal.TryParse(plain[..length], out var value) ? value : default;
    }

    private static string Unquote(string text)
    {
        var end = text.Length > 1 && text[^1] == '"' ? text.Length - 1 : text.Length;
        var inner = text[1..end];
        return inner.Contains('"', StringComparison.Ordinal) ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : inner;
    }
}
