using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Pricing;

/// <summary>What the lines of one body do together, from text to charge. Each was once charged otherwise.</summary>
public sealed class PriceBodyTests
{
    private static readonly Instant s_at = Instant.FromUtc(2026, 2, 1, 0, 0);

    [Fact]
    public void Exception_says_itself_what_a_correction_does()
    {
        var price = """
              per image 1 credit
              except when region is south
                per image 2 credits
                corrections allowed
            """;

        Charges(price, "-5 image south").ShouldBe(["-10"]);
        Charges(price, "-5 image north").ShouldBe(["RT05"]);
    }

    [Fact]
    public void Free_units_of_a_meter_that_is_not_priced_free_the_event()
    {
        var price = """
              each 3 credits
              first 10 images free within each run
            """;

        Charges(price, "4 image", "7 image", "1 image").ShouldBe(["0", "0", "3"]);
    }

    [Fact]
    public void Tiers_by_the_line_s_own_meter_read_the_total_before_it_is_rounded()
    {
        var price = """
              per 10 hours, rounded up, volume within each run, tiers by hour, re-pricing earlier units
                base     1 credit
                over 15  100 credits
            """;

        Charges(price, "12 hour", "5 hour").ShouldBe(["2", "198"]);
    }

    [Fact]
    public void Body_with_a_bound_over_the_cycle_leaves_the_run_of_another_alone()
    {
        var price = """
              per image, graduated within each run
                base     1 credit
                over 10  2 credits
              except when region is south
                per image, graduated within each run
                  base     10 credits
                  over 10  20 credits
                at most 30 credits within each cycle
            """;

        Charges(price, "9 image south", "9 image south", "3 image north", "1 image south").ShouldBe(["30", "0", "3", "0"]);
    }

    [Fact]
    public void Minimum_of_an_event_that_re_prices_earlier_units_is_explained()
    {
        var price = """
              per image, volume within each run, re-pricing earlier units
                base     10 credits
                over 10  1 credit
              at least 5 credits each
            """;

        Charges(price, "10 image", "1 image").ShouldBe(["100", "5"]);
    }

    [Fact]
    public void Fee_of_a_day_without_use_counts_towards_the_maximum_of_the_cycle()
    {
        var price = """
              per image, graduated within each day
                base  1 credit plus 10 credits flat even at zero
              at most 25 credits within each cycle
            """;
        var published = RuleFiles.Publish(RuleFiles.Compile(Text(price)));
        var opened = Bookkeeper.Open(published, new OpenAccount("a", "sample", s_at)).State;

        var advanced = Bookkeeper.Advance(published, opened, s_at + Duration.FromDays(5));

        advanced.Entries.Where(e => e.Quote is not null).Select(e => e.Amount).ShouldBe([10, 10, 5, 0, 0]);
        Bookkeeper.Charge(published, advanced.State, Event("4 image"), s_at + Duration.FromDays(5)).Answer!.Charge.ShouldBe(0);
    }

    [Fact]
    public void Day_that_was_used_owes_no_fee_at_its_close()
    {
        var price = """
              per image, graduated within each day
                base  1 credit plus 10 credits flat even at zero
              at most 25 credits within each cycle
            """;
        var published = RuleFiles.Publish(RuleFiles.Compile(Text(price)));
        var opened = Bookkeeper.Open(published, new OpenAccount("a", "sample", s_at)).State;
        var charged = Bookkeeper.Charge(published, opened, Event("4 image"), s_at);

        charged.Answer!.Charge.ShouldBe(14);
        Bookkeeper.Advance(published, charged.State, s_at + Duration.FromDays(3)).Entries.Where(e => e.Quote is not null).Select(e => e.Amount).ShouldBe([10, 1]);
    }

    private static string Text(string price) => $"""
        language 1
        ruleset sample version 1 effective 2026-01-01
        credit "credit" to 0 decimals
        meter image whole
        meter hour fractional
        action work keyed by run
          measures image, hour
          has region one of north, south, normally north
        cycle calendar month
        price work
        {price}
        """;

    private static List<string> Charges(string price, params string[] events)
    {
        var published = RuleFiles.Publish(RuleFiles.Compile(Text(price)));
        var state = Bookkeeper.Open(published, new OpenAccount("a", "sample", s_at)).State;
        var charges = new List<string>();
        foreach (var usage in events)
        {
            var booking = Bookkeeper.Charge(published, state, Event(usage), s_at);
            charges.Add(booking.Error?.Code ?? booking.Answer!.Charge.ToString(CultureInfo.InvariantCulture));
            state = booking.State;
        }

        return charges;
    }

    private static UsageEvent Event(string text)
    {
        var words = text.Split(' ');
        return new UsageEvent
        {
            OccurredAt = s_at,
            Action = "work",
            Quantities = [new(words[1], ExactDecimal.Parse(words[0]))],
            Facts = words.Length > 2 ? [new("region", words[2])] : [],
            Keys = [new("run", "r")],
        };
    }
}
