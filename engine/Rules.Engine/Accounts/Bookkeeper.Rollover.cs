using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// Phase 3: minimums are granted, shares and maximums cut, on lots whose interval ends and on those that keep their own life over a
    /// renewal. A rollover with neither posts nothing: the lot's end says it all.
    /// </summary>
    private static void RollOver(Journal journal, in Due due)
    {
        var cycle = (journal.State.Cycle?.Number ?? 0) + (due.EndsCycle ? 1 : 0);
        foreach (var lot in journal.State.Lots)
        {
            if (!Rolls(lot, due))
            {
                continue;
            }

            var change = Rollovers.Kept(lot.Lot.Rollover!, lot.Available) - lot.Available;
            if (change != 0)
            {
                journal.Post(new Entry
                {
                    Kind = EntryKind.Rollover,
                    SystemKey = string.Create(CultureInfo.InvariantCulture, $"sys:roll:{lot.Lot.Number}:{cycle}"),
                    Amount = Math.Abs(change),
                    OccurredAt = due.At,
                    Postings = [Change(lot.Lot.Number, change)],
                    Version = journal.State.Version,
                });
            }
        }
    }

    // Only lots that started before this instant, and that it does not end.
    private static bool Rolls(in LotState lot, in Due due) =>
        !lot.IsEnded && lot.Lot.EffectiveAt < due.At && Balances.IsLive(lot.Lot, due.At) && lot.Lot.Rollover switch
        {
            { Kind: RolloverKind.Own } => due.EndsCycle,
            { Kind: RolloverKind.Carries, At: { } carried } => due.Since < carried && carried <= due.At,
            _ => false,
        };

    private static Posting Change(long lot, long change) => change > 0 ? Posting.Grant(lot, change) : Posting.Expire(lot, -change);

    /// <summary>
    /// Time, rule 13: the cap is on the sum of carried lots after the new ones exist, and cuts the oldest first. Where plan or version change
    /// with this instant both caps hold: a cap only cuts, it never gives back.
    /// </summary>
    private static EvaluationError? CutCarried(
        Journal journal, (RulesetModel Model, PlanRule? Plan) before, (RulesetModel Model, PlanRule? Plan) after, in Due due)
    {
        foreach (var bucket in after.Model.Buckets)
        {
            var first = due.EndsCycle ? 0 : FirstCarried(journal.State, bucket, due);
            if (first is null)
            {
                continue;
            }

            if (Limit(journal.State, before, bucket.Name, due.At, out var old) is { } unset)
            {
                return unset;
            }

            if (Limit(journal.State, after, bucket.Name, due.At, out var now) is { } unknown)
            {
                return unknown;
            }

            if ((old is { } a && now is { } b ? Math.Min(a, b) : old ?? now) is { } limit)
            {
                var suffix = first == 0 ? null : string.Create(CultureInfo.InvariantCulture, $":{first}");
                PostCut(journal, bucket.Name, limit, due.At, suffix);
            }
        }

        return null;
    }

    // The number of the first lot of a bucket that is carried from this very instant on.
    private static long? FirstCarried(AccountState state, BucketRule bucket, in Due due)
    {
        foreach (ref readonly var lot in state.Lots.AsSpan())
        {
            if (lot.Lot.Bucket == bucket.Name && !lot.IsEnded && lot.Lot.Rollover is { Kind: RolloverKind.Carries, At: { } carried } && due.Since < carried && carried <= due.At)
            {
                return lot.Lot.Number;
            }
        }

        return null;
    }

    private static EvaluationError? Limit(AccountState state, (RulesetModel Model, PlanRule? Plan) rules, string bucket, Instant at, out long? limit)
    {
        limit = null;
        return rules.Model.FindBucket(bucket) is { Funding: not BucketFunding.Postpaid } known
            ? Rollovers.LimitOf(rules.Model, state, rules.Plan, known, at, out limit)
            : null;
    }

    private static void PostCut(Journal journal, string bucket, long limit, Instant at, string? suffix)
    {
        var state = journal.State;
        var postings = Cut(state, bucket, limit, at, out var excess, out var ended);
        if (excess > 0)
        {
            journal.Post(new Entry
            {
                Kind = EntryKind.Rollover,
                SystemKey = string.Create(CultureInfo.InvariantCulture, $"sys:cap:{bucket}:{state.Cycle?.Number ?? 0}{suffix}"),
                Amount = excess,
                OccurredAt = at,
                Postings = postings,
                EndedLots = ended,
                Version = state.Version,
            });
        }
    }

    private static ImmutableArray<Posting> Cut(AccountState state, string bucket, long limit, Instant at, out long excess, out ImmutableArray<LotEnd> ended)
    {
        var carried = state.Lots.Where(l => l.Lot.Bucket == bucket && Rollovers.IsCarried(l, at)).OrderBy(l => l.Lot.CreatedAt).ThenBy(l => l.Lot.Number).ToList();
        excess = Math.Max(0, carried.Sum(l => l.Available) - limit);
        var postings = ImmutableArray.CreateBuilder<Posting>();
        var empty = ImmutableArray.CreateBuilder<LotEnd>();
        var left = excess;
        foreach (var lot in carried)
        {
            var cut = Math.Min(left, lot.Available);
            if (cut == 0)
            {
                continue;
            }

            postings.Add(Posting.Expire(lot.Lot.Number, cut));
            left -= cut;
            if (cut == lot.Available && lot.Held == 0)
            {
                empty.Add(new LotEnd(lot.Lot.Number, Successor: null));
            }
        }

        ended = [.. empty.OrderBy(end => end.Lot)];
        return postings.ToImmutable();
    }
}
