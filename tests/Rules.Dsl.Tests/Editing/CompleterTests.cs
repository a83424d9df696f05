using Rules.Dsl.Editing;
using Shouldly;

namespace Rules.Dsl.Tests.Editing;

public sealed class CompleterTests
{
    [Theory]
    [InlineData("per query ", "per |query ", "query")]
    [InlineData("per query ", "per qu| ", "query")]
    [InlineData("do ask of", "do |", "ask, make")]
    [InlineData("of 2 queries", "of 2 |", "queries")]
    [InlineData("given plan Hobby", "given plan |", "Big Plan, Hobby")]
    [InlineData(", then topup", ", then |", "topup")]
    [InlineData("month into allotment\nplan \"Big", "month into |\nplan \"Big", "allotment")]
    [InlineData("credits into topup", "credits into |", "topup")]
    [InlineData("within each batch", "within each |", "batch")]
    [InlineData("has model from model", "has model from |", "model")]
    [InlineData("do ask of 2 queries", "do make with |", "batch, model")]
    [InlineData("do ask of 2 queries", "do make with model |", "Big Model, Claude Haiku")]
    [InlineData("price ask\n  per query  0.5 credits", "price make by model\n  \"Big Model\" 1 credit\n  |", "Claude Haiku")]
    [InlineData("cycle monthly", "cycle monthly\nunmetered make when model is |", "Big Model, Claude Haiku, fast")]
    [InlineData("bucket topup", "bucket |", "")]
    [InlineData("meter image", "meter |", "")]
    [InlineData("example \"two", "# |\nexample \"two", "")]
    public void Declared_names_that_fit_are_offered(string passage, string marked, string names)
    {
        var (compilation, position) = Marked.At(passage, marked);
        var offered = Completer.Complete(compilation, position).Where(static c => c.Kind != CompletionKind.Keyword);
        string.Join(", ", offered.Select(static c => c.Label)).ShouldBe(names);
    }

    [Theory]
    [InlineData("unused never expires", "un|", "unused expires at cycle end")]
    [InlineData("unused never expires", "un|", "unused never expires")]
    [InlineData("unused never expires", "unused |", "never expires")]
    [InlineData("if short refuse", "|", "if short")]
    [InlineData("cycle monthly", "cycle monthly\n|", "free action")]
    [InlineData("per query ", "p|", "per")]
    public void Words_are_offered_with_what_must_follow(string passage, string marked, string phrase)
    {
        var (compilation, position) = Marked.At(passage, marked);
        var words = Completer.Complete(compilation, position).Where(static c => c.Kind == CompletionKind.Keyword).ToList();
        words.Select(static c => c.Label).Any(l => l == phrase || l.StartsWith(phrase + " ", StringComparison.Ordinal)).ShouldBeTrue(string.Join('\n', words.Select(static c => c.Label)));
        words.ShouldAllBe(static c => c.Detail.Length > 0 && !c.Detail.Contains('\n'));
    }

    [Fact]
    public void Name_is_written_in_quotes_where_it_needs_them()
    {
        var (compilation, position) = Marked.At("given plan Hobby", "given plan B|");
        var found = Completer.Complete(compilation, position).Single(static c => c.Label == "Big Plan");
        found.Edit.NewText.ShouldBe("\"Big Plan\"");
        compilation.Tree.Text.ToString(found.Edit.Span).ShouldBe("B");
    }
}
