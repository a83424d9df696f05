using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Syntax;

public sealed class ExpectedWordsTests
{
    private const string Header = "language 1\nruleset r version 1 effective 2026-01-01\n";

    [Theory]
    [InlineData("meter image |\n", "fractional,plural,whole")]
    [InlineData("meter image wh|\n", "fractional,plural,whole")]
    [InlineData("bucket a from pl|\n", "grant,plan,purchase")]
    [InlineData("bucket a from plan\n  un|\n", "billed,drawn,limit,open,serves,unused")]
    [InlineData("transfers |", "allowed,never")]
    [InlineData("plan Team grants 5 credits |every month into a\n", "every,of")]
    public void Words_that_could_stand_at_a_place_are_those_the_parser_asks_for(string marked, string expected)
    {
        var position = (Header + marked).IndexOf('|', StringComparison.Ordinal);
        var text = SourceText.From((Header + marked).Replace("|", "", StringComparison.Ordinal));

        SyntaxTree.FindExpectedWords(text, position).Keywords.ShouldBeSubsetOf(expected.Split(','));
        SyntaxTree.FindExpectedWords(text, position).Keywords.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_rule_can_begin_with_each_of_its_words() =>
        SyntaxTree.FindExpectedWords(SourceText.From(Header + "x"), Header.Length + 1).Keywords.ShouldContain("price");

    [Fact]
    public void A_name_can_stand_where_a_bucket_is_named() =>
        SyntaxTree.FindExpectedWords(SourceText.From(Header + "sell "), Header.Length + 5).Name.ShouldBeTrue();

    [Fact]
    public void Asking_never_fails_anywhere()
    {
        var text = SourceText.From(TestFiles.Read("phrases.rules"));
        for (var position = 0; position <= text.Length; position += 3)
        {
            SyntaxTree.FindExpectedWords(text, position).ShouldNotBeNull();
        }
    }
}
