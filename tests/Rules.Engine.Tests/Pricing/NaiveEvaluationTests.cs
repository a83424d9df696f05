using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Pricing;

public sealed class NaiveEvaluationTests
{
    private static readonly Instant s_at = Instant.FromUtc(2026, 2, 1, 0, 0);

    // A failing seed is printed and can be run alone.
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(300)]
    public void Engine_agrees_with_rational_arithmetic_over_the_whole_scope(int firstSeed)
    {
        for (var seed = firstSeed; seed < firstSeed + 100; seed++)
        {
            Compare(seed, events: 25);
        }
    }

    [Fact]
    public void Narrow_and_wide_prices_occur_among_the_random_ones()
    {
        var widths = Enumerable.Range(0, 400).Select(s => RuleFiles.Compile(new RandomPrice(s).Text).PriceTables[0]!.Width).Distinct().Order(StringComparer.Ordinal);

        widths.ShouldBe(["Int128", "Int64"]);
    }

    [Fact]
    public void Wider_integers_give_the_same_amounts()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var price = new RandomPrice(seed);
            var table = RuleFiles.Compile(price.Text).PriceTables[0]!;
            var wide = PriceTableBuilder.Build<Int128>(table.Rule, table.Scale, table.Decimals, table.Rounding);
            var endless = PriceTableBuilder.Build<System.Numerics.BigInteger>(table.Rule, table.Scale, table.Decimals, table.Rounding);
            for (var i = 0; i < 20; i++)
            {
                var usage = price.NextEvent();

                ((System.Numerics.BigInteger)Alone(wide, usage)).ShouldBe(Alone(endless, usage), $"seed {seed}");
            }
        }
    }

    private static T Alone<T>(PriceTable<T> table, NaiveEvent usage)
        where T : struct, System.Numerics.IBinaryInteger<T>
    {
        Scaled.TryFromExact<T>(usage.Images, 0, out var images).ShouldBeTrue();
        Scaled.TryFromExact<T>(usage.Hours, 9, out var hours).ShouldBeTrue();
        var trace = new NoTrace();
        return new PriceEvaluator<T>(table).Price(0, new Counted<T>([images, hours], 3, [], 0, []), new T[2], ref trace).Charged;
    }

    private static void Compare(int seed, int events)
    {
        var price = new RandomPrice(seed);
        var model = RuleFiles.Compile(price.Text);
        var published = RuleFiles.Publish(model);
        var state = Bookkeeper.Open(published, new OpenAccount("a", model.Name, s_at)).State;
        var scopes = new Dictionary<string, List<NaiveEvent>>(StringComparer.Ordinal);
        for (var i = 0; i < events; i++)
        {
            var usage = price.NextEvent();
            var name = price.IsScoped ? usage.Run! : i.ToString(CultureInfo.InvariantCulture);
            if (!scopes.TryGetValue(name, out var scope))
            {
                scopes[name] = scope = [];
            }

            var before = scope.Count == 0 ? 0 : price.Posted(scope);
            scope.Add(usage);
            var booking = Bookkeeper.Charge(published, state, EventOf(usage), s_at);

            booking.Error.ShouldBeNull();
            var quote = booking.Answer!;
            var context = $"seed {seed}, event {i}:\n{price.Text}";
            price.Exact(scope).Is(quote.Exact).ShouldBeTrue(context);
            ((System.Numerics.BigInteger)quote.Charge).ShouldBe(price.Posted(scope) - before, context);
            state = booking.State;
        }
    }

    private static UsageEvent EventOf(NaiveEvent usage) => new()
    {
        OccurredAt = s_at,
        Action = "work",
        Quantities = [new("image", usage.Images), new("hour", usage.Hours)],
        Facts = [new("region", usage.Region)],
        Keys = [new("run", usage.Run!)],
    };
}
