using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Cases;

/// <summary>Shares of a grant by time, as a change of plan inside a cycle, and prices rounded to a currency, as a purchase.</summary>
public sealed class ProrationCaseTests
{
    public static IEnumerable<object[]> Cases => Read().Select(c => new object[] { c.GetProperty("id").GetString()! });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_share_holds(string id)
    {
        var part = Read().Single(c => c.GetProperty("id").GetString() == id);
        var found = part.GetProperty("kind").GetString() == "round_to_currency" ? Rounded(part) : Share(part);

        found.ShouldBe(ExactDecimal.Parse(part.GetProperty("expected").GetString()));
    }

    [Fact]
    public void Every_published_share_is_read() => Read().Count.ShouldBe(5);

    private static ExactDecimal Share(JsonElement part)
    {
        var period = part.GetProperty("period");
        var (from, to, at) = (At(period, "from"), At(period, "to"), At(part, "at"));
        var scale = part.GetProperty("scale").GetInt32();
        var amount = part.GetProperty("amount").GetString()!;
        if (at >= to)
        {
            // Behind the end an account is in its next cycle: the share of the one that is over is asked of the rule itself.
            ExactDecimal.Parse(amount).TryToUnits(scale, out var units).ShouldBeTrue();
            return ExactDecimal.FromUnits(PlanShares.Of(units, from, to, at, RoundingMode.HalfUp), scale);
        }

        var text = $"""
            language 1
            ruleset published version 1 effective 2001-01-01
            credit "credit" to {scale} decimals, rounding half up
            action work
            price work
              each 1 credit
            bucket before from plan
              unused expires at cycle end
            bucket after from plan
              unused expires at cycle end
            consume before, then after
            cycle {Cycle(from, to)}
              plan change keeps the cycle, grants a share by second
            at zero
              if short refuse
            plan Old grants 1 credit every cycle into before
            plan New grants {amount} credits every cycle into after
            """;
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(text));
        var state = Bookkeeper.Open(ruleset, new OpenAccount("a", "published", from) { Plan = "Old" }).State;
        state.Cycle!.End.ShouldBe(to);
        var changed = Bookkeeper.ChangePlan(ruleset, state, "New", at);

        return ExactDecimal.FromUnits(changed.Answer.ShouldNotBeNull().Balances.Single(b => b.Bucket == "after").Available!.Value, scale);
    }

    private static string Cycle(Instant from, Instant to)
    {
        var length = Period.Between(from.InUtc().LocalDateTime, to.InUtc().LocalDateTime, PeriodUnits.Months | PeriodUnits.Days | PeriodUnits.Hours);
        return length switch
        {
            { Months: > 0, Days: 0, Hours: 0 } => $"every {length.Months} months",
            { Months: 0, Hours: 0 } => $"every {length.Days} days",
            _ => $"every {(to - from).TotalHours} hours",
        };
    }

    private static ExactDecimal Rounded(JsonElement part)
    {
        var scale = part.GetProperty("scale").GetInt32();
        var currency = part.GetProperty("currency").GetString()!.ToUpperInvariant();
        var text = $"""
            language 1
            ruleset published version 1 effective 2001-01-01
            credit "credit" to 2 decimals
            currency {currency} to {scale} decimals, rounding half up
            action work
            price work
              each 1 credit
            bucket prepaid from purchase
              unused never expires
            consume prepaid
            at zero
              if short refuse
            sell prepaid
              per credit {part.GetProperty("amount").GetString()} {currency}
            """;
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(text));
        var start = Instant.FromUtc(2026, 1, 1, 0, 0);
        var state = Bookkeeper.Open(ruleset, new OpenAccount("a", "published", start)).State;
        var price = Bookkeeper.Buy(ruleset, state, new BuyCredits("b", "prepaid", 1, start), start).Answer.ShouldNotBeNull().Price.ShouldNotBeNull();
        return ExactDecimal.FromUnits(price.Amount, price.Decimals);
    }

    private static Instant At(JsonElement element, string name) => InstantPattern.ExtendedIso.Parse(element.GetProperty(name).GetString()!).Value;

    private static List<JsonElement> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "proration.json")));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
