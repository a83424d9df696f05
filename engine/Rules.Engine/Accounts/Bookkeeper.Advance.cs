using System.Globalization;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// Everything due at or before <paramref name="at"/>, instant by instant, in the phases of <c>time.md</c>, section 2.
    /// <c>Advance(Advance(s, a), b)</c> equals <c>Advance(s, b)</c>.
    /// </summary>
    public static Booking<AccountAnswer> Advance(PublishedRuleset ruleset, AccountState state, Instant at)
    {
        var journal = new Journal(state, ruleset);
        return AdvanceTo(ruleset, journal, at) is { } error
            ? Fail<AccountAnswer>(state, error)
            : Answer(journal, Current(ruleset, journal.State), at);
    }

    private static RulesetModel? Current(PublishedRuleset ruleset, AccountState state) =>
        state.Version is { } version ? ruleset.Version(version) : null;

    private static EvaluationError? AdvanceTo(PublishedRuleset ruleset, Journal journal, Instant at) => AdvanceTo(ruleset, journal, at, reset: null);

    /// <param name="reset">Runs in its own phase of that instant.</param>
    private static EvaluationError? AdvanceTo(PublishedRuleset ruleset, Journal journal, Instant at, ResetRun? reset)
    {
        if (!IsInTime(at))
        {
            return EvaluationErrors.OutOfTime("at");
        }

        while (NextDue(ruleset, journal.State, at) is { } due && (reset is null || due < at))
        {
            if (DoDueAndTell(ruleset, journal, due, reset: null) is { } error)
            {
                return error;
            }

            journal.MoveTo(due);
        }

        if (reset is not null && DoDueAndTell(ruleset, journal, at, reset) is { } failed)
        {
            return failed;
        }

        journal.MoveTo(at);
        return null;
    }

    private static EvaluationError? DoDueAndTell(PublishedRuleset ruleset, Journal journal, Instant at, ResetRun? reset)
    {
        var (before, posted) = (journal.State, journal.Count);
        return DoDue(ruleset, journal, at, reset)
            ?? Repay(journal, Current(ruleset, journal.State), at)
            ?? Alerting.Tell(Current(ruleset, journal.State), journal, before, posted, at - Duration.Epsilon, at);
    }

    private static Instant? NextDue(PublishedRuleset ruleset, AccountState state, Instant upTo)
    {
        Instant? next = null;
        foreach (ref readonly var lot in state.Lots.AsSpan())
        {
            NextDue(lot, state, upTo, ref next);
        }

        foreach (var hold in state.Holds)
        {
            if (hold.Settlement is null && hold.Hold.ExpiresAt <= upTo)
            {
                Sooner(ref next, Instant.Max(hold.Hold.ExpiresAt, state.LastAt));
            }
        }

        if (!state.Debts.IsEmpty)
        {
            // A lot that begins repays what is owed.
            foreach (var lot in state.Lots)
            {
                if (lot.Available > 0 && lot.Lot.EffectiveAt > state.LastAt && lot.Lot.EffectiveAt <= upTo)
                {
                    Sooner(ref next, lot.Lot.EffectiveAt);
                }
            }
        }

        if (state.Cycle is { } cycle && cycle.End <= upTo)
        {
            Sooner(ref next, cycle.End);
        }

        var model = Current(ruleset, state);
        SoonerClose(model, state, upTo, ref next);
        if (Versions.NextMove(ruleset, state, upTo) is { } move)
        {
            Sooner(ref next, move.At);
        }

        if (model is null)
        {
            return next;
        }

        if (NextBill(model, state, upTo) is { } bill)
        {
            Sooner(ref next, bill);
        }

        if (state.Cycle is not null && PlanOf(model, state, state.LastAt) is { } plan)
        {
            foreach (var grant in plan.Grants)
            {
                if (PlanGrants.OwnRecurrence(model, state, grant) is { } recurrence)
                {
                    SoonerAfter(ref next, recurrence.Boundary(recurrence.NumberAt(state.LastAt) + 1), state.LastAt, upTo);
                }
            }
        }

        return next;
    }

    private static void NextDue(in LotState state, AccountState account, Instant upTo, ref Instant? next)
    {
        var lot = state.Lot;
        if (state.Available > 0 && lot.ExpiresAt is { } end && end <= upTo)
        {
            // An end that had passed before the lot was recorded falls due now, not in the past.
            Sooner(ref next, Instant.Max(end, account.LastAt));
        }

        // Credits that become available may repay what is owed.
        SoonerAfter(ref next, lot.EffectiveAt, account.LastAt, upTo);
        if (lot.Rollover is { Kind: RolloverKind.Carries, At: { } carried })
        {
            SoonerAfter(ref next, carried, account.LastAt, upTo);
        }

        if (lot.Series is { } series && NextOccurrence(series, account.LastAt) is { } occurrence)
        {
            SoonerAfter(ref next, occurrence, account.LastAt, upTo);
        }
    }

    private static void Sooner(ref Instant? next, Instant candidate)
    {
        if (next is null || candidate < next)
        {
            next = candidate;
        }
    }

    private static void SoonerAfter(ref Instant? next, Instant candidate, Instant after, Instant upTo)
    {
        if (candidate > after && candidate <= upTo)
        {
            Sooner(ref next, candidate);
        }
    }

    /// <summary>An instant at which something is due, and what was the account's time before it.</summary>
    /// <param name="EndsCycle">The running cycle ends at it.</param>
    private readonly record struct Due(Instant Since, Instant At, bool EndsCycle);

    /// <summary>
    /// One instant, phase by phase (time, section 2). Within it the account's time is still the one before, so that every phase can tell what
    /// has been done at this instant from what is new.
    /// </summary>
    private static EvaluationError? DoDue(PublishedRuleset ruleset, Journal journal, Instant at, ResetRun? reset)
    {
        var due = new Due(journal.State.LastAt, at, journal.State.Cycle is { } running && running.End <= at);

        reset?.Begin(journal.State, due);

        // Phase 0: holds whose time is over are released, so that what they return can still roll over at this instant.
        ReleaseExpired(ruleset, journal, at);

        // Phase 1: lots that end now lapse.
        Expire(journal, at, static (lot, at) => lot.Lot.ExpiresAt <= at);
        if (Current(ruleset, journal.State) is not { } model)
        {
            return null;
        }

        // Phase 2: what the ending scopes owe falls due, and postpaid use is billed.
        var restarts = due.EndsCycle || reset is { RestartsCycle: true };
        if ((CloseScopes(ruleset, journal, due, restarts) ?? BillUse(journal, model, due, restarts)) is { } unclosed)
        {
            return unclosed;
        }

        // Phase 3: rollover, and resets.
        var plan = PlanOf(model, journal.State, due.Since);
        RollOver(journal, due);
        if (due.EndsCycle)
        {
            DropDebts(journal, model, at);
        }

        if (reset is not null)
        {
            reset.Dropped = DropDebts(journal, model, at, reset.KeepsDebt);
            if (ResetLots(journal, model, plan, reset, at) is { } notReset)
            {
                return notReset;
            }
        }

        // Phase 4: what waited for this instant; then caps cut what was carried.
        var next = MoveOn(ruleset, journal, model, due);
        var nextPlan = PlanOf(next, journal.State, at);
        if (CutCarried(journal, (model, plan), (next, nextPlan), due) is { } uncut)
        {
            return uncut;
        }

        // Phase 5: grants that start.
        return GrantDue(journal, next, nextPlan, due) ?? GrantOccurrences(journal, next, due) ?? GrantAfterReset(journal, next, nextPlan, reset, at);
    }

    /// <summary>Versions, then the cycle: a plan that waited begins with it.</summary>
    private static RulesetModel MoveOn(PublishedRuleset ruleset, Journal journal, RulesetModel model, in Due due)
    {
        if (Versions.NextMove(ruleset, journal.State, due.At) is { } move)
        {
            journal.MoveToVersion(move.Version);
        }

        if (due.EndsCycle)
        {
            journal.MoveToVersion(Versions.AtRenewal(ruleset, journal.State, due.At));
        }

        var next = Current(ruleset, journal.State) ?? model;
        if (due.EndsCycle)
        {
            journal.Turn(NextCycle(next, journal.State, due.At));
        }

        return next;
    }

    /// <summary>Phase 1: lots that end now lapse, one entry each.</summary>
    private static void Expire(Journal journal, Instant at, Func<LotState, Instant, bool> ends)
    {
        foreach (var lot in journal.State.Lots)
        {
            if (lot.Available > 0 && ends(lot, at))
            {
                journal.Post(new Entry
                {
                    Kind = EntryKind.Expiry,
                    SystemKey = string.Create(CultureInfo.InvariantCulture, $"sys:expire:{lot.Lot.Number}"),
                    Amount = lot.Available,
                    OccurredAt = at,
                    Postings = [Posting.Expire(lot.Lot.Number, lot.Available)],
                    Version = journal.State.Version,
                });
            }
        }
    }

    private static Cycle NextCycle(RulesetModel model, AccountState state, Instant at)
    {
        var cycle = state.Cycle!;
        if (model.Cycle is not { } rule)
        {
            return cycle with { Number = cycle.Number + 1, Start = at, End = Instant.MaxValue };
        }

        var facts = AccountReading.FactsAt(model, state, at);
        var zone = Zones.At(model, state, at);
        var recurrence = CycleCalendar.RecurrenceFor(rule, facts, cycle.Anchor, zone);
        var number = recurrence.NumberAt(at);
        var anchor = cycle.Anchor;
        if (recurrence.Boundary(number) != at)
        {
            if (PlanGrants.CycleRecurrence(model, state) is { } before && before.Interval == recurrence.Interval && before.Boundary(before.NumberAt(at)) == at)
            {
                // Only the zone is another: the series goes on in its wall time.
                number = before.NumberAt(at);
            }
            else
            {
                // The interval changed with this renewal: the new series begins here.
                anchor = CycleCalendar.AnchorFor(rule, at, zone);
                recurrence = CycleCalendar.RecurrenceFor(rule, facts, anchor, zone);
                number = recurrence.NumberAt(at);
            }
        }

        return new Cycle(cycle.Number + 1, anchor, at, recurrence.Boundary(number + 1));
    }

    private static PlanRule? PlanOf(RulesetModel model, AccountState state, Instant at) =>
        AccountReading.PlanAt(state, at) is { } name ? model.FindPlan(name) : null;
}
