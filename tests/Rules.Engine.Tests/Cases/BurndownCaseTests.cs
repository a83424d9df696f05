using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Rules.Engine.Tests.Cases;

/// <summary>Grants in a pool that are burned down: each case becomes a rule text with its draw order, and a story of grants, uses and resets.</summary>
public sealed class BurndownCaseTests(ITestOutputHelper output)
{
    // Cases that are answered differently, with the reason.
    private static readonly Dictionary<string, string> s_different = new(StringComparer.Ordinal);

    public static IEnumerable<object[]> Cases => Read().Select(c => new object[] { IdOf(c) });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_burndown_holds(string id)
    {
        var story = Read().Single(c => IdOf(c) == id);
        if (s_different.TryGetValue(id, out var reason))
        {
            Run(story).ShouldNotBe(Expected(story), reason);
            return;
        }

        Run(story).ShouldBe(Expected(story), TextOf(story));
    }

    [Fact]
    public void Every_published_burndown_is_counted()
    {
        var counts = Read().CountBy(c => s_different.ContainsKey(IdOf(c)) ? "answered differently" : Run(c).SequenceEqual(Expected(c)) ? "equal" : "wrong").ToList();
        foreach (var (outcome, count) in counts)
        {
            output.WriteLine($"{outcome} {count}");
        }

        counts.ShouldNotContain(c => c.Key == "wrong");
        counts.Sum(c => c.Value).ShouldBe(41);
    }

    private static List<string> Expected(JsonElement story)
    {
        var expected = story.GetProperty("expected");
        var lines = new List<string>();
        if (expected.TryGetProperty("balances", out var balances))
        {
            lines.AddRange(balances.EnumerateObject().Select(b => $"{b.Name} {b.Value.GetString()}"));
        }

        lines.Add($"total {(expected.TryGetProperty("total", out var total) ? total.GetString() : "any")}");
        lines.Add($"overage {expected.GetProperty("overage").GetString()}");
        if (expected.TryGetProperty("burned", out var burned))
        {
            lines.AddRange(burned.EnumerateArray().Select(b => $"burned {b.GetProperty("grant").GetString()} {b.GetProperty("amount").GetString()}"));
        }

        if (expected.TryGetProperty("rejected_usage", out var rejected))
        {
            lines.AddRange(rejected.EnumerateArray().Select(r => $"rejected {r.GetInt32()}"));
        }

        return lines;
    }

    private static List<string> Run(JsonElement story)
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(TextOf(story)));
        var grants = Grants(story);
        var start = grants.Select(g => g.Grant.EffectiveAt!.Value).Append(At(story, "from")).Min();
        var state = Bookkeeper.Open(ruleset, new OpenAccount("a", "published", start)).State;
        var names = new Dictionary<long, string>();
        foreach (var (grant, ends) in grants)
        {
            if (ends <= grant.EffectiveAt)
            {
                continue;
            }

            var booking = Bookkeeper.Grant(ruleset, state, grant with { At = start, ExpiresAt = ends }, start);
            booking.Error.ShouldBeNull();
            state = booking.State;
        }

        var burned = new List<string>();
        var rejected = new List<string>();
        foreach (var step in Steps(story))
        {
            if (step.Usage is not { } usage)
            {
                var reset = Bookkeeper.Reset(ruleset, state, new ResetAccount(step.At, KeepsDebt: step.KeepsDebt), step.At);
                reset.Error.ShouldBeNull();
                state = reset.State;
                continue;
            }

            var booking = Bookkeeper.Charge(ruleset, state, usage, step.At);
            booking.Error.ShouldBeNull();
            state = booking.State;
            var quote = booking.Answer!;
            if (quote.Outcome != QuoteOutcome.Charged)
            {
                rejected.Add($"rejected {step.Index}");
            }

            foreach (var entry in booking.Entries)
            {
                foreach (var lot in entry.NewLots)
                {
                    names[lot.Number] = NameOf(lot.Id);
                }
            }

            foreach (var draw in quote.Draws)
            {
                burned.Add($"burned {names.GetValueOrDefault(draw.Lot) ?? NameOf(grants, draw.Lot)} {ExactDecimal.FromUnits(draw.Amount, Decimals)}");
            }
        }

        var at = At(story, "at");
        state = Bookkeeper.Advance(ruleset, state, Instant.Max(at, state.LastAt)).State;
        var expected = story.GetProperty("expected");
        var lines = new List<string>();
        if (expected.TryGetProperty("balances", out var balances))
        {
            lines.AddRange(balances.EnumerateObject().Select(b => $"{b.Name} {Left(state, at, id => id == b.Name)}"));
        }

        lines.Add($"total {(expected.TryGetProperty("total", out _) ? Left(state, at, static _ => true) : "any")}");
        lines.Add($"overage {ExactDecimal.FromUnits(state.Debts.Sum(d => d.Left), Decimals)}");
        if (expected.TryGetProperty("burned", out _))
        {
            lines.AddRange(burned);
        }

        if (expected.TryGetProperty("rejected_usage", out _))
        {
            lines.AddRange(rejected);
        }
        else if (rejected.Count > 0)
        {
            lines.AddRange(rejected);
        }

        return lines;
    }

    private const int Decimals = 6;

    private static string Left(AccountState state, Instant at, Func<string, bool> isCounted) =>
        ExactDecimal.FromUnits(state.Lots.Where(l => isCounted(NameOf(l.Lot.Id)) && Balances.IsLive(l.Lot, at)).Sum(l => l.Available), Decimals).ToString();

    // The lots of a recurring grant count for the grant.
    private static string NameOf(string id) => id.StartsWith("sys:occur:", StringComparison.Ordinal) ? id["sys:occur:".Length..id.LastIndexOf(':')] : id;

    private static string NameOf(List<(GrantCredits Grant, Instant? Ends)> grants, long lot) =>
        grants.Where(g => !(g.Ends <= g.Grant.EffectiveAt)).ElementAt((int)lot - 1).Grant.Id;

    private static List<(GrantCredits Grant, Instant? Ends)> Grants(JsonElement story)
    {
        var from = At(story, "from");
        var keys = Order(story);
        var grants = new List<(GrantCredits, Instant?)>();
        foreach (var grant in story.GetProperty("grants").EnumerateArray())
        {
            var created = Maybe(grant, "created_at");
            var effective = Maybe(grant, "effective_at") ?? created ?? from;
            var ends = Sooner(Maybe(grant, "expires_at"), Maybe(grant, "voided_at"));
            var recurrence = grant.TryGetProperty("recurrence", out var every) ? every : (JsonElement?)null;
            grants.Add((
                new GrantCredits(Text(grant, "id")!, BucketOf(grant, keys), Amount(grant, "amount")!.Value, from)
                {
                    EffectiveAt = effective,
                    CreatedAt = created ?? effective,
                    Priority = Text(grant, "priority") is { } priority ? int.Parse(priority, System.Globalization.CultureInfo.InvariantCulture) : null,
                    Cost = Amount(grant, "cost_basis"),
                    Starting = Amount(grant, "starting_balance"),
                    Every = recurrence is { } r ? Span(Text(r, "every")!) : null,
                    Anchor = recurrence is { } a ? Maybe(a, "anchor") : null,
                    Rollover = Limits(grant),
                },
                ends));
        }

        return keys.Contains("id asc") ? [.. grants.OrderBy(g => g.Item1.Id, StringComparer.Ordinal)] : grants;
    }

    // Absent limits keep nothing at a reset.
    private static RolloverLimits Limits(JsonElement grant) => grant.TryGetProperty("rollover", out var rollover)
        ? new RolloverLimits(Amount(rollover, "min") ?? ExactDecimal.Zero, Amount(rollover, "max"))
        : new RolloverLimits(ExactDecimal.Zero, ExactDecimal.Zero);

    private readonly record struct Step(Instant At, int Phase, int Index, UsageEvent? Usage, bool KeepsDebt);

    // At one instant: resets, then uses in their order.
    private static IEnumerable<Step> Steps(JsonElement story)
    {
        var end = At(story, "at");
        var steps = new List<Step>();
        if (story.TryGetProperty("resets", out var resets))
        {
            steps.AddRange(resets.EnumerateArray().Select((r, i) =>
                new Step(At(r, "at"), 0, i, null, r.TryGetProperty("preserve_overage", out var keep) && keep.GetBoolean())));
        }

        steps.AddRange(story.GetProperty("usage").EnumerateArray().Select((u, i) => new Step(
            At(u, "at"),
            1,
            i,
            new UsageEvent
            {
                OccurredAt = At(u, "at"),
                Action = "work",
                Quantities = [new MeteredQuantity("unit", Amount(u, "amount")!.Value)],
                Only = u.TryGetProperty("only", out var only) ? [.. only.EnumerateArray().Select(o => o.GetString()!)] : [],
            },
            KeepsDebt: false)));
        return steps.Where(s => s.At <= end && s.At >= At(story, "from")).OrderBy(s => s.At).ThenBy(s => s.Phase).ThenBy(s => s.Index);
    }

    private static string TextOf(JsonElement story)
    {
        var keys = Order(story);
        var buckets = keys.Where(k => k.StartsWith("category ", StringComparison.Ordinal)).SelectMany(k => k["category ".Length..].Split('<')).ToList();
        if (buckets.Count == 0)
        {
            buckets.Add("pool");
        }

        var order = keys.Select(Key).Where(k => k.Length > 0).ToList();
        return $"""
            language 1
            ruleset published version 1 effective 2001-01-01
            credit "credit" to {Decimals} decimals
            meter unit fractional
            action work
              measures unit
            price work
              per unit 1 credit
            {string.Join('\n', buckets.Select(b => $"bucket \"{b}\" from grant\n  unused never expires"))}
            consume by {string.Join(", then ", order)}
            at zero
              if short {(Text(story.GetProperty("policy"), "overage") == "reject" ? "refuse" : "owe")}
            """;
    }

    private static string Key(string key) => key.Split(' ') switch
    {
        ["priority", ..] => "lowest priority",
        ["expires_at", ..] => "soonest expiry by second",
        ["created_at", ..] => "oldest",
        ["effective_at", ..] => "earliest start",
        ["cost_basis", ..] => "lowest cost",
        ["amount", "desc"] => "largest",
        ["amount", ..] => "smallest",
        ["category", var order] => string.Join(" before ", order.Split('<').Select(b => $"\"{b}\"")),
        _ => "",
    };

    private static string BucketOf(JsonElement grant, List<string> keys) =>
        keys.Exists(k => k.StartsWith("category ", StringComparison.Ordinal)) ? Text(grant, "category")! : "pool";

    private static List<string> Order(JsonElement story) =>
        [.. story.GetProperty("policy").GetProperty("order").EnumerateArray().Select(k => k.GetString()!)];

    private static Instant? Sooner(Instant? a, Instant? b) => a is null || b < a ? b ?? a : a;

    private static string IdOf(JsonElement story) => story.GetProperty("id").GetString()!;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ExactDecimal? Amount(JsonElement element, string name) => Text(element, name) is { } text ? ExactDecimal.Parse(text) : null;

    private static Instant At(JsonElement element, string name) => Maybe(element, name)!.Value;

    private static Instant? Maybe(JsonElement element, string name) => Text(element, name) is { } text ? InstantPattern.ExtendedIso.Parse(text).Value : null;

    private static CalendarSpan Span(string iso) => new(
        int.Parse(iso[(iso[1] == 'T' ? 2 : 1)..^1], System.Globalization.CultureInfo.InvariantCulture),
        iso[^1] switch
        {
            'H' => CalendarUnit.Hour,
            'D' => CalendarUnit.Day,
            'W' => CalendarUnit.Week,
            'M' => CalendarUnit.Month,
            _ => CalendarUnit.Year,
        });

    private static List<JsonElement> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "burndown.json")));
        return [.. document.RootElement.Clone().EnumerateArray().Where(c => c.GetProperty("kind").GetString() == "burndown")];
    }
}
