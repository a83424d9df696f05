using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Replay;

public sealed class ReplayRunTests
{
    internal const string Rules = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
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
          per page 0.1 credits
        price reply by model
          small 1 credit
          large 5 credits
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
        plan Team grants 10 credits every month into included
        at zero
          block scan, reply until renewal
          if short refuse

        """;

    private static readonly Instant s_start = Instant.FromUtc(2026, 5, 1, 0, 0);

    private static readonly ReplayWindow s_window = new(s_start, Instant.FromUtc(2026, 5, 31, 0, 0));

    [Fact]
    public void Dearer_draft_charges_more_and_runs_out_sooner()
    {
        var report = Run(Draft("large 5 credits", "large 6 credits"), [
            ("2026-05-02T10:00:00Z", "reply", "large"),
            ("2026-05-03T10:00:00Z", "reply", "large"),
            ("2026-05-04T10:00:00Z", "reply", "small"),
        ]);

        report.Totals.Select(t => (long)t.Charged).ShouldBe([1000, 700]);
        report.Totals[0].Uses[(int)QuoteOutcome.Blocked].ShouldBe(1);
        report.Totals[1].Uses[(int)QuoteOutcome.Refused].ShouldBe(1);
        report.Totals[1].Changed.ShouldBe(3);
        var account = report.Accounts.ShouldHaveSingleItem();
        account.Results[0].RanOutAt.ShouldBe(Instant.FromUtc(2026, 5, 4, 10, 0));
        account.Results[1].RanOutAt.ShouldBe(Instant.FromUtc(2026, 5, 3, 10, 0));
        account.Results[1].Balances.ShouldHaveSingleItem().Available.ShouldBe(300);
    }

    [Fact]
    public void Difference_names_the_largest_event_of_each_shape_and_the_sum()
    {
        var report = Run(Draft("large 5 credits", "large 4.5 credits"), [
            ("2026-05-02T10:00:00Z", "reply", "large"),
            ("2026-05-02T11:00:00Z", "reply", "small"),
        ]);

        var difference = report.Differences.ShouldHaveSingleItem();
        difference.Shape.Facts.ShouldHaveSingleItem().Value.ShouldBe("large");
        (difference.Before, difference.After, (long)difference.Of).ShouldBe((500, 450, -50));
    }

    [Fact]
    public void Differences_add_up_to_what_is_charged_more_also_where_uses_stop()
    {
        var report = Run(Draft("large 5 credits", "large 6 credits"), [
            ("2026-05-02T10:00:00Z", "reply", "large"),
            ("2026-05-03T10:00:00Z", "reply", "large"),
            ("2026-05-04T10:00:00Z", "reply", "small"),
        ]);

        report.Differences.Sum(d => (long)d.Of).ShouldBe((long)(report.Totals[1].Charged - report.Totals[0].Charged));
    }

    [Fact]
    public void Free_draft_is_told_as_new_zeros()
    {
        var report = Run(Draft("small 1 credit", "small 0 credits"), [("2026-05-02T10:00:00Z", "reply", "small")]);

        report.Totals[1].NewZeros.ShouldBe(1);
    }

    [Fact]
    public void Cells_and_records_add_up_to_the_totals()
    {
        var report = Run(Draft("large 5 credits", "large 2 credits"), [
            ("2026-05-02T10:00:00Z", "reply", "large"),
            ("2026-05-02T23:59:00Z", "reply", "small"),
            ("2026-05-03T00:00:00Z", "reply", "small"),
        ]);

        report.Cells.Select(c => c.Day.Day).ShouldBe([2, 2, 3]);
        for (var i = 0; i < 2; i++)
        {
            report.Cells.Sum(c => c.Charged[i]).ShouldBe((long)report.Totals[i].Charged);
            report.Records.Sum(c => c.Charged[i]).ShouldBe((long)report.Totals[i].Charged);
        }

        report.Records.Select(r => r.Value).ShouldBe(["p0", "p1"]);
    }

    [Fact]
    public void Number_of_threads_decides_nothing()
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Load("roboflow.v2.rules"));
        var shapes = new UsageShapes();
        var histories = Enumerable.Range(0, 40).Select(seed => Named(new RandomHistory(ruleset, new Random(seed)).Next(shapes, 60), seed)).ToList();
        var candidates = ImmutableArray.Create(new ReplayCandidate("a", ruleset), new ReplayCandidate("b", ruleset));
        var window = new ReplayWindow(s_start, Instant.FromUtc(2028, 1, 1, 0, 0));
        var reports = new[] { 1, 2, 5 }
            .Select(threads => ReplayRun.Run(candidates, histories, shapes, window, new ReplayOptions { Threads = threads, Records = ["project"] }, CancellationToken.None))
            .Select(ReplayText.Of)
            .ToList();

        reports[1].ShouldBe(reports[0]);
        reports[2].ShouldBe(reports[0]);
    }

    [Fact]
    public void Same_rules_change_nothing()
    {
        var report = Run(RuleFiles.Publish(RuleFiles.Compile(Rules)), [("2026-05-02T10:00:00Z", "reply", "large")]);

        report.Totals[1].Changed.ShouldBe(0);
        report.Differences.ShouldBeEmpty();
    }

    [Fact]
    public void Cancelled_run_tells_of_the_accounts_it_finished()
    {
        using var cancel = new CancellationTokenSource();
        var ruleset = RuleFiles.Publish(RuleFiles.Compile(Rules));
        var shapes = new UsageShapes();
        var histories = Enumerable.Range(0, 10).Select(i => Named(History(ruleset, shapes, [("2026-05-02T10:00:00Z", "reply", "large")]), i)).ToList();
        var options = new ReplayOptions { Progress = p => _ = p.Accounts == 3 ? cancel.CancelAsync() : null };
        var report = ReplayRun.Run([new ReplayCandidate("a", ruleset)], histories, shapes, s_window, options, cancel.Token);

        report.IsPartial.ShouldBeTrue();
        report.Accounts.Length.ShouldBe(3);
        report.Totals[0].Charged.ShouldBe(1500);
    }

    [Fact]
    public void Any_event_can_be_explained_as_it_was_replayed()
    {
        var ruleset = RuleFiles.Publish(RuleFiles.Load("biodock.v1.rules"));
        var shapes = new UsageShapes();
        var history = new RandomHistory(ruleset, new Random(5)).Next(shapes, 80);
        var lines = new List<string>();
        var sink = new RecordingSink(lines);
        new AccountReplayer(ruleset).Run(history, history.Usage.RecordedAtOf(79), ref sink, CancellationToken.None);
        for (var i = 0; i < 80; i++)
        {
            var quote = ReplayRun.Explain(new ReplayCandidate("a", ruleset), history, i);
            lines.ShouldContain($"{i}: {quote?.Outcome.ToString() ?? "invalid"} {quote?.Charge ?? 0}");
        }
    }

    private static PublishedRuleset Draft(string old, string changed)
    {
        Rules.ShouldContain(old);
        return RuleFiles.Publish(RuleFiles.Compile(Rules.Replace(old, changed, StringComparison.Ordinal)));
    }

    private static ReplayReport Run(PublishedRuleset draft, (string At, string Action, string Model)[] uses)
    {
        var published = RuleFiles.Publish(RuleFiles.Compile(Rules));
        var shapes = new UsageShapes();
        var history = History(published, shapes, uses);
        return ReplayRun.Run(
            [new ReplayCandidate("published", published), new ReplayCandidate("draft", draft)],
            [history],
            shapes,
            s_window,
            new ReplayOptions { Records = ["project"] },
            CancellationToken.None);
    }

    private static AccountHistory History(PublishedRuleset ruleset, UsageShapes shapes, (string At, string Action, string Model)[] uses)
    {
        var opening = Bookkeeper.Open(ruleset, new OpenAccount("acme", ruleset.Name, s_start) { Plan = "Team" });
        var builder = new UsageColumnsBuilder(shapes);
        for (var i = 0; i < uses.Length; i++)
        {
            var at = NodaTime.Text.InstantPattern.General.Parse(uses[i].At).Value;
            builder.Add(new UsageEvent { OccurredAt = at, Action = uses[i].Action, Facts = [new("model", uses[i].Model)], Record = [new("project", $"p{i % 2}")] }, at);
        }

        return new AccountHistory(opening.State, [], builder.ToColumns(), []);
    }

    private static AccountHistory Named(AccountHistory history, int number) => history with { Opening = history.Opening with { Id = $"account-{number:00}" } };
}
