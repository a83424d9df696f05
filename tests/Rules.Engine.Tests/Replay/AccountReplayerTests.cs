using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Replay;

/// <summary>The short way of a replay comes to what the bookkeeper comes to, event by event and entry by entry.</summary>
public sealed class AccountReplayerTests
{
    public static TheoryData<string> Shipped() => [.. RuleFiles.Shipped.Where(f => !f.Contains(".v3.", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void E14_Short_way_equals_the_long_way_under_shipped_rules(string file)
    {
        var model = RuleFiles.Load(file);
        var ruleset = RuleFiles.Publish(model);
        var shapes = new UsageShapes();
        var short_ = new AccountReplayer(ruleset);
        var explaining = new AccountReplayer(ruleset) { ExplainsEverything = true };
        for (var seed = 0; seed < 60; seed++)
        {
            var history = new RandomHistory(ruleset, new Random(seed)).Next(shapes, 150);
            var until = history.Usage.RecordedAtOf(149) + Duration.FromDays(40);
            var lines = Replay(short_, history, until, out var fastState);
            var expected = Replay(explaining, history, until, out var slowState);
            lines.Zip(expected).FirstOrDefault(p => p.First != p.Second).ShouldBe(default, $"seed {seed}");
            lines.Count.ShouldBe(expected.Count, $"seed {seed}");
            Same(fastState, slowState, seed);
        }

        (short_.ShortWays > short_.LongWays).ShouldBeTrue($"{short_.ShortWays} short, {short_.LongWays} long");
    }

    /// <summary>Long pasts under every shipped ruleset; the figures of each event, without the words, so that a million are compared in seconds.</summary>
    [Fact]
    public void Short_way_equals_the_long_way_over_a_million_events()
    {
        const int Events = 2500;
        var compared = 0L;
        var rulesets = RuleFiles.Shipped.Where(f => !f.Contains(".v3.", StringComparison.Ordinal)).Select(f => RuleFiles.Publish(RuleFiles.Load(f))).ToList();
        Parallel.For(0, 1_000_000 / (Events * rulesets.Count), seed =>
        {
            foreach (var ruleset in rulesets)
            {
                var history = new RandomHistory(ruleset, new Random(1000 + seed)).Next(new UsageShapes(), Events);
                var until = history.Usage.RecordedAtOf(Events - 1) + Duration.FromDays(40);
                var figures = Figures(new AccountReplayer(ruleset), history, until, out var fast);
                var expected = Figures(new AccountReplayer(ruleset) { ExplainsEverything = true }, history, until, out var slow);
                var same = figures.AsSpan().CommonPrefixLength(expected);
                (same == Events).ShouldBeTrue($"{ruleset.Name}, seed {seed}: event {same}");
                Same(fast, slow, seed);
                Interlocked.Add(ref compared, same);
            }
        });
        compared.ShouldBe(1_000_000);
    }

    /// <summary>
    /// Long runs of plain prices, which are priced many at a time and drawn at once: across lots that are used up, days of renewal, refused uses, late events and
    /// quantities that no rule takes.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData("alert \"80% of included credits used\"\n  at 80% of included used\n")]
    public void Runs_of_plain_prices_come_to_what_the_bookkeeper_comes_to(string alerts)
    {
        const int Events = 3000;
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(Ladders + alerts));
        var explained = 0L;
        for (var seed = 0; seed < 12; seed++)
        {
            var history = LadderHistory(ruleset, new Random(seed), Events);
            var until = history.Usage.RecordedAtOf(Events - 1) + Duration.FromDays(40);
            var replayer = new AccountReplayer(ruleset);
            var lines = Replay(replayer, history, until, out var fast);
            var expected = Replay(new AccountReplayer(ruleset) { ExplainsEverything = true }, history, until, out var slow);
            lines.Zip(expected).FirstOrDefault(p => p.First != p.Second).ShouldBe(default, $"seed {seed}");
            lines.Count.ShouldBe(expected.Count, $"seed {seed}");
            Same(fast, slow, seed);
            explained += replayer.LongWays;
        }

        explained.ShouldBeLessThan(12 * Events / 10);
    }

    private const string Ladders = """
        language 1
        ruleset work version 1 effective 2026-01-01
        credit "credit" to 3 decimals, rounding half up
        account company
        list model
          small
          large
        meter image whole
        meter second fractional
        action analysis
          measures image, second
        action reply
          has model from model
        action film
          measures second
        price analysis
          per image, graduated within each event
            base 0.001 credits
            over 10 0.0004 credits
            over 50 0.00025 credits
            over 90 0.0006 credits
            over 100 0.0002 credits
            over 300 0.0001 credits
          plus per second, graduated within each event
            base 0.003 credits
            over 60 0.001 credits
        price reply by model
          small 0.01 credits
          large 0.05 credits
        price film
          per second 0.002 credits
        bucket included from plan
          unused expires at cycle end
        bucket prepaid from purchase
          unused never expires
        consume included, then prepaid
        cycle monthly
        plan Team grants 20 credits every month into included
        at zero
          if short refuse

        """;

    private static AccountHistory LadderHistory(PublishedRuleset ruleset, Random random, int events)
    {
        var at = Instant.FromUtc(2026, 4, 5, 9, 30);
        var opening = Bookkeeper.Open(ruleset, new OpenAccount("a", ruleset.Name, at) { Plan = "Team" });
        var usage = new UsageColumnsBuilder(new UsageShapes());
        var operations = ImmutableArray.CreateBuilder<PlacedOperation>();
        for (var i = 0; i < events; i++)
        {
            at += Duration.FromMinutes(random.Next(60));
            if (random.Next(300) == 0)
            {
                operations.Add(new PlacedOperation(i, new BuyOperation(new BuyCredits("b" + i, "prepaid", random.Next(1, 15), at), at)));
            }

            var late = random.Next(400) == 0 ? Duration.FromMinutes(random.Next(3000)) : Duration.Zero;
            var image = random.Next(500) == 0 ? -3 : random.Next(500) == 0 ? 4_000_000_000_000_000L : random.Next(400);
            usage.Add(
                random.Next(3) switch
                {
                    0 => new UsageEvent { OccurredAt = at - late, Action = "analysis", Quantities = [new("image", image), new("second", new ExactDecimal(random.Next(20_000), random.Next(3)))] },
                    1 => new UsageEvent { OccurredAt = at - late, Action = "reply", Facts = [new("model", random.Next(2) == 0 ? "small" : "large")] },
                    _ => new UsageEvent { OccurredAt = at - late, Action = "film", Quantities = [new("second", new ExactDecimal(random.Next(9000), 2))] },
                },
                at);
        }

        return new AccountHistory(opening.State with { Scopes = [] }, opening.State.Scopes, usage.ToColumns(), operations.ToImmutable());
    }

    private static (QuoteOutcome? Outcome, long Charge)[] Figures(AccountReplayer replayer, AccountHistory history, Instant until, out AccountState state)
    {
        var sink = new FigureSink(new (QuoteOutcome?, long)[history.Usage.Count]);
        replayer.Run(history, until, ref sink, CancellationToken.None);
        state = replayer.State;
        return sink.Figures;
    }

    private readonly struct FigureSink((QuoteOutcome? Outcome, long Charge)[] figures) : IReplaySink
    {
        public (QuoteOutcome? Outcome, long Charge)[] Figures => figures;

        public void Priced(int index, QuoteOutcome? outcome, long charge) => figures[index] = (outcome, charge);

        public void Drawn(bool isPostpaid, long amount)
        {
        }

        public void Posted(Entry entry)
        {
        }

        public void Alerted(int index, string alert)
        {
        }
    }

    private static List<string> Replay(AccountReplayer replayer, AccountHistory history, Instant until, out AccountState state)
    {
        var lines = new List<string>();
        var sink = new RecordingSink(lines);
        replayer.Run(history, until, ref sink, CancellationToken.None);
        state = replayer.State;
        return lines;
    }

    private static void Same(AccountState x, AccountState y, int seed)
    {
        x.Lots.ShouldBe(y.Lots, $"seed {seed}");
        x.LastAt.ShouldBe(y.LastAt, $"seed {seed}");
        x.Cycle.ShouldBe(y.Cycle, $"seed {seed}");
        x.Version.ShouldBe(y.Version, $"seed {seed}");
        var scopes = y.Scopes.ToDictionary(s => s.Id);
        x.Scopes.Length.ShouldBe(y.Scopes.Length, $"seed {seed}");
        foreach (var scope in x.Scopes)
        {
            var other = scopes[scope.Id];
            scope.Posted.ShouldBe(other.Posted, $"seed {seed}, {scope.Id}");
            scope.ListedPosted.ShouldBe(other.ListedPosted, $"seed {seed}, {scope.Id}");
            scope.Version.ShouldBe(other.Version);
            foreach (var (own, totals) in scope.Bodies.OrderBy(b => b.Body).Zip(other.Bodies.OrderBy(b => b.Body)))
            {
                own.Events.ShouldBe(totals.Events);
                own.Exact.ShouldBe(totals.Exact);
                own.ListedExact.ShouldBe(totals.ListedExact);
                own.Quantities.ShouldBe(totals.Quantities);
                own.FreeEvents.ShouldBe(totals.FreeEvents);
            }
        }
    }
}
