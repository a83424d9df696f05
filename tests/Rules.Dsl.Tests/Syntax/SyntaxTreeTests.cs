using Rules.Dsl.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Syntax;

public sealed class SyntaxTreeTests
{
    public static TheoryData<string> Files => TestFiles.All;

    [Theory]
    [MemberData(nameof(Files))]
    public void Correct_file_has_no_diagnostics(string name) =>
        TestFiles.Parse(name).Diagnostics.Select(diagnostic => diagnostic.ToString()).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Files))]
    public void Tree_holds_every_character_once(string name) =>
        TestFiles.TextOf(TestFiles.Parse(name)).ShouldBe(TestFiles.Read(name));

    [Theory]
    [MemberData(nameof(Files))]
    public void Token_list_covers_the_text_without_gaps(string name)
    {
        var tree = TestFiles.Parse(name);
        var next = 0;
        foreach (var token in tree.Tokens)
        {
            token.FullSpan.Start.ShouldBe(next);
            next = token.FullSpan.End;
        }

        next.ShouldBe(tree.Text.Length);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Correct_file_holds_no_missing_or_unreadable_parts(string name)
    {
        var root = TestFiles.Parse(name).Root;

        root.DescendantTokens.ShouldAllBe(token => !token.IsMissing && !token.HasError);
        root.DescendantsAndSelf.OfType<UnreadableLineSyntax>().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Span_of_a_node_runs_from_its_first_word_to_its_last(string name)
    {
        foreach (var node in TestFiles.Parse(name).Root.DescendantsAndSelf)
        {
            var words = node.DescendantTokens.Where(token => token.Span.Length > 0 && token.Kind != SyntaxKind.NewLineToken).ToList();
            if (words.Count > 0)
            {
                node.Span.Start.ShouldBe(words[0].Span.Start, node.GetType().Name);
                node.Span.End.ShouldBe(words[^1].Span.End, node.GetType().Name);
            }
        }
    }

    [Fact]
    public void Every_kind_of_node_is_produced_by_the_test_files()
    {
        var produced = TestFiles.Names.SelectMany(name => TestFiles.Parse(name).Root.DescendantsAndSelf)
            .Append(SyntaxTree.Parse("language 1\nxyz").Root.Items[0]).Select(node => node.GetType()).ToHashSet();
        var known = typeof(SyntaxNode).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(SyntaxNode)) && !type.IsAbstract);

        known.Where(type => !produced.Contains(type)).Select(type => type.Name).ShouldBeEmpty();
    }

    [Fact]
    public void Every_keyword_and_token_kind_is_produced_by_the_test_files()
    {
        var produced = TestFiles.Names.SelectMany(name => TestFiles.Parse(name).Root.DescendantTokens)
            .SelectMany(token => token.LeadingTrivia.Select(trivia => trivia.Kind).Append(token.Kind)).ToHashSet();
        produced.UnionWith(SyntaxTree.Parse("language 1 ;").Root.DescendantTokens.SelectMany(token => token.LeadingTrivia).Select(trivia => trivia.Kind));

        // Only the head of a common file has the word.
        produced.UnionWith(SyntaxTree.Parse("language 1\ncommon models version 1\n").Root.DescendantTokens.Select(token => token.Kind));

        Enum.GetValues<SyntaxKind>().Where(kind => kind != SyntaxKind.None && !produced.Contains(kind)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_keyword_is_spelt_in_lower_case_and_found_by_its_spelling() =>
        SyntaxFacts.Keywords.ShouldAllBe(kind => SyntaxFacts.GetKeywordKind(SyntaxFacts.GetText(kind)!) == kind);

    [Fact]
    public void Every_kind_above_the_marks_has_a_spelling() =>
        Enum.GetValues<SyntaxKind>().Where(kind => SyntaxFacts.IsKeyword(kind) != SyntaxFacts.Keywords.Contains(kind)).ShouldBeEmpty();
}
