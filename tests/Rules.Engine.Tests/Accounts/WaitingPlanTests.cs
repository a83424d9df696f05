using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>A plan that waits for the renewal, and a cycle that begins before it (decision 0247).</summary>
public sealed class WaitingPlanTests
{
    private static readonly Instant s_opened = Instant.FromUtc(2026, 1, 1, 0, 0);

    [Fact]
    public void Plan_that_waits_begins_with_the_cycle_that_a_reset_begins()
    {
        var published = Published("plan change waits for renewal");
        var opened = Bookkeeper.Open(published, new OpenAccount("a", "shop", s_opened) { Plan = "Team" }).State;
        var waiting = Bookkeeper.ChangePlan(published, opened, "Pro", s_opened + Duration.FromDays(4)).State;
        var at = s_opened + Duration.FromDays(9);

        var kept = Bookkeeper.Reset(published, waiting, new ResetAccount(at), at);
        var restarted = Bookkeeper.Reset(published, waiting, new ResetAccount(at, RestartsCycle: true), at);

        // Within the cycle it goes on waiting.
        (kept.Answer!.Account.Plan, Credits(kept.State)).ShouldBe(("Team", 100));
        (restarted.Answer!.Account.Plan, Credits(restarted.State)).ShouldBe(("Pro", 310));
        // And where the cycle would have ended that was left, nothing happens.
        var between = Bookkeeper.Advance(published, restarted.State, s_opened + Duration.FromDays(35));
        (between.Answer!.Plan, Credits(between.State), between.Entries.Length).ShouldBe(("Pro", 310, 0));
        Credits(Bookkeeper.Advance(published, restarted.State, restarted.State.Cycle!.End).State).ShouldBe(310);
    }

    [Theory]
    [InlineData("restarts the cycle")]
    [InlineData("restarts the cycle, carrying unused")]
    [InlineData("waits for renewal")]
    [InlineData("keeps the cycle, grants the difference")]
    [InlineData("keeps the cycle, grants a share by second")]
    [InlineData("keeps the cycle, grants in full")]
    [InlineData("keeps the cycle, grants nothing")]
    public void Plan_that_an_account_is_on_grants_nothing_again(string change)
    {
        var published = Published($"plan change {change}");
        var opened = Bookkeeper.Open(published, new OpenAccount("a", "shop", s_opened) { Plan = "Team" }).State;
        var at = s_opened + Duration.FromDays(4);
        var used = Bookkeeper.Charge(published, opened, new UsageEvent { OccurredAt = at, Action = "scan", Quantities = [new MeteredQuantity("page", 90)] }, at).State;

        var again = Bookkeeper.ChangePlan(published, used, "Team", at);

        (again.Answer!.Plan, Credits(again.State), again.State.Cycle).ShouldBe(("Team", 10, opened.Cycle));
        Credits(Bookkeeper.Advance(published, again.State, opened.Cycle!.End).State).ShouldBe(100);
    }

    [Fact]
    public void Plan_that_waits_is_taken_back_by_the_one_that_an_account_is_on()
    {
        var published = Published("upgrade restarts the cycle\n  downgrade waits for renewal");
        var opened = Bookkeeper.Open(published, new OpenAccount("a", "shop", s_opened) { Plan = "Pro" }).State;
        var at = s_opened + Duration.FromDays(4);
        var waiting = Bookkeeper.ChangePlan(published, opened, "Team", at).State;

        var back = Bookkeeper.ChangePlan(published, waiting, "Pro", at);

        (back.Answer!.Plan, Credits(back.State), back.State.Cycle).ShouldBe(("Pro", 310, opened.Cycle));
        var renewed = Bookkeeper.Advance(published, back.State, opened.Cycle!.End);
        (renewed.Answer!.Plan, Credits(renewed.State)).ShouldBe(("Pro", 310));
    }

    private static PublishedRuleset Published(string change) => RuleFiles.Publish(RuleFiles.Compile($"""
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 0 decimals
        meter page whole
        action scan
          measures page
        price scan
          per page 1 credit
        at zero
          block scan until renewal
          if short refuse
        plan Team grants 100 credits every month into included
        plan Pro grants 310 credits every month into included
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
          {change}
        """ + "\n"));

    private static long Credits(AccountState state) => state.Lots.Sum(static lot => lot.Available);
}
