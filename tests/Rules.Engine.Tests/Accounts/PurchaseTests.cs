using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Accounts;

public sealed class PurchaseTests
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 5, 10, 0, 0);
    private static readonly PublishedRuleset s_roboflow = RuleFiles.Publish(RuleFiles.Load("roboflow.v2.rules"));

    // The day the price list changed decides the ladder; a bulk agreement replaces it.
    [Theory]
    [InlineData("2026-03-28", "no", "0.01", "0.04")]
    [InlineData("2026-03-28", "no", "1", "3.68")]
    [InlineData("2026-03-28", "no", "49.99", "183.96")]
    [InlineData("2026-03-28", "no", "50", "180")]
    [InlineData("2026-03-28", "no", "250", "860")]
    [InlineData("2026-03-28", "no", "999.99", "3439.97")]
    [InlineData("2026-03-28", "no", "1000", "3320")]
    [InlineData("2026-03-27", "no", "49.99", "199.96")]
    [InlineData("2026-03-27", "no", "50", "184")]
    [InlineData("2026-03-27", "yes", "50", "150")]
    [InlineData("2026-03-28", "yes", "1", "3")]
    public void Whole_bundle_costs_the_rate_it_reaches_rounded_once(string created, string bulk, string credits, string price)
    {
        var account = Open(created, bulk);

        var bought = Bookkeeper.Buy(s_roboflow, account, new BuyCredits("b1", "prepaid", ExactDecimal.Parse(credits), s_start), s_start);

        var paid = bought.Answer.ShouldNotBeNull(bought.Error?.Message).Price.ShouldNotBeNull();
        ExactDecimal.FromUnits(paid.Amount, paid.Decimals).ShouldBe(ExactDecimal.Parse(price));
        paid.Currency.ShouldBe("USD");
    }

    [Fact]
    public void Purchase_makes_a_lot_of_its_own_that_never_expires()
    {
        var bought = Bookkeeper.Buy(s_roboflow, Open("2026-03-28", "no"), new BuyCredits("b1", "prepaid", 50, s_start), s_start);

        var entry = bought.Entries.ShouldHaveSingleItem();
        entry.Kind.ShouldBe(EntryKind.Grant);
        var lot = entry.NewLots.ShouldHaveSingleItem();
        (lot.Id, lot.Origin, lot.Amount, lot.ExpiresAt).ShouldBe(("b1", LotOrigin.Purchase, 5_000L, null));
    }

    [Fact]
    public void Working_of_a_purchase_names_the_tier_and_the_rounding_of_the_currency()
    {
        var bought = Bookkeeper.Buy(s_roboflow, Open("2026-03-28", "no"), new BuyCredits("b1", "prepaid", ExactDecimal.Parse("1.01"), s_start), s_start);

        var price = bought.Answer.ShouldNotBeNull().Price.ShouldNotBeNull();
        price.Exact.ShouldBe(ExactDecimal.Parse("3.7168"));
        price.Amount.ShouldBe(372);
        price.Steps[^1].Text.ShouldBe("3.7168 rounded half up to 3.72");
    }

    [Fact]
    public void Account_need_not_state_a_term_of_an_exception_that_does_not_hold()
    {
        var open = Bookkeeper.Open(s_roboflow, new OpenAccount("a", "roboflow", s_start) { Facts = [new NamedText("created", "2026-03-28")] });

        var bought = Bookkeeper.Buy(s_roboflow, open.State, new BuyCredits("b1", "prepaid", 1, s_start), s_start);

        bought.Answer.ShouldNotBeNull(bought.Error?.Message).Price.ShouldNotBeNull().Amount.ShouldBe(368);
    }

    [Fact]
    public void Bulk_agreement_without_its_discount_is_refused()
    {
        var open = Bookkeeper.Open(
            s_roboflow,
            new OpenAccount("a", "roboflow", s_start) { Facts = [new NamedText("created", "2026-03-28"), new NamedText("bulk-agreement", "yes")] });

        var bought = Bookkeeper.Buy(s_roboflow, open.State, new BuyCredits("b1", "prepaid", 1, s_start), s_start);

        bought.Error.ShouldNotBeNull().Member.ShouldBe("terms.bulk-discount");
        bought.State.ShouldBe(open.State);
    }

    [Fact]
    public void Agreed_discount_must_be_a_percentage_up_to_100()
    {
        var set = Bookkeeper.Set(s_roboflow, Open("2026-03-28", "yes"), [], [new NamedText("bulk-discount", "101%")], s_start);

        set.Error.ShouldNotBeNull().Code.ShouldBe("RT02");
    }

    [Fact]
    public void Postpaid_bucket_cannot_be_bought_into()
    {
        var bought = Bookkeeper.Buy(s_roboflow, Open("2026-03-28", "no"), new BuyCredits("b1", "flex", 1, s_start), s_start);

        bought.Error.ShouldNotBeNull().Code.ShouldBe("RT14");
        bought.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Pack_grants_what_the_account_has_agreed()
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Load("ai-engine.v1.rules"));
        var open = Bookkeeper.Open(ruleset, new OpenAccount("a", "ai-engine", s_start) { Terms = [new NamedText("enterprise-credits", "30000")] });

        var bought = Bookkeeper.Buy(ruleset, open.State, new BuyPack("p1", "Enterprise", s_start), s_start);

        bought.Answer.ShouldNotBeNull().Grant.Amount.ShouldBe(3_000_000);
        bought.Answer.Price.ShouldBeNull();
    }

    [Fact]
    public void Unknown_pack_is_refused_with_the_packs_there_are()
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Load("ai-engine.v1.rules"));
        var open = Bookkeeper.Open(ruleset, new OpenAccount("a", "ai-engine", s_start));

        var bought = Bookkeeper.Buy(ruleset, open.State, new BuyPack("p1", "Standrad", s_start), s_start);

        bought.Error.ShouldNotBeNull().Code.ShouldBe("RT21");
        bought.Error.Help.ShouldContain("Standard");
    }

    [Fact]
    public void Term_may_be_the_price_of_an_action()
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Compile("""
            language 1
            ruleset t version 1 effective 2026-01-01
            credit "credit" to 2 decimals, rounding half up
            account a
            meter page whole
            action scan
              measures page
            term page-price credits, set per account, sample 2 credits
            price scan
              per page page-price
            """));
        var open = Bookkeeper.Open(ruleset, new OpenAccount("a", "t", s_start) { Terms = [new NamedText("page-price", "0.125")] });
        var scan = new UsageEvent { Action = "scan", OccurredAt = s_start, Quantities = [new MeteredQuantity("page", 3)] };

        Bookkeeper.Charge(ruleset, open.State, scan, s_start).Answer.ShouldNotBeNull().Charge.ShouldBe(38);
    }

    private static AccountState Open(string created, string bulk)
    {
        var open = Bookkeeper.Open(s_roboflow, new OpenAccount("a", "roboflow", s_start)
        {
            Facts = [new NamedText("created", created), new NamedText("bulk-agreement", bulk)],
            Terms = [new NamedText("bulk-discount", "25%")],
        });
        open.Error.ShouldBeNull();
        return open.State;
    }
}
