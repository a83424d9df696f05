using System.Collections.Immutable;
using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

/// <summary>What happens to credits as time passes: keys, rollover, cycle, holds, debts and alerts, bound.</summary>
public sealed class RenewalTests
{
    private const string Head = RuleFile.Head + """
        currency USD to 2 decimals, rounding half up
        action scan
        price scan
          each 1 credit
        bucket prepaid from purchase
          unused never expires
        bucket promo from grant
          unused expires at the next grant
        bucket flex postpaid at 4 USD
          limit 100 credits each cycle
        plan Team grants 10 credits every month into included

        """;

    private const string Included = "bucket included from plan\n  unused rolls over for ever\n";
    private const string Cycle = "cycle monthly\n";
    private const string Consume = "consume included, then promo, then prepaid, then flex\n";
    private const string AtZero = "at zero\n  block scan until renewal\n  if short refuse\n";

    [Fact]
    public void Keys_of_a_bucket_are_bound()
    {
        var drawn = Bind(Included + "  drawn lowest priority, then soonest expiry by second, then oldest\n" + Cycle + Consume + AtZero).Buckets
            .Single(static b => b.Bucket.Name == "included").Drawn.ShouldNotBeNull();
        drawn.Keys.Select(static k => (k.Kind, k.Resolution)).ShouldBe([
            (DrawKeyKind.LowestPriority, ExpiryResolution.Exact), (DrawKeyKind.SoonestExpiry, ExpiryResolution.Second), (DrawKeyKind.Oldest, ExpiryResolution.Exact)]);
        drawn.Keys[1].Location.Text.ShouldBe("soonest expiry by second");
    }

    [Theory]
    [InlineData("lowest priority", DrawKeyKind.LowestPriority)]
    [InlineData("lowest cost", DrawKeyKind.LowestCost)]
    [InlineData("soonest expiry by day", DrawKeyKind.SoonestExpiry)]
    [InlineData("earliest start", DrawKeyKind.EarliestStart)]
    [InlineData("oldest", DrawKeyKind.Oldest)]
    [InlineData("newest", DrawKeyKind.Newest)]
    [InlineData("largest", DrawKeyKind.Largest)]
    [InlineData("smallest", DrawKeyKind.Smallest)]
    [InlineData("narrowest", DrawKeyKind.Narrowest)]
    [InlineData("included before promo before prepaid", DrawKeyKind.BucketOrder)]
    public void Order_of_all_grants_is_bound(string key, DrawKeyKind kind)
    {
        var order = Bind(Included + Cycle + $"consume by {key}\n" + AtZero).Consume!.Order.ShouldBeOfType<BoundKeyOrder>();
        order.Keys.Single().Kind.ShouldBe(kind);
        order.Keys.Single().Buckets.Select(static b => b.Name).ShouldBe(kind == DrawKeyKind.BucketOrder ? ["included", "promo", "prepaid"] : []);
    }

    [Fact]
    public void Order_by_keys_stands_in_an_exception_too()
    {
        var consume = Bind("account shop\n  has vip yes or no, normally no\n" + Included + Cycle + Consume + "  except when vip\n    consume by lowest cost\n" + AtZero).Consume!;
        consume.Exceptions.Single().Order.ShouldBeOfType<BoundKeyOrder>().Keys.Single().Kind.ShouldBe(DrawKeyKind.LowestCost);
    }

    [Theory]
    [InlineData("up to 500 credits, at least 20 credits, for its own life", RolloverCapKind.Amount, "20", typeof(BoundOwnLife))]
    [InlineData("up to 50% for 3 months", RolloverCapKind.PercentOfGranted, null, typeof(BoundDurationLife))]
    [InlineData("up to 50% of unused for 2 cycles", RolloverCapKind.PercentOfUnused, null, typeof(BoundCyclesLife))]
    [InlineData("at least 20 credits, for ever", null, "20", typeof(BoundEndlessLife))]
    public void Rollover_is_bound(string written, RolloverCapKind? cap, string? minimum, Type life)
    {
        var unused = Bind($"bucket included from plan\n  unused rolls over {written}\n" + Cycle + Consume + AtZero).Buckets
            .Single(static b => b.Bucket.Name == "included").Unused.ShouldBeOfType<BoundUnusedRollsOver>();
        (unused.Cap?.Kind).ShouldBe(cap);
        (unused.Minimum as BoundLiteralAmount)?.Value.ToString().ShouldBe(minimum, "minimum");
        unused.Life.ShouldBeOfType(life);
    }

    [Fact]
    public void Anchor_plan_changes_and_further_grants_are_bound()
    {
        var ruleset = Bind(Included + Consume + AtZero + """
            cycle every 3 months
              anchored on day 15
              upgrade restarts the cycle, carrying unused
              downgrade waits for renewal
            plan Pro grants 20 credits every cycle into included
              unused rolls over up to 600 credits for 1 cycle
              also grants 5 credits every week into promo
            """);
        ruleset.Cycle!.Anchor.ShouldNotBeNull().Day.ShouldBe(15);
        ruleset.Cycle.PlanChanges.Select(static c => (c.Move, c.Kind)).ShouldBe(
            [(PlanMove.Upgrade, PlanChangeKind.RestartsCarryingUnused), (PlanMove.Downgrade, PlanChangeKind.WaitsForRenewal)]);
        var grants = ruleset.Plans.Single(static p => p.Plan.Name == "Pro").Grants;
        grants.Select(static g => (g.Interval, g.Bucket.Name)).ShouldBe([(null, "included"), (new Duration(1, DurationUnit.Week), "promo")]);
    }

    [Fact]
    public void Holds_are_bound()
    {
        var holds = Bind(Included + Cycle + Consume + AtZero + """
            holds
              expire after 2 hours
              capture may exceed the hold by 20%
              returned credits live 3 days more
            """).Holds.ShouldNotBeNull();
        holds.Expiry!.After.ShouldBe(new Duration(2, DurationUnit.Hour));
        holds.Capture!.MayExceed.ShouldBeTrue();
        holds.Capture.ByPercent.ShouldBe(20);
        holds.Returned!.Live.ShouldBe(new Duration(3, DurationUnit.Day));
    }

    [Fact]
    public void Debts_are_bound()
    {
        var shortfall = Bind(Included + Cycle + Consume + "at zero\n  block scan until renewal\n  if short owe, up to 100 credits, dropped at renewal, repaid by included, prepaid\n")
            .AtZero!.Shortfall.ShouldNotBeNull();
        shortfall.UpTo.ShouldBeOfType<BoundLiteralAmount>().Value.ShouldBe(100);
        shortfall.IsDroppedAtRenewal.ShouldBeTrue();
        shortfall.RepaidBy.Select(static b => b.Name).ShouldBe(["included", "prepaid"]);
    }

    [Fact]
    public void Levels_of_an_alert_are_bound()
    {
        var alert = Bind(Included + Cycle + Consume + AtZero + """
            alert "low"
              at 10 credits, 30 credits used, then every 100 credits
              above 80% of included used
              below 20 credits left
              at every 50 credits of flex used
              again whenever crossed
              counting fresh credits only
            """).Alerts.Single();
        alert.FiresAgain.ShouldBeTrue();
        alert.CountsFreshCreditsOnly.ShouldBeTrue();
        alert.Levels.Select(static l => (l.Crossing, l.Figure, l.Bucket?.Name, l.Amounts.Length)).ShouldBe([
            (LevelCrossing.At, LevelFigure.Used, null, 2), (LevelCrossing.Above, LevelFigure.Used, "included", 1),
            (LevelCrossing.Below, LevelFigure.Left, null, 1), (LevelCrossing.AtEvery, LevelFigure.Used, "flex", 1)]);
        alert.Levels[0].ThenEvery.ShouldBeOfType<BoundLiteralAmount>().Value.ShouldBe(100);
    }

    [Theory]
    [InlineData("  drawn oldest\n", "  drawn newest\n")]
    [InlineData("  drawn soonest expiry by day\n", "  drawn soonest expiry by hour\n")]
    [InlineData("  serves scan\n", "")]
    public void Meaning_hash_covers_lines_of_a_bucket(string one, string other) =>
        Bind(Included + one + Cycle + Consume + AtZero).MeaningHash.ShouldNotBe(Bind(Included + other + Cycle + Consume + AtZero).MeaningHash);

    [Theory]
    [InlineData("holds\n  expire after 2 hours\n", "holds\n  expire after 3 hours\n")]
    [InlineData("holds\n  capture never exceeds the hold\n", "holds\n  capture may exceed the hold\n")]
    [InlineData("holds\n  returned credits lapse\n", "holds\n  returned credits live 1 day more\n")]
    [InlineData("alert \"x\"\n  at 5 credits used\n", "alert \"x\"\n  above 5 credits used\n")]
    [InlineData("alert \"x\"\n  at 5 credits used\n", "alert \"x\"\n  at 5 credits used, then every 5 credits\n")]
    [InlineData("alert \"x\"\n  at 5 credits used\n", "alert \"x\"\n  at 5 credits used\n  again whenever crossed\n")]
    [InlineData("alert \"x\"\n  at 5 credits used\n", "alert \"x\"\n  at 5 credits left\n")]
    public void Meaning_hash_covers_holds_and_alerts(string one, string other) =>
        Bind(Included + Cycle + Consume + AtZero + one).MeaningHash.ShouldNotBe(Bind(Included + Cycle + Consume + AtZero + other).MeaningHash);

    [Theory]
    [InlineData("cycle monthly\n  anchored on day 5\n", "cycle monthly\n  anchored on day 6\n")]
    [InlineData("cycle monthly\n  upgrade restarts the cycle\n", "cycle monthly\n  downgrade restarts the cycle\n")]
    [InlineData("cycle monthly\n  plan change restarts the cycle\n", "cycle monthly\n  plan change restarts the cycle, carrying unused\n")]
    public void Meaning_hash_covers_the_cycle(string one, string other) =>
        Bind(Included + one + Consume + AtZero).MeaningHash.ShouldNotBe(Bind(Included + other + Consume + AtZero).MeaningHash);

    [Fact]
    public void Sentence_that_the_page_does_not_hold_is_reported()
    {
        const string Page = "Jobs consume\n  2 run credits each. Nothing else.";
        var diagnostic = CompileWithPage("then training jobs consume 2 run credits.", Page).ShouldHaveSingleItem();
        diagnostic.Id.ShouldBe("PR0703");
        diagnostic.Severity.ShouldBe(DiagnosticSeverity.Warning);
        diagnostic.Message.ShouldBe("The source page does not contain \"then training jobs consume 2 run credits.\".");
        diagnostic.Help.ShouldBe("quote the page exactly, or use note");
        diagnostic.Location.Text.ShouldBe("\"then training jobs consume 2 run credits.\"");
        diagnostic.Location.Source.WithEdits(diagnostic.Fixes.Single().Edits).ToString().ShouldContain("  note \"then");
        CompileWithPage("consume 2 run credits each.", Page).ShouldBeEmpty();
    }

    private static ImmutableArray<Diagnostic> CompileWithPage(string sentence, string page) => Compilation.Create(
        SyntaxTree.Parse(SourceText.From(RuleFile.Head + $"action scan\nprice scan\n  each 1 credit  says \"{sentence}\"\n")),
        RuleFile.Options with { PageText = page }).Diagnostics;

    private static BoundRuleset Bind(string items)
    {
        var compilation = RuleFile.Compile(Head + items);
        compilation.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty(Head + items);
        return compilation.Ruleset;
    }
}
