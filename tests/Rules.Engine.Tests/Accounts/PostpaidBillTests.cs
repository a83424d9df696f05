using System.Text.Json.Nodes;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

/// <summary>Postpaid use becomes money where its cycle or month closes (time, section 2, phase 2).</summary>
public sealed class PostpaidBillTests
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 1, 10, 0, 0);

    [Fact]
    public void Cycle_ends_with_a_bill_that_is_exact_and_rounded_once()
    {
        var ruleset = Publish("cycle monthly", "0.0333 USD");
        var state = Use(ruleset, Use(ruleset, Open(ruleset), "10", s_start), "7.5", s_start + Duration.FromDays(3));
        var booking = Bookkeeper.Advance(ruleset, state, Instant.FromUtc(2026, 2, 10, 0, 0));

        var entry = booking.Entries.Single(e => e.Kind == EntryKind.PostpaidBill);
        (entry.SystemKey, entry.Amount).ShouldBe(("sys:bill:flex:0", 1_750L));
        entry.Bill.ShouldBe(new Bill("flex", 0, "USD", 2, 58, ExactDecimal.Parse("0.58275"), ExactDecimal.Parse("0.0333"), "card"));
        entry.Bill!.Exact.ShouldBe(ExactDecimal.Parse("0.0333") * ExactDecimal.Parse("17.5"));
    }

    [Fact]
    public void Bill_is_told_to_whoever_moves_the_account_with_its_credits_and_its_money()
    {
        var ruleset = Publish("cycle monthly", "0.0333 USD");
        var state = Use(ruleset, Open(ruleset), "17.5", s_start);
        var booking = Bookkeeper.Advance(ruleset, state, Instant.FromUtc(2026, 2, 10, 0, 0));

        var answer = JsonNode.Parse(WireWriter.Account(booking.Answer!, MovedCredits.Of(state, booking.Entries), 2))!;

        answer["postpaid_bills"]!.ToJsonString().ShouldBe(
            """[{"id":"sys:postpaid:flex:0","bucket":"flex","lot":1,"amount":"17.5","at":"2026-02-10T00:00:00Z","bill":{"currency":"USD","amount":"0.58","exact":"0.58275"}}]""");
    }

    [Fact]
    public void Cycle_without_use_is_not_billed()
    {
        var ruleset = Publish("cycle monthly", "1 USD");
        var booking = Bookkeeper.Advance(ruleset, Open(ruleset), Instant.FromUtc(2026, 4, 10, 0, 0));

        booking.Entries.ShouldNotContain(e => e.Kind == EntryKind.PostpaidBill);
    }

    [Fact]
    public void Year_is_billed_monthly_and_its_limit_counts_on()
    {
        var ruleset = Publish("cycle annual", "1 USD", "  limit 30 credits each cycle\n  billed monthly to card");
        var state = Use(ruleset, Open(ruleset), "20", s_start);
        var booking = Bookkeeper.Advance(ruleset, state, Instant.FromUtc(2026, 3, 1, 0, 0));
        booking.Entries.Single(e => e.Kind == EntryKind.PostpaidBill).OccurredAt.ShouldBe(Instant.FromUtc(2026, 2, 10, 0, 0));

        var at = Instant.FromUtc(2026, 3, 5, 0, 0);
        var refused = Charge(ruleset, booking.State, "11", at);
        refused.Answer.ShouldNotBeNull().Outcome.ShouldBe(QuoteOutcome.Refused);
        state = Use(ruleset, refused.State, "10", at);
        var bills = Bookkeeper.Advance(ruleset, state, Instant.FromUtc(2027, 2, 1, 0, 0)).Entries.Where(e => e.Kind == EntryKind.PostpaidBill).ToList();

        bills.Select(e => (e.SystemKey, e.Amount, e.OccurredAt)).ShouldBe([("sys:bill:flex:0:2", 1_000L, Instant.FromUtc(2026, 3, 10, 0, 0))]);
    }

    [Fact]
    public void Restarted_cycle_bills_what_the_old_one_used()
    {
        var ruleset = Publish("cycle monthly", "1 USD");
        var state = Use(ruleset, Open(ruleset), "4", s_start);
        var booking = Bookkeeper.Reset(ruleset, state, new ResetAccount(s_start + Duration.FromDays(2), RestartsCycle: true), s_start + Duration.FromDays(2));

        booking.Entries.Select(e => e.Kind).ShouldBe([EntryKind.PostpaidBill, EntryKind.Reset]);
        booking.State.Cycle.ShouldNotBeNull().Number.ShouldBe(1);
    }

    private static PublishedRuleset Publish(string cycle, string price, string lines = "  billed each cycle to card") => RuleFiles.Publish(RuleFiles.Compile($"""
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        currency USD to 2 decimals, rounding half up
        meter unit fractional
        action data
          measures unit
        price data
          per unit 1 credit
        bucket flex postpaid at {price}
        {lines}
        consume flex
        {cycle}
        at zero
          if short refuse
        """));

    private static AccountState Open(PublishedRuleset ruleset) => Bookkeeper.Open(ruleset, new OpenAccount("a", "shop", s_start)).State;

    private static AccountState Use(PublishedRuleset ruleset, AccountState state, string units, Instant at)
    {
        var booking = Charge(ruleset, state, units, at);
        booking.Answer.ShouldNotBeNull().Outcome.ShouldBe(QuoteOutcome.Charged);
        return booking.State;
    }

    private static Booking<Quote> Charge(PublishedRuleset ruleset, AccountState state, string units, Instant at) => Bookkeeper.Charge(
        ruleset, state, new UsageEvent { Action = "data", OccurredAt = at, Quantities = [new MeteredQuantity("unit", ExactDecimal.Parse(units))] }, at);
}
