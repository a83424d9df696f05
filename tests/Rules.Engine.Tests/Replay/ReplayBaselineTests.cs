using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Replay;

public sealed class ReplayBaselineTests
{
    private static readonly ReplayWindow s_window = new(Instant.FromUtc(2026, 5, 1, 0, 0), Instant.FromUtc(2028, 1, 1, 0, 0));

    [Theory]
    [InlineData("roboflow.v2.rules", "is 1 credit per", "is 2 credits per", 1)]
    [InlineData("biodock.v1.rules", "each 0.5 credits", "each 0.7 credits", 2)]
    [InlineData("bookbag.v1.rules", "5 credits", "6 credits", 3)]
    public void Draft_against_a_baseline_reports_what_a_run_of_both_reports(string file, string price, string drafted, int threads)
    {
        var published = RuleFiles.Publish(RuleFiles.Load(file));
        var text = RuleFiles.Text(file).Replace(price, drafted, StringComparison.Ordinal);
        var (shapes, histories) = Past(published, accounts: 30);
        var (first, other) = (new ReplayCandidate("published", published), new ReplayCandidate("draft", RuleFiles.Publish(RuleFiles.Compile(text))));
        var options = new ReplayOptions { Threads = threads, Records = ["project"] };

        var both = ReplayRun.Run([first, other], histories, shapes, s_window, options, CancellationToken.None);
        var baseline = ReplayBaseline.Of(first, histories, shapes, s_window, options, CancellationToken.None);

        both.Totals[1].Changed.ShouldBeGreaterThan(0);
        ReplayText.Of(baseline.Compare([other], threads, CancellationToken.None)).ShouldBe(ReplayText.Of(both));
        baseline.Charged.ShouldBe(both.Totals[0].Charged);
        // What was kept is not used up.
        ReplayText.Of(baseline.Compare([other], 1, CancellationToken.None)).ShouldBe(ReplayText.Of(both));
    }

    [Fact]
    public void Baseline_of_some_accounts_is_the_run_of_those()
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Load("roboflow.v2.rules"));
        var (shapes, histories) = Past(ruleset, accounts: 20);
        var (first, other) = (new ReplayCandidate("a", ruleset), new ReplayCandidate("b", ruleset));
        var some = histories.Where((_, place) => place % 3 == 0).ToList();

        var whole = ReplayBaseline.Of(first, histories, shapes, s_window, new ReplayOptions(), CancellationToken.None);
        var report = whole.Only(whole.Accounts.Where(account => some.Any(history => history.Opening.Id == account.Id))).Compare([other], 1, CancellationToken.None);

        ReplayText.Of(report).ShouldBe(ReplayText.Of(ReplayRun.Run([first, other], some, shapes, s_window, new ReplayOptions(), CancellationToken.None)));
    }

    [Fact]
    public void Cancelled_comparison_tells_nothing()
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Load("roboflow.v2.rules"));
        var (shapes, histories) = Past(ruleset, accounts: 5);
        var baseline = ReplayBaseline.Of(new ReplayCandidate("a", ruleset), histories, shapes, s_window, new ReplayOptions(), CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Should.Throw<OperationCanceledException>(() => baseline.Compare([new ReplayCandidate("b", ruleset)], 2, cancelled.Token));
    }

    [Fact]
    public void Estimate_comes_with_a_margin_that_holds_the_truth_in_most_pasts()
    {
        var published = RuleFiles.Publish(RuleFiles.Compile(ReplayRunTests.Rules));
        var draft = RuleFiles.Publish(RuleFiles.Compile(ReplayRunTests.Rules.Replace("large 5 credits", "large 6 credits", StringComparison.Ordinal)));
        var within = 0;
        const int Pasts = 24;
        for (var seed = 0; seed < Pasts; seed++)
        {
            var shapes = new UsageShapes();
            var histories = Uneven(published, shapes, new Random(seed), accounts: 800);
            var whole = ReplayBaseline.Of(new ReplayCandidate("published", published), histories, shapes, s_window, new ReplayOptions(), CancellationToken.None);
            var sample = ReplayEstimate.Sample(whole).ShouldNotBeNull();
            var exact = whole.Compare([new ReplayCandidate("draft", draft)], 1, CancellationToken.None);
            var estimate = ReplayEstimate.Of(whole, sample.Compare([new ReplayCandidate("draft", draft)], 1, CancellationToken.None)).ShouldNotBeNull();

            (estimate.Sampled, estimate.Accounts).ShouldBe((sample.Accounts.Length, 800));
            estimate.Margin.ShouldBeGreaterThan(0);
            estimate.Margin.ShouldBeLessThan(exact.Totals[1].Charged / 10);
            estimate.Days.Sum(day => (long)day.Before).ShouldBe((long)exact.Totals[0].Charged);
            within += Int128.Abs(estimate.Charged - exact.Totals[1].Charged) <= estimate.Margin ? 1 : 0;
        }

        within.ShouldBeGreaterThan(Pasts * 85 / 100);
    }

    [Fact]
    public void Same_price_is_estimated_without_a_margin()
    {
        var published = RuleFiles.Publish(RuleFiles.Compile(ReplayRunTests.Rules));
        var shapes = new UsageShapes();
        var whole = ReplayBaseline.Of(
            new ReplayCandidate("published", published), Uneven(published, shapes, new Random(1), accounts: 800), shapes, s_window, new ReplayOptions(), CancellationToken.None);
        var estimate = ReplayEstimate.Of(whole, ReplayEstimate.Sample(whole)!.Compare([new ReplayCandidate("draft", published)], 1, CancellationToken.None))!;

        (estimate.Charged, estimate.Margin, estimate.Sooner).ShouldBe((whole.Charged, 0, 0));
    }

    [Fact]
    public void Few_accounts_are_never_estimated()
    {
        var published = RuleFiles.Publish(RuleFiles.Compile(ReplayRunTests.Rules));
        var shapes = new UsageShapes();
        var whole = ReplayBaseline.Of(
            new ReplayCandidate("published", published), Uneven(published, shapes, new Random(1), accounts: 100), shapes, s_window, new ReplayOptions(), CancellationToken.None);

        ReplayEstimate.Sample(whole).ShouldBeNull();
    }

    private static (UsageShapes Shapes, List<AccountHistory> Histories) Past(PublishedRuleset ruleset, int accounts)
    {
        var shapes = new UsageShapes();
        return (shapes, [.. Enumerable.Range(0, accounts).Select(seed => Named(new RandomHistory(ruleset, new Random(seed)).Next(shapes, 60), seed))]);
    }

    /// <summary>Many small accounts and few large ones, as companies have them.</summary>
    private static List<AccountHistory> Uneven(PublishedRuleset ruleset, UsageShapes shapes, Random random, int accounts)
    {
        var histories = new List<AccountHistory>(accounts);
        for (var account = 0; account < accounts; account++)
        {
            var opened = Bookkeeper.Open(ruleset, new OpenAccount("a" + account.ToString(CultureInfo.InvariantCulture), "shop", s_window.From) { Plan = "Team" });
            var builder = new UsageColumnsBuilder(shapes);
            var (uses, large) = (1 + (40 / (1 + random.Next(40))), random.Next(100));
            for (var i = 0; i < uses; i++)
            {
                var at = s_window.From + Duration.FromHours(i);
                builder.Add(new UsageEvent { OccurredAt = at, Action = "reply", Facts = [new("model", random.Next(100) < large ? "large" : "small")] }, at);
            }

            histories.Add(new AccountHistory(opened.State with { Scopes = [] }, [], builder.ToColumns(), []));
        }

        return histories;
    }

    private static AccountHistory Named(AccountHistory history, int seed) =>
        history with { Opening = history.Opening with { Id = "a" + seed.ToString("D2", CultureInfo.InvariantCulture) } };
}
