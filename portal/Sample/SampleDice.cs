namespace Rules.Portal.Sample;

/// <summary>Figures that look random and are the same in every run: a hash of account, number and throw.</summary>
internal sealed class SampleDice
{
    private ulong _state;

    public SampleDice(string account, long number)
    {
        // FNV-1a, then the finishing steps of SplitMix64 for each throw.
        unchecked
        {
            _state = 14695981039346656037;
            foreach (var character in account)
            {
                _state = (_state ^ character) * 1099511628211;
            }

            _state = (_state ^ (ulong)number) * 1099511628211;
        }
    }

    /// <summary>0 to <paramref name="sides"/> - 1.</summary>
    public int Roll(int sides)
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (int)((mixed ^ (mixed >> 31)) % (ulong)sides);
        }
    }

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Roll(choices.Length)];
}
