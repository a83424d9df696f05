using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Pricing;

/// <summary>
/// What holds of every price, on random ones. A failure names the seed, which makes the same price and the same events again.
/// </summary>
public sealed class EngineInvariantTests
{
    private const int Prices = 300;

    private static readonly Instant s_at = Instant.FromUtc(2026, 2, 1, 0, 0);

    // Slices, then what the trace says was done to their sum.
    [Fact]
    public void E1_E12_Explanation_adds_up_to_the_exact_amount_by_itself() => ForEachEvent((seed, _, quote, _) =>
    {
        var sum = ExactDecimal.Zero;
        foreach (var step in quote.Steps)
        {
            sum = step switch
            {
                BoundStep bound => bound.From == sum ? bound.To : throw new InvalidOperationException($"seed {seed}: the bound starts at {bound.From}, not at {sum}"),
                AdjustmentStep adjustment => adjustment.Total,
                _ => step.IsPart ? sum + step.Amount!.Value : sum,
            };
        }

        sum.ShouldBe(quote.Exact, $"seed {seed}");
    });

    [Fact]
    public void E2_Posted_total_is_the_exact_total_rounded_once() => ForEachEvent((seed, price, _, state) =>
    {
        foreach (var scope in state.Scopes)
        {
            var total = Rational.Zero;
            var bodies = price.Shape.Default.All.ToList();
            foreach (var totals in scope.Bodies.Where(b => bodies[b.Body].PostingScope == scope.Id.Key))
            {
                var most = bodies[totals.Body].ScopeMost;
                total += most is { } cap ? Rational.Min(Rational.Of(cap), Rational.Of(totals.Exact)) : Rational.Of(totals.Exact);
            }

            var difference = Rational.Of(scope.Posted) - (total * new Rational(BigInteger.Pow(10, price.Shape.Decimals), 1));
            var size = difference.IsNegative ? -difference : difference;
            (price.Shape.Rounding.StartsWith("half", StringComparison.Ordinal) ? size * Rational.Of(2) <= Rational.One : size < Rational.One).ShouldBeTrue($"seed {seed}");
        }
    });

    [Fact]
    public void E3_More_units_never_cost_less_where_no_volume_ladder_stands() => ForEachPrice(
        b => b.Lines.TrueForAll(l => l.Mode != "volume"),
        (seed, price, published, account, random) =>
        {
            foreach (var meter in (string[])["image", "hour", "USD"])
            {
                var few = Event(meter, random.Next(0, 60));
                var more = few with { Quantities = [new(meter, few.Quantities[0].Quantity + random.Next(1, 20))] };

                Exact(published, account, more).ShouldBeGreaterThanOrEqualTo(Exact(published, account, few), $"seed {seed}\n{price.Text}");
            }
        });

    // What stands per event is excluded, by its own words.
    [Fact]
    public void E4_Cutting_the_use_of_a_scope_into_events_changes_nothing() => ForEachPrice(
        b => b.IsScoped && b.Rows.Count == 0 && b.Floors.Count == 0 && b.FreeEvents is null && b.EventLeast is null && b.EventMost is null
            && b.Lines.TrueForAll(l => l.Meter is not null),
        (seed, price, published, account, random) =>
        {
            var (first, second) = (random.Next(0, 60), random.Next(0, 60));
            var parts = Bookkeeper.Charge(published, account, Event("image", first), s_at);
            var rest = Bookkeeper.Charge(published, parts.State, Event("image", second), s_at);
            var whole = Bookkeeper.Charge(published, account, Event("image", first + second), s_at);

            (parts.Answer!.Charge + rest.Answer!.Charge).ShouldBe(whole.Answer!.Charge, $"seed {seed}\n{price.Text}");
        });

    [Fact]
    public void E5_Nothing_used_costs_nothing_and_no_use_costs_less_than_nothing() => ForEachPrice(
        static _ => true,
        (seed, price, published, account, random) =>
        {
            Exact(published, account, Event("image", random.Next(0, 90))).ShouldBeGreaterThanOrEqualTo(ExactDecimal.Zero, $"seed {seed}\n{price.Text}");
            if (price.Shape.Default.All.All(b => b.Rows.Count == 0 && b.Floors.Count == 0 && b.EventLeast is null && !b.HasFeeAtZero && b.Lines.TrueForAll(l => l.Meter is not null)))
            {
                Exact(published, account, Event("image", 0)).ShouldBe(ExactDecimal.Zero, $"seed {seed}\n{price.Text}");
            }
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void E6_Graduated_price_is_continuous_at_every_limit(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 40; round++)
        {
            var limits = new[] { 0, random.Next(1, 50), random.Next(51, 500), random.Next(501, 5_000) };
            var rates = limits.Select(_ => new ExactDecimal(random.Next(1, 10_000), 4)).ToArray();
            var (published, account) = Open($"""
                language 1
                ruleset random version 1 effective 2026-01-01
                credit "credit" to 9 decimals
                meter hour fractional
                action work keyed by run
                  measures hour
                price work
                  per hour, graduated within each run
                    base            {rates[0]} credits
                    over {limits[1]}  {rates[1]} credits
                    over {limits[2]}  {rates[2]} credits
                    over {limits[3]}  {rates[3]} credits
                """);
            for (var i = 1; i < limits.Length; i++)
            {
                var step = new ExactDecimal(1, 3);
                var (below, at, above) = (Hours(limits[i] - step), Hours(limits[i]), Hours(limits[i] + step));

                (at - below).ShouldBe(rates[i - 1] * step, $"seed {seed}");
                (above - at).ShouldBe(rates[i] * step, $"seed {seed}");
            }

            ExactDecimal Hours(ExactDecimal count) => Exact(published, account, new UsageEvent { OccurredAt = s_at, Action = "work", Quantities = [new("hour", count)], Keys = [new("run", "a")] });
        }
    }

    // Of the file and of the event.
    [Fact]
    public void E7_Order_of_rules_and_of_members_changes_nothing()
    {
        foreach (var name in RuleFiles.Shipped.Where(n => !File.ReadAllText(PathOf(n)).Contains(" amends version ", StringComparison.Ordinal)))
        {
            var items = Items(File.ReadAllText(PathOf(name)));
            var meaning = RuleFiles.Compile(string.Concat(items)).Meaning;
            for (var seed = 0; seed < 5; seed++)
            {
                var tail = items.Skip(2).ToArray();
                new Random(seed).Shuffle(tail);

                RuleFiles.Compile(string.Concat(items.Take(2).Concat(tail))).Meaning.ShouldBe(meaning, $"{name}, seed {seed}");
            }
        }

        ForEachPrice(static _ => true, (seed, price, published, account, random) =>
        {
            ImmutableArray<MeteredQuantity> quantities = [new("image", random.Next(90)), new("hour", random.Next(90)), new("USD", random.Next(90))];
            var usage = Event("image", 0) with { Quantities = quantities };
            var turned = usage with { Quantities = [.. quantities.Reverse()], Facts = [.. usage.Facts.Reverse()] };

            WireWriter.Quote(Quote(published, account, turned)).ShouldBe(WireWriter.Quote(Quote(published, account, usage)), $"seed {seed}");
        });
    }

    // One text, one meaning and one answer, byte by byte.
    [Fact]
    public void E9_E11_Meaning_and_answer_are_the_same_in_every_culture_and_on_every_thread()
    {
        string[] cultures = ["", "tr-TR", "ar-SA", "fr-FR", "hi-IN", "th-TH"];
        for (var seed = 0; seed < 40; seed++)
        {
            var price = new RandomPrice(seed);
            var expected = AnswerOf(price, "");
            var answers = new string[16];
            var threads = Enumerable.Range(0, answers.Length).Select(i => new Thread(() => answers[i] = AnswerOf(price, cultures[i % cultures.Length]))).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());

            answers.ShouldAllBe(a => a == expected, $"seed {seed}");
        }
    }

    // Of the machine: the account's own zone is part of the rules.
    [Fact]
    public void E9_E11_Meaning_and_answer_are_the_same_wherever_the_machine_stands()
    {
        var before = Environment.GetEnvironmentVariable("TZ");
        var offsets = new HashSet<TimeSpan>();
        var answers = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var zone in (string[])["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
            {
                Environment.SetEnvironmentVariable("TZ", zone);
                TimeZoneInfo.ClearCachedData();
                offsets.Add(TimeZoneInfo.Local.BaseUtcOffset);
                answers.Add(string.Join('\n', RuleFiles.Shipped.Where(n => !File.ReadAllText(PathOf(n)).Contains(" amends version ", StringComparison.Ordinal))
                    .Select(n => RuleFiles.Compile(File.ReadAllText(PathOf(n))).Meaning)
                    .Concat(Enumerable.Range(0, 40).Select(seed => AnswerOf(new RandomPrice(seed), "")))));
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable("TZ", before);
            TimeZoneInfo.ClearCachedData();
        }

        offsets.Count.ShouldBe(4);
        answers.ShouldHaveSingleItem();
    }

    [Fact]
    public void E13_Version_that_changes_another_price_leaves_this_one_alone() => ForEachPrice(
        static _ => true,
        (seed, price, _, _, random) =>
        {
            var usage = Event("image", random.Next(0, 90));
            var (one, first) = Open(With("1 credit"));
            var (other, second) = Open(With("7 credits"));

            var (before, after) = (Quote(one, first, usage), Quote(other, second, usage));

            (after.Charge, after.Exact).ShouldBe((before.Charge, before.Exact), $"seed {seed}");
            string With(string figure) => price.Text + $"action other\nprice other\n  each {figure}\n";
        });

    [Fact]
    public void E15_Quantity_too_large_is_an_error_and_never_wraps()
    {
        var most = new ExactDecimal(999_999_999_999_999);
        var (priced, refused) = (0, 0);
        ForEachPrice(static _ => true, (seed, price, published, account, _) =>
        {
            var state = account;
            var naive = new NaiveEvaluator(price.Shape, price.Tier, s_at);
            for (var i = 0; i < 3; i++)
            {
                var shape = new EventShape(s_at, new Dictionary<string, ExactDecimal> { ["image"] = most, ["hour"] = most }, "north", "small", "a");
                var booking = Bookkeeper.Charge(published, state, NaiveEvaluationTests.EventOf(shape), s_at);
                if (booking.Error is { } error)
                {
                    error.Code.ShouldBeOneOf("RT11", "RT12");
                    refused++;
                    break;
                }

                new BigInteger(booking.Answer!.Charge).ShouldBe(naive.Add(shape)!.Charge, $"seed {seed}\n{price.Text}");
                priced++;
                state = booking.State;
            }
        });

        priced.ShouldBeGreaterThan(20);
        refused.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void E16_Thousand_units_cost_what_one_of_a_thousand_does()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var (first, above, limit) = (new ExactDecimal(random.Next(1, 1000), 3), new ExactDecimal(random.Next(1, 1000), 3), random.Next(1, 50));
            var (units, single) = Open(Text("1,000 tokens", limit * 1000));
            var (kilos, kilo) = Open(Text("token", limit));
            var count = new ExactDecimal(random.Next(1, 100_000), 3);

            Exact(units, single, Tokens(count * 1000)).ShouldBe(Exact(kilos, kilo, Tokens(count)), $"seed {seed}");

            string Text(string unit, int limit) => $"""
                language 1
                ruleset random version 1 effective 2026-01-01
                credit "credit" to 6 decimals
                meter token fractional
                action work keyed by run
                  measures token
                price work
                  per {unit}, graduated within each run
                    base  {first} credits
                    over {limit}  {above} credits
                """;
        }

        static UsageEvent Tokens(ExactDecimal count) => new() { OccurredAt = s_at, Action = "work", Quantities = [new("token", count)], Keys = [new("run", "a")] };
    }

    private static string AnswerOf(RandomPrice price, string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        var model = RuleFiles.Compile(price.Text);
        var published = RuleFiles.Publish(model);
        var account = Bookkeeper.Open(published, new OpenAccount("a", model.Name, s_at)).State;
        return $"{model.Meaning} {Convert.ToHexString(WireWriter.Quote(Quote(published, account, Event("image", 47))))}";
    }

    private static void ForEachPrice(Func<BodyShape, bool> wanted, Action<int, RandomPrice, PublishedRuleset, AccountState, Random> check)
    {
        var checkedPrices = 0;
        for (var seed = 0; checkedPrices < Prices / 3; seed++)
        {
            var price = new RandomPrice(seed);
            if (price.Shape.Default.All.All(wanted))
            {
                var (published, account) = Open(price.Text, price.Tier);
                check(seed, price, published, account, new Random(seed));
                checkedPrices++;
            }
        }
    }

    private static void ForEachEvent(Action<int, RandomPrice, Quote, AccountState> check)
    {
        for (var seed = 0; seed < Prices; seed++)
        {
            var price = new RandomPrice(seed);
            var (published, opened) = Open(price.Text, price.Tier);
            for (var stream = 0; stream < 3; stream++)
            {
                var state = opened;
                foreach (var usage in price.NextStream(s_at))
                {
                    var booking = Bookkeeper.Charge(published, state, NaiveEvaluationTests.EventOf(usage), usage.At);
                    if (booking.Answer is { } quote)
                    {
                        check(seed, price, quote, booking.State);
                        state = booking.State;
                    }
                }
            }
        }
    }

    private static (PublishedRuleset Published, AccountState Account) Open(string text, string? tier = null)
    {
        var model = RuleFiles.Compile(text);
        var published = RuleFiles.Publish(model);
        var opened = Bookkeeper.Open(published, new OpenAccount("a", model.Name, s_at) { Facts = tier is null ? [] : [new("tier", tier)] });
        opened.Error.ShouldBeNull();
        return (published, opened.State);
    }

    private static Quote Quote(PublishedRuleset published, AccountState account, UsageEvent usage)
    {
        var quote = Bookkeeper.Quote(published, account, usage, usage.OccurredAt, out var error);
        error.ShouldBeNull();
        return quote!;
    }

    private static ExactDecimal Exact(PublishedRuleset published, AccountState account, UsageEvent usage) => Quote(published, account, usage).Exact;

    private static UsageEvent Event(string meter, ExactDecimal quantity) => new()
    {
        OccurredAt = s_at,
        Action = "work",
        Quantities = [new(meter, quantity)],
        Facts = [new("region", "north"), new("size", "small")],
        Keys = [new("run", "a")],
    };

    private static string PathOf(string name) =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "rules"), name, SearchOption.AllDirectories).Single();

    // Each with the comments above it and the lines indented under it.
    private static List<string> Items(string text)
    {
        var items = new List<string>();
        var current = "";
        var hasLine = false;
        foreach (var line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            var begins = line.Length > 0 && line[0] is not (' ' or '#');
            if (hasLine && (begins || (line.Length > 0 && line[0] == '#')))
            {
                items.Add(current);
                current = "";
                hasLine = false;
            }

            current += line + "\n";
            hasLine |= begins;
        }

        items.Add(current);
        return items;
    }
}
