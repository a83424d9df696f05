using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

public sealed class AmendmentTests
{
    private const string First = """
        language 1
        ruleset shop version 1 effective 2026-01-01
          title "Shop credits"  note "as printed"
          timezone "Europe/Berlin"
          existing accounts stay

        credit "credit" to 4 decimals, rounding half up

        # What is counted.
        meter page whole
        action scan
          measures page
        free action train, preview  # listed for completeness
        record project on every charge

        # The one price.
        price scan
          per page 1 credit
        bucket included from plan
          unused never expires
        plan Team grants 10 credits every month into included
        consume included
        cycle monthly
        at zero
          block scan until renewal
          if short refuse
        alert "half"
          at 50% of included used
        example "one page"
          do scan of 1 page
          expect 1 credit
        # The end.

        """;

    private const string Head = "language 1\nruleset shop version 2 effective 2026-03-01 amends version 1\n";

    private static readonly Compilation s_first = Compile(First, null, "shop.v1.rules");

    [Fact]
    public void Sample_amendment_binds_over_its_base_without_a_word()
    {
        var before = RuleFile.Read("roboflow.rules");
        var after = Compile(RuleFile.ReadText("roboflow.v3.sample-amendment.rules"), before);
        after.Diagnostics.Where(static d => d.Severity != DiagnosticSeverity.Information).Select(RuleFile.Show).ShouldBeEmpty();
        after.Base.ShouldBeSameAs(before);
        after.Ruleset.Header.Version.ShouldBe(3);
        after.Ruleset.Header.Amends.ShouldBe(2);
        after.Ruleset.Header.Title.ShouldBe(before.Ruleset.Header.Title);
        after.Ruleset.MeaningHash.ShouldNotBe(before.Ruleset.MeaningHash);
        var alerts = after.Ruleset.Alerts.Select(static a => a.Alert.Name).ToList();
        alerts.ShouldContain("75% of included credits used");
        alerts.ShouldNotContain("80% of included credits used");
        var ladder = after.Ruleset.Sells.Single().Body.Components.Single().ShouldBeOfType<BoundPerComponent>().Ladder!;
        ladder.Location.Source.ShouldBeSameAs(after.Tree.Text);
        after.Ruleset.Prices.ShouldAllBe(p => ReferenceEquals(p.Location.Source, before.Tree.Text));
    }

    [Fact]
    public void Resolved_text_of_the_sample_means_the_same_and_keeps_comments()
    {
        var after = Compile(RuleFile.ReadText("roboflow.v3.sample-amendment.rules"), RuleFile.Read("roboflow.rules"));
        ShouldMeanTheSame(after);
        after.Resolved.Text.ToString().ShouldContain("# Features: three categories.");
        after.Resolved.Text.ToString().ShouldContain("# Only what changes.");
    }

    [Fact]
    public void Inherited_examples_name_the_version_they_stand_in()
    {
        var after = Compile(RuleFile.ReadText("roboflow.v3.sample-amendment.rules"), RuleFile.Read("roboflow.rules")).Ruleset.Examples;
        after.Single(static e => e.Name == "the 75% banner").InheritedFrom.ShouldBeNull();
        after.Single(static e => e.Name == "bundle prices for a new workspace").InheritedFrom.ShouldBeNull();
        after.ShouldNotContain(static e => e.Name == "the 80% banner");
        after.Where(static e => e.InheritedFrom?.Version == 2).ShouldNotBeEmpty();
    }

    [Fact]
    public void Item_is_replaced_whole_in_its_place_with_the_comment_above_it()
    {
        var after = Amend("price scan\n  each 3 credits\n");
        after.Ruleset.Prices.Single().Body.Components.Single().ShouldBeOfType<BoundEachComponent>();
        after.Resolved.Text.ToString().ShouldContain("on every charge\n\n# The one price.\nprice scan\n  each 3 credits\nbucket included");
        ShouldMeanTheSame(after);
    }

    [Fact]
    public void Own_comment_replaces_the_one_above_the_old_item()
    {
        var text = Amend("# Dearer.\nprice scan\n  each 3 credits\n").Resolved.Text.ToString();
        text.ShouldContain("# Dearer.\nprice scan");
        text.ShouldNotContain("# The one price.");
    }

    [Fact]
    public void New_item_stands_behind_the_last_of_its_kind()
    {
        var after = Amend("plan Pro grants 20 credits every month into included\n");
        after.Resolved.Text.ToString().ShouldContain("into included\nplan Pro grants 20 credits every month into included\nconsume");
        after.Ruleset.Plans.Select(static p => p.Plan.Name).ShouldBe(["Team", "Pro"]);
        ShouldMeanTheSame(after);
    }

    [Fact]
    public void Header_lines_are_taken_over_unless_stated_but_who_moves_is_decided_anew()
    {
        var after = Amend("", "  title \"Shop credits, new\"\n");
        after.Ruleset.Header.Title.ShouldBe("Shop credits, new");
        after.Ruleset.Header.TimeZone.ShouldBe("Europe/Berlin");
        after.Ruleset.Header.ExistingAccounts.ShouldBeNull();
        after.Resolved.Text.ToString().ShouldStartWith(
            "language 1\nruleset shop version 2 effective 2026-03-01\n  title \"Shop credits, new\"\n  timezone \"Europe/Berlin\"\n\ncredit");
        ShouldMeanTheSame(after);
    }

    [Fact]
    public void One_name_of_a_list_of_free_actions_can_become_priced()
    {
        var after = Amend("action train\nprice train\n  each 2 credits\nat zero\n  block scan, train until renewal\n  if short refuse\n");
        after.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
        after.Ruleset.Actions.Where(static a => a.IsFree).Select(static a => a.Name).ShouldBe(["preview"]);
        after.Resolved.Text.ToString().ShouldContain("free action preview  # listed for completeness\n");
        ShouldMeanTheSame(after);
    }

    [Fact]
    public void Items_without_a_name_are_replaced_as_a_kind()
    {
        var after = Amend("record project, agent on every charge\n");
        after.Ruleset.Records.SelectMany(static r => r.Names).ShouldBe(["project", "agent"]);
        ShouldMeanTheSame(after);
    }

    [Fact]
    public void Amendment_of_an_amendment_keeps_what_both_took_over()
    {
        var second = Amend("price scan\n  each 3 credits\nexample \"two pages\"\n  do scan of 2 pages\n  expect 3 credits\nremove example \"one page\"\n");
        var third = Compile(
            "language 1\nruleset shop version 3 effective 2026-04-01 amends version 2\nremove alert \"half\"\nfree action train\n", second, "shop.v3.rules");
        third.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
        third.Ruleset.Prices.Single().Location.FileName.ShouldBe("shop.v2.rules");
        third.Ruleset.Buckets.Single().Location.FileName.ShouldBe("shop.v1.rules");
        third.Ruleset.Examples.Single().InheritedFrom!.Version.ShouldBe(2);
        third.Ruleset.Header.TimeZone.ShouldBe("Europe/Berlin");
        third.Ruleset.Alerts.ShouldBeEmpty();
        ShouldMeanTheSame(third);
    }

    [Fact]
    public void Empty_amendment_means_what_its_base_means_but_for_who_moves()
    {
        Amend("", "  existing accounts stay\n").Ruleset.MeaningHash.ShouldBe(s_first.Ruleset.MeaningHash);
        Amend("").Ruleset.Remarks.Select(static r => r.Text).ShouldBe(["as printed"]);
    }

    [Fact]
    public void Error_made_in_an_inherited_item_is_located_in_its_own_file_and_has_no_repair()
    {
        var diagnostic = Amend("remove meter page\n").Diagnostics.Single(static d => d.Location.Text == "page" && d.Location.Line == 12);
        diagnostic.Id.ShouldBe("PR0201");
        diagnostic.Location.FileName.ShouldBe("shop.v1.rules");
        diagnostic.Fixes.ShouldBeEmpty();
    }

    [Fact]
    public void Advice_about_inherited_items_is_not_repeated() =>
        Amend("price scan\n  each 1 credit\naction scan\nremove example \"one page\"\n").Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();

    [Theory]
    [InlineData("PR0903", "remove alert [\"hlf\"]\n", "Version 1 has no alert \"hlf\" to remove.", "did you mean \"half\"?")]
    [InlineData("PR0903", "remove plan [Gold]\n", "Version 1 has no plan \"Gold\" to remove.", null)]
    [InlineData("PR0903", "remove term [Team]\n", "Version 1 has no term \"Team\" to remove.", null)]
    [InlineData("PR0215", "remove [alrt] \"half\"\n", "\"alrt\" means nothing here; write the kind of a rule that has a name, such as plan or alert.", "did you mean \"alert\"?")]
    [InlineData("PR0209", "remove alert \"half\"\nremove alert [\"half\"]\n", null, null)]
    [InlineData("PR0906", "credit \"credit\" to [2] decimals, rounding half up\n", "Credits were kept to 4 decimals, here to 2; amounts already recorded could not be compared.", "write: to 4 decimals")]
    public void Mistake_of_an_amendment_is_reported_once_at_its_place(string id, string annotated, string? message, string? help)
    {
        var source = AnnotatedText.Parse(Head + annotated);
        var diagnostic = Compile(source.Text, s_first).Diagnostics.ShouldHaveSingleItem();
        diagnostic.Location.Span.ShouldBe(source.Spans.Single());
        if (message is not null)
        {
            diagnostic.Id.ShouldBe(id);
            diagnostic.Message.ShouldBe(message);
            diagnostic.Help.ShouldBe(help);
        }
    }

    [Theory]
    [InlineData("PR0901", "ruleset shop version [1] effective 2026-03-01 amends version 1", "Version 1 of shop does not come after version 1, which is published.")]
    [InlineData("PR0901", "ruleset shop version 2 effective [2025-12-31] amends version 1", "Version 2 of shop does not come after version 1, which is published.")]
    [InlineData("PR0902", "ruleset shop version 2 effective [2026-01-01] amends version 1", "Versions 1 and 2 of shop both take effect on 2026-01-01; the file does not say which applies that day.")]
    [InlineData("PR0907", "ruleset shop version 3 effective 2026-03-01 [amends version 2]", "Version 2 of shop, which this file amends, was not found.")]
    [InlineData("PR0907", "ruleset stall version 2 effective 2026-03-01 [amends version 1]", "Version 1 of stall, which this file amends, was not found.")]
    public void Version_that_does_not_follow_its_base_is_reported(string id, string header, string message)
    {
        var source = AnnotatedText.Parse($"language 1\n{header}\nremove alert \"half\"\n");
        var diagnostic = Compile(source.Text, s_first).Diagnostics.ShouldHaveSingleItem();
        diagnostic.Id.ShouldBe(id);
        diagnostic.Message.ShouldBe(message);
        diagnostic.Location.Span.ShouldBe(source.Spans.Single());
    }

    [Fact]
    public void Versions_of_one_day_at_two_times_follow_each_other() =>
        Compile("language 1\nruleset shop version 2 effective 2026-01-01 at 12:00 amends version 1\n", s_first).Diagnostics.ShouldBeEmpty();

    [Fact]
    public void Amendment_without_its_base_says_only_that()
    {
        var alone = Compile(Head + "price scan\n  each 3 credits\n", null);
        alone.Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0907");
        alone.Base.ShouldBeNull();
    }

    [Fact]
    public void Amendment_of_a_version_with_errors_says_only_that()
    {
        var broken = Compile("language 1\nruleset shop version 1 effective 2026-01-01\n", null);
        Compile(Head, broken).Diagnostics.ShouldHaveSingleItem().Message.ShouldBe("Version 1 of shop, which this file amends, has errors of its own.");
    }

    [Fact]
    public void Versions_that_a_file_builds_on_are_found_in_any_order()
    {
        var texts = new[]
        {
            First,
            Head + "price scan\n  each 3 credits\nremove example \"one page\"\n",
            "language 1\nruleset stall version 2 effective 2026-03-01\ncredit \"credit\" to 0 decimals\n",
        };
        var third = SyntaxTree.Parse("language 1\nruleset shop version 3 effective 2026-04-01 amends version 2\nremove alert \"half\"\n");
        var sources = texts.Select(static t => SourceText.From(t)).ToList();
        foreach (var order in new[] { sources, sources.AsEnumerable().Reverse() })
        {
            var compilation = Among(order, third);
            compilation.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
            compilation.Base!.Base!.Ruleset.Header.Version.ShouldBe(1);
        }

        Among([sources[0]], third).Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0907");
    }

    [Fact]
    public void Versions_that_amend_each_other_are_not_followed_round()
    {
        var second = SyntaxTree.Parse("language 1\nruleset shop version 2 effective 2026-03-01 amends version 3\n");
        var third = SyntaxTree.Parse("language 1\nruleset shop version 3 effective 2026-04-01 amends version 2\n");
        Among([second.Text, third.Text], third).Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0908");
    }

    [Fact]
    public void Whole_file_is_its_own_resolved_text() => s_first.Resolved.Text.ShouldBeSameAs(s_first.Tree.Text);

    [Fact]
    public void No_edit_of_an_amendment_throws_and_every_sound_one_resolves_to_the_same_meaning()
    {
        var before = RuleFile.Read("roboflow.rules");
        var lines = RuleFile.ReadText("roboflow.v3.sample-amendment.rules").Split('\n');
        var baseLines = RuleFile.ReadText("roboflow.rules").Split('\n');
        var random = new Random(20261121);
        for (var round = 0; round < 150; round++)
        {
            var edited = lines.ToList();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(2, edited.Count);
                if (random.Next(2) == 0)
                {
                    edited.RemoveAt(at);
                }
                else
                {
                    edited.Insert(at, baseLines[random.Next(baseLines.Length)]);
                }
            }

            var after = Compile(string.Join('\n', edited), before);
            if (after.HasErrors)
            {
                after.Resolved.Text.Length.ShouldBeGreaterThan(0);
            }
            else
            {
                ShouldMeanTheSame(after);
            }
        }
    }

    private static Compilation Amend(string items, string headlines = "") => Compile(Head + headlines + items, s_first, "shop.v2.rules");

    private static Compilation Compile(string text, Compilation? before, string name = "sample.rules") =>
        Compilation.Create(SyntaxTree.Parse(SourceText.From(text, name)), before, RuleFile.Options);

    private static Compilation Among(IEnumerable<SourceText> texts, SyntaxTree tree) => new RuleLibrary(RuleLibrary.Among(texts), RuleFile.Options).Compile(tree);

    private static void ShouldMeanTheSame(Compilation amended)
    {
        amended.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(RuleFile.Show).ShouldBeEmpty();
        var whole = RuleFile.Compile(amended.Resolved.Text.ToString());
        whole.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(RuleFile.Show).ShouldBeEmpty(amended.Resolved.Text.ToString());
        NormalForm.Write(whole.Ruleset).ShouldBe(NormalForm.Write(amended.Ruleset));
        whole.Ruleset.MeaningHash.ShouldBe(amended.Ruleset.MeaningHash);
        whole.Ruleset.Header.Version.ShouldBe(amended.Ruleset.Header.Version);
        whole.Ruleset.Header.Amends.ShouldBeNull();
        whole.Ruleset.Examples.Length.ShouldBe(amended.Ruleset.Examples.Length);
    }
}
