using Rules.Dsl.Binding;
using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Editing;

public sealed class EditingFuzzTests
{
    private static readonly string[] s_pieces =
        ["", " ", "\n", "\n  ", "\"", "|", "per ", "over 1,000", "🙂", "\t", "(", "of 2 ", "image", "999,999,999,999,999", "60%", "# ", "grants", "0.", "\ud83d"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nothing_throws_at_any_place_of_a_file_that_is_edited_at_random(int seed)
    {
        var random = new Random(seed);
        var text = Marked.Shop;
        for (var round = 0; round < 60; round++)
        {
            var start = random.Next(text.Length + 1);
            text = text.Remove(start, Math.Min(random.Next(12), text.Length - start)).Insert(start, s_pieces[random.Next(s_pieces.Length)]);
            var compilation = Compilation.Create(SyntaxTree.Parse(text));
            foreach (var position in new[] { start, random.Next(text.Length + 1), 0, text.Length })
            {
                foreach (var completion in Completer.Complete(compilation, position))
                {
                    completion.Edit.Span.Start.ShouldBeInRange(0, position);
                    completion.Edit.Span.End.ShouldBeInRange(position, text.Length);
                }

                HoverWriter.Write(compilation, compilation.Diagnostics, position);
                NameFinder.FindUses(compilation, position);
                NumberStepper.Step(compilation.Tree, position, random.Next(2) == 0 ? -1 : 1);
                var renaming = Renamer.Rename(compilation, position, s_pieces[random.Next(s_pieces.Length)] + "x");
                (renaming.Refusal is not null && renaming.Edits.Length > 0).ShouldBeFalse();
            }
        }
    }
}
