using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

public sealed class AlertTests
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 3, 1, 0, 0);

    [Fact]
    public void Level_fires_once_when_it_is_reached_and_again_in_the_next_cycle()
    {
        var story = new Story("alert \"most used\"\n  at 80% of included used");

        story.Use("79").ShouldBeEmpty();
        story.Use("1").ShouldBe(["most used"]);
        story.Use("5").ShouldBeEmpty();
        story.MoveTo(Instant.FromUtc(2026, 4, 1, 0, 0));
        story.Use("80").ShouldBe(["most used"]);
    }

    [Fact]
    public void Used_up_lots_still_count_as_used()
    {
        var story = new Story("alert \"all used\"\n  at 100% of included used");

        story.Use("100").ShouldBe(["all used"]);
        story.Grant("included", "10");
        story.Use("9").ShouldBeEmpty();
        story.Use("1").ShouldBe(["all used"]);
    }

    [Fact]
    public void Grant_raises_the_base_and_re_arms_the_level()
    {
        var story = new Story("alert \"half\"\n  at 50% of included used");

        story.Use("50").ShouldBe(["half"]);
        story.Grant("included", "100");
        story.Use("49").ShouldBeEmpty();
        story.Use("1").ShouldBe(["half"]);
    }

    [Fact]
    public void Credits_of_earlier_cycles_count_as_base_and_not_as_used()
    {
        var story = new Story("alert \"half of prepaid\"\n  at 50% of prepaid used");
        story.Grant("prepaid", "100");
        story.Use("140").ShouldBeEmpty();
        story.MoveTo(Instant.FromUtc(2026, 4, 1, 0, 0));

        // 60 prepaid are left: 100 of included come first, then half of 60.
        story.Use("129").ShouldBeEmpty();
        story.Use("1").ShouldBe(["half of prepaid"]);
    }

    [Fact]
    public void Several_levels_of_one_alert_name_it_once_and_explain_each()
    {
        var story = new Story("alert \"usage\"\n  at 50%, 80%, 100% of balance used");

        var quote = story.Quote("85");

        quote.Alerts.ShouldBe(["usage"]);
        quote.Steps.Where(s => s.Text.StartsWith("alert", StringComparison.Ordinal)).Select(s => s.Text).ShouldBe(
            ["alert \"usage\": 85 used, the level is 50", "alert \"usage\": 85 used, the level is 80"]);
    }

    [Fact]
    public void Alerts_of_one_event_stand_in_order_of_crossing()
    {
        var story = new Story("alert \"late\"\n  at 90% of included used\nalert \"early\"\n  at 60 credits used");

        story.Use("95").ShouldBe(["early", "late"]);
    }

    [Theory]
    [InlineData("at 40 credits left", "60", true)]
    [InlineData("at 40 credits left", "59.99", false)]
    [InlineData("below 40 credits left", "60", false)]
    [InlineData("below 40 credits left", "60.01", true)]
    [InlineData("at 30% of included left", "69.99", false)]
    [InlineData("at 30% of included left", "70", true)]
    [InlineData("above 60% of included used", "60", false)]
    [InlineData("above 60% of included used", "60.01", true)]
    [InlineData("at every 25 credits used", "24.99", false)]
    [InlineData("at every 25 credits used", "25", true)]
    public void Level_says_which_side_fires(string level, string credits, bool fires)
    {
        var story = new Story($"alert \"x\"\n  {level}");

        story.Use(credits).Any().ShouldBe(fires);
    }

    [Fact]
    public void Repeated_level_fires_at_each_step()
    {
        var story = new Story("alert \"x\"\n  at 10 credits used, then every 20 credits");

        story.Use("10").ShouldBe(["x"]);
        story.Use("19").ShouldBeEmpty();
        story.Use("1").ShouldBe(["x"]);
        story.Use("19").ShouldBeEmpty();
        story.Use("41").ShouldBe(["x"]);
    }

    [Fact]
    public void Falling_steps_go_on_below_the_first_level()
    {
        var story = new Story("alert \"x\"\n  at 90 credits left, then every 30 credits");

        story.Use("10").ShouldBe(["x"]);
        story.Use("29").ShouldBeEmpty();
        story.Use("1").ShouldBe(["x"]);
    }

    [Fact]
    public void Postpaid_use_counts_for_the_balance_and_not_for_its_base()
    {
        var story = new Story("alert \"over\"\n  at 100% of balance used");

        story.Use("99.99").ShouldBeEmpty();
        story.Use("50").ShouldBe(["over"]);
        story.Grant("prepaid", "100");

        // 149.99 of 200 are used; 50.01 of them came when the first 100 were gone.
        story.Use("50").ShouldBeEmpty();
        story.Use("0.01").ShouldBe(["over"]);
    }

    [Fact]
    public void Refused_event_fires_nothing()
    {
        var story = new Story("alert \"x\"\n  at 10% of included used", "no");

        story.Quote("500").Outcome.ShouldBe(QuoteOutcome.Refused);
        story.Use("500").ShouldBeEmpty();
    }

    [Fact]
    public void Quote_and_charge_fire_the_same()
    {
        var story = new Story("alert \"x\"\n  at 10% of included used");

        story.Quote("10").Alerts.ShouldBe(["x"]);
        story.Use("10").ShouldBe(["x"]);
    }

    [Fact]
    public void Repeated_levels_that_one_event_passes_are_explained_each()
    {
        var story = new Story("alert \"x\"\n  at 10 credits used, then every 20 credits");

        Thresholds(story.Quote("75").Steps).ShouldBe(["10", "30", "50", "70"]);
    }

    [Fact]
    public void One_event_explains_at_most_the_last_hundred_repeated_levels()
    {
        var story = new Story("alert \"x\"\n  at every 0.01 credits used");

        var told = Thresholds(story.Quote("50").Steps);

        told.Count.ShouldBe(100);
        told[^1].ShouldBe("50");
    }

    [Theory]
    [InlineData("at 50 credits used", false)]
    [InlineData("at 50% of included used", false)]
    [InlineData("at 50 credits left", false)]
    [InlineData("at 50 credits used\n  again whenever crossed", true)]
    [InlineData("at 50 credits left\n  again whenever crossed", true)]
    public void What_a_refund_gives_back_fires_again_only_where_the_alert_says_so(string level, bool again)
    {
        var story = new Story("alert \"x\"\n  " + level);

        story.Use("60").ShouldBe(["x"]);
        story.Refund("20");
        story.Use("20").Any().ShouldBe(again);

        // Beyond what had been used before, nothing new is passed either.
        story.Use("5").ShouldBeEmpty();
    }

    [Fact]
    public void A_level_beyond_what_was_used_before_a_refund_still_fires()
    {
        var story = new Story("alert \"x\"\n  at 50 credits, 70 credits used");

        story.Use("60").ShouldBe(["x"]);
        story.Refund("30");
        story.Use("39").ShouldBeEmpty();
        story.Use("1").ShouldBe(["x"]);
    }

    [Fact]
    public void A_grant_re_arms_what_is_left_and_a_release_does_not()
    {
        var story = new Story("alert \"low\"\n  at 40 credits left");

        story.Hold("h", "60").ShouldBe(["low"]);
        story.Release("h");
        story.Use("60").ShouldBeEmpty();
        story.Grant("prepaid", "30");
        story.Use("30").ShouldBe(["low"]);
    }

    [Fact]
    public void What_is_owed_counts_as_used_and_as_missing_and_its_repayment_as_neither()
    {
        var story = new Story("alert \"used\"\n  at 120 credits used\nalert \"beyond\"\n  below 0 credits left", "no", shortfall: "owe");

        story.Use("119").ShouldBe(["beyond"]);
        story.Grant("prepaid", "40");
        story.Use("1").ShouldBe(["used"]);
        story.Use("20").ShouldBeEmpty();
        story.Use("1").ShouldBe(["beyond"]);
    }

    [Fact]
    public void Fresh_credits_are_counted_apart_from_carried_ones()
    {
        var story = new Story(
            "alert \"fresh\"\n  at 50% of included used\n  counting fresh credits only\nalert \"all\"\n  at 50% of included used",
            unused: "rolls over for 1 cycle");
        story.MoveTo(Instant.FromUtc(2026, 4, 1, 0, 0));

        // 100 carried and 100 fresh: carried credits are drawn first.
        story.Use("99").ShouldBeEmpty();
        story.Use("1").ShouldBe(["all"]);
        story.Use("49").ShouldBeEmpty();
        story.Use("1").ShouldBe(["fresh"]);
    }

    [Fact]
    public void A_lapse_tells_what_is_left_and_a_renewal_that_refills_is_silent()
    {
        var story = new Story("alert \"low\"\n  at 40 credits left");
        story.Grant("prepaid", "10", until: Instant.FromUtc(2026, 3, 10, 0, 0));
        story.Use("65");

        story.Advance(Instant.FromUtc(2026, 3, 9, 0, 0)).ShouldBeEmpty();
        story.Advance(Instant.FromUtc(2026, 3, 11, 0, 0)).ShouldBe(["alert \"low\": 35 left, the level is 40"]);
        story.Advance(Instant.FromUtc(2026, 4, 2, 0, 0)).ShouldBeEmpty();
    }

    [Fact]
    public void A_cycle_that_begins_below_a_level_tells_it_each_time()
    {
        var story = new Story("alert \"low\"\n  at 120 credits left");

        story.Advance(Instant.FromUtc(2026, 4, 2, 0, 0)).ShouldBe(["alert \"low\": 100 left, the level is 120"]);
        story.Advance(Instant.FromUtc(2026, 5, 2, 0, 0)).ShouldBe(["alert \"low\": 100 left, the level is 120"]);
    }

    [Fact]
    public void A_void_tells_what_is_left_now()
    {
        var story = new Story("alert \"low\"\n  at 100 credits left");
        story.Grant("prepaid", "50");

        story.Void("g2").ShouldBe(["alert \"low\": 100 left, the level is 100"]);
        story.Use("1").ShouldBeEmpty();
    }

    [Fact]
    public void What_a_restart_of_the_cycle_cuts_is_not_in_the_base_of_the_new_cycle()
    {
        var story = new Story("alert \"most used\"\n  at 80% of included used");
        story.Use("50").ShouldBeEmpty();
        story.MoveTo(Instant.FromUtc(2026, 3, 10, 0, 0));
        story.Restart();

        story.Use("79").ShouldBeEmpty();
        story.Use("1").ShouldBe(["most used"]);
    }

    [Fact]
    public void What_a_restart_of_the_cycle_carries_is_in_the_base_of_the_new_cycle()
    {
        var story = new Story("alert \"most used\"\n  at 80% of included used", unused: "rolls over for 1 cycle");
        story.Use("50").ShouldBeEmpty();
        story.MoveTo(Instant.FromUtc(2026, 3, 10, 0, 0));
        story.Restart();

        story.Use("119").ShouldBeEmpty();
        story.Use("1").ShouldBe(["most used"]);
    }

    [Fact]
    public void Totals_of_cycles_that_are_over_leave_the_state()
    {
        var story = new Story("alert \"most used\"\n  at 80% of included used");
        story.Use("10").ShouldBeEmpty();
        var totals = story.Totals;

        story.Advance(Instant.FromUtc(2036, 3, 1, 0, 0));

        totals.ShouldBe(2);
        story.Totals.ShouldBe(totals);
        story.Use("80").ShouldBe(["most used"]);
    }

    [Fact]
    public void Standing_levels_are_the_highest_used_and_the_lowest_left()
    {
        var story = new Story("alert \"x\"\n  at 10 credits, 30 credits, 90 credits used\n  at 60 credits, 20 credits, 50 credits left");

        story.Standing().ShouldBeEmpty();
        story.Use("55");
        story.Standing().ShouldBe(["30", "50"]);
    }

    private static List<string> Thresholds(ImmutableArray<Step> steps) => [.. steps.OfType<AlertStep>().Select(s => s.Threshold.ToString())];

    private sealed class Story
    {
        private readonly PublishedRuleset _ruleset;
        private AccountState _state;
        private Instant _now = s_start;

        public Story(string alerts, string flex = "yes", string shortfall = "refuse", string unused = "expires at cycle end")
        {
            _ruleset = RuleFiles.Publish(RuleFiles.Compile($"""
                language 1
                ruleset t version 1 effective 2026-01-01
                credit "credit" to 2 decimals, rounding half up
                currency USD to 2 decimals, rounding half up
                account a
                  has flex yes or no, normally yes
                meter unit fractional
                action use
                  measures unit
                price use
                  per unit 1 credit
                bucket included from plan
                  unused {unused}
                bucket prepaid from purchase
                  unused never expires
                bucket over postpaid at 1 USD
                  open when flex
                consume included, then prepaid, then over
                cycle calendar month
                plan Team grants 100 credits every month into included
                at zero
                  {(shortfall == "owe" ? "if short owe" : "block use until purchase")}
                  {(shortfall == "owe" ? "" : "if short refuse")}

                """ + alerts + "\n"));
            _state = Bookkeeper.Open(_ruleset, new OpenAccount("a", "t", s_start) { Plan = "Team", Facts = [new NamedText("flex", flex)] }).State;
        }

        public int Totals => _state.Scopes.Length;

        public void MoveTo(Instant at) => _now = at;

        public void Grant(string bucket, string credits, Instant? until = null)
        {
            var id = "g" + _state.NextLot.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Take(Bookkeeper.Grant(_ruleset, _state, new GrantCredits(id, bucket, ExactDecimal.Parse(credits), _now) { ExpiresAt = until }, _now));
        }

        public void Refund(string credits) => Take(Bookkeeper.Refund(_ruleset, _state, new RefundCredits(ExactDecimal.Parse(credits), _now), _now));

        public ImmutableArray<string> Hold(string id, string units) =>
            Take(Bookkeeper.Hold(_ruleset, _state, new HoldCredits(id, Event(units)), _now)).Answer!.Quote.Alerts;

        public void Release(string id) => Take(Bookkeeper.Release(_ruleset, _state, new ReleaseHold(id, _now), _now));

        public void Restart() => Take(Bookkeeper.Reset(_ruleset, _state, new ResetAccount(_now, RestartsCycle: true), _now));

        public List<string> Void(string id) => Told(Take(Bookkeeper.Void(_ruleset, _state, new VoidGrant(id, _now), _now)).Entries);

        public List<string> Advance(Instant at)
        {
            _now = at;
            return Told(Take(Bookkeeper.Advance(_ruleset, _state, at)).Entries);
        }

        public List<string> Standing()
        {
            var standing = Bookkeeper.StandingAlerts(_ruleset, _state, _now, out var error);
            error.ShouldBeNull();
            return [.. standing.Select(s => s.Threshold.ToString())];
        }

        public Quote Quote(string units) => Bookkeeper.Quote(_ruleset, _state, Event(units), _now, out _).ShouldNotBeNull();

        public ImmutableArray<string> Use(string units)
        {
            return Take(Bookkeeper.Charge(_ruleset, _state, Event(units), _now)).Answer.ShouldNotBeNull().Alerts;
        }

        private Booking<T> Take<T>(Booking<T> booking)
            where T : class
        {
            booking.Error.ShouldBeNull();
            _state = booking.State;
            return booking;
        }

        private static List<string> Told(ImmutableArray<Entry> entries) => [.. entries.SelectMany(e => e.Alerts).Select(a => a.Text)];

        private UsageEvent Event(string units) =>
            new() { Action = "use", OccurredAt = _now, Quantities = [new MeteredQuantity("unit", ExactDecimal.Parse(units))] };
    }
}
