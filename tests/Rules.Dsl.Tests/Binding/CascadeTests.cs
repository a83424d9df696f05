using Rules.Dsl.Diagnostics;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

public sealed class CascadeTests
{
    [Fact]
    public void Six_independent_mistakes_make_six_messages()
    {
        var source = AnnotatedText.Parse(RuleFile.Head + """
            account organization
              has contract one of run-credits, file-size, normally run-credits
            applies unless contract is [file-siz]
            meter image whole
            meter crop whole
            action analysis keyed by run
              measures image, crop
            action [preview]
            action training
              has region-classes yes or no, normally no
            price analysis
              per image, graduated within each run
                base  0.001 credits
                over 1,000  0.0005 credits  [60% off]
              plus per [corp], graduated within each run
                base  0.002 credits
            price training
              each 0.5 credits
              except when [region-classes and not region-classes]
                each 1 credit
            example "training"
              do [trainig]
              expect 0.5 credits
            """);
        var diagnostics = RuleFile.Compile(source.Text).Diagnostics;
        diagnostics.Select(static d => d.Id).ShouldBe(
            ["PR0207", "PR0401", "PR0305", "PR0201", "PR0601", "PR0202"], string.Join('\n', diagnostics.Select(RuleFile.Show)));
        diagnostics.Select(static d => d.Location.Span).ShouldBe(source.Spans.OrderBy(static s => s.Start));
    }

    [Theory]
    [InlineData("mter page whole", "a misspelt keyword")]
    [InlineData("meter page hole", "a misspelt word later in the line")]
    public void Declaration_with_a_mistake_breeds_no_unknown_names(string declaration, string because)
    {
        var diagnostics = RuleFile.Compile(RuleFile.Head + declaration + "\n" + """
            action scan keyed by run
              measures page
            price scan
              per page 1 credit
            """).Diagnostics;
        diagnostics.Length.ShouldBe(1, because + "\n" + string.Join('\n', diagnostics.Select(RuleFile.Show)));
    }

    [Fact]
    public void Unreadable_price_does_not_leave_its_action_without_a_price()
    {
        var diagnostics = RuleFile.Compile(RuleFile.Head + """
            action scan
            prise scan
              each 1 credit
            """).Diagnostics;
        diagnostics.Length.ShouldBe(1, string.Join('\n', diagnostics.Select(RuleFile.Show)));
    }

    [Fact]
    public void Unreadable_tier_leaves_its_ladder_alone()
    {
        var diagnostics = RuleFile.Compile(RuleFile.Head + """
            meter page whole
            action scan keyed by run
              measures page
            price scan
              per page, graduated within each run
                1 to 10  2 credits
                11 too 20  1.5 credits
                21 and up  1 credit
            """).Diagnostics;
        diagnostics.Length.ShouldBe(1, string.Join('\n', diagnostics.Select(RuleFile.Show)));
    }

    [Fact]
    public void Price_of_a_mistyped_action_counts_for_the_one_meant()
    {
        var diagnostics = RuleFile.Compile(RuleFile.Head + "action training\nprice trainig\n  each 1 credit\n").Diagnostics;
        diagnostics.Select(static d => d.Id).ShouldBe(["PR0202"]);
    }

    [Fact]
    public void Condition_with_an_unknown_fact_is_not_called_contradictory()
    {
        var diagnostics = RuleFile.Compile(RuleFile.Head + """
            action training
              has large yes or no
            price training
              each 1 credit
              except when lrge and large and not large
                each 2 credits
            """).Diagnostics;
        diagnostics.Select(static d => d.Id).ShouldBe(["PR0203"], string.Join('\n', diagnostics.Select(RuleFile.Show)));
    }

    [Fact]
    public void Unreadable_bucket_line_is_not_asked_about_unused_credits()
    {
        var diagnostics = RuleFile.Compile(RuleFile.Head + """
            action scan
            price scan
              each 1 credit
            bucket included from grant
              unused expires at cycel end
            consume included
            cycle monthly
            at zero
              block scan until renewal
              if short refuse
            """).Diagnostics;
        diagnostics.Length.ShouldBe(1, string.Join('\n', diagnostics.Select(RuleFile.Show)));
    }

    [Fact]
    public void Thousands_of_exceptions_meet_a_limit()
    {
        var exceptions = Enumerable.Range(0, 3000).Select(static i => $"  except when size is {i} or size is {i + 10_000}\n    each 2 credits\n");
        var diagnostics = RuleFile.Compile(
            RuleFile.Head + "action go\n  has size number\nprice go\n  each 1 credit\n" + string.Concat(exceptions)).Diagnostics;
        diagnostics.Select(static d => d.Id).Distinct().ShouldBe(["PR0603"]);
    }

    [Theory]
    [InlineData("biodock.rules")]
    [InlineData("bookbag.rules")]
    [InlineData("ai-engine.rules")]
    [InlineData("roboflow.rules")]
    public void Random_single_edits_never_throw(string file)
    {
        var text = RuleFile.ReadText(file);
        var random = new Random(file.Length);
        for (var i = 0; i < 400; i++)
        {
            var edited = Edit(text, random);
            Should.NotThrow(() => RuleFile.Compile(edited), edited);
        }
    }

    [Theory]
    [InlineData("biodock.rules")]
    [InlineData("bookbag.rules")]
    [InlineData("ai-engine.rules")]
    [InlineData("roboflow.rules")]
    public void Lost_character_rarely_makes_more_than_two_messages(string file)
    {
        var text = RuleFile.ReadText(file);
        var random = new Random(3);
        var edits = Enumerable.Range(0, 500).Select(_ => random.Next(text.Length)).Where(i => !char.IsWhiteSpace(text[i])).ToList();
        var noisy = edits.Count(i => RuleFile.Compile(text.Remove(i, 1)).Diagnostics.Count(static d => d.Severity != DiagnosticSeverity.Information) > 2);
        noisy.ShouldBeLessThanOrEqualTo(edits.Count / 50);
    }

    [Fact]
    public void Unknown_name_is_reported_once()
    {
        var diagnostics = RuleFile.Compile(RuleFile.Head + """
            meter pge whole
            action scan keyed by run
              measures page
            price scan
              per page 1 credit
            example "one page"
              do scan of 1 page
              expect 1 credit
            """).Diagnostics;
        diagnostics.Select(static d => d.Id).ShouldBe(["PR0201"], string.Join('\n', diagnostics.Select(RuleFile.Show)));
    }

    [Fact]
    public void Binding_is_deterministic()
    {
        var text = RuleFile.ReadText("roboflow.rules");
        var random = new Random(7);
        for (var i = 0; i < 50; i++)
        {
            var edited = Edit(text, random);
            var first = RuleFile.Compile(edited);
            var second = RuleFile.Compile(edited);
            second.Diagnostics.Select(RuleFile.Show).ShouldBe(first.Diagnostics.Select(RuleFile.Show));
            second.Ruleset.MeaningHash.ShouldBe(first.Ruleset.MeaningHash);
        }
    }

    private static string Edit(string text, Random random)
    {
        var words = new[] { "per ", "each ", "\"", ",", "\n", "  ", "0", "9,99", "%", " or ", " and ", "not ", "credits", "within each run", "# ", "(", "plan", "is " };
        var at = random.Next(text.Length);
        var lines = text.Split('\n');
        var line = random.Next(lines.Length);
        return random.Next(6) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, words[random.Next(words.Length)]),
            2 => text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at)),
            3 => string.Join('\n', lines.Where((_, i) => i != line)),
            4 => string.Join('\n', lines.Take(line).Append(lines[random.Next(lines.Length)]).Concat(lines.Skip(line))),
            _ => string.Join('\n', lines.Select((l, i) => i == line ? Swap(l, random) : l)),
        };
    }

    private static string Swap(string line, Random random)
    {
        var words = line.Split(' ');
        var a = random.Next(words.Length);
        var b = random.Next(words.Length);
        (words[a], words[b]) = (words[b], words[a]);
        return string.Join(' ', words);
    }
}
