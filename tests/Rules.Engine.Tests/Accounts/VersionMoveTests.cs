using NodaTime;
using NodaTime.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>When an account moves to a newer version, where its own time is not behind the instant from which that version is active.</summary>
public sealed class VersionMoveTests
{
    private static readonly Instant s_active = Instant.FromUtc(2026, 5, 4, 12, 0);

    [Theory]
    [InlineData("existing accounts move on 2026-05-01", 0)]
    [InlineData("existing accounts move on 2026-05-01", 240)]
    [InlineData("existing accounts move at renewal", 0)]
    [InlineData("existing accounts move at renewal", 240)]
    public void Account_whose_time_had_reached_a_version_when_it_was_published_is_priced_by_it_from_then_on(string policy, int secondsAhead)
    {
        var (before, both) = Published(policy);
        var last = s_active + Duration.FromSeconds(secondsAhead);
        var opened = Bookkeeper.Open(before, new OpenAccount("a", "move", s_active - Duration.FromDays(1))).State;
        var used = Bookkeeper.Charge(before, opened, Use(last), last);
        used.Answer!.Charge.ShouldBe(1);

        foreach (var at in new[] { last, last + Duration.Epsilon, last + Duration.FromDays(1) })
        {
            var next = Bookkeeper.Charge(both, used.State, Use(at), at);

            (next.Answer!.Charge, next.Answer.Version).ShouldBe((2, 2));
            next.State.Version.ShouldBe(2);
        }
    }

    [Fact]
    public void Account_that_stays_does_not_move_however_often_it_is_used()
    {
        var (before, both) = Published("existing accounts stay");
        var state = Bookkeeper.Open(before, new OpenAccount("a", "move", s_active)).State;
        for (var use = 0; use < 3; use++)
        {
            var booking = Bookkeeper.Charge(both, state, Use(s_active), s_active);
            booking.Answer!.Charge.ShouldBe(1);
            state = booking.State;
        }
    }

    [Theory]
    [InlineData("2026-05-03T23:59:59Z", 1)]
    [InlineData("2026-05-04T12:00:00Z", 1)]
    [InlineData("2026-05-06T11:59:59Z", 1)]
    [InlineData("2026-05-06T12:00:00Z", 2)]
    [InlineData("2026-05-09T11:59:59Z", 2)]
    [InlineData("2026-05-09T12:00:00Z", 2)]
    public void Late_event_from_before_the_running_cycle_has_the_price_of_the_renewal_before_it(string occurred, int version)
    {
        // Renewals on the 6th and the 9th; version 2 is active from the 4th.
        var (_, both) = Published("existing accounts move at renewal", "cycle every 3 days");
        var opened = Bookkeeper.Open(both, new OpenAccount("a", "move", Instant.FromUtc(2026, 5, 3, 12, 0))).State;
        var at = Instant.FromUtc(2026, 5, 9, 12, 0);
        var renewed = Bookkeeper.Advance(both, opened, at).State;
        renewed.Version.ShouldBe(2);

        var late = Bookkeeper.Charge(both, renewed, Use(InstantPattern.General.Parse(occurred).Value), at);

        (late.Answer!.Charge, late.Answer.Version).ShouldBe((version, version));
    }

    [Fact]
    public void Of_versions_that_were_published_behind_an_accounts_time_the_newest_counts()
    {
        PublishedVersion[] versions = [.. Enumerable.Range(1, 3).Select(number => new PublishedVersion(Model(number, "existing accounts move on 2026-05-01"), s_active + Duration.FromSeconds(number)))];
        var opened = Bookkeeper.Open(new PublishedRuleset("move", [versions[0]]), new OpenAccount("a", "move", s_active + Duration.FromMinutes(1))).State;

        var booking = Bookkeeper.Charge(new PublishedRuleset("move", [.. versions]), opened, Use(s_active + Duration.FromMinutes(1)), s_active + Duration.FromMinutes(1));

        (booking.Answer!.Charge, booking.State.Version).ShouldBe((3, 3));
    }

    private static (PublishedRuleset Before, PublishedRuleset Both) Published(string policy, string cycle = "")
    {
        var first = new PublishedVersion(Model(1, "existing accounts stay", cycle), s_active - Duration.FromDays(30));
        return (new PublishedRuleset("move", [first]), new PublishedRuleset("move", [first, new PublishedVersion(Model(2, policy, cycle), s_active)]));
    }

    private static RulesetModel Model(int version, string policy, string cycle = "") => RuleFiles.Compile($"""
        language 1
        ruleset move version {version} effective 2026-04-0{version}
          {policy}
        credit "credit" to 0 decimals
        account shop
        meter unit whole
        action use
          measures unit
        price use
          per unit {version} credits
        {cycle}
        """ + "\n", $"move.v{version}.rules");

    private static UsageEvent Use(Instant at) => new() { OccurredAt = at, Action = "use", Quantities = [new MeteredQuantity("unit", 1)] };
}
