using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Proof;

/// <summary>A figure of an example may be a term: it stands for the value that the example's account has agreed.</summary>
public sealed class TermFigureTests
{
    private const string Rules = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        action scan
        price scan
          each 10 credits
        bucket included from plan
          unused expires at cycle end
        consume included
        cycle monthly
        plan Team grants allotment every month into included
        term allotment credits, set per account, normally 80 credits, sample 60 credits
        term ceiling credits, set per account, normally unlimited, sample 60 credits
        at zero
          block scan until renewal
          if short refuse

        """;

    [Fact]
    public void Expected_term_is_the_value_that_the_account_has()
    {
        Failures("""
            example "agreed"
              given plan Team, allotment 25 credits
              expect balance included allotment
              do scan
              expect balance included 15 credits
            example "not agreed"
              given plan Team
              expect balance included allotment
            """).ShouldBeEmpty();
    }

    [Fact]
    public void Given_term_fills_a_bucket()
    {
        Failures("""
            example "filled"
              given included allotment
              expect balance included 80 credits
            """).ShouldBeEmpty();
    }

    [Fact]
    public void Term_that_does_not_hold_is_told_as_its_value()
    {
        var failure = Failures("""
            example "used"
              given plan Team
              do scan
              expect balance included allotment
            """).ShouldHaveSingleItem();

        failure.Diagnostic.Message.ShouldContain("80");
        failure.Diagnostic.Message.ShouldContain("70");
    }

    [Fact]
    public void Term_without_an_end_is_no_figure()
    {
        Failures("""
            example "endless"
              given plan Team
              expect balance included ceiling
            """).ShouldHaveSingleItem().Diagnostic.Message.ShouldContain("unlimited");
    }

    private static List<ExampleFailure> Failures(string examples) =>
        [.. ExampleRunner.Run(RuleFiles.Compile(Rules + examples)).SelectMany(e => e.Failures)];
}
