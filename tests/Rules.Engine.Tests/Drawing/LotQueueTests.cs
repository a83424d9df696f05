using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Drawing;

public sealed class LotQueueTests
{
    private static readonly Instant s_day = Instant.FromUtc(2026, 1, 1, 0, 0);

    // Three buckets in declared order: 0 gift, 1 included, 2 prepaid.
    private static readonly RulesetModel s_model = RuleFiles.Compile("""
        language 1
        ruleset order version 1 effective 2026-01-01
        credit "credit" to 0 decimals
        account shop
        action work
        price work
          each 1 credit
        bucket gift from grant
          unused never expires
        bucket included from grant
          unused never expires
        bucket prepaid from purchase
          unused never expires
        consume included, then gift, then prepaid
        at zero
          block work until grant
          if short refuse
        """);

    [Fact]
    public void Buckets_come_in_the_consume_order_and_lots_by_expiry_then_age() => Order(
            Lot(1, bucket: 2, expires: 1), Lot(2, bucket: 0, expires: 1), Lot(3, bucket: 1), Lot(4, bucket: 1, expires: 9), Lot(5, bucket: 1, expires: 3),
            Lot(6, bucket: 1, expires: 9, created: -1))
        .ShouldBe([5, 6, 4, 3, 2, 1]);

    [Fact]
    public void Equal_lots_come_by_number() => Order(Lot(3, 1), Lot(1, 1), Lot(2, 1)).ShouldBe([1, 2, 3]);

    [Theory]
    [InlineData(DrawKeyKind.LowestPriority, new long[] { 2, 1, 3 })]
    [InlineData(DrawKeyKind.Largest, new long[] { 3, 1, 2 })]
    [InlineData(DrawKeyKind.Smallest, new long[] { 2, 1, 3 })]
    [InlineData(DrawKeyKind.Newest, new long[] { 3, 2, 1 })]
    [InlineData(DrawKeyKind.LowestCost, new long[] { 2, 3, 1 })]
    [InlineData(DrawKeyKind.EarliestStart, new long[] { 1, 2, 3 })]
    public void Key_orders_all_lots_together(DrawKeyKind kind, long[] expected)
    {
        LotSource[] sources =
        [
            Lot(1, 2, created: 1, amount: 5, priority: 7, cost: 3), Lot(2, 0, created: 2, amount: 4, priority: 1), Lot(3, 1, created: 3, amount: 6, cost: 1),
        ];

        var queue = LotQueue.Of(sources, LotOrder.ByKeys(s_model, [new DrawKey(kind, ExpiryResolution.Exact, [])]));

        Numbers(queue).ShouldBe(expected);
    }

    [Fact]
    public void Expiries_within_one_second_are_equal_where_the_key_says_so()
    {
        LotSource[] sources = [Lot(2, 1, expires: 1), Lot(1, 1, expires: 1, later: Duration.FromMilliseconds(400))];

        Numbers(LotQueue.Of([.. sources], LotOrder.ByKeys(s_model, [new DrawKey(DrawKeyKind.SoonestExpiry, ExpiryResolution.Second, [])]))).ShouldBe([1, 2]);
        Numbers(LotQueue.Of([.. sources], LotOrder.ByKeys(s_model, [new DrawKey(DrawKeyKind.SoonestExpiry, ExpiryResolution.Exact, [])]))).ShouldBe([2, 1]);
    }

    [Fact]
    public void Order_is_the_same_for_every_arrangement()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var sources = Enumerable.Range(1, 12).Select(i => Lot(
                i, random.Next(3), random.Next(3) == 0 ? null : random.Next(1, 4), created: random.Next(2), priority: random.Next(3))).ToArray();
            var order = LotOrder.ByBucket(s_model, [1, 0, 2]);
            var sorted = Numbers(LotQueue.Of([.. sources], order));
            random.Shuffle(sources);

            Numbers(LotQueue.Of(sources, order)).ShouldBe(sorted);
        }
    }

    [Fact]
    public void Draw_takes_the_amount_from_the_front_and_no_more_than_there_is()
    {
        var random = new Random(6);
        for (var round = 0; round < 500; round++)
        {
            var sources = Enumerable.Range(1, random.Next(1, 8)).Select(i => Lot(i, 1, amount: random.Next(1, 100))).ToArray();
            var amount = random.Next(0, 500);
            var taken = new long[sources.Length];

            var drawn = LotQueue.Take(sources, amount, taken);

            drawn.ShouldBe(Math.Min(amount, sources.Sum(s => s.Room)));
            taken.Sum().ShouldBe(drawn);
            for (var i = 0; i < taken.Length; i++)
            {
                taken[i].ShouldBeInRange(0, sources[i].Room);
                (taken[i] == sources[i].Room || taken.Skip(i + 1).All(t => t == 0)).ShouldBeTrue("a lot is emptied before the next is touched");
            }
        }
    }

    private static List<long> Order(params LotSource[] sources) => Numbers(LotQueue.Of(sources, LotOrder.ByBucket(s_model, [1, 0, 2])));

    private static List<long> Numbers(LotQueue queue)
    {
        var numbers = new List<long>();
        foreach (var source in queue.Sources)
        {
            numbers.Add(source.Lot!.Number);
        }

        return numbers;
    }

    private static LotSource Lot(
        long number, int bucket, int? expires = null, int created = 0, long amount = 10, int? priority = null, int? cost = null, Duration later = default)
    {
        var lot = new Lot
        {
            Number = number,
            Id = $"lot-{number}",
            Bucket = s_model.Buckets[bucket].Name,
            Amount = amount,
            CreatedAt = s_day + Duration.FromDays(created),
            EffectiveAt = s_day + Duration.FromDays(created),
            ExpiresAt = expires is { } days ? s_day + Duration.FromDays(days) + later : null,
            Priority = priority,
            Cost = cost is { } figure ? (ExactDecimal)figure : null,
            Origin = LotOrigin.Grant,
        };
        return new LotSource(bucket, lot, amount);
    }
}
