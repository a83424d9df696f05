using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
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

    /// <summary>Decision 0214: whoever writes the next version begins with this text under a later day.</summary>
    [Theory]
    [InlineData("ai-engine.v1.rules")]
    [InlineData("biodock.v1.rules")]
    [InlineData("bookbag.v1.rules")]
    [InlineData("roboflow.v2.rules")]
    public void Later_effective_day_breaks_no_example(string file)
    {
        var path = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "rules"), file, SearchOption.AllDirectories).Single();
        var text = RulesetCompiler.Compile(SourceText.From(File.ReadAllText(path), file)).FollowedBy(9, new LocalDate(2031, 5, 17));
        var later = RuleFiles.Compile(text);

        (later.Version, later.EffectiveAt.InZone(later.Zone).Date).ShouldBe((9, new LocalDate(2031, 5, 17)));
        ExampleRunner.Run(later).Where(example => !example.Holds).SelectMany(example => example.Failures).Select(failure => failure.Diagnostic.ToString()).ShouldBeEmpty();
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
