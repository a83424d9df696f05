using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
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
        var (before, posted) = (journal.State, journal.Count);
        return (Change(ruleset, journal, model, old, chosen, recordedAt)
            ?? Repay(journal, model, recordedAt)
            ?? Alerting.Tell(model, journal, before, posted, recordedAt, recordedAt)) is { } error
            ? Fail<AccountAnswer>(state, error)
            : Answer(journal, model, recordedAt);
    }

    private static EvaluationError? Change(
        PublishedRuleset ruleset, Journal journal, RulesetModel model, PlanRule? old, PlanRule chosen, Instant at)
    {
        var changed = new Entry { Kind = EntryKind.PlanChange, Amount = 0, OccurredAt = at, Plan = chosen.Name, Version = model.Version };
        if (old?.Index == chosen.Index)
        {
            // Takes back a plan that waits. What this one granted it has granted.
            journal.Post(changed);
            return null;
        }

        if (IsDowngrade(model, journal.State, old, chosen, at, out var isDowngrade) is { } unknown)
        {
            return unknown;
        }

        var stated = (isDowngrade ? model.Cycle?.Downgrade : model.Cycle?.Upgrade) ?? PlanChangeKind.Restarts;
        switch (old is null ? PlanChangeKind.Restarts : stated)
        {
            case PlanChangeKind.WaitsForRenewal when journal.State.Cycle is { } cycle:
                journal.Post(changed with { PlanFrom = cycle.End });
                return null;
            case PlanChangeKind.GrantsNothing:
                journal.Post(changed);
                return null;
            case PlanChangeKind.GrantsDifference:
                journal.Post(changed);
                return GrantDifference(journal, model, old!, chosen, at, Suffix(journal));
            case PlanChangeKind.GrantsShare:
                return GrantShares(journal, model, old!, chosen, changed);
            case PlanChangeKind.GrantsInFull:
                var leaving = Leaving(journal.State, at);
                EndNow(journal, leaving, at);
                if (Replaced(journal.State, model, chosen, leaving, at, out var replaced) is { } unset)
                {
                    return unset;
                }

                journal.Post(changed with { EndedLots = Ends(leaving, replaced) });
                return GrantPlan(journal, model, chosen, at, Suffix(journal), replaced);
            default:
                return Restart(ruleset, journal, model, old, chosen, changed, carries: old is not null && stated == PlanChangeKind.RestartsCarryingUnused);
        }
    }

    // Unlike the number of any occurrence.
    private static string Suffix(Journal journal) => string.Create(CultureInfo.InvariantCulture, $":lot{journal.State.NextLot}");

    /// <summary>
    /// The boundary is now and the new anchor: the old cycle closes, its grants end or are carried, the new plan grants in full, and its caps
    /// cut what is carried.
    /// </summary>
    private static EvaluationError? Restart(
        PublishedRuleset ruleset, Journal journal, RulesetModel model, PlanRule? old, PlanRule chosen, Entry changed, bool carries)
    {
        var at = changed.OccurredAt;
        var leaving = old is null ? [] : Leaving(journal.State, at);
        var carried = carries ? leaving.RemoveAll(l => l.Lot.Rollover!.Kind != RolloverKind.Carries) : [];
        leaving = leaving.RemoveAll(carried.Contains);
        EndNow(journal, leaving, at);
        var due = new Due(journal.State.LastAt, at, EndsCycle: true);
        if (old is not null && (CloseScopes(ruleset, journal, due, endsCycle: true) ?? BillUse(journal, model, due, endsCycle: true)) is { } unclosed)
        {
            return unclosed;
        }

        var state = journal.State;
        var cycle = FirstCycle(model, state, at, state.Cycle is { } running ? running.Number + 1 : 0);
        var change = new LotChange(state);
        foreach (var lot in state.Lots.Where(l => carried.Any(c => c.Lot == l.Lot)))
        {
            if (CarriedEnd(model, state with { Cycle = cycle }, old!, lot.Lot, at, out var end) is { } unset)
            {
                return unset;
            }

            change.Carry(lot, end, at);
        }

        if (Replaced(state, model, chosen, leaving, at, out var replaced) is { } unknown)
        {
            return unknown;
        }

        journal.Post(changed with
        {
            Cycle = cycle,
            Postings = change.Postings,
            NewLots = change.NewLots,
            EndedLots = [.. change.Ended.Concat(Ends(leaving, replaced)).OrderBy(end => end.Lot)],
        });
        return GrantPlan(journal, model, chosen, at, suffix: null, replaced)
            ?? (old is null ? null : CutCarried(journal, (model, chosen), (model, chosen), due));
    }

    // The end of credits that a restart carries: counted from the cycle that begins.
    private static EvaluationError? CarriedEnd(RulesetModel model, AccountState state, PlanRule old, Lot lot, Instant at, out Instant? end)
    {
        end = lot.ExpiresAt;
        var unused = old.Grants.FirstOrDefault(g => model.Buckets[g.Bucket].Name == lot.Bucket)?.Unused ?? model.FindBucket(lot.Bucket)?.Unused;
        if (unused is not { Kind: UnusedKind.RollsOver, Life: { } life } || PlanGrants.CycleRecurrence(model, state) is not { } recurrence)
        {
            return null;
        }

        return Lives.CarriedTo(model, state, life, new GrantInterval(recurrence, recurrence.NumberAt(at), at), at, out end);
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

    /// <summary>The lots of the running cycle that a change of plan ends: what is left of them would end with the cycle, or roll over.</summary>
    private static ImmutableArray<LotState> Leaving(AccountState state, Instant at) =>
    [
        .. state.Lots.Where(l => l.Lot.Origin == LotOrigin.Plan && l.Lot.Cycle == (state.Cycle?.Number ?? 0) && !l.IsEnded
            && l.Lot.Rollover?.Kind is RolloverKind.Ends or RolloverKind.Carries && !Rollovers.IsCarried(l, at)),
    ];

    // Those whose place a grant of the new plan takes; that grant ends them.
    private static EvaluationError? Replaced(
        AccountState state, RulesetModel model, PlanRule chosen, ImmutableArray<LotState> leaving, Instant at, out List<LotState> replaced)
    {
        replaced = [];
        foreach (var grant in chosen.Grants)
        {
            if (PlanGrants.UnitsOf(model, state, grant, at, out var units) is { } error)
            {
                return error;
            }

            if (units > 0)
            {
                replaced.AddRange(leaving.Where(l => l.Lot.Bucket == model.Buckets[grant.Bucket].Name).Except(replaced));
            }
        }

        return null;
    }

    private static ImmutableArray<LotEnd> Ends(ImmutableArray<LotState> leaving, List<LotState> replaced) =>
        [.. leaving.Except(replaced).Select(l => new LotEnd(l.Lot.Number, Successor: null))];

    // Phase 1 of a plan change.
    private static void EndNow(Journal journal, ImmutableArray<LotState> lots, Instant at)
    {
        if (!lots.IsEmpty)
        {
            Expire(journal, at, (lot, _) => lots.Any(l => l.Lot.Number == lot.Lot.Number));
        }
    }

    /// <summary>Phase 5 of a boundary: the plan grants with the cycle; inside it, a weekly grant or a month of an annual cycle.</summary>
    private static EvaluationError? GrantDue(Journal journal, RulesetModel model, PlanRule? plan, in Due due)
    {
        if (journal.State.Cycle is null || plan is null)
        {
            return null;
        }

        for (var i = 0; i < plan.Grants.Length; i++)
        {
            var recurrence = PlanGrants.OwnRecurrence(model, journal.State, plan.Grants[i]);
            var number = recurrence?.NumberAt(due.At) ?? 0;
            var occurs = recurrence is null ? due.EndsCycle : recurrence.Boundary(number) == due.At && due.At > due.Since;
            var suffix = due.EndsCycle ? null : string.Create(CultureInfo.InvariantCulture, $":{number}");
            if (occurs && GrantOne(journal, model, plan, i, due.At, suffix, replaced: []) is { } error)
            {
                return error;
            }
        }

        return due.EndsCycle ? GrantAddons(journal, model, plan, due.At, suffix: null, replaced: []) : null;
    }

    private static EvaluationError? GrantPlan(
        Journal journal, RulesetModel model, PlanRule plan, Instant at, string? suffix, List<LotState> replaced)
    {
        for (var i = 0; i < plan.Grants.Length; i++)
        {
            if (GrantOne(journal, model, plan, i, at, suffix, replaced) is { } error)
            {
                return error;
            }
        }

        return GrantAddons(journal, model, plan, at, suffix, replaced);
    }

    private static EvaluationError? GrantOne(
        Journal journal, RulesetModel model, PlanRule plan, int index, Instant at, string? suffix, List<LotState> replaced)
    {
        var grant = plan.Grants[index];
        return PlanGrants.UnitsOf(model, journal.State, grant, at, out var units)
            ?? PostGrant(journal, model, plan, index, units, at, suffix, replaced);
    }

    private static EvaluationError? GrantAddons(
        Journal journal, RulesetModel model, PlanRule plan, Instant at, string? suffix, List<LotState> replaced)
    {
        foreach (var addon in PlanGrants.Addons(journal.State, model))
        {
            var unused = plan.Grants.FirstOrDefault(g => g.Bucket == addon.Bucket.Index)?.Unused ?? addon.Bucket.Unused;
            var key = string.Create(
                CultureInfo.InvariantCulture,
                $"sys:grant:{plan.Name}{PlanGrants.AddonMark(addon.Bucket.Name)}{addon.Place + 1}:{journal.State.Cycle?.Number ?? 0}{suffix}");
            var interval = PlanGrants.CycleInterval(model, journal.State, at);
            if (PostGrant(journal, model, plan, addon.Bucket, unused, interval, key, addon.Units, at, replaced) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static EvaluationError? GrantDifference(
        Journal journal, RulesetModel model, PlanRule old, PlanRule chosen, Instant at, string suffix)
    {
        for (var i = 0; i < chosen.Grants.Length; i++)
        {
            if (PlanGrants.UnitsOf(model, journal.State, chosen.Grants[i], at, out var units) is { } error)
            {
                return error;
            }

            foreach (var grant in old.Grants)
            {
                if (grant.Bucket == chosen.Grants[i].Bucket)
                {
                    if (PlanGrants.UnitsOf(model, journal.State, grant, at, out var granted) is { } unknown)
                    {
                        return unknown;
                    }

                    units -= granted;
                }
            }

            if (units > 0 && PostGrant(journal, model, chosen, i, units, at, suffix, replaced: []) is { } failed)
            {
                return failed;
            }
        }

        return null;
    }

    /// <summary>Both plans count for the time that is left: the old one's grants lose their share, as far as it is there, and the new one grants its own.</summary>
    private static EvaluationError? GrantShares(Journal journal, RulesetModel model, PlanRule old, PlanRule chosen, Entry changed)
    {
        var at = changed.OccurredAt;
        var state = journal.State;
        var left = state.Lots.ToDictionary(l => l.Lot.Number, l => l.Available);
        var postings = ImmutableArray.CreateBuilder<Posting>();
        foreach (var grant in old.Grants)
        {
            if (ShareOf(model, state, grant, at, out var loss) is { } unset)
            {
                return unset;
            }

            foreach (var lot in state.Lots.Where(l => IsOfCycle(l, state, model.Buckets[grant.Bucket].Name, at)))
            {
                var part = Math.Min(loss, left[lot.Lot.Number]);
                if (part > 0)
                {
                    postings.Add(Posting.Expire(lot.Lot.Number, part));
                    left[lot.Lot.Number] -= part;
                    loss -= part;
                }
            }
        }

        journal.Post(changed with { Postings = postings.ToImmutable() });
        for (var i = 0; i < chosen.Grants.Length; i++)
        {
            if ((ShareOf(model, journal.State, chosen.Grants[i], at, out var share)
                ?? PostGrant(journal, model, chosen, i, share, at, Suffix(journal), replaced: [])) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static bool IsOfCycle(in LotState lot, AccountState state, string bucket, Instant at) =>
        lot.Lot.Origin == LotOrigin.Plan && lot.Lot.Cycle == (state.Cycle?.Number ?? 0) && lot.Lot.Bucket == bucket && !PlanGrants.IsAddon(lot.Lot)
        && !lot.IsEnded && Balances.IsLive(lot.Lot, at) && !Rollovers.IsCarried(lot, at);

    // R(amount × left), left = (end - t) / (end - start) of the grant's own interval, in real time; rounded once as the credit says.
    private static EvaluationError? ShareOf(RulesetModel model, AccountState state, PlanGrant grant, Instant at, out long share)
    {
        if (PlanGrants.UnitsOf(model, state, grant, at, out share) is { } error || PlanGrants.IntervalOf(model, state, grant, at) is not { } interval)
        {
            return PlanGrants.UnitsOf(model, state, grant, at, out share);
        }

        var start = PlanGrants.OwnRecurrence(model, state, grant) is { } own ? own.Boundary(interval.Ends - 1) : state.Cycle!.Start;
        share = PlanShares.Of(share, start, interval.End, at, model.Credit.Rounding);
        return null;
    }

    private static EvaluationError? PostGrant(
        Journal journal, RulesetModel model, PlanRule plan, int index, long units, Instant at, string? suffix, List<LotState> replaced)
    {
        var state = journal.State;
        var grant = plan.Grants[index];
        var bucket = model.Buckets[grant.Bucket];

        // One grant per occurrence: the key names plan, bucket, cycle and, inside a cycle, the occurrence.
        var line = index == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"#{index + 1}");
        var key = string.Create(CultureInfo.InvariantCulture, $"sys:grant:{plan.Name}:{bucket.Name}{line}:{state.Cycle?.Number ?? 0}{suffix}");
        var interval = PlanGrants.IntervalOf(model, state, grant, at);
        return PostGrant(journal, model, plan, bucket, grant.Unused, interval, key, units, at, replaced);
    }

    private static EvaluationError? PostGrant(
        Journal journal,
        RulesetModel model,
        PlanRule plan,
        BucketRule bucket,
        UnusedRule? unused,
        GrantInterval? interval,
        string key,
        long units,
        Instant at,
        List<LotState> replaced)
    {
        if (units == 0)
        {
            return null;
        }

        var state = journal.State;
        var life = default(GrantLife);
        if (unused is not null
            && Lives.Of(model, state, unused, interval, at, at, PlanGrants.NextInto(model, state, plan, bucket.Index, at), units, out life) is { } error)
        {
            return error;
        }

        var lot = new Lot
        {
            Number = state.NextLot,
            Id = key,
            Bucket = bucket.Name,
            Amount = units,
            CreatedAt = at,
            EffectiveAt = at,
            ExpiresAt = life.End,
            Origin = LotOrigin.Plan,
            Cycle = state.Cycle?.Number ?? 0,
            Rollover = life.Rollover,
        };
        ImmutableArray<LotEnd> ended = [.. replaced.Where(l => l.Lot.Bucket == bucket.Name).Select(l => new LotEnd(l.Lot.Number, lot.Number))];
        replaced.RemoveAll(l => l.Lot.Bucket == bucket.Name);
        journal.Post(new Entry
        {
            Kind = EntryKind.Grant,
            SystemKey = key,
            Amount = units,
            OccurredAt = at,
            NewLots = [lot],
            Postings = [Posting.Grant(lot.Number, units)],
            EndedLots = ended,
            Version = model.Version,
        });
        return null;
    }
}
