using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Rules.Engine.Tests.Cases;

/// <summary>One allowance that recurs, and what is carried of it: each case becomes a rule text and a story of uses, resets and plan changes.</summary>
public sealed class AllowanceRolloverCaseTests(ITestOutputHelper output)
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 1, 1, 0, 0);

    public static IEnumerable<object[]> Cases => Read().Select(c => new object[] { c.GetProperty("id").GetString()! });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_rollover_holds(string id)
    {
        var story = Read().Single(c => c.GetProperty("id").GetString() == id);

        var expected = story.GetProperty("expected_after_each_step").EnumerateArray().Select(Expected).ToList();
        Run(story).ShouldBe(expected, TextOf(story));
    }

    [Fact]
    public void Every_published_rollover_is_counted()
    {
        var cases = Read();
        output.WriteLine($"equal {cases.Count(c => Run(c).SequenceEqual(c.GetProperty("expected_after_each_step").EnumerateArray().Select(Expected)))} of {cases.Count}");
        cases.Count.ShouldBe(10);
    }

    private static string Expected(JsonElement step) =>
        $"main {step.GetProperty("main").GetString()}, carried {string.Join(" ", step.GetProperty("rollovers").EnumerateArray().Select(r => r.GetString()))}, total {step.GetProperty("total").GetString()}";

    private static List<string> Run(JsonElement story)
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(TextOf(story)));
        var open = new OpenAccount("a", "published", s_start) { Plan = "Plan0" };
        var allowance = story.GetProperty("allowance");
        if (allowance.TryGetProperty("prepaid", out var prepaid))
        {
            open = open with { Addons = [new Addon(ExactDecimal.Parse(prepaid.GetString()), "included")] };
        }

        var state = Bookkeeper.Open(ruleset, open).State;
        var at = s_start;
        var plan = 0;
        var carried = new List<long>();
        var results = new List<string>();
        foreach (var step in story.GetProperty("steps").EnumerateArray())
        {
            at += Duration.FromHours(1);
            if (step.TryGetProperty("use", out var use))
            {
                var usage = new UsageEvent { OccurredAt = at, Action = "work", Quantities = [new MeteredQuantity("unit", ExactDecimal.Parse(use.GetString()))] };
                var booking = Bookkeeper.Charge(ruleset, state, usage, at);
                booking.Answer.ShouldNotBeNull(booking.Error?.Message).Outcome.ShouldBe(QuoteOutcome.Charged);
                state = booking.State;
            }
            else if (step.TryGetProperty("reset", out _))
            {
                var booking = Bookkeeper.Reset(ruleset, state, new ResetAccount(at), at);
                state = booking.State;
                carried.RemoveAll(number => booking.Entries.Any(e => e.EndedLots.Any(end => end.Lot == number)));
            }
            else
            {
                plan++;
                state = Bookkeeper.ChangePlan(ruleset, state, $"Plan{plan}", at).State;
            }

            results.Add(Shown(state, at, carried));
        }

        return results;
    }

    // Carried lots that are used up have left the state; they are shown with what is left of them.
    private static string Shown(AccountState state, Instant at, List<long> carried)
    {
        carried.AddRange(state.Lots.Where(l => Rollovers.IsCarried(l, at) && !carried.Contains(l.Lot.Number)).Select(l => l.Lot.Number));
        var left = carried.Select(number => state.Lots.FirstOrDefault(l => l.Lot.Number == number).Available).ToList();
        var main = state.Lots.Where(l => !carried.Contains(l.Lot.Number)).Sum(l => l.Available);
        return $"main {main}, carried {string.Join(" ", left)}, total {main + left.Sum()}";
    }

    /// <summary>A plan for the allowance, and one more for each policy that the steps change to.</summary>
    private static string TextOf(JsonElement story)
    {
        var allowance = story.GetProperty("allowance");
        var plans = new List<string> { Plan(0, allowance.GetProperty("included").GetString()!, allowance.TryGetProperty("rollover", out var first) ? first : null) };
        foreach (var step in story.GetProperty("steps").EnumerateArray())
        {
            if (step.TryGetProperty("set_rollover_policy", out var policy))
            {
                plans.Add(Plan(plans.Count, step.GetProperty("included").GetString()!, policy));
            }
        }

        return $"""
            language 1
            ruleset published version 1 effective 2026-01-01
            credit "credit" to 0 decimals
            meter unit fractional
            action work
              measures unit
            price work
              per unit 1 credit
            bucket included from plan
            consume included
            cycle monthly
              plan change restarts the cycle
            at zero
              block work until renewal
              if short refuse
            {string.Join('\n', plans)}
            """;
    }

    private static string Plan(int number, string included, JsonElement? rollover)
    {
        var unused = "expires at cycle end";
        if (rollover is { } policy)
        {
            var cap = policy.TryGetProperty("max", out var max) && max.ValueKind != JsonValueKind.Null ? $" up to {max.GetString()} credits"
                : policy.TryGetProperty("max_percent_of_included", out var percent) ? $" up to {percent.GetString()}%"
                : "";
            var life = policy.TryGetProperty("expires_after_cycles", out var cycles) ? $"{cycles.GetRawText()} {(cycles.GetInt32() == 1 ? "cycle" : "cycles")}" : "ever";
            unused = $"rolls over{cap} for {life}";
        }

        return $"plan Plan{number} grants {included} credits every month into included\n  unused {unused}";
    }

    private static List<JsonElement> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "burndown.json")));
        return [.. document.RootElement.Clone().EnumerateArray().Where(c => c.GetProperty("kind").GetString() == "allowance_rollover")];
    }
}
