using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Replay;

/// <summary>What a replay means to accounts, and which rule lines make it so.</summary>
public sealed class ReplayImpactTests
{
    private const string Rules = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        currency USD to 2 decimals
        account shop
        list model
          small
          large
        meter page whole
        action scan
          measures page
        action reply
          has model from model
        price scan
          per page, graduated within each event
            base 0.1 credits
            over 100 0.05 credits
        price reply by model
          small 1 credit
          large 5 credits
        bucket included from plan
          unused rolls over up to 2 credits for 1 cycle
        bucket flex postpaid at flex-price
          limit 1,000 credits each cycle
          billed monthly
        rate flex-price is 0.50 USD per credit
        consume included, then flex
        cycle monthly
        plan Team grants 10 credits every month into included
        alert "low"
          at 80% of included used
        at zero
          if short refuse

        """;

    private static readonly Instant s_start = Instant.FromUtc(2026, 5, 1, 0, 0);

    [Fact]
    public void Cause_names_the_row_that_changed_with_the_sum_of_what_it_makes()
    {
        var run = new Run(Draft("large 5 credits", "large 6 credits"), ("reply", "large", 0), ("reply", "small", 0), ("scan", null, 20), ("reply", "large", 0));

        var cause = run.Causes().ShouldHaveSingleItem();
        cause.Before.ShouldHaveSingleItem().Text.ShouldContain("5 credits");
        cause.After.ShouldHaveSingleItem().Text.ShouldContain("6 credits");
        cause.After[0].Line.ShouldBe(Line("large 5 credits"));
        ((long)cause.Of, cause.Events).ShouldBe((200, 2));
    }

    [Fact]
    public void Cause_of_a_ladder_is_the_tier_that_changed_and_not_its_neighbour()
    {
        var run = new Run(Draft("over 100 0.05 credits", "over 100 0.04 credits"), ("scan", null, 150), ("scan", null, 50));

        var cause = run.Causes().ShouldHaveSingleItem();
        cause.Before.ShouldHaveSingleItem().Line.ShouldBe(Line("over 100 0.05 credits"));
        ((long)cause.Of, cause.Events).ShouldBe((-50, 1));
    }

    [Fact]
    public void Causes_add_up_to_what_is_charged_more_also_where_uses_stop_or_are_not_explained()
    {
        var uses = Enumerable.Range(0, 250).Select(i => i % 3 == 0 ? ("scan", (string?)null, 40 + i) : ("reply", i % 2 == 0 ? "large" : "small", 0)).ToArray();
        var run = new Run(Draft("large 5 credits", "large 9 credits").Replace("0.1 credits", "0.2 credits", StringComparison.Ordinal), uses);

        foreach (var most in new[] { 0, 1, 100 })
        {
            run.Causes(most).Sum(c => (long)c.Of).ShouldBe((long)(run.Report.Totals[1].Charged - run.Report.Totals[0].Charged));
        }
    }

    [Fact]
    public void Cause_is_the_price_also_where_most_of_the_difference_is_uses_that_stop()
    {
        var uses = Enumerable.Repeat(("reply", (string?)"large", 0), 220).ToArray();
        var run = new Run(Draft("large 5 credits", "large 6 credits"), uses);

        run.Report.Totals[1].Stopped.ShouldBeGreaterThan(run.Report.Totals[0].Stopped);
        run.Causes().ShouldHaveSingleItem().After.ShouldHaveSingleItem().Line.ShouldBe(Line("large 5 credits"));
    }

    [Fact]
    public void Groups_of_every_name_add_up_to_the_totals()
    {
        var run = new Run(Draft("large 5 credits", "large 6 credits"), ("reply", "large", 0), ("reply", "small", 0), ("scan", null, 30));

        foreach (var name in new[] { "action", "day", "model", "project", "nothing" })
        {
            var groups = ReplayImpact.Groups(run.Report, name);
            groups.Sum(g => g.Charged[0]).ShouldBe(900, name);
            groups.Sum(g => g.Charged[1]).ShouldBe(1000, name);
            groups.Sum(g => g.Events).ShouldBe(3, name);
        }

        ReplayImpact.Groups(run.Report, "model").Select(g => g.Value).ShouldBe(["large", "", "small"]);
    }

    [Fact]
    public void Histogram_counts_every_account_once()
    {
        var run = new Run(Draft("large 5 credits", "large 6 credits"), ("reply", "large", 0));
        var bars = ReplayImpact.Histogram(run.Report, 1);

        bars.Sum(b => b.Accounts).ShouldBe(run.Report.Accounts.Length);
        bars.Single(b => b is { From: 10, To: 25 }).Accounts.ShouldBe(1);
        var same = new Run(Rules, ("reply", "large", 0));
        ReplayImpact.Histogram(same.Report, 1).Single(b => b is { From: 0, To: 0 }).Accounts.ShouldBe(1);
    }

    [Fact]
    public void Bills_lost_rollovers_and_alerts_are_told_for_each_candidate()
    {
        // 10 credits included, then postpaid at 0.50 USD.
        var run = new Run(Draft("large 5 credits", "large 7 credits"), ("reply", "large", 0), ("reply", "large", 0), ("reply", "large", 0));
        var quiet = new Run(Draft("up to 2 credits for", "up to 1 credit for"), ("reply", "small", 0));

        run.Report.Totals.Select(t => t.Billed.Single()).ShouldBe([new BilledMoney("USD", 2, 250), new BilledMoney("USD", 2, 550)]);
        run.Report.Accounts[0].Results[1].Billed.ShouldHaveSingleItem().Amount.ShouldBe(550);
        quiet.Report.Totals.Select(t => (long)t.RolloverLost).ShouldBe([700 + 800, 800 + 900]);
        run.Report.Totals[0].AlertsByName.ShouldHaveSingleItem().Key.ShouldBe("low");
    }

    [Fact]
    public void Guard_rails_are_green_for_the_same_rules_and_name_what_a_draft_does()
    {
        var same = new Run(Rules, ("reply", "large", 0));
        ReplayImpact.GuardRails(same.Report, 1, new GuardLimits()).ShouldAllBe(rail => rail.Holds);

        var dearer = new Run(Draft("large 5 credits", "large 6.5 credits").Replace("small 1 credit", "small 0 credits", StringComparison.Ordinal), ("reply", "large", 0), ("reply", "small", 0));
        var rails = ReplayImpact.GuardRails(dearer.Report, 1, new GuardLimits { IncreasePerCent = 8 });
        rails.Where(r => !r.Holds).Select(r => r.Name).ShouldBe(["new-zero-prices", "largest-increase"]);
        rails.Single(r => r.Name == "largest-increase").Figure.ShouldBe("8.4 %", "8.33, rounded up");
        rails.Single(r => r.Name == "new-zero-prices").Figure.ShouldBe("1");
    }

    [Theory]
    [InlineData(10, true, "5.0 %")]
    [InlineData(9, false, "5.1 %")]
    public void Increase_of_a_hair_more_than_its_limit_does_not_hold(int pages, bool holds, string figure)
    {
        var run = new Run(Draft("large 5 credits", "large 5.3 credits"), ("reply", "large", 0), ("scan", null, pages));
        var rails = ReplayImpact.GuardRails(run.Report, 1, new GuardLimits { IncreasePerCent = 5, TotalPerCent = 5 });
        foreach (var rail in rails.Where(static rail => rail.Name is "largest-increase" or "total-change"))
        {
            (rail.Holds, rail.Figure).ShouldBe((holds, figure), rail.Name);
        }
    }

    [Fact]
    public void Price_for_what_cost_nothing_is_more_than_any_share()
    {
        var run = new Run(Draft("small 1 credit", "small 0 credits"), Rules, ("reply", "small", 0));
        ReplayImpact.GuardRails(run.Report, 1, new GuardLimits { IncreasePerCent = 1000, TotalPerCent = 1000 }).Where(static rail => !rail.Holds).Select(static rail => (rail.Name, rail.Figure))
            .ShouldBe([("largest-increase", "from nothing"), ("total-change", "from nothing")]);
    }

    private static int Line(string text) => Array.FindIndex(Rules.Split('\n'), line => line.Contains(text, StringComparison.Ordinal)) + 1;

    private static string Draft(string old, string changed)
    {
        Rules.ShouldContain(old);
        return Rules.Replace(old, changed, StringComparison.Ordinal);
    }

    private sealed class Run
    {
        private readonly ImmutableArray<ReplayCandidate> _candidates;
        private readonly AccountHistory _history;

        public Run(string draft, params (string Action, string? Model, int Pages)[] uses)
            : this(Rules, draft, uses)
        {
        }

        public Run(string rules, string draft, params (string Action, string? Model, int Pages)[] uses)
        {
            var published = RuleFiles.Publish(RuleFiles.Compile(rules));
            _candidates = [new("published", published), new("draft", RuleFiles.Publish(RuleFiles.Compile(draft)))];
            var shapes = new UsageShapes();
            _history = History(published, shapes, uses);
            Report = ReplayRun.Run(
                _candidates, [_history], shapes, new ReplayWindow(s_start, s_start + Duration.FromDays(80)), new ReplayOptions { Records = ["project"] }, CancellationToken.None);
        }

        public ReplayReport Report { get; }

        public ImmutableArray<ImpactCause> Causes(int most = 20) =>
            ReplayImpact.Causes(Report, (candidate, _, index) => ReplayRun.Explain(_candidates[candidate], _history, index), most);

        private static AccountHistory History(PublishedRuleset ruleset, UsageShapes shapes, (string Action, string? Model, int Pages)[] uses)
        {
            var opening = Bookkeeper.Open(ruleset, new OpenAccount("acme", ruleset.Name, s_start) { Plan = "Team" });
            var builder = new UsageColumnsBuilder(shapes);
            for (var i = 0; i < uses.Length; i++)
            {
                var at = s_start + Duration.FromHours(i + 1);
                builder.Add(
                    new UsageEvent
                    {
                        OccurredAt = at,
                        Action = uses[i].Action,
                        Facts = uses[i].Model is { } model ? [new("model", model)] : [],
                        Quantities = uses[i].Pages > 0 ? [new("page", uses[i].Pages)] : [],
                        Record = [new("project", $"p{i % 2}")],
                    },
                    at);
            }

            return new AccountHistory(opening.State, [], builder.ToColumns(), []);
        }
    }
}
