using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>What a plan grants to an account, and when.</summary>
internal static class PlanGrants
{
    public readonly record struct AddonGrant(int Place, BucketRule Bucket, long Units);

    public static EvaluationError? UnitsOf(RulesetModel model, AccountState state, PlanGrant grant, Instant at, out long units)
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

    /// <summary>The recurrence of a grant inside the running cycle; null where the plan grants with the cycle.</summary>
    public static Recurrence? OwnRecurrence(RulesetModel model, AccountState state, PlanGrant grant)
    {
        if (model.Cycle is not { } rule || state.Cycle is not { } cycle || grant.Interval is not { } interval)
        {
            return null;
        }

        var facts = AccountReading.FactsAt(model, state, cycle.Start);
        return interval == rule.IntervalFor(facts) || IsUpFront(model, facts, grant) ? null : new Recurrence(cycle.Anchor, interval, Zones.Of(model, state));
    }

    public static Recurrence? CycleRecurrence(RulesetModel model, AccountState state) =>
        model.Cycle is { } rule && state.Cycle is { } cycle
            ? CycleCalendar.RecurrenceFor(rule, AccountReading.FactsAt(model, state, cycle.Start), cycle.Anchor, Zones.Of(model, state))
            : null;

    /// <summary>The interval of a plan's grant that holds an instant.</summary>
    public static GrantInterval? IntervalOf(RulesetModel model, AccountState state, PlanGrant grant, Instant at) =>
        OwnRecurrence(model, state, grant) is { } own ? GrantInterval.At(own, at) : CycleInterval(model, state, at);

    /// <summary>The running cycle; where an instant lies behind its end, the one that will hold it.</summary>
    public static GrantInterval? CycleInterval(RulesetModel model, AccountState state, Instant at)
    {
        if (CycleRecurrence(model, state) is not { } recurrence)
        {
            return null;
        }

        var end = state.Cycle!.End;
        return at < end ? new GrantInterval(recurrence, recurrence.NumberAt(end), end) : GrantInterval.At(recurrence, at);
    }

    /// <summary>When the plan next grants into a bucket, after an instant; null: never.</summary>
    public static Instant? NextInto(RulesetModel model, AccountState state, PlanRule? plan, int bucket, Instant after)
    {
        Instant? next = null;
        foreach (var grant in plan?.Grants ?? [])
        {
            if (grant.Bucket == bucket && IntervalOf(model, state, grant, after) is { } interval && !(next <= interval.End))
            {
                next = interval.End;
            }
        }

        return next;
    }

    public static int OccurrencesInCycle(RulesetModel model, AccountState state, PlanGrant grant)
    {
        if (OwnRecurrence(model, state, grant) is not { } own || state.Cycle is not { } cycle || cycle.End == Instant.MaxValue)
        {
            return 1;
        }

        // Those at the start of the cycle or later, before its end.
        var first = own.NumberAt(cycle.Start);
        first = own.Boundary(first) < cycle.Start ? first + 1 : first;
        var last = own.NumberAt(cycle.End);
        last = own.Boundary(last) == cycle.End ? last - 1 : last;
        return Math.Max(0, last - first + 1);
    }

    /// <summary>What is bought with each cycle, by place; buckets that this version does not know are passed over.</summary>
    public static IEnumerable<AddonGrant> Addons(AccountState state, RulesetModel model)
    {
        for (var i = 0; i < state.Addons.Length; i++)
        {
            if (model.FindBucket(state.Addons[i].Name) is { Funding: not BucketFunding.Postpaid } bucket)
            {
                yield return new AddonGrant(i, bucket, Balances.ToUnits(ExactDecimal.Parse(state.Addons[i].Value), model.Credit.Decimals));
            }
        }
    }

    public static IEnumerable<AddonGrant> AddonsInto(AccountState state, RulesetModel model, BucketRule bucket) =>
        Addons(state, model).Where(a => a.Bucket.Index == bucket.Index);

    /// <summary>What stands in the id of a lot that was bought with a cycle, where a grant of the plan has the bucket alone.</summary>
    public static string AddonMark(string bucket) => $":{bucket}+";

    public static bool IsAddon(Lot lot) => lot.Origin == LotOrigin.Plan && lot.Id.Contains(AddonMark(lot.Bucket), StringComparison.Ordinal);

    private static bool IsUpFront(RulesetModel model, ReadOnlySpan<FactValue> facts, PlanGrant grant) =>
        model.Cycle is { UpFrontMonths: not null } cycle && grant.Interval == CalendarSpan.Month && cycle.IntervalFor(facts) == CalendarSpan.Year;
}
