using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>Prices that count over several events at figures agreed per account.</summary>
public sealed class TermPriceTests
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 2, 1, 0, 0);

    [Fact]
    public void Run_keeps_the_figure_it_began_with_and_the_next_takes_the_new_one()
    {
        var account = new Account("""
              per page, graduated within each run
                base     agreed
                over 10  1 credit
            """, "2");

        account.Charge("r1", 4).ShouldBe(8_000);
        account.State("3");
        account.Charge("r1", 4).ShouldBe(8_000);
        account.Charge("r2", 4).ShouldBe(12_000);
    }

    [Fact]
    public void Figure_first_stated_within_a_scope_holds_for_that_scope()
    {
        var account = new Account("""
              per page, graduated within each cycle
                base  1 credit
              except when region is south
                per page, graduated within each cycle
                  base  agreed
            """, stated: null);

        account.Charge("r", 4).ShouldBe(4_000);
        account.Error("r", 1, "south").ShouldBe("RT02");
        account.State("3");
        account.State("5");
        account.Charge("r", 1, "south").ShouldBe(3_000);
    }

    [Fact]
    public void Runs_of_different_figures_add_up_in_the_cycle_that_bounds_them()
    {
        var account = new Account("""
              per page, graduated within each run
                base  agreed
              at most 10.5 credits within each cycle
            """, "2");

        account.Charge("r1", 4).ShouldBe(8_000);
        account.State("0.0004");
        account.Charge("r2", 1).ShouldBe(0);
        account.Charge("r2", 1).ShouldBe(1);
        account.Charge("r1", 4).ShouldBe(2_499);
    }

    [Fact]
    public void Agreed_minimum_falls_due_at_the_close_of_the_cycle_it_began_with()
    {
        var account = new Account("""
              per page 1 credit
              at least agreed within each cycle
            """, "20");

        account.Charge("r", 4).ShouldBe(4_000);
        account.State("30");
        account.Close(days: 28).ShouldBe([16_000]);
        account.Close(days: 31).ShouldBe([30_000]);
    }

    [Fact]
    public void Minimum_that_is_not_agreed_is_not_due()
    {
        var account = new Account("""
              per page 1 credit
              except when tier is gold
                per page 1 credit
                at least agreed within each cycle
            """, stated: null, tier: "gold");

        account.Close(days: 28).ShouldBeEmpty();
    }

    private sealed class Account
    {
        private readonly PublishedRuleset _ruleset;

        private AccountState _state;
        private Instant _now = s_start;

        public Account(string price, string? stated, string tier = "basic")
        {
            _ruleset = RuleFiles.Publish(RuleFiles.Compile($"""
                language 1
                ruleset t version 1 effective 2026-01-01
                credit "credit" to 3 decimals
                account shop
                  has tier one of basic, gold, normally basic
                meter page whole
                action scan keyed by run
                  measures page
                  has region one of north, south, normally north
                cycle calendar month
                term agreed credits, set per account, sample 2 credits
                price scan
                {price}
                """));
            var open = Bookkeeper.Open(_ruleset, new OpenAccount("a", "t", s_start)
            {
                Facts = [new NamedText("tier", tier)],
                Terms = stated is null ? [] : [new NamedText("agreed", stated)],
            });
            open.Error.ShouldBeNull();
            _state = open.State;
        }

        public void State(string agreed)
        {
            _now += Duration.FromMinutes(1);
            var booking = Bookkeeper.Set(_ruleset, _state, [], [new NamedText("agreed", agreed)], _now);
            booking.Error.ShouldBeNull();
            _state = booking.State;
        }

        public long Charge(string run, long pages, string region = "north")
        {
            var booking = Book(run, pages, region);
            booking.Error.ShouldBeNull();
            _state = booking.State;
            return booking.Answer!.Charge;
        }

        public string? Error(string run, long pages, string region) => Book(run, pages, region).Error?.Code;

        public List<long> Close(int days)
        {
            _now += Duration.FromDays(days);
            var booking = Bookkeeper.Advance(_ruleset, _state, _now);
            booking.Error.ShouldBeNull();
            _state = booking.State;
            return [.. booking.Entries.Where(e => e.Quote is not null).Select(e => e.Amount)];
        }

        private Booking<Quote> Book(string run, long pages, string region) => Bookkeeper.Charge(
            _ruleset,
            _state,
            new UsageEvent
            {
                Action = "scan",
                OccurredAt = _now,
                Quantities = [new MeteredQuantity("page", pages)],
                Facts = [new NamedText("region", region)],
                Keys = [new NamedText("run", run)],
            },
            _now);
    }
}
