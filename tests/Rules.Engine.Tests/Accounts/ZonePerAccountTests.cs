using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>Days and hours of an account are those of its own zone, wherever they count (time, rule 3).</summary>
public sealed class ZonePerAccountTests
{
    // In Berlin clocks are set back at 01:00 UTC of this day, which has 25 hours there.
    private static readonly Instant s_midnight = Instant.FromUtc(2026, 10, 24, 22, 0);

    private static readonly PublishedRuleset s_ruleset = RuleFiles.Publish(RuleFiles.Compile("""
        language 1
        ruleset desk version 1 effective 2026-01-01
          timezone per account, normally "UTC"
        credit "credit" to 0 decimals
        account shop
        meter page whole
        action scan
          measures page
        price scan
          per page 1 credit
          at least 5 credits within each hour
          corrections allowed
        bucket early from grant
          drawn soonest expiry by day, then largest
          unused never expires
        consume early
        holds
          expire after 1 day
          returned credits live 1 day more
        at zero
          if short forgive
        """ + "\n", "desk.v1.rules"));

    [Fact]
    public void Hold_and_returned_credits_live_a_day_of_the_accounts_zone()
    {
        var state = Granted(("g", s_midnight + Duration.FromHours(1)));

        var hold = Bookkeeper.Hold(s_ruleset, state, new HoldCredits("h", Scan(10, s_midnight)), s_midnight);
        var released = Bookkeeper.Release(s_ruleset, hold.State, new ReleaseHold("h", s_midnight + Duration.FromHours(2)), s_midnight + Duration.FromHours(2));

        hold.Answer!.ExpiresAt.ShouldBe(s_midnight + Duration.FromHours(25));
        released.State.Lots.Single(lot => lot.Available > 0).Lot.ExpiresAt.ShouldBe(s_midnight + Duration.FromHours(2 + 25));
    }

    [Fact]
    public void Expiries_of_one_day_of_the_accounts_zone_are_equal()
    {
        // Both end on the 26th in Berlin, on two days in UTC: of equals the largest is drawn first.
        var state = Granted(("small", Instant.FromUtc(2026, 10, 25, 23, 30)), ("large", Instant.FromUtc(2026, 10, 26, 0, 30)));

        var charged = Bookkeeper.Charge(s_ruleset, state, Scan(10, s_midnight), s_midnight);

        charged.Answer!.Draws.ShouldHaveSingleItem().Lot.ShouldBe(state.Lots.Single(lot => lot.Lot.Id == "large").Lot.Number);
    }

    [Fact]
    public void Hour_that_a_clock_set_back_shows_twice_is_two_hours()
    {
        var state = Granted(("g", s_midnight + Duration.FromDays(9)));
        var used = new List<long>();
        // 02:30 in summer and 02:30 in winter.
        foreach (var at in new[] { Instant.FromUtc(2026, 10, 25, 0, 30), Instant.FromUtc(2026, 10, 25, 1, 30) })
        {
            state = Bookkeeper.Charge(s_ruleset, state, Scan(1, at), at).State;
            used.Add(state.Lots.Sum(lot => lot.Spent));
        }

        var end = Bookkeeper.Advance(s_ruleset, state, Instant.FromUtc(2026, 10, 25, 2, 0));

        var closed = Bookkeeper.Advance(s_ruleset, Granted(("g", s_midnight + Duration.FromDays(9))), s_midnight + Duration.FromHours(25));
        // Each hour owes its minimum, once.
        closed.Entries.Count(entry => entry.Kind == EntryKind.Charge).ShouldBe(25);
        closed.Entries.Select(entry => entry.SystemKey).ShouldBeUnique();
        // By 02:30 in winter the hours since midnight, three of them, owe 5 each, and one page more is used.
        used[1].ShouldBe((3 * 5) + 1);
        end.State.Lots.Sum(lot => lot.Spent).ShouldBe(4 * 5);
    }

    private static UsageEvent Scan(int pages, Instant at) => new() { OccurredAt = at, Action = "scan", Quantities = [new MeteredQuantity("page", pages)] };

    private static AccountState Granted(params (string Id, Instant End)[] grants)
    {
        var opened = Bookkeeper.Open(s_ruleset, new OpenAccount("a", "desk", s_midnight) { Facts = [new NamedText("timezone", "Europe/Berlin")] });
        opened.Error.ShouldBeNull();
        var state = opened.State;
        foreach (var (id, end) in grants)
        {
            var granted = Bookkeeper.Grant(s_ruleset, state, new GrantCredits(id, "early", 1_000 + state.Lots.Length, s_midnight) { ExpiresAt = end }, s_midnight);
            granted.Error.ShouldBeNull();
            state = granted.State;
        }

        return state;
    }
}
