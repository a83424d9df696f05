using NodaTime;
using Rules.Engine.Model;

namespace Rules.Engine.Accounts;

/// <summary>The zone that decides an account's days and cycles (time, rule 3).</summary>
internal static class Zones
{
    /// <summary>Of the running cycle: boundaries that are stored stay as they are.</summary>
    public static DateTimeZone Of(RulesetModel model, AccountState state) => At(model, state, state.Cycle?.Start ?? state.LastAt);

    /// <summary>The one that is stated at an instant.</summary>
    public static DateTimeZone At(RulesetModel model, AccountState state, Instant at) => model.Zone;
}
