using System.Collections.Immutable;

namespace Rules.Engine.Pricing;

/// <summary>
/// Where an evaluation writes its steps. A struct type argument: with <see cref="NoTrace"/> every line that records is compiled away, so the
/// path that only prices is the very path that explains.
/// </summary>
internal interface ITrace
{
    static abstract bool IsOn { get; }

    void Add(Step step);
}

internal readonly struct NoTrace : ITrace
{
    public static bool IsOn => false;

    public void Add(Step step)
    {
    }
}

internal struct StepRecorder : ITrace
{
    private ImmutableArray<Step>.Builder? _steps;

    public static bool IsOn => true;

    public void Add(Step step) => (_steps ??= ImmutableArray.CreateBuilder<Step>(12)).Add(step);

    public readonly ImmutableArray<Step> ToImmutable() => _steps is null ? [] : _steps.DrainToImmutable();
}
