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

/// <summary>Thresholds that a figure crosses: each case becomes an alert over a bucket, and two uses that move the figure.</summary>
public sealed class AlertCaseTests(ITestOutputHelper output)
{
    private const string LastSpeaks = "of repeated levels that one event passes, the last one speaks for the others";

    private const string Standing = "asks for the standing level, which no answer states yet";

    // Cases that are answered differently, with the reason.
    private static readonly Dictionary<string, string> s_different = new(StringComparer.Ordinal)
    {
        ["lago-inc-33-351"] = LastSpeaks,
        ["lago-proc-4-161"] = LastSpeaks,
    };

    public static IEnumerable<object[]> Cases => Read().Where(IsAsked).Select(c => new object[] { IdOf(c) });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_threshold_is_crossed(string id)
    {
        var asked = Read().Single(c => IdOf(c) == id);
        if (s_different.TryGetValue(id, out var reason))
        {
            Run(asked).ShouldNotBe(Expected(asked), reason);
            Run(asked)[^1].ShouldBe(Expected(asked)[^1]);
            return;
        }

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

        counts.ShouldBe(new Dictionary<string, int> { ["equal"] = 11, [LastSpeaks] = 2, [Standing] = 10 }, ignoreOrder: true);
    }

    private static string Outcome(JsonElement asked) => !IsAsked(asked) ? Standing
        : s_different.TryGetValue(IdOf(asked), out var reason) ? reason
        : Run(asked).SequenceEqual(Expected(asked)) ? "equal"
        : "wrong";

    private static List<string> Run(JsonElement asked)
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
        var definition = asked.GetProperty("definition");
        var levels = definition.GetProperty("thresholds").EnumerateArray().Select(t => $"{t.GetString()} credits").ToList();
        var step = definition.TryGetProperty("recurring_step", out var every) ? $"every {every.GetString()} credits" : null;
        var figure = IsRising(asked) ? "used" : "left";
        var level = levels.Count == 0 ? $"at {step} {figure}" : $"at {string.Join(", ", levels)} {figure}{(step is null ? "" : ", then " + step)}";
        return $"""
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
              if short refuse
            alert "watched"
              {level}
            """;
    }

    private static bool IsAsked(JsonElement asked) => asked.GetProperty("kind").GetString() == "crossed";

    private static bool IsRising(JsonElement asked) => asked.GetProperty("definition").GetProperty("direction").GetString() == "increasing";

    private static ExactDecimal Input(JsonElement asked, string name) => ExactDecimal.Parse(asked.GetProperty("input").GetProperty(name).GetString()!);

    private static List<string> Expected(JsonElement asked) => [.. asked.GetProperty("expected").EnumerateArray().Select(e => e.GetString()!)];

    private static string IdOf(JsonElement asked) => asked.GetProperty("id").GetString()!;

    private static List<JsonElement> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "alert.json")));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
