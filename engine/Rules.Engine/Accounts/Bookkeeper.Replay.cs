using NodaTime;
using Rules.Engine.Model;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// The first instant after the account's time at which something falls due, or at which a lot becomes drawable. Until then a use changes
    /// nothing but what it is charged to.
    /// </summary>
    internal static Instant NextChange(PublishedRuleset ruleset, AccountState state)
    {
        var next = NextDue(ruleset, state, s_endOfTime);
        foreach (var lot in state.Lots)
        {
            if (lot.Lot.EffectiveAt > state.LastAt)
            {
                Sooner(ref next, lot.Lot.EffectiveAt);
            }
        }

        return next ?? s_endOfTime;
    }
}
