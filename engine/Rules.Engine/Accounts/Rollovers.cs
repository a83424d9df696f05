using System.Numerics;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>The arithmetic of rollovers (time, rules 11 to 13), on smallest units.</summary>
internal static class Rollovers
{
    /// <summary>What a renewal leaves of a lot: minimum first, then the percentage, then the maximum.</summary>
    public static long Kept(LotRollover rollover, long rest)
    {
        var kept = Math.Max(rollover.Minimum, rest);
        kept = rollover.Percent is { } percent ? Share(kept, percent) : kept;
        return rollover.Maximum is { } most ? Math.Min(most, kept) : kept;
    }

    /// <summary>A percentage of an amount, rounded down once.</summary>
    public static long Share(long units, ExactDecimal percent) =>
        (long)(units * percent.Mantissa / (100 * BigInteger.Pow(10, percent.Scale)));

    /// <summary>It has been carried over a boundary, and lives on.</summary>
    public static bool IsCarried(in LotState lot, Instant at) =>
        !lot.IsEnded && lot.Lot.Rollover is { Kind: RolloverKind.Carries, At: { } carried } && carried <= at && Balances.IsLive(lot.Lot, at);

    /// <summary>The most that carried lots of a bucket may hold together under a plan; null: no limit.</summary>
    public static EvaluationError? LimitOf(RulesetModel model, AccountState state, PlanRule? plan, BucketRule bucket, Instant at, out long? limit)
    {
        limit = null;
        var unused = plan?.Grants.FirstOrDefault(g => g.Bucket == bucket.Index)?.Unused ?? bucket.Unused;
        if (unused is not { Kind: UnusedKind.RollsOver, Cap: { } cap, Life.Kind: not LifeKind.Own } || cap.Kind == RolloverCapKind.PercentOfUnused)
        {
            return null;
        }

        if (AccountReading.AmountAt(model, state, cap.Amount, at, out var figure) is { } unset || figure is not { } stated)
        {
            return AccountReading.AmountAt(model, state, cap.Amount, at, out _);
        }

        if (cap.Kind == RolloverCapKind.Amount)
        {
            limit = Balances.ToUnits(stated, model.Credit.Decimals);
            return null;
        }

        var error = GrantedInCycle(model, state, plan, bucket, at, out var granted);
        limit = Share(granted, stated);
        return error;
    }

    // What one cycle's plan grants put into the bucket, extra bought per cycle included.
    private static EvaluationError? GrantedInCycle(RulesetModel model, AccountState state, PlanRule? plan, BucketRule bucket, Instant at, out long granted)
    {
        granted = PlanGrants.AddonsInto(state, model, bucket).Sum(a => a.Units);
        foreach (var grant in plan?.Grants ?? [])
        {
            if (grant.Bucket != bucket.Index)
            {
                continue;
            }

            if (PlanGrants.UnitsOf(model, state, grant, at, out var units) is { } unset)
            {
                return unset;
            }

            granted += units * PlanGrants.OccurrencesInCycle(model, state, grant);
        }

        return null;
    }
}
