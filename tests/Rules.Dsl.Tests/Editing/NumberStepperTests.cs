using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Editing;

public sealed class NumberStepperTests
{
    [Theory]
    [InlineData("0.0004", 1, "0.0005")]
    [InlineData("0.0010", -1, "0.0009")]
    [InlineData("0.0009", 1, "0.0010")]
    [InlineData("1,000", -1, "999")]
    [InlineData("999", 1, "1,000")]
    [InlineData("1000", 1, "1001")]
    [InlineData("12,999.9", 1, "13,000.0")]
    [InlineData("60%", 1, "61%")]
    [InlineData("100%", 1, null)]
    [InlineData("0", -1, null)]
    [InlineData("abc", 1, null)]
    public void Figure_steps_by_its_last_digit(string figure, int steps, string? expected)
    {
        var tree = SyntaxTree.Parse("rate x is " + figure);
        NumberStepper.Step(tree, tree.Text.Length, steps)?.NewText.ShouldBe(expected);
        (NumberStepper.Step(tree, tree.Text.Length, steps) is null).ShouldBe(expected is null);
    }
}
