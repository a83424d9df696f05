using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Proof;

public sealed class ShippedRulesTests
{
    public static TheoryData<string> Files => [.. RuleFiles.Shipped];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_example_of_a_shipped_file_holds(string file)
    {
        var results = ExampleRunner.Run(RuleFiles.Load(file));

        results.ShouldNotBeEmpty();
        foreach (var result in results)
        {
            result.Failures.Select(f => f.Diagnostic.ToString() + "\n  " + string.Join("\n  ", f.Working)).ShouldBeEmpty(result.Name);
        }
    }

    [Theory]
    [InlineData("ai-engine.v1.rules", 8, 23)]
    [InlineData("biodock.v1.rules", 7, 14)]
    [InlineData("bookbag.v1.rules", 9, 27)]
    [InlineData("roboflow.v2.rules", 10, 33)]
    [InlineData("roboflow.v3.rules", 10, 33)]
    public void Every_expectation_is_counted(string file, int examples, int expectations)
    {
        var results = ExampleRunner.Run(RuleFiles.Load(file));

        results.Length.ShouldBe(examples);
        results.Sum(r => r.Expectations).ShouldBe(expectations);
    }
}
