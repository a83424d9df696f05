using System.Text;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Syntax;

public sealed class HostileFileTests
{
    private const string Header = "language 1\nruleset r version 1 effective 2026-01-01\n";

    [Fact]
    public void R1_file_of_ten_megabytes_is_refused_before_it_is_read()
    {
        var text = SourceText.FromUtf8(Encoding.UTF8.GetBytes(new string('a', 10_000_000)), "big.rules");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var tree = SyntaxTree.Parse(text);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4L << 20);
        tree.Diagnostics.Select(diagnostic => diagnostic.ToString()).ShouldBe(
            ["big.rules:1:1: error PR0001: This file is larger than 1 MiB, the most that is read."]);
        tree.Root.Items.ShouldBeEmpty();
    }

    [Fact]
    public void R1_limit_counts_bytes_of_UTF8()
    {
        SourceText.From(new string('é', SourceText.MaximumBytes / 2)).IsTooLarge.ShouldBeFalse();
        SourceText.From(new string('é', (SourceText.MaximumBytes / 2) + 1)).IsTooLarge.ShouldBeTrue();
    }

    [Fact]
    public void R2_tier_beyond_the_limit_is_refused_and_the_rest_is_not_read()
    {
        var text = Header + "price scan\n  per page, graduated within each cycle\n"
            + string.Concat(Enumerable.Range(1, 30_000).Select(i => $"    over {i} 1 credit\n")) + "nonsense\n";
        var tree = SyntaxTree.Parse(text);

        tree.Diagnostics.Select(diagnostic => diagnostic.Id).ShouldBe(["PR0009"]);
        tree.Diagnostics[0].Location.Line.ShouldBe(4 + SyntaxTree.MaximumTiers + 1);
        TestFiles.TextOf(tree).ShouldBe(text);
    }

    [Fact]
    public void R2_tiers_up_to_the_limit_are_read() =>
        SyntaxTree.Parse(Header + "price scan\n  per page, graduated within each cycle\n"
            + string.Concat(Enumerable.Range(1, SyntaxTree.MaximumTiers).Select(i => $"    over {i} 1 credit\n"))).Diagnostics.ShouldBeEmpty();

    [Theory]
    [InlineData("(")]
    [InlineData("not ")]
    [InlineData("(not ")]
    public void R3_condition_nested_a_hundred_thousand_deep_is_refused(string opening)
    {
        var text = Header + "applies when " + string.Concat(Enumerable.Repeat(opening, 100_000)) + "x\n";
        var tree = SyntaxTree.Parse(text);

        tree.Diagnostics.Select(diagnostic => diagnostic.Id).ShouldBe(["PR0008"]);
        TestFiles.TextOf(tree).ShouldBe(text);
    }

    [Fact]
    public void R3_condition_nested_as_deep_as_the_limit_is_read() =>
        SyntaxTree.Parse(Header + "applies when " + new string('(', SyntaxTree.MaximumDepth) + "x" + new string(')', SyntaxTree.MaximumDepth) + "\n")
            .Diagnostics.ShouldBeEmpty();

    [Fact]
    public void R3_blocks_nested_deeper_than_the_limit_are_refused()
    {
        var text = Header + "price scan\n" + string.Concat(Enumerable.Range(1, 1_000).Select(i => new string(' ', i) + "except when x\n"));
        var tree = SyntaxTree.Parse(text);

        tree.Diagnostics.Select(diagnostic => diagnostic.Id).ShouldContain("PR0008");
        TestFiles.TextOf(tree).ShouldBe(text);
    }

    [Theory]
    [InlineData("1234567890123456789", "18 digits before the point")]
    [InlineData("79228162514264337593543950336", "18 digits before the point")]
    [InlineData("1234567890123456789012345678901", "18 digits before the point")]
    [InlineData("0.1234567891", "9 digits after the point")]
    public void R4_number_beyond_the_digits_is_refused_and_never_rounded(string number, string limit)
    {
        var diagnostic = AnnotatedSource.ShouldReport($"price scan\n  each [|{number}|] credits\n", "PR0015");

        diagnostic.Message.ShouldBe($"This number has more than {limit}.");
    }

    [Fact]
    public void R4_number_of_as_many_digits_as_allowed_is_read_exactly()
    {
        var tree = SyntaxTree.Parse(Header + "price scan\n  each 123,456,789,012,345,678.123456789 credits\n");

        tree.Diagnostics.ShouldBeEmpty();
        tree.Root.DescendantTokens.Single(token => token.Text.StartsWith("123", StringComparison.Ordinal)).NumberValue.ToString()
            .ShouldBe("123456789012345678.123456789");
    }

    [Fact]
    public void R4_number_of_a_million_digits_is_refused_at_once() =>
        AnnotatedSource.ShouldReport($"price scan\n  each [|{new string('9', 1_000_000)}|] credits\n", "PR0015");

    [Theory]
    [InlineData("\u202E", "U+202E")]
    [InlineData("\u2066", "U+2066")]
    [InlineData("\u200B", "U+200B")]
    [InlineData("\u200D", "U+200D")]
    [InlineData("\uFEFF", "U+FEFF")]
    [InlineData("\u0000", "U+0000")]
    [InlineData("\u001B", "U+001B")]
    [InlineData("\u00A0", "U+00A0")]
    [InlineData("\u2028", "U+2028")]
    [InlineData("\uFFFD", "U+FFFD")]
    [InlineData("\r", "U+000D")]
    public void R5_hidden_character_is_refused_in_text_and_in_comments(string hidden, string shown)
    {
        AnnotatedSource.ShouldReport($"alert \"a[|{hidden}|]b\"\n  at 5 credits used\n", "PR0002").Arguments[0].ShouldBe(shown);
        AnnotatedSource.ShouldReport($"# a[|{hidden}|]b\n", "PR0002").Arguments[0].ShouldBe(shown);
    }

    [Fact]
    public void R5_half_a_character_is_refused() => AnnotatedSource.ShouldReport("# a[|\uD800|]b\n", "PR0002");

    [Fact]
    public void R5_letter_that_looks_like_another_is_refused_in_a_name() =>
        AnnotatedSource.ShouldReport("meter im[|\u0430|]ge whole\n", "PR0002").Fixes[0].Title.ShouldBe("put the name in quotes");

    [Fact]
    public void R5_text_in_a_second_spelling_is_refused_and_mended() =>
        AnnotatedSource.ShouldReport("alert [|\"cafe\u0301\"|]\n  at 5 credits used\n", "PR0019")
            .AfterFix().ShouldBe("alert \"caf\u00E9\"\n  at 5 credits used\n");

    [Fact]
    public void R5_overlong_UTF8_is_refused()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Header + "# a"), 0xC0, 0xAF, (byte)'\n'];

        SyntaxTree.Parse(SourceText.FromUtf8(bytes)).Diagnostics.Select(diagnostic => diagnostic.Id).ShouldBe(["PR0002"]);
    }

    [Fact]
    public void R5_byte_order_mark_at_the_start_and_line_ends_of_Windows_are_read()
    {
        var text = "\uFEFF" + TestFiles.Read("biodock.rules").Replace("\n", "\r\n", StringComparison.Ordinal);
        var tree = SyntaxTree.Parse(text);

        tree.Diagnostics.ShouldBeEmpty();
        TestFiles.TextOf(tree).ShouldBe(text);
    }

    [Fact]
    public void Random_characters_are_read_whole()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 400).Select(_ => random.Next(4) == 0
                ? ((char)random.Next(0x10000)).ToString()
                : SyntaxFacts.GetText(SyntaxFacts.Keywords[random.Next(SyntaxFacts.Keywords.Length)]) + " \n"[random.Next(2)]));
            TestFiles.TextOf(SyntaxTree.Parse(text)).ShouldBe(text);
        }
    }
}
