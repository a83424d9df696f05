using System.Text.Json;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Rules.Engine.Tests.Cases;

public sealed class PricingCaseTests(ITestOutputHelper output)
{
    private static readonly Instant s_at = Instant.FromUtc(2026, 2, 3, 0, 0);
    private static readonly Instant s_nextCycle = Instant.FromUtc(2026, 3, 1, 0, 0);

    // A case that the engine means to answer differently, with the reason.
    private static readonly Dictionary<string, string> s_different = new(StringComparer.Ordinal);

    public static IEnumerable<object[]> Cases => Read().Select(c => new object[] { c.Id });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_price_holds(string id)
    {
        var price = Read().Single(c => c.Id == id);

        var answer = Answer(price);

        if (s_different.TryGetValue(id, out var reason))
        {
            answer.ShouldNotBeNull(reason);
            return;
        }

        answer.ShouldBeNull(price.RuleText);
    }

    [Fact]
    public void Every_published_price_is_counted()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var total = 0;
        foreach (var price in Read())
        {
            var outcome = Answer(price) is null ? "equal" : s_different.ContainsKey(price.Id) ? "answered differently" : "wrong";
            var key = $"{price.Model}: {outcome}";
            counts[key] = counts.GetValueOrDefault(key) + 1;
            total++;
        }

        foreach (var (key, count) in counts)
        {
            output.WriteLine($"{key} {count}");
        }

        counts.Where(c => c.Key.EndsWith(": wrong", StringComparison.Ordinal)).ShouldBeEmpty();
        total.ShouldBe(164);
    }

    /// <summary>Null where the engine answers as published; else what it answers.</summary>
    private static string? Answer(PricingCase price)
    {
        var compilation = RulesetCompiler.Compile(SourceText.From(price.RuleText, "published.v1.rules"));
        if (compilation.Model is not { } model)
        {
            return string.Join('\n', compilation.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        }

        var story = new CaseStory(RuleFiles.Publish(model));
        if (price.Differences is { } differences)
        {
            for (var i = 0; i < differences.Length; i++)
            {
                if (story.Charge(price.Uses[i]) is var due && due != differences[i])
                {
                    return $"step {i}: {due} instead of {differences[i]}";
                }
            }

            return null;
        }

        var before = ExactDecimal.Zero;
        if (price.Before is { } billed)
        {
            if (!story.ChargeUntil(price.Uses[0], billed, out var rest))
            {
                return $"no part of the quantity comes to {billed}";
            }

            before = billed;
            if (!rest.Quantities[0].Quantity.IsZero)
            {
                story.Charge(rest);
            }
        }
        else
        {
            foreach (var use in price.Uses)
            {
                if (price.IsCorrection && use == price.Uses[^1])
                {
                    before = story.Charged;
                }

                story.Charge(use);
            }
        }

        if (price.HasMinimum)
        {
            story.Close();
        }

        var found = story.Charged - before;
        return story.Error ?? (found == price.Expected ? null : $"{found} instead of {price.Expected}");
    }

    private static List<PricingCase> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "pricing.json")));
        return [.. document.RootElement.Clone().EnumerateArray().Select(e => new PricingCase(e))];
    }

    private sealed class CaseStory
    {
        private readonly PublishedRuleset _ruleset;
        private readonly int _decimals;
        private AccountState _state;

        public CaseStory(PublishedRuleset ruleset)
        {
            _ruleset = ruleset;
            _decimals = ruleset.Versions[0].Model.Credit.Decimals;
            _state = Bookkeeper.Open(ruleset, new OpenAccount("a", ruleset.Name, s_at)).State;
            var grant = Bookkeeper.Grant(ruleset, _state, new GrantCredits("g", "prepaid", 100_000_000, s_at), s_at);
            Error = grant.Error?.Message;
            _state = grant.State;
        }

        public string? Error { get; private set; }

        /// <summary>What has left the balance.</summary>
        public ExactDecimal Charged => 100_000_000 - ExactDecimal.FromUnits(_state.Lots.Sum(l => l.Available), _decimals);

        public ExactDecimal Charge(CaseUse use)
        {
            var booking = Book(_state, use);
            _state = booking.State;
            return booking.Answer is { } quote ? ExactDecimal.FromUnits(quote.Charge, _decimals) : default;
        }

        /// <summary>Uses that part of a quantity which comes to an amount.</summary>
        public bool ChargeUntil(CaseUse use, ExactDecimal amount, out CaseUse rest)
        {
            var (meter, all) = use.Quantities[0];
            for (var part = ExactDecimal.Zero; part <= all; part += ExactDecimal.One)
            {
                var first = use with { Quantities = [(meter, part)] };
                if (Book(_state, first) is { Answer: { } quote } booking && ExactDecimal.FromUnits(quote.Charge, _decimals) == amount)
                {
                    _state = booking.State;
                    rest = use with { Quantities = [(meter, all - part)] };
                    return true;
                }
            }

            rest = use;
            return false;
        }

        public void Close() => _state = Bookkeeper.Advance(_ruleset, _state, s_nextCycle).State;

        private Booking<Quote> Book(AccountState state, CaseUse use)
        {
            var booking = Bookkeeper.Charge(
                _ruleset,
                state,
                new UsageEvent
                {
                    OccurredAt = s_at,
                    Action = "work",
                    Quantities = [.. use.Quantities.Select(q => new MeteredQuantity(q.Meter, q.Quantity))],
                    Keys = [new NamedText("run", use.Key)],
                },
                s_at);
            Error ??= booking.Error?.Message;
            return booking;
        }
    }
}
