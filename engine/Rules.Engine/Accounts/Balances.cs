using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>What an account's lots offer at one instant.</summary>
internal static class Balances
{
    /// <summary>Available units per bucket, in the file's order; what the draws took is already off.</summary>
    public static ImmutableArray<BucketBalance> Of(
        RulesetModel model, AccountState state, FactValue[] facts, Instant at, ImmutableArray<Draw> draws = default)
    {
        if (model.Buckets.IsEmpty)
        {
            return [];
        }

        var balances = ImmutableArray.CreateBuilder<BucketBalance>(model.Buckets.Length);
        foreach (var bucket in model.Buckets)
        {
            var available = bucket.Funding == BucketFunding.Postpaid
                ? PostpaidRoom(model, state, bucket, facts, at, out _) ?? LotSource.Endless
                : Available(state, bucket, at);
            if (!draws.IsDefault && available != LotSource.Endless)
            {
                foreach (var draw in draws)
                {
                    available -= draw.Bucket == bucket.Name ? draw.Amount : 0;
                }
            }

            balances.Add(new BucketBalance(bucket.Name, available == LotSource.Endless ? null : available));
        }

        return balances.MoveToImmutable();
    }

    /// <summary>Everything that may be drawn for an action, in draw order (time, rules 6 to 9).</summary>
    /// <param name="only">Ids of grants and names of buckets; empty: all.</param>
    public static EvaluationError? Queue(
        RulesetModel model, AccountState state, int action, FactValue[] facts, Instant at, ImmutableArray<string> only, out LotQueue queue)
    {
        queue = default;
        if (Order(model, state, facts, at, out var order) is { } error)
        {
            return error;
        }

        var sources = new List<LotSource>(state.Lots.Length + 1);
        foreach (var bucket in model.Buckets)
        {
            if (!order.Includes(bucket.Index)
                || (bucket.Serves is { } served && !served.Contains(action))
                || (bucket.Open is { } open && !open.Holds(facts)))
            {
                continue;
            }

            if (bucket.Funding == BucketFunding.Postpaid)
            {
                var room = PostpaidRoom(model, state, bucket, facts, at, out var lot);
                if ((room is null or > 0) && (only.IsEmpty || only.Contains(bucket.Name)))
                {
                    sources.Add(new LotSource(bucket.Index, lot, room ?? LotSource.Endless));
                }

                continue;
            }

            foreach (var lot in state.Lots)
            {
                if (lot.Available > 0 && !lot.IsEnded && lot.Lot.Bucket == bucket.Name && IsLive(lot.Lot, at) && (only.IsEmpty || IsNamed(lot.Lot, only)))
                {
                    sources.Add(new LotSource(bucket.Index, lot.Lot, lot.Available));
                }
            }
        }

        queue = LotQueue.Of([.. sources], order);
        return null;
    }

    /// <summary>Every live lot that something was spent from, in the draw order of no action in particular; its room is what was spent.</summary>
    public static EvaluationError? SpentQueue(RulesetModel model, AccountState state, FactValue[] facts, Instant at, out LotQueue queue)
    {
        queue = default;
        if (Order(model, state, facts, at, out var order) is { } error)
        {
            return error;
        }

        var sources = new List<LotSource>(state.Lots.Length);
        foreach (var lot in state.Lots)
        {
            if (lot.Spent > 0 && !lot.IsEnded && IsLive(lot.Lot, at) && model.FindBucket(lot.Lot.Bucket) is { } bucket && order.Includes(bucket.Index)
                && (lot.Lot.Origin != LotOrigin.Postpaid || lot.Lot.Cycle == (state.Cycle?.Number ?? 0)))
            {
                sources.Add(new LotSource(bucket.Index, lot.Lot, lot.Spent));
            }
        }

        queue = LotQueue.Of([.. sources], order);
        return null;
    }

    // A grant's id also names the lots that follow it.
    private static bool IsNamed(Lot lot, ImmutableArray<string> only)
    {
        foreach (var name in only)
        {
            if (name == lot.Bucket || name == lot.Id || Occurrences.IsOf(name, lot))
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsLive(Lot lot, Instant at) => lot.EffectiveAt <= at && (lot.ExpiresAt is not { } end || at < end);

    /// <summary>The lot that a postpaid bucket's use of this cycle is counted in.</summary>
    public static Lot PostpaidLot(string bucket, AccountState state, long number, Instant at)
    {
        // A bill inside a cycle ends the lot; what is used after it is another one.
        var cycle = state.Cycle?.Number ?? 0;
        var isFirst = !state.Lots.Any(l => l.Lot.Origin == LotOrigin.Postpaid && l.Lot.Bucket == bucket && l.Lot.Cycle == cycle);
        return new Lot
        {
            Number = number,
            Id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"sys:postpaid:{bucket}:{cycle}{(isFirst ? "" : $":{number}")}"),
            Bucket = bucket,
            Amount = 0,
            CreatedAt = at,
            EffectiveAt = at,
            Origin = LotOrigin.Postpaid,
            Cycle = cycle,
        };
    }

    public static long Available(AccountState state, BucketRule bucket, Instant at) => Available(state, bucket.Name, at);

    public static long Available(AccountState state, string bucket, Instant at)
    {
        var available = 0L;
        foreach (var lot in state.Lots)
        {
            if (lot.Lot.Bucket == bucket && !lot.IsEnded && IsLive(lot.Lot, at))
            {
                available += lot.Available;
            }
        }

        return available;
    }

    // Null: endless. A limit that the account does not state leaves no room: nothing is given that nobody agreed to.
    private static long? PostpaidRoom(RulesetModel model, AccountState state, BucketRule bucket, FactValue[] facts, Instant at, out Lot? current)
    {
        current = null;
        var used = 0L;
        foreach (var lot in state.Lots)
        {
            if (lot.Lot.Origin != LotOrigin.Postpaid || lot.Lot.Bucket != bucket.Name)
            {
                continue;
            }

            // Holds of an earlier cycle count against the limit of the running one (time, rule 21).
            used += lot.Held;
            if (lot.Lot.Cycle == (state.Cycle?.Number ?? 0))
            {
                current = lot.IsEnded ? current : lot.Lot;
                used += lot.Spent;
            }
        }

        if (bucket.Open is { } open && !open.Holds(facts))
        {
            return 0;
        }

        if (bucket.Limit is not { } limit)
        {
            return null;
        }

        if (AccountReading.AmountAt(model, state, limit, at, out var figure) is not null)
        {
            return 0;
        }

        return figure is { } stated ? Math.Max(0, ToUnits(stated, model.Credit.Decimals) - used) : null;
    }

    /// <summary>An agreed figure in smallest units, rounded down: the last part of a unit cannot be drawn.</summary>
    internal static long ToUnits(ExactDecimal credits, int decimals)
    {
        if (credits.TryToUnits(decimals, out var units))
        {
            return Math.Min(units, LotSource.Endless - 1);
        }

        var scaled = credits.Mantissa * System.Numerics.BigInteger.Pow(10, decimals) / System.Numerics.BigInteger.Pow(10, credits.Scale);
        return (long)System.Numerics.BigInteger.Min(scaled, LotSource.Endless - 1);
    }

    private static EvaluationError? Order(RulesetModel model, AccountState state, FactValue[] facts, Instant at, out LotOrder order)
    {
        var declared = model.Consume!.OrderFor(facts);
        if (declared.Keys is { } keys)
        {
            order = LotOrder.ByKeys(model, keys.AsSpan(), Zones.Of(model, state));
            return null;
        }

        if (declared.Term is not { } term)
        {
            order = LotOrder.ByBucket(model, declared.Buckets!.Value.AsSpan(), Zones.Of(model, state));
            return null;
        }

        var error = AccountReading.TermAt(model, state, term, at, out var value);
        order = LotOrder.ByBucket(model, value.Buckets.AsSpan(), Zones.Of(model, state));
        return error;
    }
}
