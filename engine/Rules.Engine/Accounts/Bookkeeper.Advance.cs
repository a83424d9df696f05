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

    private static EvaluationError? AdvanceTo(PublishedRuleset ruleset, Journal journal, Instant at)
    {
        if (at < s_firstInstant || at >= s_endOfTime)
        {
            return EvaluationErrors.OutOfTime("at");
        }

        while (NextDue(ruleset, journal.State, at) is { } due)
        {
            if (DoDue(ruleset, journal, due) is { } error)
            {
                return error;
            }

            journal.MoveTo(due);
        }

        journal.MoveTo(at);
        return null;
    }

    private static Instant? NextDue(PublishedRuleset ruleset, AccountState state, Instant upTo)
    {
        Instant? next = null;
        foreach (var lot in state.Lots)
        {
            if (lot.Available > 0 && lot.Lot.ExpiresAt is { } end && end <= upTo)
            {
                // An end that had passed before the lot was recorded falls due now, not in the past.
                Sooner(ref next, Instant.Max(end, state.LastAt));
            }
        }

        if (state.Cycle is { } cycle && cycle.End <= upTo)
        {
            Sooner(ref next, cycle.End);
        }

        SoonerClose(Current(ruleset, state), state, upTo, ref next);
        if (Versions.NextMove(ruleset, state, state.LastAt, upTo) is { } move)
        {
            Sooner(ref next, move.At);
        }

        if (Current(ruleset, state) is { } model && PlanOf(model, state, state.LastAt) is { } plan && state.Cycle is not null)
        {
            foreach (var grant in plan.Grants)
            {
                if (OwnRecurrence(model, state, grant) is { } recurrence)
                {
                    var occurrence = recurrence.Boundary(recurrence.NumberAt(state.LastAt) + 1);
                    if (occurrence <= upTo)
                    {
                        Sooner(ref next, occurrence);
                    }
                }
            }
        }

        return next;
    }

    private static void Sooner(ref Instant? next, Instant candidate)
    {
        if (next is null || candidate < next)
        {
            next = candidate;
        }
    }

    private static EvaluationError? DoDue(PublishedRuleset ruleset, Journal journal, Instant at)
    {
        Expire(journal, at, static (lot, at) => lot.Lot.ExpiresAt <= at);
        if (CloseScopes(ruleset, journal, at, endsCycle: journal.State.Cycle is { } closing && closing.End <= at) is { } undue)
        {
            return undue;
        }

        if (Versions.NextMove(ruleset, journal.State, journal.State.LastAt, at) is { } move)
        {
            journal.MoveToVersion(move.Version);
        }

        var isBoundary = journal.State.Cycle is { } ending && ending.End <= at;
        if (isBoundary)
        {
            journal.MoveToVersion(Versions.AtRenewal(ruleset, journal.State, at));
        }

        if (Current(ruleset, journal.State) is not { } model)
        {
            return null;
        }

        var next = isBoundary ? NextCycle(model, journal.State, at) : null;
        if (PlanOf(model, journal.State, at) is { } plan)
        {
            return isBoundary ? Renew(journal, model, plan, next, at) : Recur(journal, model, plan, at);
        }

        if (isBoundary)
        {
            journal.Turn(next!);
        }

        return null;
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
        var recurrence = CycleCalendar.RecurrenceFor(rule, facts, cycle.Anchor, model.Zone);
        var number = recurrence.NumberAt(at);
        var anchor = cycle.Anchor;
        if (recurrence.Boundary(number) != at)
        {
            // The interval or the zone changed with this renewal: the new series begins here.
            anchor = CycleCalendar.AnchorFor(rule, at, model.Zone);
            recurrence = CycleCalendar.RecurrenceFor(rule, facts, anchor, model.Zone);
            number = recurrence.NumberAt(at);
        }

        return new Cycle(cycle.Number + 1, anchor, at, recurrence.Boundary(number + 1));
    }

    private static PlanRule? PlanOf(RulesetModel model, AccountState state, Instant at) =>
        AccountReading.PlanAt(state, at) is { } name ? model.FindPlan(name) : null;
}
