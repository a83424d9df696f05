using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Pricing;

public sealed class NaiveEvaluationTests
{
    private const int Least = 4_000;
    private const int StreamsPerRuleset = 25;

    // At night RULES_RULESETS=40000 makes a million pairs of it.
    private static readonly int s_rulesets = int.TryParse(Environment.GetEnvironmentVariable("RULES_RULESETS"), NumberStyles.None, CultureInfo.InvariantCulture, out var more)
        ? Math.Max(more, Least)
        : Least;

    private static readonly Instant s_opened = Instant.FromUtc(2026, 2, 1, 0, 0);

    // A failure names the seed of the ruleset; the same seed makes the same text and the same streams.
    [Fact]
    public void E10_Engine_agrees_with_the_naive_evaluator_on_100_000_pairs_of_ruleset_and_events()
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var pairs = 0;
        Parallel.For(0, s_rulesets, seed =>
        {
            var price = new RandomPrice(seed);
            Compare(price, seed);
            lock (texts)
            {
                texts.Add(price.Text);
                pairs += StreamsPerRuleset;
            }
        });

        texts.Count.ShouldBe(s_rulesets);
        pairs.ShouldBe(s_rulesets * StreamsPerRuleset);
    }

    [Fact]
    public void Every_width_occurs_among_the_random_prices()
    {
        var widths = Enumerable.Range(0, 400).Select(s => RuleFiles.Compile(new RandomPrice(s).Text).PriceTables[0]!.Width).Distinct().Order(StringComparer.Ordinal);

        widths.ShouldBe(["BigInteger", "Int128", "Int64"]);
    }

    private static void Compare(RandomPrice price, int seed)
    {
        var model = RuleFiles.Compile(price.Text);
        var published = RuleFiles.Publish(model);
        var opened = Bookkeeper.Open(published, new OpenAccount("a", model.Name, s_opened) { Facts = [new("tier", price.Tier)] }).State;
        for (var stream = 0; stream < StreamsPerRuleset; stream++)
        {
            Compare(price, published, opened, seed);
        }
    }

    private static void Compare(RandomPrice price, PublishedRuleset published, AccountState state, int seed)
    {
        var events = price.NextStream(s_opened);
        var naive = new NaiveEvaluator(price.Shape, price.Tier, s_opened);
        var at = s_opened;
        for (var i = 0; i <= events.Count; i++)
        {
            var next = i < events.Count ? events[i].At : at + (price.NextGap() * 3);
            var due = naive.Due(at, next);
            at = next;
            var expected = i < events.Count ? naive.Add(events[i]) : null;
            var booking = expected is null ? Advance(published, state, at) : Bookkeeper.Charge(published, state, EventOf(events[i]), at);
            var refusal = expected is null && i < events.Count ? Bookkeeper.Charge(published, state, EventOf(events[i]), at).Error : null;
            var difference = Difference(expected, booking.Answer)
                ?? (refusal?.Code == (expected is null && i < events.Count ? "RT05" : null) ? null : $"refusal {refusal}")
                ?? Difference(due, Closes(booking.Entries));
            if (difference is not null)
            {
                Assert.Fail(string.Create(
                    CultureInfo.InvariantCulture,
                    $"seed {seed}, event {i + 1} at {at}, tier {price.Tier}: {difference}\n{price.Text}\n{string.Join('\n', events)}"));
            }

            state = booking.State;
        }
    }

    private static Booking<Quote> Advance(PublishedRuleset published, AccountState state, Instant at)
    {
        var advanced = Bookkeeper.Advance(published, state, at);
        return new Booking<Quote>(advanced.State, advanced.Entries, Answer: null, advanced.Error);
    }

    private static string? Difference(NaiveCharge? expected, Quote? quote)
    {
        if (expected is null || quote is null)
        {
            return (expected is null) == (quote is null) ? null : "one of the two has no price";
        }

        return !expected.Exact.Is(quote.Exact) ? $"exactly {expected.Exact}, not {quote.Exact}"
            : expected.Charge != quote.Charge ? $"charge {expected.Charge}, not {quote.Charge}"
            : expected.Listed != quote.Listed ? $"listed {expected.Listed}, not {quote.Listed}"
            : null;
    }

    private static string? Difference(Dictionary<string, BigInteger> due, Dictionary<string, BigInteger> closed)
    {
        foreach (var scope in due.Keys.Union(closed.Keys))
        {
            var (expected, found) = (due.GetValueOrDefault(scope), closed.GetValueOrDefault(scope));
            if (expected != found)
            {
                return $"at the close of {scope} {expected} fall due, not {found}";
            }
        }

        return null;
    }

    private static Dictionary<string, BigInteger> Closes(ImmutableArray<Entry> entries) => entries
        .Where(e => e.SystemKey?.StartsWith("sys:close:work:", StringComparison.Ordinal) == true)
        .ToDictionary(e => e.SystemKey!["sys:close:work:".Length..], e => new BigInteger(e.Amount), StringComparer.Ordinal);

    internal static UsageEvent EventOf(EventShape usage) => new()
    {
        OccurredAt = usage.At,
        Action = "work",
        Quantities = [.. usage.Quantities.Select(q => new MeteredQuantity(q.Key, q.Value))],
        Facts = [new("region", usage.Region), new("size", usage.Size)],
        Keys = [new("run", usage.Run)],
    };
}
