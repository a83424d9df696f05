using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Replay;

namespace Rules.Ledger.Drafts;

/// <summary>A limit of <see cref="GuardLimits"/>. The numbers are stored.</summary>
public enum GuardCheck
{
    NewZeros = 1,
    NewNegatives = 2,
    RunsOutSooner = 3,
    Stopped = 4,
    IncreasePerCent = 5,
    TotalPerCent = 6,
}

/// <summary>A limit as somebody set it.</summary>
/// <param name="Most">Null: as it is where nobody set one.</param>
public sealed record GuardLimit(string Ruleset, GuardCheck Check, long? Most, Instant At, string By);

/// <summary>The limits of one ruleset with who set them.</summary>
public sealed class RulesetGuards
{
    /// <summary>A limit is at most this.</summary>
    public const int Largest = 1_000_000;

    private readonly Dictionary<GuardCheck, GuardLimit> _set = [];

    /// <param name="set">Oldest first.</param>
    public RulesetGuards(IEnumerable<GuardLimit> set)
    {
        ArgumentNullException.ThrowIfNull(set);
        foreach (var limit in set)
        {
            _set[limit.Check] = limit;
        }
    }

    public static ImmutableArray<GuardCheck> Checks { get; } = [.. Enum.GetValues<GuardCheck>()];

    /// <summary>What a replay is held against.</summary>
    public GuardLimits Limits => new()
    {
        NewZeros = Most(GuardCheck.NewZeros),
        NewNegatives = Most(GuardCheck.NewNegatives),
        RunsOutSooner = Most(GuardCheck.RunsOutSooner),
        Stopped = Most(GuardCheck.Stopped),
        IncreasePerCent = (int)Most(GuardCheck.IncreasePerCent),
        TotalPerCent = (int)Most(GuardCheck.TotalPerCent),
    };

    /// <summary>The limit that holds.</summary>
    public long Most(GuardCheck check) => _set.GetValueOrDefault(check)?.Most ?? Usual(check);

    /// <summary>The limit where nobody set one.</summary>
    public static long Usual(GuardCheck check)
    {
        var usual = new GuardLimits();
        return check switch
        {
            GuardCheck.NewZeros => usual.NewZeros,
            GuardCheck.NewNegatives => usual.NewNegatives,
            GuardCheck.RunsOutSooner => usual.RunsOutSooner,
            GuardCheck.Stopped => usual.Stopped,
            GuardCheck.IncreasePerCent => usual.IncreasePerCent,
            _ => usual.TotalPerCent,
        };
    }

    /// <summary>Who set it last; null where nobody did.</summary>
    public GuardLimit? SetBy(GuardCheck check) => _set.GetValueOrDefault(check) is { Most: not null } set ? set : null;
}
