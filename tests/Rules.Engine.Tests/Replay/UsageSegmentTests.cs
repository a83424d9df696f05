using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Rules.Engine.Wire;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Replay;

public sealed class UsageSegmentTests
{
    private static readonly Instant s_start = Instant.FromUtc(2026, 3, 1, 0, 0);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Events_come_back_as_they_were(int seed)
    {
        var accounts = Random(new Random(seed));
        var read = UsageSegment.Read(UsageSegment.Write(accounts), new UsageShapes());

        read.Select(a => a.Account).ShouldBe(accounts.Select(a => a.Account));
        foreach (var (before, after) in accounts.Zip(read))
        {
            Texts(after.Usage).ShouldBe(Texts(before.Usage));
            (after.State is null).ShouldBe(before.State is null);
            if (before.State is not null)
            {
                WireWriter.Canonical(after.State!).ShouldBe(WireWriter.Canonical(before.State));
            }
        }
    }

    [Fact]
    public void Bytes_that_are_cut_or_changed_are_refused_or_read_and_nothing_else()
    {
        var random = new Random(5);
        var bytes = UsageSegment.Write(Random(random));
        for (var i = 0; i < 2_000; i++)
        {
            var broken = bytes.AsSpan(0, random.Next(bytes.Length + 1)).ToArray();
            for (var flips = random.Next(3); flips > 0 && broken.Length > 0; flips--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            try
            {
                UsageSegment.Read(broken, new UsageShapes());
            }
            catch (InvalidDataException)
            {
            }
        }

        Should.Throw<InvalidDataException>(() => UsageSegment.Read(bytes.AsSpan(0, bytes.Length - 1), new UsageShapes()));
    }

    [Fact]
    public void Parts_of_an_account_become_one_in_the_order_of_time()
    {
        var shapes = new UsageShapes();
        var (first, second) = (new UsageColumnsBuilder(shapes), new UsageColumnsBuilder(shapes));
        foreach (var (part, after, name) in new[] { (first, 1, "a"), (second, 0, "b"), (second, 1, "c"), (first, 2, "d") })
        {
            var at = s_start + Duration.FromSeconds(after);
            part.Add(new UsageEvent { OccurredAt = at, Action = name, Keys = [new("run", name)] }, at);
        }

        var merged = UsageSegment.Merge(shapes, [first.ToColumns(), second.ToColumns()]);
        Enumerable.Range(0, merged.Count).Select(i => merged[i].Action + merged[i].Keys[0].Value).ShouldBe(["bb", "aa", "cc", "dd"]);
        var within = merged.Within(s_start + Duration.FromSeconds(1), s_start + Duration.FromSeconds(2));
        Enumerable.Range(0, within.Count).Select(i => within[i].Action).ShouldBe(["a", "c"]);
    }

    private static List<AccountUsage> Random(Random random)
    {
        var shapes = new UsageShapes();
        var accounts = new List<AccountUsage>();
        for (var a = 0; a < 20; a++)
        {
            var builder = new UsageColumnsBuilder(shapes);
            var at = s_start;
            for (var i = random.Next(200); i >= 0; i--)
            {
                at += Duration.FromTicks(10L * random.Next(1_000_000));
                builder.Add(Event(random, at), at);
            }

            var state = random.Next(2) == 0 ? null : new StatedAccount("Team", [new("size", "5")], [], [new("included", new ExactDecimal(random.Next(), 3))]);
            accounts.Add(new AccountUsage("account-" + a, state, builder.ToColumns()));
        }

        return accounts;
    }

    private static UsageEvent Event(Random random, Instant at)
    {
        var amount = random.Next(20) == 0;
        return new UsageEvent
        {
            OccurredAt = at,
            Action = random.Next(2) == 0 ? "analysis" : "réponse",
            Amount = amount ? new ExactDecimal(random.Next(), 2) : null,
            Quantities = amount ? [] : [.. Enumerable.Range(0, random.Next(10)).Select(i => new MeteredQuantity("m" + i, new ExactDecimal(random.NextInt64(-1_000_000_000_000, 1_000_000_000_000), random.Next(10))))],
            Facts = random.Next(2) == 0 ? [] : [new("model", "m" + random.Next(5))],
            Keys = [.. Enumerable.Range(0, random.Next(3)).Select(i => new NamedText("k" + i, "v" + random.Next(50)))],
            Record = random.Next(2) == 0 ? [] : [new("agent", "a" + random.Next(3)), new("project", "p")],
        };
    }

    private static ImmutableArray<string> Texts(UsageColumns usage) =>
        [.. Enumerable.Range(0, usage.Count).Select(i => System.Text.Encoding.UTF8.GetString(WireWriter.Canonical(usage[i])) + usage.RecordedAtOf(i) + (usage.Record[i] < 0 ? "" : string.Join(',', usage.Records[usage.Record[i]])))];
}
