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
    /// A renewal by command: rolls what is unused over, cuts it to its caps and grants the plan anew. It runs in the phase of a rollover where
    /// nothing of its instant has been done yet, otherwise at once (time, section 2).
    /// </summary>
    public static Booking<ResetAnswer> Reset(PublishedRuleset ruleset, AccountState state, ResetAccount command, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        var reset = new ResetRun(command);
        if (AdvanceTo(ruleset, journal, recordedAt, reset) is { } stuck)
        {
            return Fail<ResetAnswer>(state, stuck);
        }

        if (Current(ruleset, journal.State) is not { } model)
        {
            return Fail<ResetAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        var account = Answer(journal, model, recordedAt);
        var carried = 0L;
        foreach (ref readonly var lot in journal.State.Lots.AsSpan())
        {
            carried += Rollovers.IsCarried(lot, recordedAt) || lot.Lot.Rollover?.Kind == RolloverKind.Own ? lot.Available : 0;
        }

        return new Booking<ResetAnswer>(account.State, account.Entries, new ResetAnswer(account.Answer!, carried, reset.Cut, reset.Dropped), Error: null);
    }

    /// <summary>A reset on its way through the phases of its instant.</summary>
    private sealed class ResetRun(ResetAccount command)
    {
        /// <summary>A cycle that begins at this very instant anyway is not begun again: its lots are of the running cycle.</summary>
        public bool RestartsCycle { get; private set; }

        public bool? KeepsDebt => command.KeepsDebt;

        /// <summary>Smallest units that limits, caps and ends took.</summary>
        public long Cut { get; set; }

        /// <summary>Smallest units of debts that were dropped.</summary>
        public long Dropped { get; set; }

        /// <summary>The plan granted at this very instant before. What is left of its grants, and of which cycle they are, is no matter: a cycle begins with them.</summary>
        public bool HasGranted { get; private set; }

        public void Begin(AccountState state, in Due due)
        {
            var at = due.At;
            var began = state.Cycle is { } running && running.Start == at;
            RestartsCycle = command.RestartsCycle && !due.EndsCycle && !began;
            HasGranted = began || state.Lots.Any(l => l.Lot.Origin == LotOrigin.Plan && l.Lot.EffectiveAt == at);
        }
    }

    /// <summary>Phase 3 of a reset, in one entry: the command's own.</summary>
    private static EvaluationError? ResetLots(Journal journal, RulesetModel model, PlanRule? plan, ResetRun reset, Instant at)
    {
        var state = journal.State;
        var change = new LotChange(state);
        foreach (ref readonly var lot in state.Lots.AsSpan())
        {
            if (lot.IsEnded || lot.Lot.EffectiveAt >= at || !Balances.IsLive(lot.Lot, at) || lot.Lot.Rollover is not { } rollover)
            {
                continue;
            }

            switch (rollover.Kind)
            {
                case RolloverKind.Ends:
                    change.End(lot);
                    break;
                case RolloverKind.Own:
                    change.Set(lot, Rollovers.Kept(rollover, lot.Available));
                    break;
                case RolloverKind.Carries when !Rollovers.IsCarried(lot, at):
                    change.Carry(lot, lot.Lot.ExpiresAt, at);
                    break;
            }
        }

        var entry = new Entry
        {
            Kind = EntryKind.Reset,
            Amount = 0,
            OccurredAt = at,
            Postings = change.Postings,
            NewLots = change.NewLots,
            EndedLots = change.Ended,
            Cycle = reset.RestartsCycle ? FirstCycle(model, state, at, state.Cycle is { } running ? running.Number + 1 : 0) : null,
            // A cycle that begins now is the renewal that a plan waits for.
            Plan = reset.RestartsCycle && state.Plans is [.., var waiting] && waiting.From > at ? waiting.Value : null,
            Version = state.Version,
        };
        var rolled = Journal.Apply(state, entry);
        foreach (var bucket in model.Buckets)
        {
            if (Limit(rolled, (model, plan), bucket.Name, at, out var limit) is { } unset)
            {
                return unset;
            }

            if (limit is { } most)
            {
                var cut = Cut(rolled, bucket.Name, most, at, out _, out var ended);
                entry = entry with { Postings = entry.Postings.AddRange(cut), EndedLots = [.. entry.EndedLots.Concat(ended).OrderBy(end => end.Lot)] };
            }
        }

        reset.Cut = entry.Postings.Sum(p => p.Expired);
        journal.Post(entry with { Amount = reset.Cut });
        return null;
    }

    /// <summary>Phase 5 of a reset: the plan grants as at a renewal, unless it has granted at this very instant.</summary>
    private static EvaluationError? GrantAfterReset(Journal journal, RulesetModel model, PlanRule? plan, ResetRun? reset, Instant at)
    {
        if (reset is null || plan is null || reset.HasGranted || journal.State.Lots.Any(l => l.Lot.Origin == LotOrigin.Plan && l.Lot.EffectiveAt == at))
        {
            return null;
        }

        var suffix = reset.RestartsCycle ? null : Suffix(journal);
        return GrantPlan(journal, model, plan, at, suffix, replaced: []);
    }

    /// <summary>What one entry does to several lots.</summary>
    private sealed class LotChange(AccountState state)
    {
        private readonly ImmutableArray<Posting>.Builder _postings = ImmutableArray.CreateBuilder<Posting>();
        private readonly ImmutableArray<Lot>.Builder _newLots = ImmutableArray.CreateBuilder<Lot>();
        private readonly ImmutableArray<LotEnd>.Builder _ended = ImmutableArray.CreateBuilder<LotEnd>();

        public ImmutableArray<Posting> Postings => _postings.ToImmutable();

        public ImmutableArray<Lot> NewLots => _newLots.ToImmutable();

        public ImmutableArray<LotEnd> Ended => _ended.ToImmutable();

        public void End(in LotState lot)
        {
            if (lot.Available > 0)
            {
                _postings.Add(Posting.Expire(lot.Lot.Number, lot.Available));
            }

            _ended.Add(new LotEnd(lot.Lot.Number, Successor: null));
        }

        public void Set(in LotState lot, long kept)
        {
            if (kept != lot.Available)
            {
                _postings.Add(Change(lot.Lot.Number, kept - lot.Available));
            }
        }

        /// <summary>A lot before the end of its interval is carried on by another one, since its own terms are fixed.</summary>
        public void Carry(in LotState lot, Instant? end, Instant at)
        {
            var number = lot.Lot.Number;
            var kept = Rollovers.Kept(lot.Lot.Rollover!, lot.Available);
            var moved = Math.Min(kept, lot.Available);
            if (kept == 0)
            {
                End(lot);
                return;
            }

            if (moved > 0)
            {
                _postings.Add(Posting.Move(number, moved));
            }

            if (moved < lot.Available)
            {
                _postings.Add(Posting.Expire(number, lot.Available - moved));
            }

            var next = lot.Lot with
            {
                Number = state.NextLot + _newLots.Count,
                Id = string.Create(CultureInfo.InvariantCulture, $"sys:carry:{number}"),
                Amount = kept,
                ExpiresAt = end,
                Rollover = new LotRollover(RolloverKind.Carries, at),
                Series = null,
            };
            _newLots.Add(next);
            _postings.Add(Posting.Grant(next.Number, kept));
            _ended.Add(new LotEnd(number, next.Number));
        }
    }
}
