using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>What an alert's level looks at.</summary>
/// <param name="Bucket">Null: the whole balance.</param>
/// <param name="FreshOnly">Carried lots do not count (<c>counting fresh credits only</c>).</param>
internal readonly record struct Watch(string? Bucket, bool FreshOnly)
{
    public static Watch Of(RulesetModel model, AlertRule alert, AlertLevel level) =>
        new(level.Bucket is { } bucket ? model.Buckets[bucket].Name : null, alert.CountsFreshCreditsOnly);

    public bool Covers(AccountState state, string bucket, long lot, Instant at) =>
        (Bucket is null || Bucket == bucket) && !(FreshOnly && IsCarried(state, lot, at));

    /// <summary>Smallest units; of postpaid lots nothing is ever available.</summary>
    public long Available(AccountState state, Instant at)
    {
        var available = 0L;
        foreach (ref readonly var lot in state.Lots.AsSpan())
        {
            if ((Bucket is null || lot.Lot.Bucket == Bucket) && !lot.IsEnded && Balances.IsLive(lot.Lot, at) && !(FreshOnly && Rollovers.IsCarried(lot, at)))
            {
                available += lot.Available;
            }
        }

        return available;
    }

    /// <summary>Available less debts, smallest units (time, rule 25).</summary>
    public long Left(AccountState state, Instant at)
    {
        var left = Available(state, at);
        foreach (var debt in Bucket is null ? state.Debts : [])
        {
            left -= debt.Left;
        }

        return left;
    }

    private static bool IsCarried(AccountState state, long number, Instant at)
    {
        foreach (ref readonly var lot in state.Lots.AsSpan())
        {
            if (lot.Lot.Number == number)
            {
                return Rollovers.IsCarried(lot, at);
            }
        }

        return false;
    }
}

/// <summary>
/// What each bucket, and all together, have given in the running cycle, and of how much: the figures and bases of alerts (time, rules 25
/// and 26). Lots that are used up leave a state, so each entry carries the totals on, in a scope per watch and cycle that a store keeps like
/// any other.
/// </summary>
internal static class CycleUse
{
    // No action can have them: ids that begin with sys: belong to the system. The key of the whole balance is no name of a bucket.
    private const string Action = "sys:use";
    private const string FreshAction = "sys:fresh";
    private const string Whole = "*";

    /// <summary>Totals of the running cycle, smallest units.</summary>
    /// <param name="Used">Spent less reversals; of the whole balance with what was owed.</param>
    /// <param name="Base">What the cycle had: what was there when it was first touched, and grants since, less voids.</param>
    /// <param name="TakenBack">Below the most that was used: a level in between has fired.</param>
    /// <param name="Regained">What came back since the least that was left, by other than a grant: a level in between has fired.</param>
    public readonly record struct Totals(long Used, long Base, long TakenBack, long Regained);

    // What an entry does to a watch.
    private readonly record struct Change(long Used, long Left, long Base)
    {
        public static Change operator +(Change a, Change b) => new(a.Used + b.Used, a.Left + b.Left, a.Base + b.Base);
    }

    public static Totals Of(AccountState state, Watch watch, Instant at) => Find(state, IdOf(watch, state.Cycle)) is { } scope
        ? new Totals(scope.Posted, scope.ListedPosted, scope.Reversed, scope.Regained)
        : new Totals(0, watch.Available(state, at), 0, 0);

    /// <summary>The scopes without the totals of cycles that are over once this one begins: nothing looks at them again.</summary>
    public static ImmutableArray<ScopeState> Without(ImmutableArray<ScopeState> scopes, Cycle begun)
    {
        var number = NumberOf(begun);
        return scopes.RemoveAll(scope => scope.Id.Action is Action or FreshAction && scope.Id.Value != number);
    }

    public static IReadOnlyList<ScopeId> IdsOf(PublishedRuleset ruleset, AccountState state)
    {
        var ids = new List<ScopeId>();
        foreach (var fresh in ruleset.CountsFreshUse ? (ReadOnlySpan<bool>)[false, true] : [false])
        {
            ids.Add(IdOf(new Watch(null, fresh), state.Cycle));
            foreach (var version in ruleset.Versions)
            {
                foreach (var bucket in version.Model.Buckets)
                {
                    var id = IdOf(new Watch(bucket.Name, fresh), state.Cycle);
                    if (!ids.Contains(id))
                    {
                        ids.Add(id);
                    }
                }
            }
        }

        return ids;
    }

    /// <summary>The scopes of an entry, those that it counts use in included.</summary>
    /// <param name="state">Before the entry.</param>
    /// <param name="fresh">An alert counts fresh credits only.</param>
    public static ImmutableArray<ScopeState> Count(AccountState state, Entry entry, bool fresh)
    {
        // What lapses with the cycle leaves the totals of a cycle that is over.
        if ((entry.Postings.IsEmpty && entry.NewDebts.IsEmpty && entry.DebtLines.IsEmpty)
            || (entry.Kind == EntryKind.Expiry && state.Cycle is { } ending && ending.End <= entry.OccurredAt))
        {
            return entry.Scopes;
        }

        var scopes = Count(state, entry, entry.Scopes, freshOnly: false);
        return fresh ? Count(state, entry, scopes, freshOnly: true) : scopes;
    }

    private static ImmutableArray<ScopeState> Count(AccountState state, Entry entry, ImmutableArray<ScopeState> scopes, bool freshOnly)
    {
        var changes = new List<(string Bucket, Change Change)>(entry.Postings.Length);
        var whole = OfDebts(entry);
        foreach (ref readonly var posting in entry.Postings.AsSpan())
        {
            var lot = LotOf(state, entry, posting.Lot, out var before);
            if (freshOnly && before is { } known && Rollovers.IsCarried(known, entry.OccurredAt))
            {
                continue;
            }

            var change = Of(entry, lot, posting);
            whole += change;
            var place = changes.FindIndex(c => c.Bucket == lot.Bucket);
            if (place < 0)
            {
                changes.Add((lot.Bucket, change));
            }
            else
            {
                changes[place] = (lot.Bucket, changes[place].Change + change);
            }
        }

        foreach (var (bucket, change) in changes)
        {
            scopes = Move(state, entry, scopes, new Watch(bucket, freshOnly), change);
        }

        return Move(state, entry, scopes, new Watch(null, freshOnly), whole);
    }

    private static Change Of(Entry entry, Lot lot, in Posting posting) => lot.Origin == LotOrigin.Postpaid
        ? new Change(posting.Spent, 0, 0)
        : new Change(posting.Spent, posting.Available, GivesBack(entry.Kind) ? 0 : posting.Granted - posting.Moved - Withdrawn(entry, posting));

    // What is owed is used, and missing; a debt is no less used when lots repay it, and no longer owed when it is dropped.
    private static Change OfDebts(Entry entry)
    {
        var used = 0L;
        var left = 0L;
        foreach (var debt in entry.NewDebts)
        {
            used += debt.Amount;
            left -= debt.Amount;
        }

        foreach (var line in entry.DebtLines)
        {
            used -= line.Kind == DebtLineKind.Dropped ? 0 : line.Amount;
            left += line.Amount;
        }

        return new Change(used, left, 0);
    }

    private static ImmutableArray<ScopeState> Move(AccountState state, Entry entry, ImmutableArray<ScopeState> scopes, Watch watch, in Change change)
    {
        var id = IdOf(watch, entry.Cycle ?? state.Cycle);
        var at = scopes.FirstOrDefault(s => s.Id == id) ?? Find(state, id) ?? new ScopeState
        {
            Id = id,
            BeganAt = entry.OccurredAt,
            Version = entry.Version ?? state.Version ?? 0,
            Bodies = [],
            Posted = 0,
            ListedPosted = watch.Available(state, Instant.Max(entry.OccurredAt, state.LastAt)),
        };

        // What is taken back may have been used in an earlier cycle.
        var used = Math.Max(0, at.Posted + change.Used);
        var next = at with
        {
            Posted = used,
            ListedPosted = at.ListedPosted + change.Base,
            Reversed = Math.Max(0, at.Reversed + at.Posted - used),
            Regained = change.Left > 0 && !GivesBack(entry.Kind) ? 0 : Math.Max(0, at.Regained + change.Left),
        };
        var place = scopes.IndexOf(at);
        return place < 0 ? scopes.Add(next) : scopes.SetItem(place, next);
    }

    // Refunds, reversals and releases do not re-arm a level; grants do (time, rule 28).
    private static bool GivesBack(EntryKind kind) => kind is EntryKind.Charge or EntryKind.Capture or EntryKind.Correction or EntryKind.Reversal
        or EntryKind.Refund or EntryKind.Release or EntryKind.HoldExpiry or EntryKind.Repayment or EntryKind.DebtDrop;

    // A void and the cut of a rollover cap take from what the cycle had, and so does a reset that begins the cycle: it starts after what that cut.
    // A lapse does not (time, rule 26).
    private static long Withdrawn(Entry entry, in Posting posting) =>
        entry.Kind is EntryKind.Void or EntryKind.Rollover || entry is { Kind: EntryKind.Reset, Cycle: not null } ? posting.Expired : 0;

    private static ScopeId IdOf(Watch watch, Cycle? cycle) =>
        new(watch.FreshOnly ? FreshAction : Action, watch.Bucket ?? Whole, NumberOf(cycle));

    private static string NumberOf(Cycle? cycle) => (cycle?.Number ?? 0).ToString(CultureInfo.InvariantCulture);

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

    /// <param name="before">As it was before the entry; null for a lot that the entry opens.</param>
    private static Lot LotOf(AccountState state, Entry entry, long number, out LotState? before)
    {
        before = null;
        foreach (var lot in entry.NewLots)
        {
            if (lot.Number == number)
            {
                return lot;
            }
        }

        foreach (ref readonly var lot in state.Lots.AsSpan())
        {
            if (lot.Lot.Number == number)
            {
                before = lot;
                return lot.Lot;
            }
        }

        throw new InvalidOperationException($"An entry moves lot {number}, which the account does not have.");
    }
}
