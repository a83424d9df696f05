using NodaTime;
using Rules.Dsl.Tests.Reference;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Comparison;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Proof;

public sealed class AmendmentTests
{
    private static readonly ReferencePage s_page = ReferencePage.Diagnostic("PR0904");

    [Fact]
    public void Inherited_example_that_no_longer_holds_is_reported_where_it_is_taken_over()
    {
        var failure = ExampleRunner.Run(Compile("Example")).SelectMany(r => r.Failures).ShouldHaveSingleItem();

        failure.Diagnostic.Id.ShouldBe("PR0904");
        failure.Diagnostic.Message.ShouldBe("Example \"one scan\" of version 1 expects 1; under version 2 it is 2.");
        failure.Diagnostic.Location.FileName.ShouldBe("sample.v2.rules");
        s_page.Under("Example")!.Marked("PR0904").ShouldBe([failure.Diagnostic.Location.Line]);
    }

    [Fact]
    public void Restated_example_holds() => ExampleRunner.Run(Compile("Mended")).ShouldHaveSingleItem().Holds.ShouldBeTrue();

    [Fact]
    public void Model_of_an_amendment_points_into_the_version_that_wrote_the_rule()
    {
        var model = Compile("Mended");

        model.Version.ShouldBe(2);
        model.Actions.Single().Price!.Location.FileName.ShouldBe("sample.v2.rules");
        model.Plans.ShouldAllBe(p => p.Location.FileName == "sample.v1.rules");
    }

    [Fact]
    public void Amendment_of_itself_is_refused_and_never_followed_round()
    {
        var source = SourceText.From("language 1\nruleset sample version 2 effective 2027-03-01 amends version 2\n", "sample.v2.rules");

        RulesetLibrary.Of(source).Compile(source).Diagnostics.ShouldHaveSingleItem().Severity.ShouldBe(Dsl.Diagnostics.DiagnosticSeverity.Error);
    }

    [Fact]
    public void Figure_of_a_rate_that_an_amendment_states_is_told_by_the_amendments_line()
    {
        const string Before = """
            language 1
            ruleset sample version 1 effective 2026-01-01
            credit "credit" to 2 decimals
            rate reply-rate is 0.5 credits
            rate page-rate is 0.2 credits per page
            meter page whole
            action reply
              measures page
            price reply
              each reply-rate
              plus per page, graduated within each event
                base      page-rate
                over 10   0.1 credits
            """;
        const string Amendment = """
            language 1
            ruleset sample version 2 effective 2026-06-01 amends version 1
              existing accounts move at renewal
            rate reply-rate is 0.7 credits
            """;
        var before = SourceText.From(Before, "sample.v1.rules");
        var library = RulesetLibrary.Of(before);
        var (old, now) = (library.Compile(before).Model!, library.Compile(SourceText.From(Amendment, "sample.v2.rules")).Model!);

        var at = Instant.FromUtc(2026, 7, 1, 0, 0);
        var usage = new UsageEvent { OccurredAt = at, Action = "reply", Quantities = [new("page", ExactDecimal.Parse("12"))] };
        var published = RuleFiles.Publish(now);
        var quote = Bookkeeper.Quote(published, Bookkeeper.Open(published, new OpenAccount("a", "sample", at)).State, usage, at, out _)!;
        quote.Steps.Where(step => step.Amount is not null && step.Location is not null).Select(step => $"{step.Text} {step.Location!.Value.FileName}:{step.Location.Value.Line}").Take(3)
            .ShouldBe(["each at 0.7 sample.v2.rules:4", "10 pages at 0.2 sample.v1.rules:12", "2 pages at 0.1 sample.v1.rules:13"]);
        var change = ModelComparison.Compare(old, now).ShouldHaveSingleItem();
        (change.Before!.Value.FileName, change.Before.Value.Line).ShouldBe(("sample.v1.rules", 10));
        (change.After!.Value.FileName, change.After.Value.Line).ShouldBe(("sample.v2.rules", 4));
    }

    private static RulesetModel Compile(string heading)
    {
        var before = SourceText.From(s_page.Under("Version before")!.Text, "sample.v1.rules");
        var compilation = RulesetLibrary.Of(before).Compile(SourceText.From(s_page.Under(heading)!.Text, "sample.v2.rules"));
        return compilation.Model.ShouldNotBeNull(string.Join('\n', compilation.Diagnostics));
    }
}
