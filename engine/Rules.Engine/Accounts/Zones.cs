using NodaTime;
using Rules.Engine.Model;

namespace Rules.Engine.Accounts;

/// <summary>The zone that decides an account's days and cycles (time, rule 3).</summary>
internal static class Zones
{
    /// <summary>The fact that states an account's own zone, where the header lets it have one: an IANA id.</summary>
    public const string FactName = "timezone";

    /// <summary>Of the running cycle: boundaries that are stored stay as they are.</summary>
    public static DateTimeZone Of(RulesetModel model, AccountState state) => At(model, state, state.Cycle?.Start ?? state.LastAt);

    /// <summary>The one that is stated at an instant.</summary>
    public static DateTimeZone At(RulesetModel model, AccountState state, Instant at) =>
        model.IsZonePerAccount && AccountReading.Stated(state.Facts, FactName, at) is { } zone
            ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) ?? model.Zone
            : model.Zone;
}
