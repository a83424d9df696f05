using System.Collections.Immutable;
using Rules.Dsl.Editing;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>The classifier's spans as semantic tokens, under names that every editor theme knows.</summary>
internal static class SemanticTokenMap
{
    private const int Keyword = 0;
    private const int Variable = 1;
    private const int String = 2;
    private const int Number = 3;
    private const int Type = 4;
    private const int Comment = 5;
    private const int Percent = 1 << 0;
    private const int Date = 1 << 1;

    /// <summary>A percentage and a date are numbers; a modifier says which.</summary>
    public static SemanticTokensLegend Legend { get; } =
        new(["keyword", "variable", "string", "number", "type", "comment"], ["percent", "date"]);

    /// <summary>Text that could not be read has no token: its diagnostic marks it.</summary>
    public static SemanticTokens Tokens(OpenDocument document)
    {
        var data = ImmutableArray.CreateBuilder<int>();
        var before = new Position(0, 0);
        foreach (var span in Classifier.Classify(document.Tree))
        {
            if (Describe(span.Class) is not { } token)
            {
                continue;
            }

            var start = PositionMap.ToPosition(document.Source, span.Span.Start);
            var lines = start.Line - before.Line;
            data.Add(lines);
            data.Add(lines == 0 ? start.Character - before.Character : start.Character);
            data.Add(span.Span.Length);
            data.Add(token.Type);
            data.Add(token.Modifiers);
            before = start;
        }

        return new SemanticTokens(data.DrainToImmutable());
    }

    private static (int Type, int Modifiers)? Describe(TokenClass tokenClass) => tokenClass switch
    {
        TokenClass.Keyword => (Keyword, 0),
        TokenClass.Name => (Variable, 0),
        TokenClass.String => (String, 0),
        TokenClass.Number => (Number, 0),
        TokenClass.Percent => (Number, Percent),
        TokenClass.Date => (Number, Date),
        TokenClass.Unit => (Type, 0),
        TokenClass.Comment => (Comment, 0),
        _ => null,
    };
}
