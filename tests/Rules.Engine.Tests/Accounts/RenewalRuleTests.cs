using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>Rules about time, from their text to the balance they lead to.</summary>
public sealed class RenewalRuleTests
{
    private const string Head = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        action scan
        price scan
          each 10 credits
        at zero
          block scan until renewal or purchase
          if short refuse

        """;

    private const string Team = Head + "plan Team grants 100 credits every month into included\n";

    [Fact]
    public void Rollover_is_cut_to_an_amount() => ShouldHold(Team + """
        bucket included from plan
          unused rolls over up to 50 credits for 1 cycle
        consume included
        cycle monthly
        example "unused"
          given plan Team
          do scan
          on 2026-02-01
          expect balance included 150 credits
          on 2026-03-01
          expect balance included 150 credits
        """);

    [Fact]
    public void Rollover_is_cut_to_a_percentage_of_the_grant() => ShouldHold(Team + """
        bucket included from plan
          unused rolls over up to 20% for 3 months
        consume included
        cycle monthly
        example "unused"
          given plan Team
          do scan
          on 2026-02-01
          expect balance included 120 credits
        """);

    [Fact]
    public void First_cycle_is_short_where_it_is_anchored_on_a_later_day() => ShouldHold(Team + """
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
          anchored on day 15
        example "first cycle"
          given plan Team
          do scan
          on 2026-01-14
          expect balance included 90 credits
          on 2026-01-15
          expect balance included 100 credits
        """);

    [Fact]
    public void Weekly_grants_beside_a_plan_add_up_while_they_live() => ShouldHold(Team + """
          also grants 10 credits every week into promo
        bucket included from plan
          unused expires at cycle end
        bucket promo from plan
          unused expires after 1 month
        consume included, then promo
        cycle monthly
        example "weeks"
          given plan Team
          do scan
          on 2026-01-15
          expect balance promo 30 credits
        """);

    [Fact]
    public void Unused_of_a_plan_leaves_other_buckets_alone() => ShouldHold(Team + """
          unused never expires
          also grants 10 credits every month into promo
        bucket included from plan
        bucket promo from plan
          unused expires at cycle end
        consume included, then promo
        cycle monthly
        example "two months"
          given plan Team
          do scan
          on 2026-02-01
          expect balance included 190 credits
          expect balance promo 10 credits
        """);

    [Fact]
    public void Order_of_all_grants_compares_buckets() => ShouldHold(Team + """
        bucket included from plan
          unused expires at cycle end
        bucket promo from grant
          unused never expires
        consume by promo before included, then oldest
        cycle monthly
        example "gifts first"
          given plan Team, promo 15 credits
          do 2 times scan
          expect 15 credits from promo
          expect 5 credits from included
        """);

    [Theory]
    [InlineData("newest", 20)]
    [InlineData("oldest", 30)]
    [InlineData("largest", 20)]
    [InlineData("smallest", 30)]
    public void Keys_of_a_bucket_choose_the_grant(string key, int left) => ShouldHold(Head + $"""
        bucket prepaid from purchase
          unused expires after 10 days
          drawn {key}
        consume prepaid
        example "two purchases"
          buy 20 credits into prepaid
          on 2026-01-05
          buy 30 credits into prepaid
          do scan
          on 2026-01-12
          expect balance prepaid {left} credits
        """);

    [Fact]
    public void Upgrades_and_downgrades_have_rules_of_their_own() => ShouldHold(Team + """
        plan Pro grants 150 credits every month into included
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
          upgrade keeps the cycle, grants the difference
          downgrade restarts the cycle
        example "up and down"
          given plan Team
          do scan
          change plan Pro
          expect balance included 140 credits
          change plan Team
          expect balance included 100 credits
        """);

    private static void ShouldHold(string text)
    {
        var results = ExampleRunner.Run(RuleFiles.Compile(text));
        results.ShouldNotBeEmpty();
        results.SelectMany(r => r.Failures).Select(f => f.Diagnostic + "\n  " + string.Join("\n  ", f.Working)).ShouldBeEmpty();
    }
}
