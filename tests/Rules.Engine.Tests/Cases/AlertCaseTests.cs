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

/// <summary>
/// Published thresholds: each case becomes an alert. Where thresholds are crossed, two uses move the figure; where the standing level is asked
/// for, a grant and a use beyond it bring the account to its figures.
/// </summary>
public sealed class AlertCaseTests(ITestOutputHelper output)
{
    public static IEnumerable<object[]> Cases => Read().Select(c => new object[] { IdOf(c) });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_threshold_is_told(string id)
    {
        var asked = Read().Single(c => IdOf(c) == id);
        Run(asked).ShouldBe(Expected(asked), TextOf(asked));
    }

    [Fact]
    public void Every_published_alert_is_counted()
    {
        var counts = Read().CountBy(Outcome).ToDictionary(c => c.Key, c => c.Value);
        foreach (var (outcome, count) in counts)
        {
            output.WriteLine($"{outcome} {count}");
        }

        counts.ShouldBe(new Dictionary<string, int> { ["equal"] = 23 }, ignoreOrder: true);
    }

    private static string Outcome(JsonElement asked) => Run(asked).SequenceEqual(Expected(asked)) ? "equal" : "wrong";

    private static List<string> Run(JsonElement asked) => IsCrossed(asked) ? Crossed(asked) : Standing(asked);

    private static List<string> Standing(JsonElement asked)
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(TextOf(asked)));
        var at = Instant.FromUtc(2026, 3, 1, 0, 0);
        var state = Bookkeeper.Open(ruleset, new OpenAccount("a", "published", at)).State;
        if (asked.GetProperty("input").GetProperty("total_granted").GetString() is { } granted)
        {
            state = Bookkeeper.Grant(ruleset, state, new GrantCredits("all", "pool", ExactDecimal.Parse(granted), at), at).State;
        }

        if (Input(asked, "usage") is { Sign: > 0 } usage)
        {
            state = Use(ruleset, state, usage, at).State;
        }

        var standing = Bookkeeper.StandingAlerts(ruleset, state, at, out var error);
        error.ShouldBeNull();
        return [.. standing.Select(s => $"{(s.Level.Figure == LevelFigure.Used ? "usage" : "balance")} {StatedAs(s)}")];
    }

    // A threshold as it was written: the level of one line.
    private static string StatedAs(AlertStep step) =>
        step.Level.IsPercent ? step.Level.Location.Text.Trim().Split(' ')[1] : $"{step.Threshold} credits";

    private static List<string> Crossed(JsonElement asked)
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(TextOf(asked)));
        var at = Instant.FromUtc(2026, 3, 1, 0, 0);
        var (previous, current) = (Input(asked, "previous"), Input(asked, "current"));
        var state = Bookkeeper.Open(ruleset, new OpenAccount("a", "published", at)).State;

        // What is left starts at the earlier figure; what is used is brought to it.
        var granted = IsRising(asked) ? ExactDecimal.Parse("1000000") : previous;
        var grant = Bookkeeper.Grant(ruleset, state, new GrantCredits("all", "pool", granted, at), at);
        grant.Error.ShouldBeNull();
        var before = IsRising(asked) ? Use(ruleset, grant.State, previous, at).State : grant.State;
        var booking = Use(ruleset, before, IsRising(asked) ? current - previous : previous - current, at);
        return [.. booking.Answer!.Steps.OfType<AlertStep>().Select(s => s.Threshold.ToString())];
    }

    private static Booking<Quote> Use(PublishedRuleset ruleset, AccountState state, ExactDecimal amount, Instant at)
    {
        var usage = new UsageEvent { OccurredAt = at, Action = "work", Quantities = [new MeteredQuantity("unit", amount)] };
        var booking = Bookkeeper.Charge(ruleset, state, usage, at);
        booking.Error.ShouldBeNull();
        return booking;
    }

    private static string TextOf(JsonElement asked)
    {
        if (!IsCrossed(asked))
        {
            return TextOf(asked.GetProperty("definition").GetProperty("thresholds").EnumerateArray().Select(LevelOf), "owe");
        }

        var definition = asked.GetProperty("definition");
        var levels = definition.GetProperty("thresholds").EnumerateArray().Select(t => $"{t.GetString()} credits").ToList();
        var step = definition.TryGetProperty("recurring_step", out var every) ? $"every {every.GetString()} credits" : null;
        var figure = IsRising(asked) ? "used" : "left";
        var level = levels.Count == 0 ? $"at {step} {figure}" : $"at {string.Join(", ", levels)} {figure}{(step is null ? "" : ", then " + step)}";
        return TextOf([level], "refuse");
    }

    // A used threshold is exceeded, a balance threshold is reached.
    private static string LevelOf(JsonElement threshold)
    {
        var value = threshold.GetProperty("value").GetString();
        return threshold.GetProperty("type").GetString() switch
        {
            "usage_value" => $"above {value} credits used",
            "usage_percentage" => $"above {value}% of balance used",
            _ => $"at {value} credits left",
        };
    }

    private static string TextOf(IEnumerable<string> levels, string shortfall) => $"""
            language 1
            ruleset published version 1 effective 2026-01-01
            credit "credit" to 2 decimals
            meter unit fractional
            action work
              measures unit
            price work
              per unit 1 credit
            bucket pool from grant
              unused never expires
            consume pool
            at zero
              if short {shortfall}
            alert "watched"
              {string.Join("\n  ", levels)}
            """;

    private static bool IsCrossed(JsonElement asked) => asked.GetProperty("kind").GetString() == "crossed";

    private static bool IsRising(JsonElement asked) => asked.GetProperty("definition").GetProperty("direction").GetString() == "increasing";

    private static ExactDecimal Input(JsonElement asked, string name) => ExactDecimal.Parse(asked.GetProperty("input").GetProperty(name).GetString()!);

    private static List<string> Expected(JsonElement asked)
    {
        var expected = asked.GetProperty("expected");
        if (IsCrossed(asked))
        {
            return [.. expected.EnumerateArray().Select(e => e.GetString()!)];
        }

        string? Told(string name, string figure) => expected.GetProperty(name) is { ValueKind: JsonValueKind.Object } told
            ? $"{figure} {told.GetProperty("value").GetString()}{(told.GetProperty("type").GetString() == "usage_percentage" ? "%" : " credits")}"
            : null;
        return [.. ((string?[])[Told("usage_threshold", "usage"), Told("balance_threshold", "balance")]).OfType<string>()];
    }

    private static string IdOf(JsonElement asked) => asked.GetProperty("id").GetString()!;

    private static List<JsonElement> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "alert.json")));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
