using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Syntax;

public sealed class SyntaxDiagnosticTests
{
    [Fact]
    public void Misspelt_required_word_is_named_with_what_was_found()
    {
        var diagnostic = AnnotatedSource.ShouldReport("bucket a from plan\n  unused expires at [|cycel|] end\n", "PR0010");

        diagnostic.Message.ShouldBe("Expected \"cycle end\" or \"the next grant\", but found \"cycel\".");
        diagnostic.Help.ShouldBe("did you mean \"cycle end\"?");
        diagnostic.AfterFix().ShouldBe("bucket a from plan\n  unused expires at cycle end\n");
    }

    [Fact]
    public void Misspelt_alternative_lists_the_alternatives()
    {
        var diagnostic = AnnotatedSource.ShouldReport("cycle [|calender|] month\n", "PR0010");

        diagnostic.Message.ShouldBe(
            "Expected \"calendar month\", \"monthly\", \"weekly\", \"annual\", \"monthly or annual by ...\" or \"every ...\", but found \"calender\".");
        diagnostic.Help.ShouldBe("did you mean \"calendar month\"?");
        diagnostic.AfterFix().ShouldBe("cycle calendar month\n");
    }

    [Fact]
    public void Misspelt_rule_is_read_as_the_rule_it_nearly_is()
    {
        var diagnostic = AnnotatedSource.ShouldReport("[|prise|] scan\n  each 1 credit\n", "PR0012");

        diagnostic.Message.ShouldBe("\"prise\" does not begin a rule.");
        diagnostic.Help.ShouldBe("did you mean \"price\"?");
        SyntaxTree.Parse("language 1\nruleset r version 1 effective 2026-01-01\nprise scan\n  each 1 credit\n").Root.Items[0]
            .ShouldBeOfType<PriceSyntax>().Block!.Lines[0].ShouldBeOfType<EachComponentSyntax>();
        diagnostic.AfterFix().ShouldBe("price scan\n  each 1 credit\n");
    }

    [Fact]
    public void Unknown_rule_takes_its_indented_lines_along_and_nothing_else()
    {
        const string Text = "language 1\nruleset r version 1 effective 2026-01-01\nwhatever x\n  each 1 credit\n  more\nmeter image whole\n";
        var tree = SyntaxTree.Parse(Text);

        tree.Diagnostics.Select(diagnostic => diagnostic.Id).ShouldBe(["PR0012"]);
        tree.Root.Items.Select(item => item.GetType()).ShouldBe([typeof(UnreadableLineSyntax), typeof(MeterSyntax)]);
        tree.SkippedNames.ShouldBe(["whatever", "x", "each", "credit", "more"], ignoreOrder: true);
    }

    [Fact]
    public void Run_of_unreadable_lines_in_one_block_is_reported_once() =>
        AnnotatedSource.ShouldReport("account a\n  [|base|] 1 credit\n  over 5 2 credits\n  over 9 3 credits\n", "PR0017")
            .Message.ShouldBe("\"base\" does not begin a line of an account.");

    [Theory]
    [InlineData("account a\n  [|owns|] x date\n", "begin it with has")]
    [InlineData("price scan\n  [|minimum|] 5 credits\n", "begin it with each, per, plus, first, count, marked, discounted, at, corrections, except or otherwise")]
    [InlineData("price scan\n  per page, graduated within each run\n    [|up|] to 10  1 credit\n", "begin it with base, over, from, next, rest or a number")]
    [InlineData("holds\n  [|expires|] after 2 hours\n", "did you mean \"expire\"?")]
    public void Line_that_no_word_begins_says_which_words_do(string annotated, string help) =>
        AnnotatedSource.ShouldReport(annotated, "PR0017").Help.ShouldBe(help);

    [Theory]
    [InlineData("meter image [|half|]\n", "Expected \"whole\" or \"fractional\", but found \"half\".")]
    [InlineData("meter image[||]\n", "Expected \"whole\" or \"fractional\", but found the end of the line.")]
    [InlineData("plan Team grants 5 [|every|] month into a\n", "Expected \"credits\" or the name of a currency, but found \"every\".")]
    [InlineData("plan Team grants 5 credits every month into[||]\n", "Expected the name of a bucket, but found the end of the line.")]
    [InlineData("consume a, [|b|]\n", "Expected \"then\", but found \"b\".")]
    [InlineData("action scan\n  measures page [|image|]\n", "Expected \",\", but found \"image\".")]
    [InlineData("account a\n  has x one of p [|q|]\n", "Expected \",\", but found \"q\".")]
    [InlineData("example \"x\"\n  given plan Team [|prepaid|] 5 credits\n", "Expected \",\", but found \"prepaid\".")]
    [InlineData("example [|base|]\n  do scan\n", "Expected the name of an example in quotes, but found \"base\".")]
    [InlineData("example \"x\"\n  on [|5|]\n", "Expected a date such as 2026-03-28, but found 5.")]
    public void Missing_or_other_word_is_told_in_words(string annotated, string message) =>
        AnnotatedSource.ShouldReport(annotated, "PR0010").Message.ShouldBe(message);

    [Theory]
    [InlineData("consume a, [|b|]\n", "consume a, then b\n")]
    [InlineData("action scan\n  measures page [|image|]\n", "action scan\n  measures page, image\n")]
    [InlineData("example [|base|]\n  do scan\n", "example \"base\"\n  do scan\n")]
    [InlineData("plan Team grants 5 [|every|] month into a\n", "plan Team grants 5 credits every month into a\n")]
    public void Missing_word_can_be_written_by_a_fix(string annotated, string mended) =>
        AnnotatedSource.ShouldReport(annotated, "PR0010").AfterFix().ShouldBe(mended);

    [Fact]
    public void Help_without_advice_is_the_first_fix() =>
        AnnotatedSource.ShouldReport("consume a, [|b|]\n", "PR0010").Help.ShouldBe("write \"then\" here");

    [Fact]
    public void One_line_is_blamed_once() =>
        AnnotatedSource.ShouldReport("bucket a [|fron|] nowhere what 5 5\n", "PR0010");

    [Fact]
    public void Rest_of_a_line_is_skipped_and_kept()
    {
        var diagnostic = AnnotatedSource.ShouldReport("price scan\n  each 1 credit [|twice|] a day assume \"x\"\n", "PR0014");

        diagnostic.Message.ShouldBe("This line should end before \"twice\".");
        var tree = SyntaxTree.Parse(diagnostic.Location.Source);
        tree.Root.Items[0].Block!.Lines[0].Remarks.Single().Text.ValueText.ShouldBe("x");
        tree.SkippedNames.ShouldContain("twice");
    }

    [Fact]
    public void Second_price_line_needs_a_word()
    {
        var diagnostic = AnnotatedSource.ShouldReport("price scan\n  each 1 credit\n  [|per|] page 2 credits\n", "PR0013");

        diagnostic.Message.ShouldBe("A second price line needs a word to say how it combines with the first.");
        diagnostic.Help.ShouldBe("write \"plus\" before it to add the two, or \"except when ...\" to replace the first");
        diagnostic.AfterFix().ShouldBe("price scan\n  each 1 credit\n  plus per page 2 credits\n");
    }

    [Theory]
    [InlineData("1,00", "100", "1,000")]
    [InlineData("12,34", "1,234", "12,340")]
    [InlineData("1000,000", "1,000,000", null)]
    [InlineData("1,2345", "12,345", null)]
    public void Badly_grouped_number_offers_the_numbers_it_may_be(string written, string first, string? second)
    {
        var diagnostic = AnnotatedSource.ShouldReport($"price scan\n  each [|{written}|] credits\n", "PR0005");

        diagnostic.Message.ShouldBe($"\"{written}\" is not a number: thousands are grouped in threes, as in 1,000.");
        diagnostic.Help.ShouldBe(second is null ? $"write {first}" : $"write {first} or {second}");
        diagnostic.AfterFix().ShouldBe($"price scan\n  each {first} credits\n");
    }

    [Theory]
    [InlineData("1e999999")]
    [InlineData("-0")]
    [InlineData("-5")]
    [InlineData("0.")]
    [InlineData("1.2.3")]
    [InlineData("5_000")]
    public void Figure_in_another_notation_is_not_a_number(string written) =>
        AnnotatedSource.ShouldReport($"price scan\n  each [|{written}|] credits\n", "PR0005");

    [Fact]
    public void Number_glued_to_its_unit_is_taken_apart_by_a_fix() =>
        AnnotatedSource.ShouldReport("price scan\n  each [|10credits|]\n", "PR0005").Fixes[0].Title.ShouldBe("write 10 credits");

    [Fact]
    public void Day_that_is_not_on_the_calendar_is_named() =>
        AnnotatedSource.ShouldReport("example \"x\"\n  on [|2026-02-30|]\n", "PR0006").Message.ShouldBe("2026-02-30 is not a day on the calendar.");

    [Fact]
    public void Time_beyond_the_day_is_named() =>
        AnnotatedSource.ShouldReportInFile("language 1\nruleset r version 1 effective 2026-01-01 at [|24:00|]\n", "PR0016");

    [Fact]
    public void Quote_is_closed_at_the_end_of_its_line()
    {
        var diagnostic = AnnotatedSource.ShouldReport("list model\n  \"Small\n  \"Large\"\n".Replace("\"Small", "[|\"Small|]", StringComparison.Ordinal), "PR0004");

        diagnostic.AfterFix().ShouldBe("list model\n  \"Small\"\n  \"Large\"\n");
    }

    [Fact]
    public void Stray_quote_silences_the_rest_of_its_line() =>
        AnnotatedSource.ShouldReport("bucket a from [|\" plan into 5 5|]\nmeter image whole\n", "PR0004");

    [Theory]
    [InlineData("price scan[|;|]\n")]
    [InlineData("price [|{|] scan\n")]
    [InlineData("price scan\n  each [|$|]4\n")]
    [InlineData("price [|“|]scan”\n")]
    public void Foreign_mark_is_refused_once_per_line(string annotated) => AnnotatedSource.ShouldReport(annotated, "PR0002");

    [Theory]
    [InlineData("[|>|]", "over")]
    [InlineData("[|<|]", "under")]
    [InlineData("[|>=|]", "at least")]
    [InlineData("[|=|]", "is")]
    [InlineData("[|==|]", "is")]
    public void Sign_of_comparison_is_mended_by_its_word(string sign, string word)
    {
        var diagnostic = AnnotatedSource.ShouldReport($"applies when seats {sign} 5\n", "PR0002");

        diagnostic.AfterFix().ShouldBe($"applies when seats {word} 5\n");
    }

    [Theory]
    [InlineData("applies when seats [|<=|] 5\n", "write \"under\", or \"not\" before the fact and \"over\"")]
    [InlineData("applies when created before 01[|/|]02/2026\n", "write a date as 2026-01-31, and a rate with \"per\"")]
    public void Mark_without_a_word_that_surely_replaces_it_is_not_mended(string annotated, string help)
    {
        var diagnostic = AnnotatedSource.ShouldReport(annotated, "PR0002");

        diagnostic.Help.ShouldBe(help);
        diagnostic.Fixes.ShouldBeEmpty();
    }

    [Fact]
    public void Tab_in_the_indentation_is_told_once_and_mended_everywhere() =>
        AnnotatedSource.ShouldReport("price scan\n[|\t|]each 1 credit\nprice train\n\teach 1 credit\n", "PR0003")
            .AfterFix().ShouldBe("price scan\n  each 1 credit\nprice train\n  each 1 credit\n");

    [Fact]
    public void Lost_space_does_not_close_a_block() =>
        AnnotatedSource.ShouldReport("account a\n  has x date\n[| |]has y date\n  has z date\n", "PR0007")
            .AfterFix().ShouldBe("account a\n  has x date\n  has y date\n  has z date\n");

    [Fact]
    public void Line_that_stands_too_far_in_is_read_all_the_same()
    {
        var diagnostic = AnnotatedSource.ShouldReport("account a\n  has x date\n    [|has|] y date\n  has z date\n", "PR0011");

        SyntaxTree.Parse(diagnostic.Location.Source).Root.Items[0].Block!.Lines.Length.ShouldBe(3);
    }

    [Fact]
    public void Indented_rule_is_read_all_the_same() =>
        AnnotatedSource.ShouldReport("meter image whole\n  [|meter|] crop whole\nmeter tile whole\n", "PR0022")
            .AfterFix().ShouldBe("meter image whole\nmeter crop whole\nmeter tile whole\n");

    [Fact]
    public void Ladder_without_tiers_is_told() =>
        AnnotatedSource.ShouldReport("price scan\n  per page, volume[||]\n", "PR0018").Message.ShouldBe("This line needs tiers on indented lines under it.");

    [Fact]
    public void Line_broken_in_two_is_reported_once() =>
        AnnotatedSource.ShouldReport("plan Team grants 5[||]\n credits every month into a\n", "PR0010");

    [Fact]
    public void Another_language_is_not_known() =>
        AnnotatedSource.ShouldReportInFile("language [|2|]\nruleset r version 1 effective 2026-01-01\n", "PR0020");

    [Fact]
    public void Fraction_is_not_a_count() =>
        AnnotatedSource.ShouldReport("example \"x\"\n  do [|1.5|] times scan\n", "PR0021");

    [Fact]
    public void File_without_its_first_line_is_told_once() =>
        AnnotatedSource.ShouldReportInFile("[|ruleset|] r version 1 effective 2026-01-01\n", "PR0010")
            .AfterFix().ShouldBe("");

    [Fact]
    public void Empty_file_is_told_once() => AnnotatedSource.ShouldReportInFile("[||]", "PR0010");

    [Fact]
    public void Names_may_be_spelt_like_words_of_the_language() =>
        SyntaxTree.Parse("language 1\nruleset free version 1 effective 2026-01-01\naction price\n  measures day, each\nprice price\n  per day 1 credit\n")
            .Diagnostics.ShouldBeEmpty();

    [Fact]
    public void Every_syntax_descriptor_is_of_its_family_and_has_help_or_fixes()
    {
        DiagnosticDescriptors.All.Select(descriptor => descriptor.Id).ShouldBeUnique();
        DiagnosticDescriptors.All.ShouldAllBe(descriptor => descriptor.MessageFormat.EndsWith('.') && descriptor.Id.StartsWith("PR"));
    }
}
