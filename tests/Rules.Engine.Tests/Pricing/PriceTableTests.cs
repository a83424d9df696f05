using System.Collections.Immutable;
using System.Numerics;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Pricing;

/// <summary>The forms of language section 8.3, on prices built by hand.</summary>
public sealed class PriceTableTests
{
    private static readonly Meter s_page = new("page", "pages", IsWhole: true, default);
    private static readonly Meter s_hour = new("hour", "hours", IsWhole: false, default);

    [Theory]
    [InlineData(1000, "1")]
    [InlineData(1001, "1.0004")]
    [InlineData(6000, "2.8")]
    public void Limit_of_a_tier_belongs_to_the_lower_tier(long pages, string exact) =>
        Price(Body(Per(LadderKind.Graduated, (0, "0.001"), (1000, "0.0004"), (5000, "0.0002"))), pages).ShouldBe(ExactDecimal.Parse(exact));

    [Theory]
    [InlineData(15, "150")]
    [InlineData(16, "80")]
    public void Volume_prices_all_units_in_the_tier_that_is_reached(long pages, string exact) =>
        Price(Body(Per(LadderKind.Volume, (0, "10"), (15, "5"))), pages).ShouldBe(ExactDecimal.Parse(exact));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "15")]
    [InlineData(10, "15")]
    [InlineData(11, "30")]
    public void Started_package_is_charged_whole(long pages, string exact) =>
        Price(Body(Per(LadderKind.Graduated, (0, "15")) with { Size = 10, Counting = UnitCounting.StartedPackages }), pages)
            .ShouldBe(ExactDecimal.Parse(exact));

    [Theory]
    [InlineData(9, "0")]
    [InlineData(19, "15")]
    public void Only_complete_packages_are_charged_where_the_price_says_so(long pages, string exact) =>
        Price(Body(Per(LadderKind.Graduated, (0, "15")) with { Size = 10, Counting = UnitCounting.CompletePackages }), pages)
            .ShouldBe(ExactDecimal.Parse(exact));

    [Fact]
    public void Price_per_several_units_is_the_exact_share() =>
        Price(Body(Per(LadderKind.Graduated, (0, "1")) with { Size = 8 }), 3).ShouldBe(ExactDecimal.Parse("0.375"));

    [Theory]
    [InlineData(5, "5")]
    [InlineData(6, "56")]
    public void Flat_fee_is_due_once_when_its_tier_is_reached(long pages, string exact)
    {
        var line = Per(LadderKind.Graduated, (0, "1"), (5, "1"));
        line = line with { Ladder = line.Ladder with { Tiers = [line.Ladder.Tiers[0], WithFee(line.Ladder.Tiers[1], "50")] } };

        Price(Body(line), pages).ShouldBe(ExactDecimal.Parse(exact));
    }

    [Theory]
    [InlineData(5, "0")]
    [InlineData(12, "7")]
    public void Free_units_are_taken_off_before_the_tiers(long pages, string exact) =>
        Price(Body(Per(LadderKind.Graduated, (0, "1"))) with { Allowances = [new Allowance(5, 0, default)] }, pages).ShouldBe(ExactDecimal.Parse(exact));

    [Theory]
    [InlineData(1001, "2")]
    [InlineData(1000, "1")]
    public void Total_is_rounded_to_steps_before_it_is_priced(long pages, string exact) => Price(
        Body(Per(LadderKind.Graduated, (0, "1")) with { Size = 1000, Conversion = new Conversion(ConversionRounding.Up, 1000, default) }), pages)
        .ShouldBe(ExactDecimal.Parse(exact));

    [Theory]
    [InlineData(40, "100")]
    [InlineData(150, "150")]
    public void Floor_counts_at_least_so_many_units_of_each_event(long pages, string exact) =>
        Price(Body(Per(LadderKind.Graduated, (0, "1"))) with { Floors = [new QuantityFloor(0, 100, IsAddition: false, default)] }, pages)
            .ShouldBe(ExactDecimal.Parse(exact));

    [Fact]
    public void Mark_up_and_discount_apply_to_the_exact_sum()
    {
        var body = Body(Per(LadderKind.Graduated, (0, "0.001")), Each("2")) with
        {
            MarkUp = new PriceAdjustment(Figure("12.5"), default),
            Discount = new PriceAdjustment(Figure("10"), default),
        };

        Price(body, 3).ShouldBe(ExactDecimal.Parse("2.0280375"));
    }

    [Theory]
    [InlineData(1, "1.75")]
    [InlineData(5, "5")]
    [InlineData(50, "12")]
    public void Event_is_bounded_after_everything_else(long pages, string exact)
    {
        var body = Body(Per(LadderKind.Graduated, (0, "1"))) with
        {
            Bounds = [new PriceBound(IsMaximum: false, Figure("1.75"), Scope.Event, default), new PriceBound(IsMaximum: true, Figure("12"), Scope.Event, default)],
        };

        Price(body, pages).ShouldBe(ExactDecimal.Parse(exact));
    }

    [Fact]
    public void Waived_tier_is_listed_and_not_charged()
    {
        var line = Per(LadderKind.Graduated, (0, "1"), (10, "2"));
        line = line with { Ladder = line.Ladder with { Tiers = [Waived(line.Ladder.Tiers[0]), line.Ladder.Tiers[1]] } };
        var table = (PriceTable<long>)PriceTableBuilder.Build(Rule(Body(line)), 0, RoundingMode.HalfUp);

        var amounts = Amounts(table, 12);

        amounts.Charged.ShouldBe(4);
        amounts.Listed.ShouldBe(14);
    }

    [Fact]
    public void Width_is_the_narrowest_that_holds_every_legal_quantity()
    {
        PriceTableBuilder.Build(Rule(Body(Per(LadderKind.Graduated, (0, "0.001")))), 5, RoundingMode.HalfUp).Width.ShouldBe("Int64");
        PriceTableBuilder.Build(Rule(Body(Per(LadderKind.Graduated, (0, "0.000000001")))), 9, RoundingMode.HalfUp).Width.ShouldBe("Int64");
        PriceTableBuilder.Build(Rule(Body(Per(LadderKind.Graduated, (0, "12.000000001")))), 9, RoundingMode.HalfUp).Width.ShouldBe("Int128");
        PriceTableBuilder.Build(new PriceRule([], [s_hour], [Body(Per(LadderKind.Graduated, (0, "1")))], default), 9, RoundingMode.HalfUp)
            .Width.ShouldBe("Int128");
        PriceTableBuilder.Build(
            new PriceRule([], [s_hour], [Body(Per(LadderKind.Graduated, (0, "999999999.000000001")) with { Size = new ExactDecimal(1_000_000_000) })], default), 9, RoundingMode.HalfUp)
            .Width.ShouldBe("BigInteger");
    }

    [Fact]
    public void Largest_legal_quantity_does_not_overflow()
    {
        var table = PriceTableBuilder.Build(Rule(Body(Per(LadderKind.Graduated, (0, "0.001"), (5, "0.0001")))), 5, RoundingMode.HalfUp);

        Amounts((PriceTable<long>)table, Scaled.QuantityLimit - 1).Charged.ShouldBe((5 * 100) + ((Scaled.QuantityLimit - 6) * 10));
    }

    [Fact]
    public void Pricing_without_a_trace_allocates_nothing()
    {
        var model = RuleFiles.Load("biodock.v1.rules");
        var table = (PriceTable<long>)model.PriceTables[model.FindAction("analysis")!.Index]!;
        FactValue[] facts = [new(0), FactValue.Missing, new(0)];
        PriceSome(table, facts, 1000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var sum = PriceSome(table, facts, 1000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        sum.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(RoundingMode.HalfUp, 25, 3)]
    [InlineData(RoundingMode.HalfUp, -25, -3)]
    [InlineData(RoundingMode.HalfUp, 24, 2)]
    [InlineData(RoundingMode.HalfEven, 25, 2)]
    [InlineData(RoundingMode.HalfEven, 35, 4)]
    [InlineData(RoundingMode.HalfEven, -25, -2)]
    [InlineData(RoundingMode.Up, 21, 3)]
    [InlineData(RoundingMode.Up, -21, -3)]
    [InlineData(RoundingMode.Down, 29, 2)]
    [InlineData(RoundingMode.Down, -29, -2)]
    public void Rounding_follows_the_declared_mode(RoundingMode mode, long value, long rounded)
    {
        Scaled.Round(value, 10L, mode).ShouldBe(rounded);
        Scaled.Round((Int128)value, 10, mode).ShouldBe(rounded);
        Scaled.Round((BigInteger)value, 10, mode).ShouldBe(rounded);
    }

    private static long PriceSome(PriceTable<long> table, FactValue[] facts, int times)
    {
        Span<long> quantities = stackalloc long[2];
        Span<long> after = stackalloc long[2];
        var evaluator = new PriceEvaluator<long>(table);
        var trace = new NoTrace();
        var sum = 0L;
        for (var i = 0; i < times; i++)
        {
            quantities[0] = i * 7;
            quantities[1] = i * 131;
            var body = evaluator.Select(facts, null, null, ref trace);
            sum += evaluator.Posted(body, evaluator.Price(body, new Counted<long>(quantities, 3, [], 0, facts), after, ref trace).Charged);
        }

        return sum;
    }

    private static ExactDecimal Price(PriceBody body, long pages)
    {
        var table = PriceTableBuilder.Build(Rule(body), 0, RoundingMode.HalfUp);
        return table switch
        {
            PriceTable<long> narrow => Scaled.ToExact(Amounts(narrow, pages).Charged, table.Scale),
            PriceTable<Int128> wide => Scaled.ToExact(Amounts(wide, pages).Charged, table.Scale),
            PriceTable<BigInteger> endless => Scaled.ToExact(Amounts(endless, pages).Charged, table.Scale),
            _ => throw new InvalidOperationException(),
        };
    }

    private static ExactAmounts<T> Amounts<T>(PriceTable<T> table, long pages)
        where T : struct, IBinaryInteger<T>
    {
        var trace = new NoTrace();
        return new PriceEvaluator<T>(table).Price(0, new Counted<T>([T.CreateChecked(pages)], 1, [], 0, []), new T[1], ref trace);
    }

    private static PriceRule Rule(PriceBody body) => new([], [s_page], [body], default);

    private static PriceBody Body(params ImmutableArray<PriceLine> lines) => new()
    {
        Index = 0,
        Parent = -1,
        Lines = lines,
        CountingScope = Scope.Event,
        PostingScope = Scope.Event,
        Location = default,
    };

    private static PerLine Per(LadderKind kind, params (int Start, string Rate)[] tiers)
    {
        var ladder = tiers.Select((t, i) => new Tier(
            t.Start, IncludesStart: false, i + 1 < tiers.Length ? tiers[i + 1].Start : null, CostOf(t.Rate), default));
        return new PerLine(0, ExactDecimal.One, UnitCounting.Exact, new Ladder(kind, [.. ladder], null, RepricesEarlierUnits: false, default), true, default);
    }

    private static EachLine Each(string rate) => new(CostOf(rate), default);

    private static Cost CostOf(string rate) => new(Figure(rate), null, null, FeeEvenAtZero: false, null, IsWaived: false, default);

    private static Tier WithFee(Tier tier, string fee) => tier with { Cost = tier.Cost with { Fee = Figure(fee) } };

    private static Tier Waived(Tier tier) => tier with { Cost = tier.Cost with { IsWaived = true } };

    private static FixedAmount Figure(string figure) => new(ExactDecimal.Parse(figure), default);
}
