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
    public void Rounded_total_is_charged_by_shares_that_have_no_decimal_value_of_their_own()
    {
        Charges("  per 60 hours, rounded up within each event  7 credits", "61 hour", "60 hour", "0.5 hour", "0 hour").ShouldBe(["14", "7", "7", "0"]);
        Charges("  per 60 hours, rounded half up within each run  7 credits", "29 hour", "1 hour", "59 hour", "1 hour").ShouldBe(["0", "7", "0", "7"]);
    }

    [Fact]
    public void Tiers_and_rows_of_a_rounded_total_are_charged_by_such_shares_too()
    {
        var tiers = """
              first 3 images free within each run
              per 3 images, rounded down in steps of 6, graduated within each run
                base    4 credits
                over 6  1 credit
            """;
        var rows = """
              per 3 images, rounded up within each run, by region
                north  4 credits
                south  1 credit
            """;

        Charges(tiers, "5 image", "1 image", "11 image", "1 image").ShouldBe(["0", "4", "5", "2"]);
        Charges(rows, "4 image", "2 image south", "4 image south").ShouldBe(["8", "0", "2"]);
    }

    [Fact]
    public void One_event_may_be_free()
    {
        var price = """
              first 1 event free within each run
              each 3 credits
            """;

        Charges(price, "1 image", "1 image").ShouldBe(["0", "3"]);
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
