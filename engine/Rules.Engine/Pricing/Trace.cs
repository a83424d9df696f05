using System.Collections.Immutable;
using System.Runtime.CompilerServices;

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
    private const int InlineSteps = 16;

    private Buffer _first;
    private int _count;
    private List<Step>? _more;

    public static bool IsOn => true;

    public void Add(Step step)
    {
        if (_count < InlineSteps)
        {
            _first[_count] = step;
            _count++;
        }
        else
        {
            (_more ??= []).Add(step);
        }
    }

    public readonly ImmutableArray<Step> ToImmutable()
    {
        var steps = ImmutableArray.Create(((ReadOnlySpan<Step>)_first)[.._count]);
        return _more is null ? steps : steps.AddRange(_more);
    }

    [InlineArray(InlineSteps)]
    private struct Buffer
    {
        private Step _first;
    }
}
