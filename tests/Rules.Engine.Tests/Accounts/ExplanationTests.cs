using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

public sealed class ExplanationTests
{
    private static readonly Instant s_at = Instant.FromUtc(2026, 5, 1, 10, 0);

    [Fact]
    public void Biodock_run_is_explained_tier_by_tier()
    {
        var quote = Quote("biodock.v1.rules", null, new UsageEvent
        {
            OccurredAt = s_at,
            Action = "analysis",
            Quantities = [new("image", 6000), new("crop", 120_000)],
            Keys = [new("run", "r-17")],
        });

        Lines(quote).ShouldBe(
        [
            "the rules apply: contract is run-credits",
            "1,000 images at 0.001 = 1",
            "4,000 images at 0.0004 = 1.6",
            "1,000 images at 0.0002 = 0.2",
            "5,000 crops at 0.0002 = 1",
            "95,000 crops at 0.00005 = 4.75",
            "20,000 crops at 0.00002 = 0.4",
            "8.95 needs no rounding = 8.95",
        ]);
        quote.Steps[1].Formula.ShouldBe("1,000 × 0.001");
        quote.Steps[1].Location!.Value.Text.ShouldStartWith("base");
    }

    [Fact]
    public void Exception_that_does_not_hold_is_a_step_with_its_reason()
    {
        var quote = Quote("biodock.v1.rules", null, new UsageEvent { OccurredAt = s_at, Action = "training", Facts = [new("region-classes", "yes")] });

        Lines(quote).ShouldBe(
        [
            "the rules apply: contract is run-credits",
            "the exception does not hold: region-classes is yes, object-classes is no",
            "each at 0.5 = 0.5",
            "0.5 needs no rounding = 0.5",
        ]);
        quote.Steps[1].Applied.ShouldBeFalse();
    }

    [Fact]
    public void Bookbag_reply_names_its_row_and_its_lot()
    {
        var quote = Quote("bookbag.v1.rules", "Free", new UsageEvent { OccurredAt = s_at, Action = "reply", Facts = [new("model", "GPT-4o")] });

        Lines(quote).ShouldBe(
        [
            "not unmetered: deployment is cloud",
            "not unmetered: keys is bookbag, model is GPT-4o",
            "GPT-4o at 5 = 5",
            "5 needs no rounding = 5",
            "5 from allotment, lot 1, which has 95 left = 5",
        ]);
    }

    [Fact]
    public void Every_step_of_a_price_points_at_a_line()
    {
        var quote = Quote("bookbag.v1.rules", "Free", new UsageEvent { OccurredAt = s_at, Action = "reply", Facts = [new("model", "Bookbag Local")] });

        quote.Steps.ShouldAllBe(s => s.Location != null && s.Location.Value.Line > 0);
        quote.Steps.Select(s => s.Text).ShouldContain("Bookbag Local at 1, waived");
    }

    private static Quote Quote(string file, string? plan, UsageEvent usage)
    {
        var published = RuleFiles.Publish(RuleFiles.Load(file));
        var state = Bookkeeper.Open(published, new OpenAccount("a", published.Name, s_at) { Plan = plan }).State;
        return Bookkeeper.Quote(published, state, usage, s_at, out _)!;
    }

    private static IEnumerable<string> Lines(Quote quote) =>
        quote.Steps.Select(s => s.Amount is { } amount ? $"{s.Text} = {amount.ToGroupedString()}" : s.Text);
}
