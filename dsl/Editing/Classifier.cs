using System.Collections.Immutable;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Editing;

/// <summary>Tells what each run of characters of a file is, from the tokens of its tree.</summary>
public static class Classifier
{
    /// <summary>The classified runs of the whole file, by position; they do not overlap.</summary>
    public static ImmutableArray<ClassifiedSpan> Classify(SyntaxTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var spans = ImmutableArray.CreateBuilder<ClassifiedSpan>(tree.Tokens.Length);
        var unreadable = FindUnreadable(tree.Root);
        var previous = SyntaxKind.None;
        foreach (var token in tree.Tokens)
        {
            foreach (var trivia in token.LeadingTrivia)
            {
                if (trivia.Kind is SyntaxKind.CommentTrivia or SyntaxKind.SkippedTrivia)
                {
                    spans.Add(new ClassifiedSpan(
                        trivia.Span, trivia.Kind == SyntaxKind.CommentTrivia ? TokenClass.Comment : TokenClass.Error));
                }
            }

            if (!token.Span.IsEmpty)
            {
                var known = token.HasError && token.Kind != SyntaxKind.NewLineToken || unreadable.Contains(token)
                    ? TokenClass.Error
                    : ClassOf(token, previous);
                if (known is { } tokenClass && token.Kind != SyntaxKind.NewLineToken)
                {
                    spans.Add(new ClassifiedSpan(token.Span, tokenClass));
                }

                previous = token.Kind;
            }
        }

        return spans.ToImmutable();
    }

    /// <summary>The classified runs of each line: element <c>i</c> holds those of line <c>i + 1</c>, with absolute spans.</summary>
    public static ImmutableArray<ImmutableArray<ClassifiedSpan>> ClassifyLines(SyntaxTree tree)
    {
        var spans = Classify(tree);
        var lines = ImmutableArray.CreateBuilder<ImmutableArray<ClassifiedSpan>>(tree.Text.LineCount);
        var next = 0;
        for (var number = 1; number <= tree.Text.LineCount; number++)
        {
            var end = tree.Text.GetLine(number).FullSpan.End;
            var first = next;
            while (next < spans.Length && spans[next].Span.Start < end)
            {
                next++;
            }

            lines.Add(spans[first..next]);
        }

        return lines.MoveToImmutable();
    }

    private static HashSet<SyntaxToken> FindUnreadable(RuleFileSyntax root)
    {
        var tokens = new HashSet<SyntaxToken>();
        Collect(root.Header.Block);
        foreach (var item in root.Items)
        {
            CollectLine(item);
        }

        return tokens;

        void Collect(BlockSyntax? block)
        {
            foreach (var line in block?.Lines ?? [])
            {
                CollectLine(line);
            }
        }

        void CollectLine(LineSyntax line)
        {
            if (line is UnreadableLineSyntax { Tokens: var unread })
            {
                tokens.UnionWith(unread);
            }

            Collect(line.Block);
        }
    }

    private static TokenClass? ClassOf(SyntaxToken token, SyntaxKind previous) => token.Kind switch
    {
        SyntaxKind.StringToken => TokenClass.String,
        SyntaxKind.NumberToken => TokenClass.Number,
        SyntaxKind.PercentToken => TokenClass.Percent,
        SyntaxKind.DateToken or SyntaxKind.TimeToken => TokenClass.Date,
        SyntaxKind.CreditKeyword or SyntaxKind.CreditsKeyword when previous is SyntaxKind.NumberToken or SyntaxKind.PerKeyword => TokenClass.Unit,
        SyntaxKind.NameToken => previous is SyntaxKind.NumberToken or SyntaxKind.PerKeyword ? TokenClass.Unit : TokenClass.Name,
        _ => SyntaxFacts.IsKeyword(token.Kind) ? TokenClass.Keyword : null,
    };
}
