using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>Credits bought with each cycle, when the plan beside them changes (decision 0246).</summary>
public sealed class AddonTests
{
    private static readonly Instant s_opened = Instant.FromUtc(2026, 1, 1, 0, 0);

    // 31 credits are bought beside the plan's 100; 120 are used, so that the plan's grant is used up and 11 of those bought are left. On the 20th
    // 12 of the 31 days are left.
    [Theory]
    [InlineData("keeps the cycle, grants a share by second", 11 + 120)]
    [InlineData("keeps the cycle, grants the difference", 11 + 210)]
    [InlineData("keeps the cycle, grants in full", 31 + 310)]
    [InlineData("keeps the cycle, grants nothing", 11)]
    [InlineData("restarts the cycle", 31 + 310)]
    [InlineData("waits for renewal", 11)]
    public void Addon_stays_with_the_account_and_comes_with_each_grant_of_the_cycle_in_full(string change, long left)
    {
        var model = RuleFiles.Compile($"""
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
            plan Team grants 100 credits every month into included
            plan Pro grants 310 credits every month into included
            bucket included from plan
              unused expires at cycle end
            consume included
            cycle monthly
              plan change {change}
            """);
        var published = RuleFiles.Publish(model);
        var opened = Bookkeeper.Open(published, new OpenAccount("a", "shop", s_opened) { Plan = "Team", Addons = [new Addon(31, "included")] }).State;
        var use = new UsageEvent { OccurredAt = s_opened + Duration.FromDays(9), Action = "scan", Quantities = [new("page", 120)] };
        var used = Bookkeeper.Charge(published, opened, use, use.OccurredAt).State;

        var changed = Bookkeeper.ChangePlan(published, used, "Pro", s_opened + Duration.FromDays(19)).State;
        var renewed = Bookkeeper.Advance(published, changed, changed.Cycle!.End).State;

        Credits(changed).ShouldBe(left);
        Credits(renewed).ShouldBe(31 + 310);
    }

    private static long Credits(AccountState state) => state.Lots.Sum(static lot => lot.Available) / 10_000;
}
