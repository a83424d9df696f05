using System.Collections.Immutable;
using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>Tells what a place of a file means: its diagnostics, what the line charges with figures, the name, the words.</summary>
public static class HoverWriter
{
    /// <summary>
    /// What there is to say about the word at a position; null for comments and empty places. The figures are those of the line alone and
    /// exact: what the rest of the price adds, and the rounding of the whole, come after it.
    /// </summary>
    /// <param name="compilation">The file.</param>
    /// <param name="diagnostics">All that are known of it, those of its examples too.</param>
    /// <param name="position">From zero.</param>
    public static HoverText? Write(Compilation compilation, ImmutableArray<Diagnostic> diagnostics, int position)
    {
        ArgumentNullException.ThrowIfNull(compilation);
        var tree = compilation.Tree;
        var paragraphs = new List<string>();
        TextSpan? span = null;
        foreach (var diagnostic in diagnostics)
        {
            var place = diagnostic.Location.Span;
            if (ReferenceEquals(diagnostic.Location.Source, tree.Text) && place.Start <= position && position <= place.End)
            {
                span ??= place;
                paragraphs.Add($"{diagnostic.Id}: {diagnostic.Message}" + (diagnostic.Help is { } help ? $"\nhelp: {help}" : ""));
            }
        }

        var token = tree.Tokens.Where(static t => !t.Span.IsEmpty && t.Kind != SyntaxKind.NewLineToken)
            .Where(t => t.Span.Start <= position && position <= t.Span.End).MaxBy(static t => t.Span.Start);
        var name = NameFinder.FindName(compilation, position);
        if (LineCharge.Describe(compilation, position) is { } charge && token is not null)
        {
            paragraphs.Add(charge.Text);
            span ??= name?.Location.Span ?? token.Span;
        }

        if (name is not null)
        {
            paragraphs.Add(Describe(compilation, name));
            span ??= name.Location.Span;
        }
        else if (token is not null && SyntaxFacts.IsKeyword(token.Kind) && Meaning(tree, token) is { } meaning)
        {
            paragraphs.Add(meaning);
            span ??= token.Span;
        }

        return span is { } found ? new HoverText(found, string.Join("\n\n", paragraphs)) : null;
    }

    private static string Describe(Compilation compilation, NameUse name)
    {
        var declared = name.Declaration;
        var line = declared.Source.GetLine(declared.Line).ToString().Trim();
        var uses = NameFinder.FindUses(compilation, name).Count(static u => !u.IsDeclaration);
        var where = ReferenceEquals(declared.Source, compilation.Tree.Text) ? $"line {declared.Line}" : $"{declared.FileName}, line {declared.Line}";
        return $"{line}\n{where}; used {uses switch { 0 => "nowhere", 1 => "once", _ => $"{uses} times" }}";
    }

    private static string? Meaning(SyntaxTree tree, SyntaxToken token)
    {
        var path = NodePath.To(tree.Root, token.Span.Start);
        var words = path.Nodes is [PhraseSyntax phrase, ..] ? string.Join(' ', phrase.Words.Select(static w => w.Text)) : token.Text;
        var said = words;
        var meaning = path.Nodes.Take(2).OfType<ScopeSyntax>().FirstOrDefault() is { } scope ? KeywordMeaning.Find(said = scope.ToString()) : null;
        meaning ??= KeywordMeaning.Find(said = words) ?? KeywordMeaning.Find(said = token.Text);
        if (meaning is null && path.Find<LineSyntax>() is { } line && line.DescendantTokens.FirstOrDefault() is { } first)
        {
            meaning = KeywordMeaning.Find(said = first.Text);
        }

        return meaning is null ? null : $"{said}: {meaning}";
    }
}
