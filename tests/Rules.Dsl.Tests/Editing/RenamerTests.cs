using Rules.Dsl.Binding;
using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Editing;

public sealed class RenamerTests
{
    [Fact]
    public void The_shop_has_no_mistake() => Compilation.Create(SyntaxTree.Parse(Marked.Shop)).Diagnostics.ShouldBeEmpty();

    [Theory]
    [InlineData("action make keyed", "action ma|ke keyed", "draw", new[] { "action draw keyed", "price draw", "block draw, ask" })]
    [InlineData("meter image", "meter |image", "page", new[] { "meter page whole", "measures page", "per page, graduated" })]
    [InlineData("of 2 queries", "of 2 quer|ies", "requests", new[] { "meter query plural requests whole", "of 2 requests", "per query" })]
    [InlineData("per query", "per query|", "request", new[] { "meter request plural requests whole", "of 2 requests", "per request  0.5" })]
    [InlineData("given plan Hobby", "given plan |Hobby", "Hobby 2", new[] { "plan \"Hobby 2\" grants", "given plan \"Hobby 2\"" })]
    [InlineData("\"Claude Haiku\"", "\"Claude| Haiku\"", "Claude Haiku 5", new[] { "\"Claude Haiku 5\"   fast" })]
    [InlineData("consume allotment", "consume |allotment", "plan", new[] { "bucket \"plan\" from plan", "consume \"plan\", then topup", "month into \"plan\"" })]
    [InlineData("keyed by batch", "keyed by |batch", "day", new[] { "keyed by \"day\"", "within each \"day\"" })]
    [InlineData("keyed by batch", "keyed by |batch", "run", new[] { "keyed by run", "within each run" })]
    public void Name_is_changed_wherever_it_is_written(string passage, string marked, string newName, string[] written)
    {
        var (compilation, position) = Marked.At(passage, marked);
        var renaming = Renamer.Rename(compilation, position, newName);
        renaming.Refusal.ShouldBeNull();
        var text = compilation.Tree.Text.WithEdits(renaming.Edits).ToString();
        foreach (var passageAfter in written)
        {
            text.ShouldContain(passageAfter);
        }

        Compilation.Create(SyntaxTree.Parse(text)).Diagnostics.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("action make keyed", "action ma|ke keyed", "ask")]
    [InlineData("meter image", "meter |image", "queries")]
    [InlineData("bucket topup", "bucket |topup", "allotment")]
    [InlineData("bucket topup", "bucket |topup", "")]
    [InlineData("bucket topup", "bucket |topup", "a\nb")]
    [InlineData("bucket topup", "bucket |topup", " a")]
    [InlineData("per query  0.5", "per query  0.|5", "x")]
    public void Name_that_clashes_or_is_none_is_refused_with_a_reason(string passage, string marked, string newName)
    {
        var (compilation, position) = Marked.At(passage, marked);
        var renaming = Renamer.Rename(compilation, position, newName);
        renaming.Edits.ShouldBeEmpty();
        renaming.Refusal.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("do ask", "do |ask", "action ask")]
    [InlineData("of 2 queries", "of 2 |queries", "meter query")]
    [InlineData("within each batch", "within each |batch", "action make keyed by batch")]
    [InlineData("given plan Hobby", "given plan Hobby|", "plan Hobby")]
    [InlineData("into topup", "into |topup", "bucket topup")]
    public void Use_leads_to_its_declaration(string passage, string marked, string line)
    {
        var (compilation, position) = Marked.At(passage, marked);
        var found = NameFinder.FindDeclaration(compilation, position).ShouldNotBeNull();
        compilation.Tree.Text.GetLine(found.Line).ToString().ShouldStartWith(line);
    }

    [Fact]
    public void Every_use_of_a_meter_is_found_in_singular_and_plural()
    {
        var (compilation, position) = Marked.At("meter query", "meter |query");
        NameFinder.FindUses(compilation, position).Select(static u => u.Location.Text).ShouldBe(["query", "queries", "query", "query", "queries"]);
    }
}
