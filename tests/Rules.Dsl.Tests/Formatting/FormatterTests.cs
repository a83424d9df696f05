using Rules.Dsl.Formatting;
using Rules.Dsl.Syntax;
using Rules.Dsl.Tests.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Formatting;

public sealed class FormatterTests
{
    private const string Header = "language 1\nruleset a version 1 effective 2026-01-01\n\n";

    public static TheoryData<string> ShippedFiles => [.. RuleFiles.Shipped.Select(Path.GetFileName).OfType<string>()];

    [Theory]
    [MemberData(nameof(ShippedFiles))]
    public void Shipped_file_is_formatted(string name)
    {
        var text = File.ReadAllText(RuleFiles.Shipped.Single(f => Path.GetFileName(f) == name));
        Format(text).ShouldBe(text);
    }

    [Fact]
    public void Columns_of_a_ladder_stand_under_each_other() => Formatted("""
        price scan
             per page,graduated  within each run
               base 0.01 credits
               over 1,000 0.004 credits 60% off # checked
               over 100,000 0.0005 credits assume "sample"
        """).ShouldBe("""
        price scan
          per page, graduated within each run
            base          0.01 credits
            over 1,000    0.004 credits   60% off  # checked
            over 100,000  0.0005 credits  assume "sample"

        """);

    [Fact]
    public void Ladders_of_one_price_share_their_columns() => Formatted("""
        price analysis
          per image, graduated within each run
            base 0.001 credits
            over 1,000 0.0004 credits 60% off
          plus per crop, graduated within each run
            base 0.0002 credits
            over 100,000 0.00002 credits 90% off
        """).ShouldBe("""
        price analysis
          per image, graduated within each run
            base          0.001 credits
            over 1,000    0.0004 credits   60% off
          plus per crop, graduated within each run
            base          0.0002 credits
            over 100,000  0.00002 credits  90% off

        """);

    [Fact]
    public void Tables_and_lists_are_aligned() => Formatted("""
        list model
          "Small"
          "A large one" provider-backed, slow
          "Mid" provider-backed
        price reply by model
          "Small" 1 credit,waived
          "A large one"  5 credits
          otherwise 2 credits
        """).ShouldBe("""
        list model
          "Small"
          "A large one"  provider-backed, slow
          "Mid"          provider-backed
        price reply by model
          "Small"        1 credit, waived
          "A large one"  5 credits
          otherwise      2 credits

        """);

    [Fact]
    public void Plans_next_to_each_other_are_a_table_and_apart_are_not() => Formatted("""
        plan Free grants 100 credits every month into allotment
        plan Enterprise grants large every month into allotment

        plan Pro grants 4 credits every month into allotment
        """).ShouldBe("""
        plan Free        grants 100 credits every month into allotment
        plan Enterprise  grants large every month into allotment

        plan Pro  grants 4 credits every month into allotment

        """);

    [Fact]
    public void Comments_stay_with_the_lines_they_were_indented_like() => Formatted("""
        # about the account
        account shop   # who pays
            # about the fact
            has created date
            # the end of the account

        # about the meter
        meter page whole



        # the end
        """).ShouldBe("""
        # about the account
        account shop  # who pays
          # about the fact
          has created date
          # the end of the account

        # about the meter
        meter page whole

        # the end

        """);

    [Fact]
    public void Empty_lines_are_kept_singly_and_not_at_the_head_of_a_block() => Formatted("""
        account shop

          has created date


          has flex on or off
        meter page whole
        """).ShouldBe("""
        account shop
          has created date

          has flex on or off
        meter page whole

        """);

    [Fact]
    public void Break_of_a_long_line_stays() => Formatted("""
        free action add-source,    # one
              retrain-source,
          crawl
        consume included,
           then prepaid
        """).ShouldBe("""
        free action add-source,  # one
            retrain-source,
            crawl
        consume included,
            then prepaid

        """);

    [Fact]
    public void Brackets_stand_close() => Formatted("""
        applies when ( a   or b ) and not ( c )
        """).ShouldBe("""
        applies when (a or b) and not (c)

        """);

    [Fact]
    public void Carriage_returns_and_trailing_spaces_go() =>
        Format(Header.Replace("\n", "  \r\n", StringComparison.Ordinal) + "meter page whole \r\n").ShouldBe(Header + "meter page whole\n");

    [Fact]
    public void File_with_a_mistake_of_writing_is_left_alone() =>
        Formatter.Format(SyntaxTree.Parse(Header + "prise scan\n  per page\n")).ShouldBeNull();

    [Fact]
    public void E8_Formatting_twice_changes_nothing_whatever_the_spaces_were()
    {
        foreach (var name in TestFiles.Names)
        {
            var text = TestFiles.Read(name);
            for (var seed = 0; seed < 8; seed++)
            {
                var once = Format(Spoil(text, new Random(seed)));
                Format(once).ShouldBe(once, $"{name}, seed {seed}");
            }
        }
    }

    [Fact]
    public void E8_Formatting_keeps_the_tree_and_every_comment_whatever_the_spaces_were()
    {
        foreach (var name in TestFiles.Names)
        {
            var text = TestFiles.Read(name);
            for (var seed = 0; seed < 8; seed++)
            {
                var spoiled = Spoil(text, new Random(seed));
                Shape(Format(spoiled)).ShouldBe(Shape(spoiled), $"{name}, seed {seed}");
            }
        }
    }

    // Nodes in their order with the tokens that each spans, then the tokens, then the comments.
    private static List<string> Shape(string text)
    {
        var tree = SyntaxTree.Parse(text);
        return
        [
            .. tree.Root.DescendantsAndSelf.Select(static node => $"{node.GetType().Name} {node.DescendantTokens.Count()}"),
            .. tree.Root.DescendantTokens.Select(static token => $"{token.Kind} {token.ContextualKind} {token.Text.Trim()}"),
            .. tree.Tokens.SelectMany(static token => token.LeadingTrivia).Where(static trivia => trivia.Kind == SyntaxKind.CommentTrivia).Select(trivia => tree.Text.ToString(trivia.Span).TrimEnd()),
        ];
    }

    // Other spaces between words, other indentation, more and fewer empty lines: nothing that the language reads.
    private static string Spoil(string text, Random random)
    {
        var width = random.Next(1, 5);
        var lines = new List<string>();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            var content = line.TrimStart();
            var depth = (line.Length - content.Length) / 2;
            if (content.Length == 0)
            {
                lines.AddRange(Enumerable.Repeat("", random.Next(1, 3)));
                continue;
            }

            if (!content.Contains('"', StringComparison.Ordinal) && !content.Contains('#', StringComparison.Ordinal))
            {
                content = string.Join(new string(' ', random.Next(1, 4)), content.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }

            lines.Add(new string(' ', depth * width) + content + new string(' ', random.Next(0, 2)));
        }

        return string.Join(random.Next(2) == 0 ? "\n" : "\r\n", lines);
    }

    private static string Formatted(string items)
    {
        var formatted = Format(Header + items);
        formatted.ShouldStartWith(Header);
        return formatted[Header.Length..];
    }

    private static string Format(string text)
    {
        var tree = SyntaxTree.Parse(text);
        return Formatter.Format(tree)?.ToString() ?? throw new ShouldAssertException(string.Join('\n', tree.Diagnostics));
    }
}
