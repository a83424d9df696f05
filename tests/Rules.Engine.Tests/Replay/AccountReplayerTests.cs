using NodaTime;
using Rules.Engine.Accounts;
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
