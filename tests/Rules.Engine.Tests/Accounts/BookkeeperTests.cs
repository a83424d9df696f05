using System.Collections.Immutable;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

public sealed class BookkeeperTests
{
    private static readonly PublishedRuleset s_bookbag = RuleFiles.Publish(RuleFiles.Load("bookbag.v1.rules"));
    private static readonly PublishedRuleset s_biodock = RuleFiles.Publish(RuleFiles.Load("biodock.v1.rules"));
    private static readonly Instant s_start = At("2026-01-31T10:00:00Z");

    [Fact]
    public void Opening_with_a_plan_subscribes_and_grants()
    {
        var booking = Open("Hobby");

        booking.Entries.Select(e => (e.Kind, e.SystemKey, e.Amount)).ShouldBe(
            [(EntryKind.Subscribe, null, 0L), (EntryKind.Grant, "sys:grant:Hobby:allotment:0", 2000L)]);
        booking.Answer!.Balances.ShouldBe([new BucketBalance("allotment", 2000)]);
        booking.State.Cycle!.End.ShouldBe(At("2026-02-28T10:00:00Z"));
    }

    [Fact]
    public void Anchor_where_cycles_are_calendar_months_or_none_is_refused()
    {
        var opening = new OpenAccount("acme", s_biodock.Name, s_start) { Anchor = s_start };
        Bookkeeper.Open(s_biodock, opening).Error.ShouldNotBeNull().Code.ShouldBe("RT32");
    }

    [Fact]
    public void Skipped_renewals_are_done_one_by_one()
    {
        var state = Open("Hobby").State;

        var entries = Bookkeeper.Advance(s_bookbag, state, At("2026-04-30T10:00:00Z")).Entries;

        entries.Select(e => (e.Kind, e.SystemKey, e.OccurredAt)).ShouldBe(
        [
            (EntryKind.Expiry, "sys:expire:1", At("2026-02-28T10:00:00Z")), (EntryKind.Grant, "sys:grant:Hobby:allotment:1", At("2026-02-28T10:00:00Z")),
            (EntryKind.Expiry, "sys:expire:2", At("2026-03-31T10:00:00Z")), (EntryKind.Grant, "sys:grant:Hobby:allotment:2", At("2026-03-31T10:00:00Z")),
            (EntryKind.Expiry, "sys:expire:3", At("2026-04-30T10:00:00Z")), (EntryKind.Grant, "sys:grant:Hobby:allotment:3", At("2026-04-30T10:00:00Z")),
        ]);
    }

    [Fact]
    public void Usage_at_the_boundary_draws_from_the_new_cycle()
    {
        var quote = Charge(Open("Hobby").State, "GPT-4o", "2026-02-28T10:00:00Z").Answer!;

        quote.Draws.ShouldBe([new Draw("allotment", 2, 5)]);
        quote.Balances.ShouldBe([new BucketBalance("allotment", 1995)]);
    }

    [Fact]
    public void Advance_composes()
    {
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            var state = Open("Hobby").State;
            var first = s_start + Duration.FromMinutes(random.Next(0, 300_000));
            var second = first + Duration.FromMinutes(random.Next(0, 300_000));

            var once = Bookkeeper.Advance(s_bookbag, state, second);
            var half = Bookkeeper.Advance(s_bookbag, state, first);
            var twice = Bookkeeper.Advance(s_bookbag, half.State, second);

            twice.State.Lots.ShouldBe(once.State.Lots);
            twice.State.Cycle.ShouldBe(once.State.Cycle);
            half.Entries.Concat(twice.Entries).Select(e => e.SystemKey).ShouldBe(once.Entries.Select(e => e.SystemKey));
        }
    }

    [Fact]
    public void Lots_conserve_and_never_go_below_zero_in_any_story()
    {
        string[] models = ["Bookbag Local", "GPT-4o mini", "Claude Haiku 4.5", "Claude Sonnet 4.6", "GPT-4o"];
        string[] plans = ["Free", "Hobby", "Standard"];
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var (state, opening) = Of(Open("Free"));
            var lots = new Dictionary<long, LotState>();
            foreach (var entry in opening)
            {
                Conserve(lots, entry);
            }

            var at = s_start;
            var keys = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < 60; i++)
            {
                at += Duration.FromHours(random.Next(0, 200));
                ImmutableArray<Entry> entries;
                (state, entries) = random.Next(10) switch
                {
                    0 => Of(Bookkeeper.ChangePlan(s_bookbag, state, plans[random.Next(3)], at)),
                    1 => Of(Bookkeeper.Grant(s_bookbag, state, new GrantCredits($"g{i}", "allotment", random.Next(1, 50), at), at)),
                    _ => Of(Charge(state, models[random.Next(5)], at)),
                };
                foreach (var entry in entries)
                {
                    (entry.SystemKey is null || keys.Add(entry.SystemKey)).ShouldBeTrue(entry.SystemKey);
                    Conserve(lots, entry);
                }
            }

            foreach (var lot in state.Lots)
            {
                lot.ShouldBe(lots[lot.Lot.Number]);
            }
        }
    }

    [Fact]
    public void Blocked_event_makes_no_entry_of_its_own()
    {
        var state = Drain(Open("Free").State);

        var booking = Charge(state, "GPT-4o mini", "2026-02-01T00:00:00Z");

        booking.Answer!.Outcome.ShouldBe(QuoteOutcome.Blocked);
        booking.Answer.Short.ShouldBe(1);
        booking.Entries.ShouldBeEmpty();
        booking.State.LastAt.ShouldBe(At("2026-02-01T00:00:00Z"));
        booking.Answer.Steps[^1].Text.ShouldBe("no credits are left: blocked until renewal or upgrade");
    }

    [Fact]
    public void Waived_reply_succeeds_at_zero()
    {
        var quote = Charge(Drain(Open("Free").State), "Bookbag Local", "2026-02-01T00:00:00Z").Answer!;

        quote.Outcome.ShouldBe(QuoteOutcome.Charged);
        quote.Charge.ShouldBe(0);
        quote.Listed.ShouldBe(1);
    }

    [Fact]
    public void Event_that_credits_only_half_cover_is_refused_and_draws_nothing()
    {
        var state = Open("Free").State;
        for (var i = 0; i < 19; i++)
        {
            state = Charge(state, "GPT-4o", "2026-02-01T00:00:00Z").State;
        }

        state = Charge(state, "Claude Haiku 4.5", "2026-02-01T00:00:00Z").State;
        var quote = Charge(state, "GPT-4o", "2026-02-01T00:00:00Z").Answer!;

        quote.Outcome.ShouldBe(QuoteOutcome.Refused);
        quote.Short.ShouldBe(2);
        quote.Draws.ShouldBeEmpty();
        quote.Balances.ShouldBe([new BucketBalance("allotment", 3)]);
    }

    [Fact]
    public void Plan_change_ends_the_old_allotment_and_begins_a_cycle()
    {
        var booking = Bookkeeper.ChangePlan(s_bookbag, Open("Free").State, "Hobby", At("2026-02-10T00:00:00Z"));

        booking.Entries.Select(e => (e.Kind, e.Amount)).ShouldBe([(EntryKind.Expiry, 100L), (EntryKind.PlanChange, 0L), (EntryKind.Grant, 2000L)]);
        booking.State.Cycle.ShouldBe(new Cycle(1, new LocalDateTime(2026, 2, 10, 0, 0), At("2026-02-10T00:00:00Z"), At("2026-03-10T00:00:00Z")));
    }

    [Fact]
    public void Quote_and_charge_are_the_same_evaluation()
    {
        var state = Open("Hobby").State;
        var usage = Reply("GPT-4o", At("2026-02-01T00:00:00Z"));

        var quote = Bookkeeper.Quote(s_bookbag, state, usage, usage.OccurredAt, out var error)!;

        error.ShouldBeNull();
        quote.Steps.Select(s => s.Text).ShouldBe(Bookkeeper.Charge(s_bookbag, state, usage, usage.OccurredAt).Answer!.Steps.Select(s => s.Text));
    }

    [Fact]
    public void Run_is_counted_over_its_events()
    {
        var state = OpenBiodock();
        var first = Analyse(state, 900, "r-1");
        var second = Analyse(first.State, 200, "r-1");
        var other = Analyse(second.State, 200, "r-2");

        first.Answer!.Exact.ShouldBe(ExactDecimal.Parse("0.9"));
        second.Answer!.Exact.ShouldBe(ExactDecimal.Parse("0.14"));
        other.Answer!.Exact.ShouldBe(ExactDecimal.Parse("0.2"));
        second.Answer.Steps.Select(s => s.Text).ShouldBe(
        [
            "the rules apply: contract is run-credits",
            "run r-1 has counted 900 images before",
            "100 images at 0.001",
            "100 images at 0.0004",
            "no image over 5,000 at 0.0002",
            "1.04 needs no rounding, less 0.9 charged before",
        ]);
        second.Entries[^1].Scopes.Single().Bodies.Single().Quantities.ShouldBe([1100, 0]);
    }

    [Fact]
    public void Scope_of_a_run_is_named_before_it_is_loaded()
    {
        var usage = Analysis(10, "r-9");

        Bookkeeper.ScopesOf(s_biodock, OpenBiodock(), usage, usage.OccurredAt).ShouldBe([new ScopeId("analysis", "run", "r-9")]);
    }

    [Fact]
    public void Run_is_priced_to_its_end_by_the_version_under_which_it_began()
    {
        var first = RuleFiles.Load("biodock.v1.rules");
        var text = File.ReadAllText(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "rules"), "biodock.v1.rules", SearchOption.AllDirectories).Single());
        text = text[..text.IndexOf("\nexample ", StringComparison.Ordinal)]
            .Replace("version 1 effective 2024-09-01", "version 2 effective 2026-06-01", StringComparison.Ordinal)
            .Replace("base          0.001 credits", "base          0.002 credits", StringComparison.Ordinal)
            .Replace("60% off", "80% off", StringComparison.Ordinal).Replace("80% off\n    over 5,000    0.0002 credits   80% off", "80% off\n    over 5,000    0.0002 credits   90% off", StringComparison.Ordinal);
        var published = RuleFiles.Publish(first, RuleFiles.Compile(text, "biodock.v2.rules"));
        var state = Bookkeeper.Open(published, new OpenAccount("a", "biodock", At("2026-05-01T00:00:00Z"))).State;
        state = Bookkeeper.Charge(published, state, Analysis(100, "r-1"), At("2026-05-01T00:00:00Z")).State;
        var late = At("2026-06-02T00:00:00Z");

        var same = Bookkeeper.Charge(published, state, Analysis(100, "r-1") with { OccurredAt = late }, late).Answer!;
        var fresh = Bookkeeper.Charge(published, state, Analysis(100, "r-2") with { OccurredAt = late }, late).Answer!;

        (same.Version, same.Charge).ShouldBe((1, 10_000));
        (fresh.Version, fresh.Charge).ShouldBe((2, 20_000));
    }

    [Fact]
    public void Ruleset_without_buckets_refuses_a_grant()
    {
        var booking = Bookkeeper.Grant(s_biodock, OpenBiodock(), new GrantCredits("g", "prepaid", 5, s_start), s_start);

        booking.Error!.Code.ShouldBe("no_bucket");
    }

    [Theory]
    [InlineData("repply", "GPT-4o", "RT07", "did you mean \"reply\"?", "action")]
    [InlineData("reply", "GPT-4", "RT01", "did you mean \"GPT-4o\"?", "facts.model")]
    public void Near_miss_is_suggested(string action, string model, string code, string help, string member)
    {
        var usage = Reply(model, s_start) with { Action = action };

        var error = Bookkeeper.Charge(s_bookbag, Open("Free").State, usage, s_start).Error!;

        (error.Code, error.Help, error.Member).ShouldBe((code, help, member));
    }

    [Theory]
    [InlineData("image", "1.5", "RT03")]
    [InlineData("image", "-1", "RT05")]
    [InlineData("image", "1000000000000000", "RT11")]
    [InlineData("imagee", "1", "RT08")]
    public void Quantity_that_cannot_be_counted_is_told(string meter, string quantity, string code)
    {
        var usage = Analysis(0, "r") with { Quantities = [new(meter, ExactDecimal.Parse(quantity))] };

        Bookkeeper.Charge(s_biodock, OpenBiodock(), usage, s_start).Error!.Code.ShouldBe(code);
    }

    [Fact]
    public void Missing_key_is_told_by_name()
    {
        var error = Bookkeeper.Charge(s_biodock, OpenBiodock(), Analysis(1, "r") with { Keys = [] }, s_start).Error!;

        (error.Code, error.Member).ShouldBe(("RT05", "keys.run"));
    }

    [Fact]
    public void Missing_fact_is_told_with_its_values()
    {
        var error = Bookkeeper.Charge(s_bookbag, Open("Free").State, Reply("GPT-4o", s_start) with { Facts = [] }, s_start).Error!;

        error.Code.ShouldBe("RT10");
        error.Help.ShouldStartWith("add facts.model: one of Bookbag Local, GPT-4o mini");
    }

    [Fact]
    public void Plan_without_its_term_cannot_be_subscribed()
    {
        Open("Enterprise").Error!.Code.ShouldBe("RT02");
        Bookkeeper.Open(s_bookbag, new OpenAccount("a", "bookbag", s_start) { Plan = "Enterprise", Terms = [new("enterprise-allotment", "5000")] })
            .Answer!.Balances.ShouldBe([new BucketBalance("allotment", 5000)]);
    }

    [Fact]
    public void Nothing_is_in_effect_before_the_first_version() =>
        Bookkeeper.Open(s_bookbag, new OpenAccount("a", "bookbag", At("2025-12-31T23:59:59Z"))).Error!.Code.ShouldBe("RT04");

    [Fact]
    public void Grant_whose_end_has_passed_is_recorded_and_lapses()
    {
        var at = At("2026-02-05T00:00:00Z");
        var grant = new GrantCredits("late", "allotment", 10, At("2026-02-01T00:00:00Z")) { ExpiresAt = At("2026-02-02T00:00:00Z") };

        var booking = Bookkeeper.Grant(s_bookbag, Open("Free").State, grant, at);

        booking.Entries.Select(e => e.Kind).ShouldBe([EntryKind.Grant, EntryKind.Expiry]);
        booking.Answer!.Balances.ShouldBe([new BucketBalance("allotment", 100)]);
    }

    [Fact]
    public void Sooner_expiry_is_drawn_first_whatever_the_order_of_granting()
    {
        var state = Open("Free").State;
        var grant = new GrantCredits("soon", "allotment", 3, s_start) { ExpiresAt = At("2026-02-02T00:00:00Z") };
        state = Bookkeeper.Grant(s_bookbag, state, grant, s_start).State;

        Charge(state, "GPT-4o", "2026-02-01T00:00:00Z").Answer!.Draws.ShouldBe([new Draw("allotment", 2, 3), new Draw("allotment", 1, 2)]);
    }

    private static (AccountState State, ImmutableArray<Entry> Entries) Of<T>(Booking<T> booking)
        where T : class
    {
        booking.Error.ShouldBeNull();
        return (booking.State, booking.Entries);
    }

    private static void Conserve(Dictionary<long, LotState> lots, Entry entry)
    {
        foreach (var lot in entry.NewLots)
        {
            lots.Add(lot.Number, new LotState(lot, 0, 0, 0, 0, 0, 0));
        }

        foreach (var p in entry.Postings)
        {
            p.Granted.ShouldBe(p.Available + p.Held + p.Spent + p.Expired + p.Moved);
            var lot = lots[p.Lot].Apply(p);
            new[] { lot.Available, lot.Held, lot.Spent, lot.Expired, lot.Moved }.Min().ShouldBeGreaterThanOrEqualTo(0);
            lots[p.Lot] = lot;
        }

        if (entry.Kind == EntryKind.Charge)
        {
            entry.Postings.Sum(p => p.Spent).ShouldBe(entry.Amount);
        }
    }

    private static AccountState Drain(AccountState state)
    {
        for (var i = 0; i < 20; i++)
        {
            state = Charge(state, "GPT-4o", "2026-02-01T00:00:00Z").State;
        }

        return state;
    }

    private static Booking<AccountAnswer> Open(string plan) => Bookkeeper.Open(s_bookbag, new OpenAccount("a", "bookbag", s_start) { Plan = plan });

    private static AccountState OpenBiodock() => Bookkeeper.Open(s_biodock, new OpenAccount("a", "biodock", s_start)).State;

    private static Booking<Quote> Charge(AccountState state, string model, string at) => Charge(state, model, At(at));

    private static Booking<Quote> Charge(AccountState state, string model, Instant at) => Bookkeeper.Charge(s_bookbag, state, Reply(model, at), at);

    private static Booking<Quote> Analyse(AccountState state, long images, string run) =>
        Bookkeeper.Charge(s_biodock, state, Analysis(images, run), s_start);

    private static UsageEvent Analysis(long images, string run) =>
        new() { OccurredAt = s_start, Action = "analysis", Quantities = [new("image", images)], Keys = [new("run", run)] };

    private static UsageEvent Reply(string model, Instant at) => new() { OccurredAt = at, Action = "reply", Facts = [new("model", model)] };

    private static Instant At(string text) => InstantPattern.General.Parse(text).Value;
}
