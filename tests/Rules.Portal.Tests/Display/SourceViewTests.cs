using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Portal.Display;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Display;

public sealed class SourceViewTests
{
    private const string Text = """
        price analysis
          per image, graduated within each run
            base        0.001 credits
        # a remark in the first column

            over 1,000  0.0004 credits
          plus each 1 credit

        """;

    [Fact]
    public void Every_character_of_every_line_is_shown_once()
    {
        var source = SourceText.From(Text, "a.v1.rules");
        var keyword = new StyledSpan(new TextSpan(0, 5), "t-keyword");
        var number = new StyledSpan(new TextSpan(Text.IndexOf("0.0004", StringComparison.Ordinal), 6), "t-number");

        var view = new SourceViewBuilder(source, [keyword, number]).Build("a");

        string.Join('\n', view.Lines.Select(line => string.Concat(line.Spans.Select(span => span.Text)))).ShouldBe(Text.TrimEnd('\n'));
        view.Lines[0].Spans[0].ShouldBe(new SourceSpan("price", "t-keyword"));
        view.Lines[5].Spans.ShouldContain(new SourceSpan("0.0004", "t-number"));
    }

    [Fact]
    public void Span_over_several_lines_is_cut_at_their_ends()
    {
        var source = SourceText.From("ab\ncd", "a.v1.rules");
        var view = new SourceViewBuilder(source, [new StyledSpan(new TextSpan(1, 3), "t-string")]).Build("a");
        view.Lines[0].Spans.ShouldBe([new SourceSpan("a", null), new SourceSpan("b", "t-string")]);
        view.Lines[1].Spans.ShouldBe([new SourceSpan("c", "t-string"), new SourceSpan("d", null)]);
    }

    [Fact]
    public void Line_belongs_to_the_less_indented_lines_above_it()
    {
        var view = new SourceViewBuilder(SourceText.From(Text, "a.v1.rules"), []).Build("a");
        view.HeadsOf(6).ShouldBe([1, 2]);
        view.HeadsOf(7).ShouldBe([1]);
        view.HeadsOf(1).ShouldBeEmpty();
        view.HeadsOf(99).ShouldBeEmpty();
    }

    [Fact]
    public void Line_that_made_only_steps_without_effect_is_dimmed_and_the_chosen_one_lit()
    {
        ImmutableArray<ExplanationStep> steps =
        [
            new(1, "1,000 images", null, "1", 3, Applied: true),
            new(2, "no image over 1,000", null, null, 6, Applied: false),
            new(3, "rounded", null, "1", null, Applied: true),
        ];

        var view = new SourceViewBuilder(SourceText.From(Text, "a.v1.rules"), []).WithSteps(steps, chosen: 1).Build("a");

        view.Lines.Where(line => line.Lit).Select(line => line.Number).ShouldBe([3]);
        view.Lines.Where(line => line.Dim).Select(line => line.Number).ShouldBe([6]);
        view.Lines.Where(line => view.IsHeadOfLit(line.Number)).Select(line => line.Number).ShouldBe([1, 2]);
        view.Lines[5].Steps.ShouldBe([2]);
    }

    [Fact]
    public void Lines_of_several_versions_keep_their_numbers_and_their_steps()
    {
        var before = SourceText.From("price scan\n  each 1 credit\n", "shop.v1.rules");
        var own = SourceText.From("language 1\nprice reply\n  each 2 credits\n", "shop.v2.rules");
        var models = SourceText.From("list model\n", "models.v4.rules");
        var full = new ResolvedText(
            SourceText.From("list model\nprice scan\n  each 1 credit\nprice reply\n  each 2 credits\n", "shop.v2.rules"),
            [models.GetLine(1), before.GetLine(1), before.GetLine(2), own.GetLine(2), own.GetLine(3), own.GetLine(3)]);
        ImmutableArray<ExplanationStep> steps =
        [
            new(1, "each 1", null, "1", 2, Applied: true) { File = "shop.v1.rules" },
            new(2, "each 2", null, "2", 3, Applied: true) { File = "shop.v2.rules" },
        ];

        var view = new SourceViewBuilder(full, [], own).WithSteps(steps, chosen: 1).Build("shop version 2");

        view.IsMerged.ShouldBeTrue();
        view.Lines.Select(line => line.Anchor).ShouldBe(["models-v4-L1", "v1-L1", "v1-L2", "L2", "L3"]);
        view.Lines.Select(line => string.Join(' ', line.Steps)).ShouldBe(["", "", "1", "", "2"]);
        view.Lines.Where(line => line.Lit).Select(line => line.Number).ShouldBe([3]);
        view.Find("shop.v1.rules", 2)!.Number.ShouldBe(3);
        view.Find(null, 3)!.Number.ShouldBe(5);
        view.Find("shop.v1.rules", 9).ShouldBeNull();
    }
}
