using System.Text;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Formatting;
using Rules.Dsl.Syntax;
using Rules.Dsl.Tests.Binding;
using Rules.Dsl.Tests.Reference;
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
        var before = GC.GetAllocatedBytesForCurrentThread();
        var tree = SyntaxTree.Parse(text);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64L << 20);

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

    [Fact]
    public void Name_and_quoted_text_beyond_their_characters_are_refused_and_up_to_them_are_read()
    {
        AnnotatedSource.ShouldReport($"meter [|{new string('a', 129)}|] whole\n", "PR0023").Message.ShouldBe("This name has more than 128 characters.");
        AnnotatedSource.ShouldReport($"alert [|\"{new string('a', 401)}\"|]\n  at 5 credits used\n", "PR0023").Message.ShouldBe("This quoted text has more than 400 characters.");
        AnnotatedSource.ShouldReport($"meter [|{new string('a', 1_000_000)}|] whole\n", "PR0023");
        SyntaxTree.Parse(Header + $"meter {new string('a', 128)} whole\nalert \"{new string('a', 400)}\"\n  at 5 credits used\n").Diagnostics.ShouldBeEmpty();
    }

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
    public void R2_million_tiers_are_more_than_a_file_may_hold()
    {
        var text = Encoding.UTF8.GetBytes(Header + "price scan\n  per page, graduated within each cycle\n"
            + string.Concat(Enumerable.Range(1, 1_000_000).Select(i => $"    over {i} 1 credit\n")));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var tree = SyntaxTree.Parse(SourceText.FromUtf8(text));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64L << 20);
        tree.Diagnostics.Select(diagnostic => diagnostic.Id).ShouldBe(["PR0001"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void R8_rates_that_refer_to_each_other_without_end_are_refused(bool isForward)
    {
        var rates = Enumerable.Range(1, 20_000).Select(i => $"rate r{i} is {(i == 1 ? "1 credit" : $"r{i - 1}")}\n");
        var text = RuleFile.Head + string.Concat(isForward ? rates : rates.Reverse()) + "action scan\nprice scan\n  each r20000\n";

        RuleFile.Compile(text).Diagnostics.Select(diagnostic => diagnostic.Id).ShouldContain("PR0008");
    }

    [Fact]
    public void R8_table_of_more_combinations_than_are_kept_is_refused()
    {
        var values = string.Join(", ", Enumerable.Range(1, 2_000).Select(i => $"v{i}"));
        var facts = string.Concat("abcdef".Select(f => $"  has {f} one of {values}\n"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var compilation = RuleFile.Compile(RuleFile.Head + "action scan\n" + facts + "price scan by a, b, c, d, e, f\n  otherwise 1 credit\n");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(256L << 20);
        compilation.Diagnostics.Select(diagnostic => diagnostic.Id).ShouldBe(["PR0009"]);
    }

    [Fact]
    public void R8_thousands_of_exceptions_stay_inside_the_budget()
    {
        var exceptions = string.Concat(Enumerable.Range(1, 5_000).Select(i => $"  except when size is {i} or size is {i + 10_000} and gold\n    each {i} credits\n"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var compilation = RuleFile.Compile(RuleFile.Head + "account shop\n  has size number\n  has gold yes or no\naction scan\nprice scan\n  each 1 credit\n" + exceptions);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(256L << 20);
        compilation.Diagnostics.Length.ShouldBeLessThan(10_000);
    }

    [Theory]
    [InlineData("PR0102", "per page, graduated within each run\n    1 to 10  1 credit\n    5 and up  2 credits")]
    [InlineData("PR0101", "per page, graduated within each run\n    1 to 10  1 credit\n    15 and up  2 credits")]
    [InlineData("PR0103", "per page, graduated within each run\n    base  1 credit\n    over 10  1 credit\n    over 5  1 credit")]
    [InlineData("PR0005", "each -1 credit")]
    [InlineData("PR0311", "per 0 pages  1 credit")]
    [InlineData("PR0201", "per acre  1 credit")]
    [InlineData("PR0214", "each 1 credit\n  corrections allowed\n  corrections cost nothing")]
    public void R9_mistake_is_found_when_the_file_is_checked_and_has_a_code_of_its_own(string id, string price) =>
        RuleFile.Compile(RuleFile.Head + $"meter page whole\naction scan keyed by run\n  measures page\nprice scan\n  {price}\n")
            .Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id).ShouldBe([id]);

    // Small files make many: every rule text of the reference, which between them use all of the language.
    [Fact]
    public void R10_mutated_file_is_checked_and_laid_out_without_a_crash()
    {
        const int mutants = 20_000;
        var seeds = ReferencePage.Language.RuleTexts.Concat(ReferencePage.DiagnosticIds.SelectMany(id => ReferencePage.Diagnostic(id).RuleTexts))
            .Select(t => t.Text).Where(t => t.Length is > 60 and < 1_500).Distinct(StringComparer.Ordinal).ToList();
        for (var seed = 0; seed < mutants; seed++)
        {
            var random = new Random(seed);
            var text = seeds[random.Next(seeds.Count)];
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                text = RandomEditTests.Edit(text, random.Next(12), random);
            }

            try
            {
                _ = RuleFile.Compile(text).Diagnostics;
                if (Formatter.Format(SyntaxTree.Parse(SourceText.From(text))) is { } formatted)
                {
                    Formatter.Format(SyntaxTree.Parse(formatted))!.ToString().ShouldBe(formatted.ToString());
                }
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}: {exception}\n{text}");
            }
        }
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
