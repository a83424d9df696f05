using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// What each bucket has given in the running cycle, and of how much: the figures and bases of alerts (time, rules 25 and 26). Lots that are
/// used up leave a state, so each entry carries the totals on, in a scope per bucket and cycle that a store keeps like any other.
/// </summary>
internal static class CycleUse
{
    // No action can have it: ids that begin with sys: belong to the system.
    private const string Action = "sys:use";

    /// <summary>Used and base of one bucket in the running cycle, smallest units.</summary>
    public readonly record struct Totals(long Used, long Base);

    public static Totals Of(AccountState state, BucketRule bucket, Instant at)
    {
        var isPostpaid = bucket.Funding == BucketFunding.Postpaid;
        return Find(state, IdOf(bucket.Name, state.Cycle)) is { } scope
            ? new Totals(scope.Posted, scope.ListedPosted)
            : new Totals(0, isPostpaid ? 0 : Balances.Available(state, bucket.Name, at));
    }

    public static IReadOnlyList<ScopeId> IdsOf(PublishedRuleset ruleset, AccountState state)
    {
        var ids = new List<ScopeId>();
        foreach (var version in ruleset.Versions)
        {
            foreach (var bucket in version.Model.Buckets)
            {
                var id = IdOf(bucket.Name, state.Cycle);
                if (!ids.Contains(id))
                {
                    ids.Add(id);
                }
            }
        }

        return ids;
    }

    /// <summary>The scopes of an entry, those that it counts use in included.</summary>
    /// <param name="state">Before the entry.</param>
    public static ImmutableArray<ScopeState> Count(AccountState state, Entry entry)
    {
        // What lapses with the cycle leaves the totals of a cycle that is over.
        if (entry.Kind == EntryKind.Expiry && state.Cycle is { } ending && ending.End <= entry.OccurredAt)
        {
            return entry.Scopes;
        }

        var cycle = entry.Cycle ?? state.Cycle;
        var scopes = entry.Scopes;
        foreach (var posting in entry.Postings)
        {
            var lot = LotOf(state, entry, posting.Lot);
            var id = IdOf(lot.Bucket, cycle);
            var at = scopes.FirstOrDefault(s => s.Id == id) ?? Find(state, id) ?? new ScopeState
            {
                Id = id,
                BeganAt = entry.OccurredAt,
                Version = entry.Version ?? state.Version ?? 0,
                Bodies = [],
                Posted = 0,
                ListedPosted = lot.Origin == LotOrigin.Postpaid ? 0 : Balances.Available(state, lot.Bucket, Instant.Max(entry.OccurredAt, state.LastAt)),
            };
            var next = at with
            {
                Posted = Math.Max(0, at.Posted + posting.Spent),
                ListedPosted = at.ListedPosted + (lot.Origin == LotOrigin.Postpaid ? 0 : posting.Granted - posting.Moved - Withdrawn(entry.Kind, posting)),
            };
            var place = scopes.IndexOf(at);
            scopes = place < 0 ? scopes.Add(next) : scopes.SetItem(place, next);
        }

        return scopes;
    }

    // A void and the cut of a rollover cap take from what the cycle had; a lapse does not (time, rule 26).
    private static long Withdrawn(EntryKind kind, in Posting posting) => kind is EntryKind.Void or EntryKind.Rollover ? posting.Expired : 0;

    private static ScopeId IdOf(string bucket, Cycle? cycle) => new(Action, bucket, (cycle?.Number ?? 0).ToString(CultureInfo.InvariantCulture));

    private static ScopeState? Find(AccountState state, ScopeId id)
    {
        foreach (var scope in state.Scopes)
        {
            if (scope.Id == id)
            {
                return scope;
            }
        }

        return null;
    }

    private static Lot LotOf(AccountState state, Entry entry, long number)
    {
        foreach (var lot in entry.NewLots)
        {
            if (lot.Number == number)
            {
                return lot;
            }
        }

        foreach (var lot in state.Lots)
        {
            if (lot.Lot.Number == number)
            {
                return lot.Lot;
            }
        }

        throw new InvalidOperationException($"An entry moves lot {number}, which the account does not have.");
    }
}
