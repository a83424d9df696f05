using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Proof;

/// <summary>
/// Which figures of a rule file its own proof protects. Each figure is raised and then lowered by one step of its last written digit; a
/// change is noticed where the changed text has an error or a new warning, as a claim beside the figure gives, or where an example or
/// a promise that held no longer holds.
/// </summary>
public static class FigureCoverage
{
    /// <summary>What <see cref="Measure"/> may spend unless told otherwise: characters of changed texts, some seconds.</summary>
    public const long DefaultBudget = 20_000_000;

    /// <summary>
    /// Tries the figures in their order until the budget is used up; the rest is <see cref="FigureProtection.NotTried"/>. The same text and
    /// budget give the same report. A compilation with errors proves nothing: none of its figures is tried.
    /// </summary>
    /// <param name="compilation">The version as it stands.</param>
    /// <param name="figures">Numbers in its text, with the sign of a percentage where there is one, as <c>Figures.Find</c> gives them.</param>
    /// <param name="budget">Characters of changed texts that may be compiled.</param>
    /// <param name="cancellationToken">Heard between any two examples.</param>
    public static CoverageReport Measure(
        RulesetCompilation compilation, ImmutableArray<TextSpan> figures, long budget = DefaultBudget, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(compilation);
        var (source, model, _) = compilation;
        var held = model is null ? [] : ExampleRunner.Run(model).Select(static r => r.Holds).ToImmutableArray();
        var kept = model is null ? [] : PromiseRunner.Run(model).Select(static r => r.Holds).ToImmutableArray();
        var known = compilation.Diagnostics.CountBy(static d => d.Id).ToDictionary(StringComparer.Ordinal);
        var results = ImmutableArray.CreateBuilder<CoveredFigure>(figures.Length);
        foreach (var span in figures)
        {
            var figure = new TextLocation(source, span);
            var steps = Steps(figure.Text);
            if (model is null || (budget -= (long)source.Length * steps.Length) < 0)
            {
                budget = 0;
                results.Add(new CoveredFigure(figure, FigureProtection.NotTried));
                continue;
            }

            var unnoticed = steps.FirstOrDefault(text =>
                !IsNoticed(compilation.With(source.WithEdits(new TextEdit(span, text))), known, held, kept, cancellationToken));
            results.Add(unnoticed is null
                ? new CoveredFigure(figure, FigureProtection.Protected)
                : new CoveredFigure(figure, FigureProtection.Unprotected) { Unnoticed = unnoticed });
        }

        return new CoverageReport(results.MoveToImmutable());
    }

    private static bool IsNoticed(
        RulesetCompilation changed, Dictionary<string, int> known, ImmutableArray<bool> held, ImmutableArray<bool> kept, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (changed.Model is not { } model)
        {
            return true;
        }

        var warnings = changed.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Warning).CountBy(static d => d.Id);
        if (warnings.Any(w => w.Value > known.GetValueOrDefault(w.Key)))
        {
            return true;
        }

        for (var i = 0; i < model.Examples.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (held[i] && !new ExampleStory(model, model.Examples[i]).Run().Holds)
            {
                return true;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return PromiseRunner.Run(model).Zip(kept).Any(static p => p.Second && !p.First.Holds);
    }

    /// <summary>The figure one step higher, and one step lower unless that is below zero, written as it is.</summary>
    private static ImmutableArray<string> Steps(string figure)
    {
        var sign = figure.EndsWith('%') ? "%" : "";
        var digits = figure[..^sign.Length];
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : digits.Length - point - 1;
        var value = ExactDecimal.Parse(digits.Replace(",", "", StringComparison.Ordinal));
        var grouped = value < 1000 || digits.Contains(',', StringComparison.Ordinal);
        var step = new ExactDecimal(Int128.One, decimals);
        return [.. new[] { value + step, value - step }.Where(static v => !v.IsNegative).Select(v => v.ToString(decimals, grouped) + sign)];
    }
}

/// <param name="Figures">In the order they were asked for.</param>
public sealed record CoverageReport(ImmutableArray<CoveredFigure> Figures)
{
    /// <summary>How many figures have that protection.</summary>
    public int Count(FigureProtection protection) => Figures.Count(f => f.Protection == protection);
}

/// <param name="Location">The figure as written.</param>
public sealed record CoveredFigure(TextLocation Location, FigureProtection Protection)
{
    /// <summary>The figure that could stand there and nothing would notice; null unless unprotected.</summary>
    public string? Unnoticed { get; init; }
}

public enum FigureProtection
{
    /// <summary>One step up and one step down are both noticed.</summary>
    Protected = 0,

    /// <summary>A step is not noticed.</summary>
    Unprotected = 1,

    /// <summary>The budget was used up before it, or the file has errors.</summary>
    NotTried = 2,
}
