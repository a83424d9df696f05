using System.Collections.Immutable;
using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>
/// What could stand at a place of a file: the words that the parser would accept there, and the declared names of the kind that the place
/// asks for. Nothing is offered where a new name, a figure or text is to be written.
/// </summary>
public static class Completer
{
    private const int MaximumPhraseWords = 8;
    private const int MaximumPhrases = 12;

    // Spelt like nothing in the language, so that the parser takes it for a name wherever a name may stand.
    private const string Placeholder = "zqzqzqzq";
    private const string ProbeHeader = "language 1\nruleset r version 1 effective 2000-01-01\n";

    /// <summary>Names first, then words of the language; each by alphabet.</summary>
    /// <param name="compilation">The file; its names are the ones offered.</param>
    /// <param name="position">From zero, the length of the text included.</param>
    public static ImmutableArray<Completion> Complete(Compilation compilation, int position)
    {
        ArgumentNullException.ThrowIfNull(compilation);
        var text = compilation.Tree.Text;
        if (text.IsTooLarge || FindReplaced(compilation.Tree, position) is not { } span)
        {
            return [];
        }

        var asked = text.WithEdits(new TextEdit(span, Placeholder));
        var expected = SyntaxTree.FindExpectedWords(asked, span.Start + Placeholder.Length);
        var completions = ImmutableArray.CreateBuilder<Completion>();
        var isQuoted = span.Length > 0 && text[span.Start] == '"';
        var names = NamesAt(compilation, span, position, expected.Name).DistinctBy(static n => (n.Name, n.Kind)).OrderBy(static n => n.Name, StringComparer.Ordinal);
        completions.AddRange(names.Select(n => new Completion(n.Name, n.Kind, n.Detail, new TextEdit(span, Write(n.Name, isQuoted)))));

        var lead = LeadOf(text, span.Start);
        foreach (var word in expected.Keywords)
        {
            foreach (var phrase in Phrases(lead, word))
            {
                completions.Add(new Completion(phrase, CompletionKind.Keyword, KeywordMeaning.Of(phrase), new TextEdit(span, phrase)));
            }
        }

        return completions.ToImmutable();
    }

    // The word that is being written, or the place where one would be; null in comments, figures and text.
    private static TextSpan? FindReplaced(SyntaxTree tree, int position)
    {
        foreach (var token in tree.Tokens)
        {
            if (token.FullSpan.End < position)
            {
                continue;
            }

            if (token.LeadingTrivia.Any(t => t.Kind == SyntaxKind.CommentTrivia && t.Span.Start < position && position <= t.Span.End))
            {
                return null;
            }

            if (token.Span.IsEmpty || token.Kind == SyntaxKind.NewLineToken || token.Span.Start > position)
            {
                if (token.FullSpan.End > position || token.Kind is SyntaxKind.NewLineToken or SyntaxKind.EndOfFileToken || token.Span.Start >= position)
                {
                    return new TextSpan(position, 0);
                }

                continue;
            }

            if (token.Span.End < position)
            {
                continue;
            }

            return token.Kind switch
            {
                SyntaxKind.NumberToken or SyntaxKind.PercentToken or SyntaxKind.DateToken or SyntaxKind.TimeToken => null,
                SyntaxKind.CommaToken or SyntaxKind.OpenParenthesisToken or SyntaxKind.CloseParenthesisToken => new TextSpan(position, 0),
                _ => token.Span,
            };
        }

        return new TextSpan(position, 0);
    }

    private static string Write(string name, bool isQuoted) =>
        isQuoted || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.NameToken && name is not ("yes" or "no" or "on" or "off" or "plan")
            ? Binder.Quote(name)
            : Binder.WriteName(name);

    // The item the position lies in, up to it: enough for the parser to know the block, whatever the size of the file.
    private static string LeadOf(SourceText text, int position)
    {
        for (var number = text.GetLineNumber(position); number >= 1; number--)
        {
            var line = text.GetLine(number);
            if (line.Span.Length > 0 && text[line.Span.Start] is not (' ' or '\t' or '#'))
            {
                var item = text.ToString(TextSpan.FromBounds(Math.Min(line.Span.Start, position), position));
                return item.StartsWith("ruleset", StringComparison.Ordinal) ? "language 1\n" + item
                    : item.StartsWith("language", StringComparison.Ordinal) ? item
                    : ProbeHeader + item;
            }
        }

        return ProbeHeader;
    }

    // A word with what has to follow it; where only words may follow and few, each of the ways on.
    private static List<string> Phrases(string lead, string word)
    {
        var ways = new List<string>();
        return Extend(lead, word, 1, ways) && ways.Count <= MaximumPhrases ? ways : [Forced(lead, word)];
    }

    private static bool Extend(string lead, string phrase, int words, List<string> ways)
    {
        var next = Next(lead + phrase + " ");
        if (next.IsEmpty || words == MaximumPhraseWords)
        {
            ways.Add(phrase);
            return words < MaximumPhraseWords;
        }

        foreach (var word in next)
        {
            if (ways.Count > MaximumPhrases || !Extend(lead, phrase + " " + word, words + 1, ways))
            {
                return false;
            }
        }

        return true;
    }

    private static string Forced(string lead, string phrase)
    {
        for (var words = 1; words < MaximumPhraseWords && Next(lead + phrase + " ") is [var only]; words++)
        {
            phrase += " " + only;
        }

        return phrase;
    }

    // The words one of which must follow; none where the line may end, or where something else may stand.
    private static ImmutableArray<string> Next(string text)
    {
        var source = SourceText.From(text + Placeholder);
        if (SyntaxTree.Parse(text).Diagnostics.IsEmpty)
        {
            return [];
        }

        var expected = SyntaxTree.FindExpectedWords(source, source.Length);
        return expected.Name || expected.Kinds.Any(static k => !SyntaxFacts.IsKeyword(k) || SyntaxFacts.IsRemark(k)) ? [] : [.. expected.Keywords];
    }

    private static IEnumerable<NamedThing> NamesAt(Compilation compilation, TextSpan span, int position, bool isNameExpected)
    {
        var text = compilation.Tree.Text;
        var placed = SyntaxTree.Parse(text.WithEdits(new TextEdit(span, " " + Placeholder + " ")));
        var path = NodePath.To(placed.Root, span.Start + 1);

        // A row is told from other lines by its first word alone, which is not asked for while it is being written.
        return path.Token is { } token && token.ValueText == Placeholder && (isNameExpected || path.Nodes is [TokenListSyntax, RowLineSyntax, ..]) ? new NameScope(compilation, path).At(token, position) : [];
    }
}
