using Rules.Ledger.Drafts;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Drafts;

public sealed class TextMergeTests
{
    [Theory]
    [InlineData("a b c", "a x c", "a b c d", "a x c d")]
    [InlineData("a b c", "a b c", "a y c", "a y c")]
    [InlineData("a b c", "a c", "a b c d", "a c d")]
    [InlineData("a b c d e", "a B c d e", "a b c D e", "a B c D e")]
    [InlineData("a b c", "a x c", "a x c", "a x c")]
    [InlineData("", "a", "", "a")]
    public void Changes_of_both_sides_stand_once(string original, string mine, string theirs, string expected)
    {
        var merged = TextMerge.Merge(Lines(original), Lines(mine), Lines(theirs));
        merged.ShouldBe(new MergedText(Lines(expected), 0));
    }

    [Theory]
    [InlineData("a b c", "a b c", "1=1 a|2=2 b|3=3 c")]
    [InlineData("a b c", "a x c", "1=1 a|2=- b|-=2 x|3=3 c")]
    [InlineData("a b", "x a b y", "-=1 x|1=2 a|2=3 b|-=4 y")]
    [InlineData("a b c d", "a d", "1=1 a|2=- b|3=- c|4=2 d")]
    public void Lines_of_both_texts_stand_in_order_with_their_numbers(string before, string after, string expected) =>
        string.Join('|', TextMerge.Diff(Lines(before), Lines(after)).Select(static line => $"{Number(line.Before)}={Number(line.After)} {line.Text}")).ShouldBe(expected);

    [Fact]
    public void Same_lines_changed_twice_stand_side_by_side()
    {
        var merged = TextMerge.Merge("a\nb\nc", "a\nx\nc", "a\ny\nc");
        merged.ShouldBe(new MergedText("a\n<<<<<<< yours\nx\n=======\ny\n>>>>>>> the other text\nc", 1));
    }

    [Fact]
    public void Seeded_changes_of_one_side_alone_always_come_through()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var original = string.Join('\n', Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4)));
            var changed = string.Join('\n', original.Split('\n').SelectMany(line => random.Next(4) switch { 0 => Array.Empty<string>(), 1 => [line, "new"], _ => [line] }));
            TextMerge.Merge(original, changed, original).ShouldBe(new MergedText(changed, 0));
            TextMerge.Merge(original, original, changed).ShouldBe(new MergedText(changed, 0));
            TextMerge.Merge(original, changed, changed).ShouldBe(new MergedText(changed, 0));
        }
    }

    private static string Number(int? line) => line?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";

    private static string Lines(string words) => words.Replace(' ', '\n');

    [Fact]
    public void Common_lines_keep_their_order()
    {
        TextMerge.Common("a\nb\nc\nd", "a\nx\nc\nd\ne").ShouldBe("a\nc\nd");
        TextMerge.Common("a", "b").ShouldBe("");
    }

    [Fact]
    public void Added_lines_are_numbered()
    {
        TextMerge.Added("a\nb").ShouldBe([new DiffLine(null, 1, "a"), new DiffLine(null, 2, "b")]);
    }
}
