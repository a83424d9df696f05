using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Cases;

public sealed class SamplerTests
{
    [Fact]
    public void The_sample_of_the_wider_pricing_models_holds()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "sampler.v1.rules"));

        var results = ExampleRunner.Run(RuleFiles.Compile(text, "sampler.v1.rules"));

        results.Sum(r => r.Expectations).ShouldBe(4);
        results.SelectMany(r => r.Failures).Select(f => f.Diagnostic.ToString() + "\n  " + string.Join("\n  ", f.Working)).ShouldBeEmpty();
    }
}
