using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>Moves an account to another plan as the cycle's rule says; the first plan of an account always begins a cycle.</summary>
    public static Booking<AccountAnswer> ChangePlan(PublishedRuleset ruleset, AccountState state, string plan, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return Fail<AccountAnswer>(state, stuck);
        }

        if (Current(ruleset, journal.State) is not { } model)
        {
            return Fail<AccountAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (model.FindPlan(plan) is not { } chosen)
        {
            return Fail<AccountAnswer>(state, EvaluationErrors.UnknownPlan(plan, model));
        }

        var old = PlanOf(model, journal.State, recordedAt);
        return Change(journal, model, old, chosen, recordedAt) is { } error
            ? Fail<AccountAnswer>(state, error)
            : Answer(journal, model, recordedAt);
    }

    private static EvaluationError? Change(Journal journal, RulesetModel model, PlanRule? old, PlanRule chosen, Instant at)
    {
        if (IsDowngrade(model, journal.State, old, chosen, at, out var isDowngrade) is { } unknown)
        {
            return unknown;
        }

        var kind = old is null ? PlanChangeKind.Restarts
            : (isDowngrade ? model.Cycle?.Downgrade : model.Cycle?.Upgrade) ?? PlanChangeKind.Restarts;
        var restarts = kind is PlanChangeKind.Restarts or PlanChangeKind.RestartsCarryingUnused;
        if (old is not null && (restarts || kind == PlanChangeKind.GrantsInFull))
        {
            EndPlanLots(journal, old, model, at);
        }

        var changed = new Entry
        {
            Kind = EntryKind.PlanChange,
            Amount = 0,
            OccurredAt = at,
            Plan = chosen.Name,
            Version = model.Version,
            Cycle = restarts
                ? FirstCycle(model, journal.State, at, journal.State.Cycle is { } running ? running.Number + 1 : 0)
                : null,
        };
        journal.Post(changed);
        var suffix = restarts ? null : string.Create(CultureInfo.InvariantCulture, $":{journal.State.NextLot}");
        return kind switch
        {
            PlanChangeKind.GrantsNothing => null,
            PlanChangeKind.GrantsDifference => GrantDifference(journal, model, old!, chosen, at, suffix!),
            _ => GrantPlan(journal, model, chosen, at, suffix),
        };
    }

    // Time, rule 24: upgrade = the new plan grants not less per cycle. Compared bucket by bucket would leave a mixed change undecided, so all
    // credits of a plan count together.
    private static EvaluationError? IsDowngrade(
        RulesetModel model, AccountState state, PlanRule? old, PlanRule chosen, Instant at, out bool isDowngrade)
    {
        isDowngrade = false;
        if (old is null)
        {
            return null;
        }

        if (TotalOf(model, state, old, at, out var before) is { } unknownBefore)
        {
            return unknownBefore;
        }

        var unknownAfter = TotalOf(model, state, chosen, at, out var after);
        isDowngrade = after < before;
        return unknownAfter;
    }

    private static EvaluationError? TotalOf(RulesetModel model, AccountState state, PlanRule plan, Instant at, out ExactDecimal total)
    {
        total = default;
        foreach (var grant in plan.Grants)
        {
            if (AccountReading.AmountAt(model, state, grant.Amount, at, out var amount) is { } error)
            {
                return error;
            }

            total += amount ?? default;
        }

        return null;
    }

    /// <summary>Phase 1 of a plan change: what is left of the old plan's lots of this cycle ends, unless it lives beyond the cycle anyway.</summary>
    private static void EndPlanLots(Journal journal, PlanRule old, RulesetModel model, Instant at)
    {
        var cycle = journal.State.Cycle?.Number;
        Expire(journal, at, (lot, _) => lot.Lot.Origin == LotOrigin.Plan && lot.Lot.Cycle == cycle && EndsWithPlan(old, model, lot.Lot.Bucket));
    }

    private static bool EndsWithPlan(PlanRule plan, RulesetModel model, string bucket)
    {
        foreach (var grant in plan.Grants)
        {
            if (model.Buckets[grant.Bucket].Name == bucket)
            {
                return grant.Unused.Kind is UnusedKind.ExpiresAtCycleEnd or UnusedKind.ExpiresAtNextGrant or UnusedKind.RollsOver;
            }
        }

        return false;
    }

    /// <summary>A boundary: phase 4 begins the cycle, phase 5 grants, then the cap cuts what was carried.</summary>
    private static EvaluationError? Renew(Journal journal, RulesetModel model, PlanRule plan, Cycle? next, Instant at)
    {
        journal.Turn(next!);
        for (var i = 0; i < plan.Grants.Length; i++)
        {
            var recurrence = OwnRecurrence(model, journal.State, plan.Grants[i]);
            if ((recurrence is null || recurrence.Boundary(recurrence.NumberAt(at)) == at)
                && GrantOne(journal, model, plan, i, at, suffix: null) is { } error)
            {
                return error;
            }
        }

        return CutCarried(journal, model, plan, at);
    }

    /// <summary>Occurrences inside a cycle: a weekly grant, a month of an annual cycle.</summary>
    private static EvaluationError? Recur(Journal journal, RulesetModel model, PlanRule plan, Instant at)
    {
        if (journal.State.Cycle is null)
        {
            return null;
        }

        for (var i = 0; i < plan.Grants.Length; i++)
        {
            if (OwnRecurrence(model, journal.State, plan.Grants[i]) is not { } recurrence)
            {
                continue;
            }

            var number = recurrence.NumberAt(at);
            var suffix = string.Create(CultureInfo.InvariantCulture, $":{number}");
            if (recurrence.Boundary(number) == at && at > journal.State.LastAt && GrantOne(journal, model, plan, i, at, suffix) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static EvaluationError? GrantPlan(Journal journal, RulesetModel model, PlanRule plan, Instant at, string? suffix)
    {
        for (var i = 0; i < plan.Grants.Length; i++)
        {
            if (GrantOne(journal, model, plan, i, at, suffix) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static EvaluationError? GrantOne(Journal journal, RulesetModel model, PlanRule plan, int index, Instant at, string? suffix)
    {
        var grant = plan.Grants[index];
        if (UnitsOf(model, journal.State, grant, at, out var units) is { } error)
        {
            return error;
        }

        return PostGrant(journal, model, plan, index, units, at, suffix);
    }

    private static EvaluationError? GrantDifference(
        Journal journal, RulesetModel model, PlanRule old, PlanRule chosen, Instant at, string suffix)
    {
        for (var i = 0; i < chosen.Grants.Length; i++)
        {
            if (UnitsOf(model, journal.State, chosen.Grants[i], at, out var units) is { } error)
            {
                return error;
            }

            foreach (var grant in old.Grants)
            {
                if (grant.Bucket == chosen.Grants[i].Bucket)
                {
                    if (UnitsOf(model, journal.State, grant, at, out var granted) is { } unknown)
                    {
                        return unknown;
                    }

                    units -= granted;
                }
            }

            if (units > 0 && PostGrant(journal, model, chosen, i, units, at, suffix) is { } failed)
            {
                return failed;
            }
        }

        return null;
    }

    private static EvaluationError? PostGrant(
        Journal journal, RulesetModel model, PlanRule plan, int index, long units, Instant at, string? suffix)
    {
        if (units == 0)
        {
            return null;
        }

        var state = journal.State;
        var grant = plan.Grants[index];
        var bucket = model.Buckets[grant.Bucket];
        var recurrence = OwnRecurrence(model, state, grant) ?? CycleRecurrence(model, state);
        if (Lives.EndOf(model, state, grant.Unused, recurrence, at, at, out var end) is { } error)
        {
            return error;
        }

        // One grant per occurrence: the key names plan, bucket, cycle and, inside a cycle, the occurrence.
        var line = index == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"#{index + 1}");
        var key = string.Create(CultureInfo.InvariantCulture, $"sys:grant:{plan.Name}:{bucket.Name}{line}:{state.Cycle?.Number ?? 0}{suffix}");
        var lot = new Lot
        {
            Number = state.NextLot,
            Id = key,
            Bucket = bucket.Name,
            Amount = units,
            CreatedAt = at,
            EffectiveAt = at,
            ExpiresAt = end,
            Origin = LotOrigin.Plan,
            Cycle = state.Cycle?.Number ?? 0,
        };
        journal.Post(new Entry
        {
            Kind = EntryKind.Grant,
            SystemKey = key,
            Amount = units,
            OccurredAt = at,
            NewLots = [lot],
            Postings = [Posting.Grant(lot.Number, units)],
            Version = model.Version,
        });
        return null;
    }

    /// <summary>Time, rule 13: the cap is on the sum of carried lots after the new ones exist, and cuts the oldest first.</summary>
    private static EvaluationError? CutCarried(Journal journal, RulesetModel model, PlanRule plan, Instant at)
    {
        foreach (var grant in plan.Grants)
        {
            if (grant.Unused.Cap is not { } cap)
            {
                continue;
            }

            if (AccountReading.AmountAt(model, journal.State, cap.Amount, at, out var figure) is { } error)
            {
                return error;
            }

            var limit = figure is { } stated ? Balances.ToUnits(stated, model.Credit.Decimals) : long.MaxValue;
            if (cap.Kind == RolloverCapKind.PercentOfGranted)
            {
                if (UnitsOf(model, journal.State, grant, at, out var granted) is { } unknown)
                {
                    return unknown;
                }

                limit = Balances.ToUnits((figure ?? 100) * new ExactDecimal(1, 2) * ExactDecimal.FromUnits(granted, model.Credit.Decimals), model.Credit.Decimals);
            }

            Cut(journal, model.Buckets[grant.Bucket].Name, limit, at);
        }

        return null;
    }

    private static void Cut(Journal journal, string bucket, long limit, Instant at)
    {
        var state = journal.State;
        var carried = state.Lots
            .Where(l => l.Lot.Origin == LotOrigin.Plan && l.Lot.Bucket == bucket && l.Lot.Cycle < state.Cycle!.Number && Balances.IsLive(l.Lot, at))
            .OrderBy(l => l.Lot.CreatedAt).ThenBy(l => l.Lot.Number)
            .ToList();
        var excess = carried.Sum(l => l.Available) - limit;
        if (excess <= 0)
        {
            return;
        }

        var postings = ImmutableArray.CreateBuilder<Posting>();
        var left = excess;
        foreach (var lot in carried)
        {
            var cut = Math.Min(left, lot.Available);
            if (cut > 0)
            {
                postings.Add(Posting.Expire(lot.Lot.Number, cut));
                left -= cut;
            }
        }

        journal.Post(new Entry
        {
            Kind = EntryKind.Rollover,
            SystemKey = string.Create(CultureInfo.InvariantCulture, $"sys:cap:{bucket}:{state.Cycle!.Number}"),
            Amount = excess,
            OccurredAt = at,
            Postings = postings.ToImmutable(),
            Version = state.Version,
        });
    }

    private static EvaluationError? UnitsOf(RulesetModel model, AccountState state, PlanGrant grant, Instant at, out long units)
    {
        units = 0;
        if (AccountReading.AmountAt(model, state, grant.Amount, at, out var amount) is { } error)
        {
            return error;
        }

        var facts = AccountReading.FactsAt(model, state, at);
        var times = IsUpFront(model, facts, grant) ? model.Cycle!.UpFrontMonths!.Value : 1;
        units = Balances.ToUnits((amount ?? default) * times, model.Credit.Decimals);
        return null;
    }

    private static bool IsUpFront(RulesetModel model, FactValue[] facts, PlanGrant grant) =>
        model.Cycle is { UpFrontMonths: not null } cycle && grant.Interval == CalendarSpan.Month && cycle.IntervalFor(facts) == CalendarSpan.Year;

    /// <summary>Null where the plan grants with the cycle.</summary>
    private static Recurrence? OwnRecurrence(RulesetModel model, AccountState state, PlanGrant grant)
    {
        if (model.Cycle is not { } rule || state.Cycle is not { } cycle || grant.Interval is not { } interval)
        {
            return null;
        }

        var facts = AccountReading.FactsAt(model, state, cycle.Start);
        return interval == rule.IntervalFor(facts) || IsUpFront(model, facts, grant) ? null : new Recurrence(cycle.Anchor, interval, model.Zone);
    }

    private static Recurrence? CycleRecurrence(RulesetModel model, AccountState state) =>
        model.Cycle is { } rule && state.Cycle is { } cycle
            ? CycleCalendar.RecurrenceFor(rule, AccountReading.FactsAt(model, state, cycle.Start), cycle.Anchor, model.Zone)
            : null;

    internal static Booking<GrantAnswer> Grant(
        PublishedRuleset ruleset, AccountState state, GrantCredits command, Instant recordedAt, LotOrigin origin)
    {
        var journal = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return Fail<GrantAnswer>(state, stuck);
        }

        if (Current(ruleset, journal.State) is not { } model)
        {
            return Fail<GrantAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (CheckGrant(model, state, command, out var units) is { } invalid)
        {
            return Fail<GrantAnswer>(state, invalid);
        }

        var bucket = model.FindBucket(command.Bucket)!;
        var start = command.EffectiveAt ?? command.At;
        var end = command.ExpiresAt;
        var unused = bucket.Unused ?? model.Plans.SelectMany(p => p.Grants).FirstOrDefault(g => g.Bucket == bucket.Index)?.Unused;
        if (end is null && unused is not null
            && Lives.EndOf(model, journal.State, unused, CycleRecurrence(model, journal.State), start, recordedAt, out end) is { } unknown)
        {
            return Fail<GrantAnswer>(state, unknown);
        }

        if (end <= start)
        {
            return Fail<GrantAnswer>(state, EvaluationErrors.EndsBeforeStart());
        }

        var lot = new Lot
        {
            Number = journal.State.NextLot,
            Id = command.Id,
            Bucket = bucket.Name,
            Amount = units,
            CreatedAt = recordedAt,
            EffectiveAt = start,
            ExpiresAt = end,
            Priority = command.Priority,
            Origin = origin,
        };
        journal.Post(new Entry
        {
            Kind = EntryKind.Grant,
            Amount = units,
            OccurredAt = command.At,
            NewLots = [lot],
            Postings = [Posting.Grant(lot.Number, units)],
            Version = model.Version,
        });
        Expire(journal, recordedAt, static (l, at) => l.Lot.ExpiresAt <= at);
        var balances = Balances.Of(model, journal.State, AccountReading.FactsAt(model, journal.State, recordedAt), recordedAt);
        return new Booking<GrantAnswer>(
            journal.State,
            journal.Entries,
            new GrantAnswer(command.Id, bucket.Name, lot.Number, units, start, end, balances),
            Error: null);
    }

    private static EvaluationError? CheckGrant(RulesetModel model, AccountState state, GrantCredits command, out long units)
    {
        units = 0;
        if (model.Buckets.IsEmpty)
        {
            return EvaluationErrors.NoBucket(model);
        }

        if (model.FindBucket(command.Bucket) is not { } bucket)
        {
            return EvaluationErrors.UnknownBucket(command.Bucket, model);
        }

        if (bucket.Funding == BucketFunding.Postpaid)
        {
            return EvaluationErrors.PostpaidBucket(bucket);
        }

        if (command.Amount.Sign <= 0 || !command.Amount.TryToUnits(model.Credit.Decimals, out units) || units > Scaled.AmountLimit)
        {
            return EvaluationErrors.BadAmount(command.Amount, model);
        }

        if (command.Id.StartsWith("sys:", StringComparison.Ordinal) || state.Lots.Any(l => l.Lot.Id == command.Id))
        {
            return EvaluationErrors.IdTaken(command.Id);
        }

        foreach (var instant in new[] { command.At, command.EffectiveAt ?? command.At, command.ExpiresAt ?? command.At })
        {
            if (instant < s_firstInstant || instant >= s_endOfTime)
            {
                return EvaluationErrors.OutOfTime("at");
            }
        }

        return null;
    }
}
