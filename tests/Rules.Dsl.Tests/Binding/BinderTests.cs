using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

public sealed class BinderTests
{
    [Theory]
    [InlineData("biodock.rules")]
    [InlineData("bookbag.rules")]
    [InlineData("ai-engine.rules")]
    [InlineData("roboflow.rules")]
    [InlineData("sampler.rules")]
    public void Published_pages_bind_without_a_word(string file) =>
        RuleFile.Read(file).Diagnostics.Where(static d => d.Severity != DiagnosticSeverity.Information).Select(RuleFile.Show).ShouldBeEmpty();

    [Fact]
    public void Volume_prices_of_a_page_are_told_where_more_costs_less() =>
        RuleFile.Read("roboflow.rules").Diagnostics.Select(static d => d.Message).ShouldContain("47 to 49 cost more than 50: 49 costs 196 USD, 50 costs 184 USD.");

    [Fact]
    public void Shipped_rule_files_bind_without_a_mistake_or_a_warning()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Rules.sln")))
        {
            root = root.Parent;
        }

        var files = Directory.GetFiles(Path.Combine(root.ShouldNotBeNull().FullName, "rules"), "*.rules", SearchOption.AllDirectories);
        files.ShouldNotBeEmpty();
        var texts = files.Select(static f => SourceText.From(File.ReadAllText(f), Path.GetFileName(f))).ToList();
        var library = new RuleLibrary(RuleLibrary.Among(texts));
        texts.SelectMany(t => library.Compile(SyntaxTree.Parse(t)).Diagnostics)
            .Where(static d => d.Severity != DiagnosticSeverity.Information).Select(RuleFile.Show).ShouldBeEmpty();
    }

    [Fact]
    public void Header_is_bound()
    {
        var header = RuleFile.Read("biodock.rules").Ruleset.Header;
        header.Name.ShouldBe("biodock");
        header.Version.ShouldBe(1);
        header.EffectiveDate.ShouldBe(new DateOnly(2024, 9, 1));
        header.EffectiveTime.ShouldBe(default);
        header.TimeZone.ShouldBe("UTC");
        header.Title.ShouldBe("Biodock run credits");
        header.Amends.ShouldBeNull();
        header.Remarks.Single().Text.ShouldBe("the page is undated");
    }

    [Fact]
    public void Effective_time_is_bound()
    {
        var header = RuleFile.Compile("language 1\nruleset a version 2 effective 2026-09-01 at 14:30\ncredit \"credit\" to 0 decimals\n").Ruleset.Header;
        header.EffectiveTime.ShouldBe(new TimeOnly(14, 30));
    }

    [Fact]
    public void Unknown_time_zone_is_reported_with_the_one_meant()
    {
        var diagnostic = RuleFile.ShouldReport(
            "language 1\nruleset a version 1 effective 2026-01-01\n  timezone [\"Europe/Berln\"]\ncredit \"credit\" to 0 decimals\n",
            "PR0522", "Europe/Berln", "Europe/Berlin");
        diagnostic.Message.ShouldBe("\"Europe/Berln\" is not a known time zone.");
        diagnostic.Help.ShouldBe("did you mean \"Europe/Berlin\"?");
        RuleFile.ShouldReportNothing(
            "language 1\nruleset a version 1 effective 2026-01-01\n  timezone \"Europe/Berlin\"\ncredit \"credit\" to 0 decimals\n");
    }

    [Fact]
    public void File_without_a_credit_is_reported()
    {
        RuleFile.ShouldReport("language 1\n[ruleset a version 1 effective 2026-01-01]\n", "PR0216").Message.ShouldBe("The file does not declare its credit.");
        RuleFile.ShouldReportNothing("language 1\nruleset a version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\n");
    }

    [Fact]
    public void Graduated_ladder_has_bounds_scope_and_lines()
    {
        var price = RuleFile.Read("biodock.rules").Ruleset.Prices.Single(p => p.Action.Name == "analysis");
        price.RegardlessOf.Single().Name.ShouldBe("tile-size");
        price.Body.Components.Length.ShouldBe(2);
        var images = price.Body.Components[0].ShouldBeOfType<BoundPerComponent>();
        images.Unit.Unit.Name.ShouldBe("image");
        images.Scope!.Kind.ShouldBe(ScopeKind.Key);
        images.Scope.Key.ShouldBeSameAs(price.Action.Key);
        var ladder = images.Ladder!;
        ladder.Kind.ShouldBe(LadderKind.Graduated);
        ladder.Tiers.Select(static t => t.Start.ToString()).ShouldBe(["0", "1000", "5000"]);
        ladder.Tiers.Select(static t => t.End?.ToString()).ShouldBe(["1000", "5000", null]);
        ladder.Tiers.Select(static t => Figure(t.Cost.Rate)).ShouldBe(["0.001", "0.0004", "0.0002"]);
        ladder.Tiers.Select(static t => t.Cost.Claim?.PercentOff.ToString()).ShouldBe([null, "60", "80"]);
        ladder.Tiers[1].Location.Text.ShouldBe("over 1,000    0.0004 credits   60% off");
    }

    [Fact]
    public void Exception_holds_a_condition_and_a_body()
    {
        var price = RuleFile.Read("biodock.rules").Ruleset.Prices.Single(p => p.Action.Name == "training");
        Figure(price.Body.Components.Single().ShouldBeOfType<BoundEachComponent>().Cost.Rate).ShouldBe("0.5");
        var exception = price.Body.Exceptions.Single();
        var facts = exception.Condition.ShouldBeOfType<BoundAndCondition>().Operands.Cast<BoundNameTest>().ToList();
        facts.Select(static f => f.Fact.Name).ShouldBe(["region-classes", "object-classes"]);
        facts.ShouldAllBe(static f => f.Values.Single() == "yes");
        Figure(exception.Body.Components.Single().ShouldBeOfType<BoundEachComponent>().Cost.Rate).ShouldBe("1");
        exception.Location.Text.ShouldBe("except when region-classes and object-classes");
    }

    [Fact]
    public void Rows_waived_and_tags_are_bound()
    {
        var ruleset = RuleFile.Read("bookbag.rules").Ruleset;
        var price = ruleset.Prices.Single();
        price.By.Single().Name.ShouldBe("model");
        price.Body.Rows.Select(static r => r.Values.Single().Name).ShouldBe(
            ["Bookbag Local", "GPT-4o mini", "Claude Haiku 4.5", "Claude Sonnet 4.6", "GPT-4o"]);
        price.Body.Rows.Select(static r => r.Cost.IsWaived).ShouldBe([true, false, false, false, false]);
        var own = ruleset.Unmetered[1].Condition.ShouldBeOfType<BoundAndCondition>().Operands[1].ShouldBeOfType<BoundNameTest>();
        own.Tag.ShouldBe("provider-backed");
        own.Values.Length.ShouldBe(4);
        own.Values.ShouldNotContain("Bookbag Local");
    }

    [Fact]
    public void Plans_terms_and_buckets_are_bound()
    {
        var ruleset = RuleFile.Read("bookbag.rules").Ruleset;
        ruleset.Plans.Select(static p => p.Plan.Name).ShouldBe(["Free", "Hobby", "Standard", "Pro", "Enterprise"]);
        Figure(ruleset.Plans[1].Grants.Single().Amount).ShouldBe("2000");
        ruleset.Plans[1].Grants.Single().Interval.ShouldBe(new Duration(1, DurationUnit.Month));
        var term = ruleset.Plans[4].Grants.Single().Amount.ShouldBeOfType<BoundTermAmount>().Term;
        term.ShouldBeSameAs(ruleset.Terms.Single());
        term.IsSetPerAccount.ShouldBeTrue();
        ruleset.Buckets.Single().Unused.ShouldBeOfType<BoundUnusedExpiresAtCycleEnd>();
        ruleset.Consume!.Order.ShouldBeOfType<BoundBucketOrder>().Buckets.Single().ShouldBeSameAs(ruleset.Buckets.Single().Bucket);
        ruleset.Cycle!.Kind.ShouldBe(CycleKind.Interval);
        ruleset.Cycle.Interval.ShouldBe(new Duration(1, DurationUnit.Month));
        ruleset.AtZero!.Shortfall!.Kind.ShouldBe(ShortfallKind.Refuse);
        ruleset.AtZero.Stops.Single().Until.ShouldBe([StopEnd.Renewal, StopEnd.Upgrade]);
        ruleset.Records.Single().Names.ShouldBe(["model", "agent", "conversation"]);
    }

    [Fact]
    public void Free_actions_and_measures_are_bound()
    {
        var ruleset = RuleFile.Read("bookbag.rules").Ruleset;
        ruleset.Actions.Where(static a => a.IsFree).Select(static a => a.Name)
            .ShouldBe(["add-source", "retrain-source", "crawl", "chunk", "embed", "inspect-prompt"]);
        RuleFile.Read("biodock.rules").Ruleset.Actions[0].Measures.Select(static m => m.Name).ShouldBe(["image", "crop"]);
    }

    [Fact]
    public void Every_step_of_an_example_is_bound()
    {
        var ruleset = RuleFile.Read("bookbag.rules").Ruleset;
        ruleset.Examples.Sum(static e => e.Steps.Length).ShouldBe(60);
        var modes = ruleset.Examples.Single(static e => e.Name == "unmetered modes");
        modes.Steps.Select(static s => s.GetType().Name).ShouldBe(
            ["BoundGivenStep", "BoundDoStep", "BoundExpectOutcome", "BoundGivenStep", "BoundDoStep", "BoundExpectOutcome"]);
        modes.Steps[3].ShouldBeOfType<BoundGivenStep>().Givens.Select(static g => g.GetType().Name)
            .ShouldBe(["BoundGivenFact", "BoundGivenFact", "BoundGivenPlan"]);
    }

    [Fact]
    public void Quantities_and_facts_of_a_do_are_bound()
    {
        var example = RuleFile.Read("biodock.rules").Ruleset.Examples.Single(static e => e.Name.StartsWith("larger tiles", StringComparison.Ordinal));
        var step = example.Steps[2].ShouldBeOfType<BoundDoStep>();
        step.Quantities.Select(static q => $"{q.Count} {q.Unit}").ShouldBe(["100 image", "10000 crop"]);
        step.Facts.Single().Value.ToString().ShouldBe("2000");
        step.Times.ShouldBe(1);
    }

    [Fact]
    public void Sell_postpaid_order_by_term_and_promises_are_bound()
    {
        var ruleset = RuleFile.Read("roboflow.rules").Ruleset;
        var flex = ruleset.Buckets.Single(static b => b.Bucket.Name == "flex");
        flex.PostpaidRate.ShouldBeOfType<BoundRateAmount>().Rate.Per.ShouldBeSameAs(ruleset.Credit);
        flex.Limit!.Amount.ShouldBeOfType<BoundTermAmount>().Term.Normally.ShouldBeOfType<BoundUnlimitedValue>();
        flex.Billed!.To.ShouldBe("billing-method");
        ruleset.Consume!.Exceptions.Single().Order.ShouldBeOfType<BoundTermOrder>().Term.Sample.ShouldBeOfType<BoundOrderValue>().Buckets.Length.ShouldBe(3);
        var ladder = ruleset.Sells.Single().Body.Components.Single().ShouldBeOfType<BoundPerComponent>().Ladder!;
        ladder.Kind.ShouldBe(LadderKind.Volume);
        ladder.Tiers.Select(static t => t.Start.ToString()).ShouldBe(["0", "50", "250", "1000"]);
        ladder.Tiers.Select(static t => t.IncludesStart).ShouldBe([false, true, true, true]);
        ladder.Tiers[1].Cost.Rate.ShouldBeOfType<BoundDiscountedAmount>().Of.ShouldBeOfType<BoundRateAmount>().Rate.Name.ShouldBe("standard-price");
        ruleset.Promises.Length.ShouldBe(3);
        ruleset.Cycle!.By!.Name.ShouldBe("billing");
        ruleset.Cycle.UpFront!.Months.ShouldBe(12);
    }

    [Fact]
    public void Every_line_of_a_price_is_bound()
    {
        var prices = RuleFile.Read("sampler.rules").Ruleset.Prices;
        var scan = prices[0].Body;
        scan.Allowances.Single().Unit!.Name.ShouldBe("page");
        var packages = scan.Components.Single().ShouldBeOfType<BoundPerComponent>();
        packages.Unit.Counting.ShouldBe(UnitCounting.StartedPackages);
        packages.Unit.Size.ShouldBe(10);
        packages.Ladder!.Tiers[0].End.ShouldBe(100);
        scan.Adjustments.Single().Kind.ShouldBe(AdjustmentKind.MarkUp);
        var transfer = prices[1].Body;
        transfer.Allowances.Select(static a => a.Unit?.Name).ShouldBe([null, "USD"]);
        transfer.Components[0].ShouldBeOfType<BoundPerComponent>().Cost!.Rate.ShouldBeOfType<BoundPercentOfAmount>().Percent.ToString().ShouldBe("1.3");
        transfer.Limits.Select(static l => (l.Kind, l.Scope?.Kind)).ShouldBe([(LimitKind.AtMost, null), (LimitKind.AtLeast, ScopeKind.Cycle)]);
        var lease = prices[2].Body;
        lease.Floors.Single().Quantity.ShouldBe(1);
        var volume = lease.Components.Single().ShouldBeOfType<BoundPerComponent>().Ladder!;
        volume.TiersBy!.Name.ShouldBe("seat");
        volume.RepricesEarlierUnits.ShouldBeTrue();
        volume.Tiers[1].Cost.Fee!.Amount.ShouldBeOfType<BoundLiteralAmount>().Value.ShouldBe(50);
        lease.Corrections!.Kind.ShouldBe(CorrectionsKind.Allowed);
    }

    [Fact]
    public void Every_spelling_of_a_ladder_gives_the_same_bounds()
    {
        var spellings = new[]
        {
            "base 3 credits|over 10 2 credits|over 30 1 credit",
            "from 1 3 credits|from 11 2 credits|from 31 1 credit",
            "1 to 10 3 credits|11 to 30 2 credits|31 and up 1 credit",
            "next 10 3 credits|next 20 2 credits|rest 1 credit",
        };
        var bounds = spellings.Select(static spelling => BoundsOf(spelling)).ToList();
        bounds.ShouldAllBe(static b => b == "(0,10] (10,30] (30,]");
    }

    [Fact]
    public void Remarks_are_collected_in_order() =>
        RuleFile.Read("biodock.rules").Ruleset.Remarks.Select(static r => r.Kind).ShouldBe(
            [RemarkKind.Assume, RemarkKind.Assume, RemarkKind.Note, RemarkKind.Note, RemarkKind.Note, RemarkKind.Assume]);

    [Fact]
    public void Facts_of_the_action_hide_those_of_the_account()
    {
        var ruleset = RuleFile.Compile(RuleFile.Head + """
            account shop
              has size one of small, large
            action pack-up
              has size one of box, crate
            applies when size is small
            price pack-up
              each 1 credit
              except when size is crate
                each 2 credits
            """).Ruleset;
        ruleset.Prices.Single().Body.Exceptions.Single().Condition.ShouldBeOfType<BoundNameTest>().Fact.Owner.ShouldBe(FactOwner.Action);
        ruleset.Applies.Single().Condition.ShouldBeOfType<BoundNameTest>().Fact.Owner.ShouldBe(FactOwner.Account);
    }

    [Fact]
    public void Is_not_is_the_complement()
    {
        var ruleset = RuleFile.Compile(RuleFile.Head + """
            account shop
              has created date
            applies when created is not 2026-01-01
            """).Ruleset;
        var test = ruleset.Applies.Single().Condition.ShouldBeOfType<BoundNotCondition>().Operand.ShouldBeOfType<BoundDateTest>();
        test.From.ShouldBe(new DateOnly(2026, 1, 1));
        test.Before.ShouldBe(new DateOnly(2026, 1, 2));
    }

    private static string BoundsOf(string spelling)
    {
        var compilation = RuleFile.Compile(
            RuleFile.Head + "meter page whole\naction scan keyed by run\n  measures page\nprice scan\n  per page, graduated within each run\n    "
            + spelling.Replace("|", "\n    ", StringComparison.Ordinal) + "\n");
        compilation.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
        var tiers = compilation.Ruleset.Prices.Single().Body.Components.Single().ShouldBeOfType<BoundPerComponent>().Ladder!.Tiers;
        return string.Join(' ', tiers.Select(static t => $"({t.Start},{t.End}]"));
    }

    private static string Figure(BoundAmount? amount) => amount.ShouldBeOfType<BoundLiteralAmount>().Value.ToString();
}
