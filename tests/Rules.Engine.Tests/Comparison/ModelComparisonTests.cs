using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Engine.Comparison;
using Rules.Engine.Model;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Comparison;

public sealed class ModelComparisonTests
{
    [Theory]
    [InlineData("  note \"5 decimals", "  # 5 decimals")]
    [InlineData("base          0.001 credits", "base 0.001 credits")]
    [InlineData("    over 1,000    0.0004 credits   60% off", "    over 1,000    0.0004 credits")]
    public void Layout_and_remarks_change_nothing(string from, string to) => Biodock((from, to)).ShouldBeEmpty();

    [Fact]
    public void Tier_of_the_price_before_it_changes_nothing() =>
        Biodock(("    base          0.0002 credits", "    base          0.0002 credits\n    over 2,000    0.0002 credits")).ShouldBeEmpty();

    [Fact]
    public void Dearer_tier_names_its_units_and_both_figures()
    {
        var change = Biodock(("0.0004 credits   60% off", "0.0005 credits")).ShouldHaveSingleItem();
        change.Kind.ShouldBe(ChangeKind.Dearer);
        change.Sentence.ShouldBe("analysis: images from 1,001 to 5,000 of each run cost 25.0\u202F% more: 0.0004 → 0.0005 run credits per image.");
        change.Old.ShouldBe(ExactDecimal.Parse("0.0004"));
        change.New.ShouldBe(ExactDecimal.Parse("0.0005"));
        change.Before!.Value.Line.ShouldBe(30);
        change.After!.Value.Line.ShouldBe(30);
    }

    [Fact]
    public void New_limits_say_up_to_which_quantity_they_are_cheaper()
    {
        // One price of 0.0008 instead of 0.001, 0.0004 and 0.0002: 1 + 0.0004 (q - 1,000) is 0.0008 q at 1,500.
        var change = Biodock((
            "  per image, graduated within each run\n    base          0.001 credits\n    over 1,000    0.0004 credits   60% off\n    over 5,000    0.0002 credits   80% off",
            "  per image 0.0008 credits")).Single(c => c.Subject == ChangeSubject.Tier);
        change.Kind.ShouldBe(ChangeKind.Mixed);
        change.Sentence.ShouldEndWith("a run then costs less up to 1,499 images and more above (break-even at 1,500 images).");
    }

    [Fact]
    public void Tiers_in_both_directions_are_also_judged_together()
    {
        var changes = Biodock(("base          0.0002 credits", "base          0.0001 credits"), ("0.00005 credits  75% off", "0.0001 credits"), ("0.00002 credits  90% off", "0.00002 credits"));
        changes.Select(c => c.Kind).ShouldBe([ChangeKind.Dearer, ChangeKind.Mixed, ChangeKind.Cheaper]);
        changes[1].Sentence.ShouldBe("analysis: crops: taken together, a run costs less up to 14,999 crops and more above (break-even at 15,000 crops).");
    }

    [Fact]
    public void Condition_of_an_exception_is_compared_in_words()
    {
        var change = Biodock(("when region-classes and object-classes", "when region-classes")).ShouldHaveSingleItem();
        change.Kind.ShouldBe(ChangeKind.Reordered);
        change.Sentence.ShouldBe("training: the exception holds when region-classes is yes, not when object-classes is yes and region-classes is yes as before.");
    }

    [Fact]
    public void Order_of_a_conditions_operands_says_nothing() =>
        Biodock(("when region-classes and object-classes", "when object-classes and region-classes")).ShouldBeEmpty();

    [Fact]
    public void Row_of_a_new_value_is_new()
    {
        var changes = Bookbag(("  \"GPT-4o\"             provider-backed", "  \"GPT-4o\"             provider-backed\n  \"GPT-5\""), ("  \"GPT-4o\"             5 credits", "  \"GPT-4o\"             5 credits\n  \"GPT-5\"  8 credits"));
        changes.ShouldContain(c => c.Kind == ChangeKind.Added && c.Sentence == "reply with GPT-5 is new: 8 credits.");
    }

    [Fact]
    public void Waived_row_that_is_charged_is_dearer() =>
        Bookbag(("1 credit, waived", "1 credit")).ShouldHaveSingleItem().Kind.ShouldBe(ChangeKind.Dearer);

    [Fact]
    public void Rule_for_every_action_is_said_once() =>
        Bookbag(("unmetered when deployment is self-hosted\n", "")).ShouldHaveSingleItem().Sentence.ShouldBe("No longer so: every action is unmetered while deployment is self-hosted.");

    [Fact]
    public void Unused_credits_are_said_once_for_bucket_and_plans() =>
        Bookbag(("unused expires at cycle end", "unused rolls over for 2 months")).ShouldHaveSingleItem()
            .Sentence.ShouldBe("Unused credits of the bucket allotment now roll over for 2 months; before: expire at cycle end.");

    [Theory]
    [InlineData("grants 2,000 credits", "grants 1,500 credits", ChangeKind.Dearer, "The plan Hobby grants 25.0\u202F% less into allotment every month: 2,000 → 1,500 credits.")]
    [InlineData("until renewal or upgrade", "until renewal", ChangeKind.Other, "Without credits reply is now blocked until renewal; before: blocked until renewal or upgrade.")]
    [InlineData("if short refuse", "if short forgive", ChangeKind.Other, "A charge above the balance is now drawn as far as it goes, the rest forgiven; before: refused.")]
    [InlineData("cycle monthly", "cycle calendar month", ChangeKind.Other, "A cycle is now a calendar month; before: 1 month.")]
    [InlineData("sample 100,000", "sample 200,000", ChangeKind.Other, "The sample of the term enterprise-allotment is now 200,000; before: 100,000.")]
    [InlineData("to 0 decimals", "to 2 decimals", ChangeKind.Other, "Charges are rounded to 2 decimals instead of whole credits.")]
    public void Rules_of_accounts_are_compared(string from, string to, ChangeKind kind, string sentence)
    {
        var change = Bookbag((from, to)).ShouldHaveSingleItem();
        change.Kind.ShouldBe(kind);
        change.Sentence.ShouldBe(sentence);
    }

    [Fact]
    public void Dearest_effect_stands_first()
    {
        var changes = Bookbag(("\"GPT-4o\"             5 credits", "\"GPT-4o\"             4 credits"), ("\"Claude Haiku 4.5\"   2 credits", "\"Claude Haiku 4.5\"   3 credits"), ("\"Claude Sonnet 4.6\"  4 credits", "\"Claude Sonnet 4.6\"  8 credits"));
        changes.Select(c => c.New!.Value.ToString()).ShouldBe(["8", "3", "4"]);
    }

    [Fact]
    public void Break_even_of_a_price_with_free_units_says_that_they_are_not_counted()
    {
        // 0.02 less for 1,000 counted pages and 0.01 more from 5,001 on meet at 7,000 counted pages, which are 7,010 with the free ones.
        var (before, after) = (Scan("first 10 pages free within each run", "0.1", "0.02"), Scan("first 10 pages free within each run", "0.08", "0.03"));
        var changes = ModelComparison.Compare(before, after);
        changes[0].Sentence.ShouldBe("scan: pages from 5,001 on of each run, free ones not counted, cost 50.0\u202F% more: 0.02 → 0.03 credits per page.");
        changes.Single(static c => c.Kind == ChangeKind.Mixed).Sentence
            .ShouldBe("scan: pages: taken together, a run costs less up to 6,999 pages and more above (break-even at 7,000 pages); free pages are not counted.");
    }

    [Fact]
    public void Limits_of_a_price_with_free_units_say_that_they_are_not_counted()
    {
        var change = ModelComparison.Compare(Scan("first 10 pages free within each run", "0.1", "0.02"), Scan("first 10 pages free within each run", "0.1", "0.02", "6,000")).ShouldHaveSingleItem();
        change.Sentence.ShouldEndWith("a run then costs the same up to 5,000 pages and more above; free pages are not counted.");
    }

    [Fact]
    public void Free_units_that_come_or_go_are_told_in_words()
    {
        var (none, ten) = (Scan("corrections allowed", "0.1", "0.02"), Scan("first 10 pages free within each run\n  corrections allowed", "0.1", "0.02"));
        var gone = ModelComparison.Compare(ten, none).ShouldHaveSingleItem();
        (gone.Kind, gone.Sentence).ShouldBe((ChangeKind.Dearer, "scan: no pages of each run are free any more; before: the first 10."));
        var come = ModelComparison.Compare(none, ten).ShouldHaveSingleItem();
        (come.Kind, come.Sentence).ShouldBe((ChangeKind.Cheaper, "scan: the first 10 pages of each run are free; before: none."));
    }

    [Fact]
    public void A_bound_that_goes_is_told_in_words()
    {
        var (bound, free) = (Scan("at most 50 credits each\n  at least 2 credits each\n  corrections cost nothing", "0.1", "0.02"), Scan("corrections cost nothing", "0.1", "0.02"));
        ModelComparison.Compare(bound, free).Select(static c => c.Sentence).ShouldBe(
            ["scan: there is no limit any more to the most that an event costs; before: 50 credits.", "scan: there is no limit any more to the least that an event costs; before: 2 credits."], ignoreOrder: true);
    }

    [Theory]
    [InlineData("corrections allowed", "corrections cost nothing", "scan: a negative quantity now costs nothing; before: is allowed.")]
    [InlineData("corrections cost nothing", "at least 0 credits each", "scan: a negative quantity now is refused; before: costs nothing.")]
    public void What_becomes_of_negative_quantities_is_told_in_words(string before, string after, string sentence) =>
        ModelComparison.Compare(Scan(before, "0.1", "0.02"), Scan(after, "0.1", "0.02")).Select(static c => c.Sentence).ShouldContain(sentence);

    [Fact]
    public void A_version_that_takes_effect_on_another_day_is_told_although_its_rules_are_the_same()
    {
        var change = Bookbag(("version 1 effective 2026-01-01", "version 1 effective 2026-02-01")).ShouldHaveSingleItem();
        change.Kind.ShouldBe(ChangeKind.Other);
        change.Sentence.ShouldBe("The version takes effect at 2026-02-01T00:00:00 UTC (+00) instead of 2026-01-01T00:00:00 UTC (+00).");
    }

    [Fact]
    public void The_next_version_with_the_same_rules_changes_nothing() => Bookbag(("version 1 effective 2026-01-01", "version 2 effective 2026-02-01")).ShouldBeEmpty();

    private static RulesetModel Scan(string line, string first, string last, string limit = "5,000") => RuleFiles.Compile($"""
        language 1
        ruleset sample version 1 effective 2026-01-01
        credit "credit" to 4 decimals
        meter page whole
        action scan keyed by run
          measures page
        price scan
          {line}
          per page, graduated within each run
            base          {first} credits
            over 1,000    0.04 credits
            over {limit}  {last} credits
        """);

    private static ImmutableArray<Change> Biodock(params (string From, string To)[] edits) => Compare("biodock.v1.rules", edits);

    private static ImmutableArray<Change> Bookbag(params (string From, string To)[] edits) => Compare("bookbag.v1.rules", edits);

    // Examples are proof, not prices: an edit need not keep them.
    private static ImmutableArray<Change> Compare(string fileName, (string From, string To)[] edits)
    {
        var before = RuleFiles.Load(fileName);
        var text = before.Actions[0].Location.Source.ToString();
        text = text[..text.IndexOf("# The page in worked examples", StringComparison.Ordinal)];
        foreach (var (from, to) in edits)
        {
            text.ShouldContain(from);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return ModelComparison.Compare(before, RuleFiles.Compile(text, fileName));
    }
}
