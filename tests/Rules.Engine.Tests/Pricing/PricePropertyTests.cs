using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Pricing;

public sealed class PricePropertyTests
{
    private static readonly FactValue[] s_facts = [new(0), FactValue.Missing, new(0)];

    [Fact]
    public void Splitting_a_run_into_any_events_charges_the_same()
    {
        var evaluator = Biodock();
        var random = new Random(17);
        for (var round = 0; round < 300; round++)
        {
            long[] total = [random.Next(0, 20_000), random.Next(0, 300_000)];
            var whole = Charge(evaluator, total, [0, 0], 0);
            long[] before = [0, 0];
            var parts = 0L;
            for (var events = 0L; before[0] < total[0] || before[1] < total[1]; events++)
            {
                long[] part = [Math.Min(total[0] - before[0], random.Next(0, 5000)), Math.Min(total[1] - before[1], random.Next(1, 60_000))];
                parts += Charge(evaluator, part, before, events);
                before = [before[0] + part[0], before[1] + part[1]];
            }

            parts.ShouldBe(whole);
        }
    }

    [Fact]
    public void More_units_never_cost_less_on_a_graduated_ladder()
    {
        var evaluator = Biodock();
        var random = new Random(18);
        for (var round = 0; round < 2000; round++)
        {
            long images = random.Next(0, 20_000);
            long crops = random.Next(0, 300_000);

            Charge(evaluator, [images + 1, crops], [0, 0], 0).ShouldBeGreaterThan(Charge(evaluator, [images, crops], [0, 0], 0));
            Charge(evaluator, [images, crops + 1], [0, 0], 0).ShouldBeGreaterThan(Charge(evaluator, [images, crops], [0, 0], 0));
        }
    }

    [Theory]
    [InlineData(RoundingMode.HalfUp)]
    [InlineData(RoundingMode.HalfEven)]
    [InlineData(RoundingMode.Up)]
    [InlineData(RoundingMode.Down)]
    public void What_a_scope_posts_is_the_rounded_total_however_it_is_cut(RoundingMode mode)
    {
        var random = new Random(19);
        for (var round = 0; round < 200; round++)
        {
            var posted = 0L;
            var exact = 0L;
            for (var i = 0; i < 20; i++)
            {
                exact += random.Next(0, 700);
                var charge = Scaled.Round(exact, 1000, mode) - posted;
                posted += charge;

                charge.ShouldBeGreaterThanOrEqualTo(0);
                posted.ShouldBe(Scaled.Round(exact, 1000, mode));
            }
        }
    }

    [Fact]
    public void Explaining_and_pricing_come_to_the_same()
    {
        var evaluator = Biodock();
        var random = new Random(20);
        for (var round = 0; round < 500; round++)
        {
            long[] quantities = [random.Next(0, 20_000), random.Next(0, 300_000)];
            long[] before = [random.Next(0, 8000), random.Next(0, 150_000)];
            var trace = new StepRecorder();
            var counted = new Counted<long>(quantities, 3, before, 1, s_facts);

            var explained = evaluator.Price(0, counted, new long[2], ref trace).Charged;

            explained.ShouldBe(Charge(evaluator, quantities, before, 1));
            trace.ToImmutable().Aggregate(ExactDecimal.Zero, (sum, s) => sum + (s.Amount ?? default)).ShouldBe(new ExactDecimal(explained, 5));
        }
    }

    private static PriceEvaluator<long> Biodock()
    {
        var model = RuleFiles.Load("biodock.v1.rules");
        return new PriceEvaluator<long>((PriceTable<long>)model.PriceTables[model.FindAction("analysis")!.Index]!);
    }

    private static long Charge(PriceEvaluator<long> evaluator, long[] quantities, long[] before, long eventsBefore)
    {
        var trace = new NoTrace();
        return evaluator.Price(0, new Counted<long>(quantities, 3, before, eventsBefore, s_facts), new long[2], ref trace).Charged;
    }
}
