using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>What pricing pages say about unused credits and plan changes, in rule text: one test for each policy (time, section 6).</summary>
public sealed class UnusedPolicyTests
{
    private const string Head = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 4 decimals
        meter page whole
        action scan
          measures page
        price scan
          per page 1 credit
        at zero
          block scan until renewal or purchase
          if short refuse

        """;

    private const string Team = Head + "plan Team grants 100 credits every month into included\n";

    [Fact]
    public void Use_it_or_lose_it() => ShouldHold(Team + """
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
        example "lost"
          given plan Team
          do scan of 60 pages
          on 2026-02-01
          expect balance included 100 credits
        """);

    [Fact]
    public void Kept_for_ever() => ShouldHold(Team + """
        bucket included from plan
          unused never expires
        consume included
        cycle monthly
        example "kept"
          given plan Team
          do scan of 60 pages
          on 2027-01-01
          expect balance included 1,240 credits
        """);

    [Fact]
    public void Capped_rollover_one_cycle_more() => ShouldHold(Team + """
        bucket included from plan
          unused rolls over up to 80 credits for 1 cycle
        consume included
        cycle monthly
        example "carried credits go first and end after their cycle"
          given plan Team
          do scan of 10 pages
          on 2026-02-01
          expect balance included 180 credits
          do scan of 100 pages
          expect balance included 80 credits
          on 2026-03-01
          expect balance included 180 credits
        """);

    [Fact]
    public void Half_of_the_allowance_for_three_months() => ShouldHold(Team + """
        bucket included from plan
          unused rolls over up to 50% for 3 months
        consume included
        cycle monthly
        example "the sum stays at half"
          given plan Team
          do scan of 10 pages
          on 2026-02-01
          expect balance included 150 credits
          on 2026-03-01
          expect balance included 150 credits
          on 2026-12-01
          expect balance included 150 credits
        """);

    [Fact]
    public void Uncapped_permanent_rollover() => ShouldHold(Team + """
        bucket included from plan
          unused rolls over for ever
        consume included
        cycle monthly
        example "everything stays"
          given plan Team
          do scan of 30 pages
          on 2026-04-01
          expect balance included 370 credits
        """);

    [Fact]
    public void Topped_up_to_a_minimum_at_renewal() => ShouldHold(Head + """
        bucket gift from grant
          unused rolls over up to 500 credits, at least 20 credits, for its own life
        bucket included from plan
          unused expires at cycle end
        consume gift, then included
        cycle monthly
        plan Team grants 100 credits every month into included
        example "used up, yet topped up at every renewal"
          given plan Team, gift 30 credits
          do scan of 30 pages
          expect balance gift 0 credits
          on 2026-02-01
          expect balance gift 20 credits
          do scan of 15 pages
          on 2026-04-01
          expect balance gift 20 credits
        example "cut to the limit"
          given plan Team, gift 800 credits
          on 2026-02-01
          expect balance gift 500 credits
        """);

    [Fact]
    public void Minimum_of_a_plan_grant_is_granted_once_and_lives_as_what_it_tops_up() => ShouldHold(Team + """
        bucket included from plan
          unused rolls over at least 20 credits, for 1 cycle
        consume included
        cycle monthly
        example "used up"
          given plan Team
          do scan of 100 pages
          on 2026-02-01
          expect balance included 120 credits
          do scan of 120 pages
          on 2026-03-01
          expect balance included 120 credits
          on 2026-04-01
          expect balance included 200 credits
        """);

    [Fact]
    public void Fixed_credits_are_lost_and_rolling_ones_kept() => ShouldHold(Head + """
        bucket fixed from plan
          unused expires at cycle end
        bucket rolling from plan
          unused rolls over for its own life
        consume by fixed before rolling, then oldest
        cycle monthly
        plan Team grants 80 credits every month into fixed
          also grants 60 credits every month into rolling
        example "two kinds"
          given plan Team
          do scan of 100 pages
          on 2026-02-01
          expect balance fixed 80 credits
          expect balance rolling 100 credits
        """);

    [Fact]
    public void Several_grants_of_a_plan_roll_together() => ShouldHold(Team + """
          also grants 60 credits every month into included
        bucket included from plan
          unused rolls over up to 50% for 1 cycle
        consume included
        cycle monthly
        example "half of both"
          given plan Team
          do scan of 10 pages
          on 2026-02-01
          expect balance included 240 credits
        """);

    [Fact]
    public void Share_of_what_is_unused_is_rounded_down() => ShouldHold(Team + """
        bucket included from plan
          unused rolls over up to 50% of unused for 2 cycles
        consume included
        cycle monthly
        example "half of 33"
          given plan Team
          do scan of 67 pages
          on 2026-02-01
          expect balance included 116.5 credits
        """);

    [Fact]
    public void Weekly_credits_that_do_not_add_up() => ShouldHold(Team + """
          also grants 50 credits every week into promo
        bucket included from plan
          unused expires at cycle end
        bucket promo from plan
          unused expires at the next grant
        consume promo, then included
        cycle monthly
        example "each week anew"
          given plan Team
          do scan of 20 pages
          expect balance promo 30 credits
          on 2026-01-07
          expect balance promo 30 credits
          on 2026-01-08
          expect balance promo 50 credits
          on 2026-01-29
          expect balance promo 50 credits
          on 2026-02-01
          expect balance promo 50 credits
        """);

    [Fact]
    public void New_plan_with_a_smaller_cap_cuts_the_oldest() => ShouldHold(Team + """
          unused rolls over up to 1,000 credits for 3 cycles
        plan Big grants 100 credits every month into included
          unused rolls over up to 60 credits for 3 cycles
        bucket included from plan
        consume included
        cycle monthly
          plan change restarts the cycle
        example "at the change"
          given plan Team
          do scan of 50 pages
          on 2026-03-01
          expect balance included 250 credits
          change plan Big
          expect balance included 160 credits
          change plan Team
          expect balance included 160 credits
        """);

    [Fact]
    public void Restart_ends_the_grants_of_the_cycle_and_keeps_what_was_bought() => ShouldHold(Team + """
        plan Pro grants 150 credits every month into included
        bucket included from plan
          unused rolls over for 1 cycle
        bucket prepaid from purchase
          unused never expires
        consume included, then prepaid
        cycle monthly
          plan change restarts the cycle
        example "mid-cycle"
          given plan Team, prepaid 5 credits
          do scan of 10 pages
          on 2026-02-10
          expect balance included 190 credits
          change plan Pro
          expect balance included 240 credits
          expect balance prepaid 5 credits
          on 2026-03-01
          expect balance included 150 credits
          on 2026-03-10
          expect balance included 300 credits
        """);

    [Fact]
    public void Restart_may_carry_what_is_unused_into_the_cycle_that_begins() => ShouldHold(Team + """
        plan Pro grants 150 credits every month into included
        bucket included from plan
          unused rolls over for 1 cycle
        consume included
        cycle monthly
          plan change restarts the cycle, carrying unused
        example "carried to the end of the new cycle"
          given plan Team
          do scan of 10 pages
          on 2026-01-16
          change plan Pro
          expect balance included 240 credits
          on 2026-02-15
          expect balance included 240 credits
          on 2026-02-16
          expect balance included 300 credits
        """);

    [Fact]
    public void Change_that_waits_begins_with_the_next_cycle() => ShouldHold(Team + """
        plan Pro grants 150 credits every month into included
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
          plan change waits for renewal
        example "next month"
          given plan Team
          do scan of 10 pages
          on 2026-01-16
          change plan Pro
          expect balance included 90 credits
          on 2026-02-01
          expect balance included 150 credits
        example "back again before it begins"
          given plan Team
          do scan
          change plan Pro
          change plan Team
          on 2026-02-01
          expect balance included 100 credits
        """);

    [Fact]
    public void Share_by_second_takes_and_gives_for_the_time_left() => ShouldHold(Team + """
        plan Pro grants 310 credits every month into included
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
          plan change keeps the cycle, grants a share by second
        example "half of January"
          given plan Team
          do scan of 10 pages
          on 2026-01-20
          change plan Pro
          expect balance included 171.2903 credits
        example "no more is taken than is there"
          given plan Team
          do scan of 95 pages
          on 2026-01-20
          change plan Pro
          expect balance included 120 credits
        """);

    [Fact]
    public void Restarted_cycle_closes_the_minimum_of_the_old_one() => ShouldHold("""
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        meter page whole
        action scan
          measures page
        price scan
          per page 1 credit
          at least 30 credits within each cycle
        bucket prepaid from purchase
          unused never expires
        bucket included from plan
          unused expires at cycle end
        consume included, then prepaid
        cycle monthly
        plan Team grants 10 credits every month into included
        plan Pro grants 20 credits every month into included
        at zero
          block scan until renewal or purchase
          if short refuse
        example "change"
          given plan Team, prepaid 100 credits
          do scan of 5 pages
          on 2026-01-10
          change plan Pro
          expect balance prepaid 75 credits
          expect balance included 20 credits
        """);

    private static void ShouldHold(string text)
    {
        var results = ExampleRunner.Run(RuleFiles.Compile(text));
        results.ShouldNotBeEmpty();
        results.SelectMany(r => r.Failures).Select(f => f.Diagnostic + "\n  " + string.Join("\n  ", f.Working)).ShouldBeEmpty();
    }
}
