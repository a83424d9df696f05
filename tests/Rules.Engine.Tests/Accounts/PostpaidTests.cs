using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

public sealed class PostpaidTests
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 5, 10, 0, 0);
    private static readonly PublishedRuleset s_ruleset = RuleFiles.Publish(RuleFiles.Load("roboflow.v2.rules"));

    [Fact]
    public void Use_of_a_cycle_is_one_lot_that_grows()
    {
        var state = Use(Use(Open("Core"), "60"), "5");
        state = Use(state, "7.5");

        var lot = state.Lots.Where(l => l.Lot.Origin == LotOrigin.Postpaid).ShouldHaveSingleItem();
        (lot.Lot.Origin, lot.Granted, lot.Spent, lot.Available).ShouldBe((LotOrigin.Postpaid, 1_250L, 1_250L, 0L));
    }

    [Fact]
    public void Threshold_counts_from_zero_in_each_cycle()
    {
        var state = Use(Open("Core", [new NamedText("flex-threshold", "20")]), "80");
        Charge(state, "0.01").Answer.ShouldNotBeNull().Outcome.ShouldBe(QuoteOutcome.Blocked);

        var later = Instant.FromUtc(2026, 6, 10, 0, 0);
        var booking = Charge(state, "80", later);

        booking.Answer.ShouldNotBeNull().Draws.Select(d => (d.Bucket, d.Amount)).ShouldBe([("included", 6_000L), ("flex", 2_000L)]);
    }

    // Blocked where nothing can be drawn, refused where something can but not enough (time, rule 9).
    [Theory]
    [InlineData("20", "80", "1", QuoteOutcome.Blocked)]
    [InlineData("20", "79", "2", QuoteOutcome.Refused)]
    [InlineData("20", "79", "1", QuoteOutcome.Charged)]
    public void Threshold_blocks_at_its_end_and_refuses_before(string threshold, string used, string use, QuoteOutcome outcome)
    {
        var state = Use(Open("Core", [new NamedText("flex-threshold", threshold)]), used);

        Charge(state, use).Answer.ShouldNotBeNull().Outcome.ShouldBe(outcome);
    }

    [Fact]
    public void Without_a_stated_threshold_flex_is_endless()
    {
        var quote = Charge(Open("Core"), "1000000").Answer.ShouldNotBeNull();

        quote.Outcome.ShouldBe(QuoteOutcome.Charged);
        quote.Balances.Single(b => b.Bucket == "flex").Available.ShouldBeNull();
    }

    [Fact]
    public void Enterprise_draws_in_the_order_it_agreed()
    {
        var state = Open("Enterprise", [new NamedText("enterprise-order", "prepaid, then included, then flex"), new NamedText("enterprise-included", "100")]);
        var bought = Bookkeeper.Buy(s_ruleset, state, new BuyCredits("b1", "prepaid", 30, s_start), s_start);

        var quote = Charge(bought.State, "140").Answer.ShouldNotBeNull();

        quote.Draws.Select(d => (d.Bucket, d.Amount)).ShouldBe([("prepaid", 3_000L), ("included", 10_000L), ("flex", 1_000L)]);
    }

    [Fact]
    public void Explanation_says_what_each_bucket_gave()
    {
        var quote = Charge(Open("Core", [new NamedText("flex-threshold", "20")]), "75").Answer.ShouldNotBeNull();

        quote.Steps.Select(s => s.Text).Where(t => t.Contains(" from ", StringComparison.Ordinal)).ShouldBe(
            ["60 from included, lot 1, which has 0 left", "15 from flex, lot 2, which has 5 left"]);
    }

    [Fact]
    public void Switching_flex_off_closes_it_at_once()
    {
        var state = Use(Open("Core"), "70");
        state = Bookkeeper.Set(s_ruleset, state, [new NamedText("flex-billing", "off")], [], s_start).State;

        Charge(state, "1").Answer.ShouldNotBeNull().Outcome.ShouldBe(QuoteOutcome.Blocked);
    }

    private static AccountState Open(string plan, NamedText[]? terms = null)
    {
        var stated = terms ?? [];
        var open = Bookkeeper.Open(s_ruleset, new OpenAccount("a", "roboflow", s_start)
        {
            Plan = plan,
            Facts = [new NamedText("created", "2026-05-10")],
            Terms = [new NamedText("core-included", "60"), .. stated],
        });
        open.Error.ShouldBeNull();
        return open.State;
    }

    private static AccountState Use(AccountState state, string units)
    {
        var booking = Charge(state, units);
        booking.Answer.ShouldNotBeNull().Outcome.ShouldBe(QuoteOutcome.Charged);
        return booking.State;
    }

    private static Booking<Quote> Charge(AccountState state, string units, Instant? at = null) => Bookkeeper.Charge(
        s_ruleset,
        state,
        new UsageEvent { Action = "data", OccurredAt = at ?? s_start, Quantities = [new MeteredQuantity("data-unit", ExactDecimal.Parse(units))] },
        at ?? s_start);
}
