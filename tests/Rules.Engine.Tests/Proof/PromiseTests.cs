using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Proof;

public sealed class PromiseTests
{
    private const string Start = """
        language 1
        ruleset t version 1 effective 2026-01-01
        credit "credit" to 2 decimals, rounding half up
        currency USD to 2 decimals, rounding half up
        account a
          has created date
          has loyal yes or no, normally no
        action use
        price use
          each 1 credit
        bucket prepaid from purchase
          unused never expires
        bucket flex postpaid at 4 USD
        consume prepaid, then flex
        at zero
          block use until purchase
          if short refuse

        """;

    [Fact]
    public void Promises_of_the_shipped_files_hold()
    {
        var results = PromiseRunner.Run(RuleFiles.Load("roboflow.v2.rules"));

        results.Length.ShouldBe(3);
        results.ShouldAllBe(r => r.Holds);
        results.Select(r => r.Checks >= 1).ShouldAllBe(any => any);
    }

    [Theory]
    // The tier that breaks it, one smallest unit below it, one above it, and the unlimited end.
    [InlineData("from 1  3 USD\n    from 50  4 USD", "from 1 credit", "50", "4")]
    [InlineData("from 1  3 USD\n    from 50  2 USD\n    from 60  5 USD", "from 1 credit", "60", "5")]
    [InlineData("from 1  4 USD\n    from 50  2 USD", "from 49.99 credits", "49.99", "4")]
    [InlineData("base  3 USD\n    over 50  4 USD", "from 1 credit", "50.01", "4")]
    public void Broken_promise_shows_its_counter_example(string tiers, string size, string bundle, string price)
    {
        var broken = Run($"sell prepaid\n  per credit, volume\n    {tiers}\n", $"for any bundle {size}\n  expect prepaid under flex").Broken.ShouldNotBeNull();

        broken.Id.ShouldBe("PR0801");
        broken.Message.ShouldBe($"Promise \"p\" is broken: for a bundle of {bundle} credits, prepaid costs {price} and flex costs 4 per credit.");
    }

    [Fact]
    public void Graduated_price_that_crosses_far_beyond_its_last_tier_is_found()
    {
        // 100 × 1 + (n - 100) × 4.01 passes 4 n at 30,100.
        var broken = Run("sell prepaid\n  per credit, graduated\n    base  1 USD\n    over 100  4.01 USD\n", "for any bundle from 1 credit\n  expect prepaid under flex").Broken;

        broken.ShouldNotBeNull().Message.ShouldContain("prepaid costs 4.01 and flex costs 4 per credit");
    }

    [Theory]
    [InlineData("when created before 2026-03-28", true)]
    [InlineData("when created on or after 2026-03-28", false)]
    [InlineData("when loyal", true)]
    [InlineData("when created on or after 2026-03-28 and loyal", true)]
    public void Condition_chooses_the_accounts(string when, bool holds)
    {
        var result = Run(
            """
            sell prepaid
              per credit 4 USD
              except when created before 2026-03-28 and not loyal
                per credit 3 USD
              except when loyal
                per credit 2 USD

            """,
            $"{when}\n  for a bundle of 10 credits\n  expect prepaid under flex");

        result.Holds.ShouldBe(holds, result.Broken?.Message);
    }

    [Fact]
    public void Counter_example_names_the_day_and_the_fact()
    {
        var broken = Run(
            """
            sell prepaid
              per credit 3 USD
              except when created before 2026-03-28 and loyal
                per credit 4 USD

            """,
            "for a bundle of 1 credit\n  expect prepaid under flex").Broken;

        broken.ShouldNotBeNull().Message.ShouldContain("for a bundle of 1 credit, created 2026-03-27, loyal yes,");
    }

    [Theory]
    [InlineData("expect prepaid same as flex", true)]
    [InlineData("expect prepaid over flex", false)]
    [InlineData("expect flex under prepaid", false)]
    public void Relation_is_strict(string expect, bool holds) =>
        Run("sell prepaid\n  per credit 4 USD\n", $"for any bundle from 1 credit\n  {expect}").Holds.ShouldBe(holds);

    private static PromiseResult Run(string sell, string promise) =>
        PromiseRunner.Run(RuleFiles.Compile(Start + sell + $"\npromise \"p\"\n  {promise}\n")).ShouldHaveSingleItem();
}
