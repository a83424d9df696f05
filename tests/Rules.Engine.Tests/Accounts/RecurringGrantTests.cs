using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>Grants of callers that recur, have limits of their own, or are aimed at (time, rules 12 and 14).</summary>
public sealed class RecurringGrantTests
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 1, 5, 0, 0);

    private static readonly PublishedRuleset s_ruleset = RuleFiles.Publish(RuleFiles.Compile("""
        language 1
        ruleset shop version 1 effective 2026-01-01
          timezone per account, normally "UTC"
        credit "credit" to 2 decimals
        meter page whole
        action scan
          measures page
        price scan
          per page 1 credit
        bucket gifts from grant
          unused expires after 3 weeks
        bucket prepaid from purchase
          unused never expires
        consume gifts, then prepaid
        cycle monthly
          anchored at midnight
        at zero
          if short refuse
        """));

    [Fact]
    public void Each_occurrence_replaces_the_one_before()
    {
        var state = Grant(new GrantCredits("g", "gifts", 10, s_start) { Every = new CalendarSpan(1, CalendarUnit.Week) });
        state = Use(state, 4, s_start);

        Left(state, s_start + Duration.FromDays(6)).ShouldBe(600);
        Left(state, s_start + Duration.FromDays(7)).ShouldBe(1_000);
        Left(state, s_start + Duration.FromDays(365)).ShouldBe(1_000);
    }

    [Fact]
    public void Occurrences_that_add_up_live_as_their_bucket_says()
    {
        var state = Grant(new GrantCredits("g", "gifts", 10, s_start) { Every = new CalendarSpan(1, CalendarUnit.Week), Adds = true });

        Left(state, s_start + Duration.FromDays(14)).ShouldBe(3_000);
        Left(state, s_start + Duration.FromDays(70)).ShouldBe(3_000);
    }

    [Fact]
    public void Series_ends_with_the_grant()
    {
        var state = Grant(new GrantCredits("g", "gifts", 10, s_start) { Every = new CalendarSpan(1, CalendarUnit.Week), ExpiresAt = s_start + Duration.FromDays(10) });

        Left(state, s_start + Duration.FromDays(9)).ShouldBe(1_000);
        Left(state, s_start + Duration.FromDays(10)).ShouldBe(0);
        Left(state, s_start + Duration.FromDays(30)).ShouldBe(0);
    }

    [Theory]
    [InlineData(false, 3, 1_000)]
    [InlineData(false, 10, 1_000)]
    [InlineData(true, 3, 1_000)]
    [InlineData(true, 10, 2_000)]
    [InlineData(true, 30, 3_000)]
    public void Void_ends_the_series_and_what_is_left_of_it(bool adds, int days, long left)
    {
        var state = Grant(new GrantCredits("g", "gifts", 10, s_start) { Every = new CalendarSpan(1, CalendarUnit.Week), Adds = adds });
        state = Bookkeeper.Grant(s_ruleset, state, new GrantCredits("g:0", "gifts", 5, s_start) { Every = new CalendarSpan(1, CalendarUnit.Week) }, s_start).State;
        var at = s_start + Duration.FromDays(days);

        var voided = Bookkeeper.Void(s_ruleset, state, new VoidGrant("g", at), at);

        voided.Answer.ShouldNotBeNull(voided.Error?.Message).Amount.ShouldBe(left);
        voided.Entries.Single(e => e.Kind == EntryKind.Void).Amount.ShouldBe(left);
        // The other series goes on.
        Left(voided.State, at).ShouldBe(500);
        Left(voided.State, at + Duration.FromDays(70)).ShouldBe(500);
        Bookkeeper.Void(s_ruleset, voided.State, new VoidGrant("g", at), at).Answer.ShouldBeNull();
    }

    [Fact]
    public void Series_that_is_over_cannot_be_voided()
    {
        var state = Grant(new GrantCredits("g", "gifts", 10, s_start) { Every = new CalendarSpan(1, CalendarUnit.Week), ExpiresAt = s_start + Duration.FromDays(10) });
        var at = s_start + Duration.FromDays(10);

        Bookkeeper.Void(s_ruleset, state with { NamedLots = [1] }, new VoidGrant("g", at), at).Error.ShouldNotBeNull().Code.ShouldBe("too_late");
    }

    [Fact]
    public void Grant_that_starts_in_the_past_has_the_occurrence_of_now()
    {
        var state = Grant(new GrantCredits("g", "gifts", 10, s_start) { EffectiveAt = Instant.FromUtc(2025, 6, 1, 0, 0), Every = CalendarSpan.Month });

        state.Lots.Where(l => l.Available > 0).ShouldHaveSingleItem().Lot.Id.ShouldBe("sys:occur:g:7");
    }

    [Fact]
    public void Use_aimed_at_a_grant_draws_nothing_else()
    {
        var state = Grant(new GrantCredits("a", "gifts", 10, s_start));
        state = Bookkeeper.Grant(s_ruleset, state, new GrantCredits("b", "prepaid", 5, s_start), s_start).State;

        Charge(state, 3, s_start, "b").Answer.ShouldNotBeNull().Draws.Select(d => (d.Bucket, d.Amount)).ShouldBe([("prepaid", 300L)]);
        Charge(state, 3, s_start, "gifts").Answer.ShouldNotBeNull().Draws.Select(d => (d.Bucket, d.Amount)).ShouldBe([("gifts", 300L)]);
        Charge(state, 6, s_start, "b").Answer.ShouldNotBeNull().Outcome.ShouldBe(QuoteOutcome.Refused);
    }

    [Fact]
    public void Limits_of_one_grant_hold_at_every_renewal()
    {
        var state = Grant(new GrantCredits("a", "prepaid", 100, s_start) { Rollover = new RolloverLimits(2, 40) });

        Left(state, Instant.FromUtc(2026, 2, 4, 23, 0)).ShouldBe(10_000);
        Left(state, Instant.FromUtc(2026, 2, 5, 0, 0)).ShouldBe(4_000);
        state = Use(Bookkeeper.Advance(s_ruleset, state, Instant.FromUtc(2026, 2, 5, 0, 0)).State, 40, Instant.FromUtc(2026, 2, 6, 0, 0));
        Left(state, Instant.FromUtc(2026, 3, 5, 0, 0)).ShouldBe(200);
    }

    [Fact]
    public void Zone_of_an_account_decides_its_boundaries_from_the_next_one_on()
    {
        var state = Bookkeeper.Open(s_ruleset, new OpenAccount("a", "shop", s_start) { Facts = [new NamedText("timezone", "Asia/Tokyo")] }).State;
        state.Cycle.ShouldNotBeNull().End.ShouldBe(Instant.FromUtc(2026, 2, 4, 15, 0));

        state = Bookkeeper.Set(s_ruleset, state, [new NamedText("timezone", "America/New_York")], [], s_start + Duration.FromDays(1)).State;
        state.Cycle.ShouldNotBeNull().End.ShouldBe(Instant.FromUtc(2026, 2, 4, 15, 0));
        state = Bookkeeper.Advance(s_ruleset, state, Instant.FromUtc(2026, 2, 10, 0, 0)).State;
        state.Cycle.ShouldNotBeNull().End.ShouldBe(Instant.FromUtc(2026, 3, 5, 5, 0));

        Bookkeeper.Set(s_ruleset, state, [new NamedText("timezone", "Mars/Base")], [], state.LastAt).Error.ShouldNotBeNull().Code.ShouldBe("RT31");
    }

    [Theory]
    [InlineData("starting", "11", null)]
    [InlineData("rollover", null, "3")]
    public void Figure_that_no_grant_can_have_is_refused(string member, string? starting, string? minimum)
    {
        var grant = new GrantCredits("a", "prepaid", 10, s_start)
        {
            Starting = starting is null ? null : ExactDecimal.Parse(starting),
            Rollover = minimum is null ? null : new RolloverLimits(ExactDecimal.Parse(minimum), 2),
        };
        var error = Bookkeeper.Grant(s_ruleset, Open(), grant, s_start).Error.ShouldNotBeNull();

        (error.Code, error.Member).ShouldBe(("RT30", member));
    }

    private static AccountState Open() => Bookkeeper.Open(s_ruleset, new OpenAccount("a", "shop", s_start)).State;

    private static AccountState Grant(GrantCredits grant)
    {
        var booking = Bookkeeper.Grant(s_ruleset, Open(), grant, s_start);
        booking.Error.ShouldBeNull();
        return booking.State;
    }

    private static AccountState Use(AccountState state, long pages, Instant at)
    {
        var booking = Charge(state, pages, at);
        booking.Answer.ShouldNotBeNull().Outcome.ShouldBe(QuoteOutcome.Charged);
        return booking.State;
    }

    private static Booking<Quote> Charge(AccountState state, long pages, Instant at, params string[] only) => Bookkeeper.Charge(
        s_ruleset, state, new UsageEvent { Action = "scan", OccurredAt = at, Quantities = [new MeteredQuantity("page", pages)], Only = [.. only] }, at);

    private static long Left(AccountState state, Instant at) =>
        Bookkeeper.Advance(s_ruleset, state, at).Answer.ShouldNotBeNull().Balances.Sum(b => b.Available ?? 0);
}
