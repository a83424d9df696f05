using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Proof;

/// <summary>Runs the examples of a version: each a story of commands through <see cref="Accounts.Bookkeeper"/>, in memory.</summary>
public static class ExampleRunner
{
    /// <summary>Results in file order.</summary>
    public static ImmutableArray<ExampleResult> Run(RulesetModel model)
    {
        var results = ImmutableArray.CreateBuilder<ExampleResult>(model.Examples.Length);
        foreach (var example in model.Examples)
        {
            results.Add(new ExampleStory(model, example).Run());
        }

        return results.MoveToImmutable();
    }
}

/// <param name="Expectations">Number of <c>expect</c> lines in the example.</param>
/// <param name="Failures">PR0802 diagnostics with the working under them; empty when the example holds.</param>
public sealed record ExampleResult(string Name, TextLocation Location, int Expectations, ImmutableArray<ExampleFailure> Failures)
{
    public bool Holds => Failures.IsEmpty;
}

/// <param name="Working">The steps of the evaluation that gave another figure, one line each, with file and line.</param>
public sealed record ExampleFailure(Diagnostic Diagnostic, ImmutableArray<string> Working);
