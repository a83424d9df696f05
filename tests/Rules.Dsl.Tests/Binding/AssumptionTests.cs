using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

public sealed class AssumptionTests
{
    private const string First = """
        language 1
        ruleset r version 1 effective 2026-01-01  assume "no date"
          timezone "UTC"
        credit "credit" to 0 decimals
          note "whole"
        account shop
        action scan
        price scan
          each 2 credits  assume "each scan"
          assume "no discount"
        """;

    [Fact]
    public void Assumptions_are_listed_in_order_with_their_lines() =>
        Of(Compilation.Create(SyntaxTree.Parse(First, "r.v1.rules"))).ShouldBe(["2 no date", "9 each scan", "10 no discount"]);

    [Fact]
    public void Assumptions_are_listed_where_the_file_has_errors()
    {
        var compilation = Compilation.Create(SyntaxTree.Parse(First + "\nprice nothing\n  each 1 credit  assume \"free\"\n"));
        compilation.HasErrors.ShouldBeTrue();
        Of(compilation).ShouldContain("12 free");
    }

    [Fact]
    public void Amendment_takes_over_the_assumptions_of_what_it_keeps()
    {
        var amendment = """
            language 1
            ruleset r version 2 effective 2026-02-01 amends version 1
            action reply
            price reply
              each 1 credit  assume "each reply"
            """;
        var compilation = Compilation.Create(SyntaxTree.Parse(amendment, "r.v2.rules"), Compilation.Create(SyntaxTree.Parse(First, "r.v1.rules")));
        compilation.Diagnostics.ShouldBeEmpty();
        Of(compilation).ShouldBe(["5 each reply", "9 each scan", "10 no discount"]);
    }

    private static IEnumerable<string> Of(Compilation compilation) => compilation.Assumptions.Select(a => $"{a.Location.Line} {a.Text}");
}
