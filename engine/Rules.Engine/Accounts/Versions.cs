using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Periods;

namespace Rules.Engine.Accounts;

/// <summary>Which version holds for an account, and when it moves to a newer one (language, section 6).</summary>
internal static class Versions
{
    /// <summary>
    /// The version in effect for the account at an instant, which may lie behind its own time for a late event: the newest it had moved to by
    /// then. Null before the first.
    /// </summary>
    public static RulesetModel? At(PublishedRuleset ruleset, AccountState state, Instant occurredAt)
    {
        if (state.Version is not { } newest)
        {
            return ruleset.InForce(occurredAt);
        }

        var at = Instant.Max(occurredAt, state.OpenedAt);
        RulesetModel? found = null;
        foreach (var version in ruleset.Versions)
        {
            if (version.Model.Version <= newest && (version.ActiveFrom <= state.OpenedAt || HadMoved(version, found ?? version.Model, state, at)))
            {
                found = version.Model;
            }
        }

        return found;
    }

    // Of a version the account is on or has left, coming from another.
    private static bool HadMoved(PublishedVersion version, RulesetModel from, AccountState state, Instant at)
    {
        var policy = PolicyOf(version.Model, state, at);
        return policy.Kind switch
        {
            MoveKind.On => Instant.Max(policy.On!.Value, version.ActiveFrom) <= at,
            MoveKind.Stay => false,
            _ => version.ActiveFrom <= RenewalBefore(from, state, at),
        };
    }

    // Renewals before the running cycle are not in the state, but they are boundaries of its series. Where a plan change or a reset began the
    // series with that cycle, nothing tells them: what was active at the instant counts (0204).
    private static Instant RenewalBefore(RulesetModel model, AccountState state, Instant at)
    {
        if (state.Cycle is not { } cycle || model.Cycle is not { } rule)
        {
            return at;
        }

        if (at >= cycle.Start)
        {
            return cycle.Start;
        }

        var series = CycleCalendar.RecurrenceFor(rule, AccountReading.FactsAt(model, state, at), cycle.Anchor, Zones.At(model, state, at));
        var number = series.NumberAt(cycle.Start);
        return number != 0 && series.Boundary(number) == cycle.Start ? series.Boundary(series.NumberAt(at)) : at;
    }

    /// <summary>The newest version that the account moves to at a renewal; the present one where nothing changes.</summary>
    public static int AtRenewal(PublishedRuleset ruleset, AccountState state, Instant boundary)
    {
        var current = state.Version ?? 0;
        foreach (var version in ruleset.Versions)
        {
            if (version.Model.Version > current && version.ActiveFrom <= boundary && PolicyOf(version.Model, state, boundary).Kind == MoveKind.AtRenewal)
            {
                current = version.Model.Version;
            }
        }

        return current;
    }

    /// <summary>
    /// The next move that does not wait for a renewal, up to an instant; null when there is none. A move whose instant the account's own time has
    /// reached already, because the version was published since, falls due at once.
    /// </summary>
    public static (Instant At, int Version)? NextMove(PublishedRuleset ruleset, AccountState state, Instant upTo)
    {
        (Instant At, int Version)? next = null;
        foreach (var version in ruleset.Versions)
        {
            if (version.Model.Version <= (state.Version ?? 0))
            {
                continue;
            }

            // Of several at one instant the newest: the account does not stop at those between.
            var at = Instant.Max(MoveAt(version, state), state.LastAt);
            if (at <= upTo && (next is null || at <= next.Value.At))
            {
                next = (at, version.Model.Version);
            }
        }

        return next;
    }

    // Without a cycle there is no renewal to wait for: such accounts move when the version is active.
    private static Instant MoveAt(PublishedVersion version, AccountState state)
    {
        var policy = PolicyOf(version.Model, state, state.LastAt);
        return policy.Kind switch
        {
            MoveKind.On => Instant.Max(policy.On!.Value, version.ActiveFrom),
            MoveKind.AtRenewal when state.Cycle is null => version.ActiveFrom,
            _ => Instant.MaxValue,
        };
    }

    private static ExistingAccounts PolicyOf(RulesetModel model, AccountState state, Instant at)
    {
        var plan = AccountReading.PlanAt(state, at) is { } name ? model.FindPlan(name) : null;
        return plan?.ExistingAccounts ?? model.ExistingAccounts;
    }
}
