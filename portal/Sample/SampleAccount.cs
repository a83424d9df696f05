using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Portal.Sample;

/// <summary>One account of the sample company and what it uses in thirty days. The same seed gives the same use.</summary>
/// <param name="OpensOnDay">Days after the history's first day.</param>
/// <param name="EventsPerDay">1 to 24, spread over the day.</param>
internal sealed record SampleAccount(string Id, string Ruleset, int OpensOnDay, int EventsPerDay, Func<SampleDice, UsageEvent> Use)
{
    public string? Plan { get; init; }

    public ImmutableArray<NamedText> Facts { get; init; } = [];

    public OpenAccount Open(Instant firstDay) => new(Id, Ruleset, firstDay + Duration.FromDays(OpensOnDay)) { Plan = Plan, Facts = Facts };

    /// <summary>In order of time, within <c>[from, to)</c>.</summary>
    public IEnumerable<(string Key, UsageEvent Usage)> Uses(Instant firstDay, Instant from, Instant to)
    {
        for (var day = OpensOnDay; day < SampleCompany.Days; day++)
        {
            for (var turn = 0; turn < EventsPerDay; turn++)
            {
                var dice = new SampleDice(Id, (day * 24) + turn);
                var at = firstDay + Duration.FromDays(day) + Duration.FromSeconds((86_400L * turn / EventsPerDay) + dice.Roll(86_400 / EventsPerDay));
                if (at >= from && at < to)
                {
                    yield return (FormattableString.Invariant($"{Id}:{day}:{turn}"), Use(dice) with { OccurredAt = at });
                }
            }
        }
    }
}

/// <summary>Figures that look random and are the same in every run: a hash of account, event and throw.</summary>
internal sealed class SampleDice
{
    private ulong _state;

    public SampleDice(string account, int number)
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
