using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// The entries of one command and the state they lead to. An entry changes the state only by being posted here, by the same function that
/// rebuilds a state from a journal.
/// </summary>
/// <param name="ruleset">Says whether use is counted for alerts; null where entries are only read back.</param>
internal sealed class Journal(AccountState state, PublishedRuleset? ruleset = null)
{
    private ImmutableArray<Entry>.Builder? _entries;

    private Cycle? _turned;

    public AccountState State { get; private set; } = state;

    public ImmutableArray<Entry> Entries => _entries?.ToImmutable() ?? [];

    public void Post(Entry entry)
    {
        if (_turned is not null)
        {
            entry = entry.Cycle is null ? entry with { Cycle = _turned } : entry;
            _turned = null;
        }

        if (ruleset is { CountsUse: true })
        {
            entry = entry with { Scopes = CycleUse.Count(State, entry, ruleset.CountsFreshUse) };
        }

        State = Apply(State, entry);
        (_entries ??= ImmutableArray.CreateBuilder<Entry>(1)).Add(entry);
    }

    /// <summary>Number of entries posted so far.</summary>
    public int Count => _entries?.Count ?? 0;

    /// <summary>The entries after the first so many, without a copy of all.</summary>
    public IEnumerable<Entry> Since(int count) => _entries?.Skip(count) ?? [];

    /// <summary>Alerts that no event crossed go with the last entry of what made them.</summary>
    public void Tell(ImmutableArray<AlertStep> alerts) => _entries![^1] = _entries[^1] with { Alerts = alerts };

    /// <summary>Begins a cycle. The next entry carries it; a cycle without any entry is found again by every later advance.</summary>
    public void Turn(Cycle cycle)
    {
        State = State with { Cycle = cycle };
        _turned = cycle;
    }

    public void MoveTo(Instant at)
    {
        if (at > State.LastAt)
        {
            State = State with { LastAt = at };
        }

        var lots = Relevant(State.Lots, State);
        if (lots != State.Lots)
        {
            State = State with { Lots = lots };
        }
    }

    public void MoveToVersion(int version) => State = State with { Version = version };

    /// <summary>The state after one entry. Lots that can no longer matter are left out.</summary>
    public static AccountState Apply(AccountState state, Entry entry)
    {
        var next = state with
        {
            NextLot = state.NextLot + entry.NewLots.Length,
            Scopes = ApplyScopes(entry.Cycle is { } begun ? CycleUse.Without(state.Scopes, begun) : state.Scopes, entry.Scopes),
            Facts = entry.Facts.IsEmpty ? state.Facts : state.Facts.AddRange(entry.Facts),
            Terms = entry.Terms.IsEmpty ? state.Terms : state.Terms.AddRange(entry.Terms),
            Plans = entry.Plan is { } plan ? state.Plans.Add(new DatedValue("plan", plan, entry.PlanFrom ?? entry.OccurredAt)) : state.Plans,
            Addons = entry.Addons.IsEmpty ? state.Addons : state.Addons.AddRange(entry.Addons),
            Cycle = entry.Cycle ?? state.Cycle,
            // A scope may be priced to its end by an older version; the account never goes back to one.
            Version = Math.Max(state.Version ?? 0, entry.Version ?? 0) is > 0 and var version ? version : null,
            LastAt = Instant.Max(state.LastAt, entry.OccurredAt),
            Debts = ApplyDebts(state.Debts, entry),
            NextDebt = state.NextDebt + entry.NewDebts.Length,
            Holds = ApplyHolds(state.Holds, entry),
            NextHold = state.NextHold + (entry.NewHold is null ? 0 : 1),
        };
        return next with { Lots = ApplyPostings(state.Lots, entry, next) };
    }

    /// <summary>
    /// The lots that can still matter: with credits available or held, those of the running cycle, those that may still be topped up or are
    /// followed by others, those that the state names or a price of it remembers, and the successors to which held credits may return.
    /// </summary>
    internal static ImmutableArray<LotState> Relevant(ImmutableArray<LotState> lots, AccountState state)
    {
        foreach (ref readonly var lot in lots.AsSpan())
        {
            if (!Matters(lot, lots, state))
            {
                return WithoutOthers(lots, state);
            }
        }

        return lots;
    }

    private static ImmutableArray<LotState> WithoutOthers(ImmutableArray<LotState> lots, AccountState state) =>
        lots.RemoveAll(candidate => !Matters(candidate, lots, state));

    private static bool Matters(in LotState lot, ImmutableArray<LotState> lots, AccountState state) =>
        lot.Available > 0
        || lot.Held > 0
        || lot.Lot.Cycle == (state.Cycle?.Number ?? 0)
        || lot.MayGoOn(state.LastAt)
        || state.NamedLots.Contains(lot.Lot.Number)
        || IsRemembered(lot.Lot.Number, state.Scopes)
        || Succeeds(lot.Lot.Number, lots);

    // A price that may give back remembers who paid.
    private static bool IsRemembered(long number, ImmutableArray<ScopeState> scopes)
    {
        foreach (var scope in scopes)
        {
            foreach (ref readonly var draw in scope.Draws.AsSpan())
            {
                if (draw.Lot == number)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Succeeds(long number, ImmutableArray<LotState> lots)
    {
        foreach (ref readonly var lot in lots.AsSpan())
        {
            if (lot.Successor == number && (lot.Held > 0 || Succeeds(lot.Lot.Number, lots)))
            {
                return true;
            }
        }

        return false;
    }

    private static ImmutableArray<DebtState> ApplyDebts(ImmutableArray<DebtState> debts, Entry entry)
    {
        foreach (var debt in entry.NewDebts)
        {
            debts = debts.Add(new DebtState(debt, debt.Amount, 0));
        }

        foreach (var line in entry.DebtLines)
        {
            var place = 0;
            while (debts[place].Debt.Number != line.Debt)
            {
                place++;
            }

            var left = debts[place].Apply(line);

            // Invariant: nothing is taken off a debt that is not owed.
            if (left.Left < 0 || line.Amount <= 0)
            {
                throw new InvalidOperationException($"Debt {line.Debt} would be overpaid.");
            }

            debts = left.Left == 0 ? debts.RemoveAt(place) : debts.SetItem(place, left);
        }

        return debts;
    }

    private static ImmutableArray<HoldState> ApplyHolds(ImmutableArray<HoldState> holds, Entry entry)
    {
        if (entry.NewHold is { } made)
        {
            holds = holds.Add(new HoldState(made, Settlement: null));
        }

        if (entry.Settlement is { } settlement)
        {
            var place = 0;
            while (holds[place].Hold.Number != settlement.Hold)
            {
                place++;
            }

            // Invariant: a hold is settled once.
            if (holds[place].Settlement is not null)
            {
                throw new InvalidOperationException($"Hold {holds[place].Hold.Id} would be settled twice.");
            }

            holds = holds.SetItem(place, holds[place] with { Settlement = settlement });
        }

        return holds;
    }

    private static ImmutableArray<LotState> ApplyPostings(ImmutableArray<LotState> lots, Entry entry, AccountState state)
    {
        if (entry.Postings.IsEmpty && entry.NewLots.IsEmpty && entry.EndedLots.IsEmpty)
        {
            return lots;
        }

        var next = ImmutableArray.CreateBuilder<LotState>(lots.Length + entry.NewLots.Length);
        foreach (var lot in lots)
        {
            Add(next, lot, entry);
        }

        foreach (var lot in entry.NewLots)
        {
            Add(next, new LotState(lot, 0, 0, 0, 0, 0, 0), entry);
        }

        return Relevant(next.DrainToImmutable(), state);
    }

    private static void Add(ImmutableArray<LotState>.Builder next, LotState lot, Entry entry)
    {
        foreach (ref readonly var posting in entry.Postings.AsSpan())
        {
            if (posting.Lot == lot.Lot.Number)
            {
                lot = lot.Apply(posting);
            }
        }

        // Invariant: no amount of a lot is ever below zero; an evaluation that breaks it is a bug.
        if (lot.Available < 0 || lot.Held < 0 || lot.Spent < 0 || lot.Expired < 0 || lot.Moved < 0)
        {
            throw new InvalidOperationException($"Lot {lot.Lot.Id} would be overdrawn.");
        }

        foreach (var end in entry.EndedLots)
        {
            lot = end.Lot == lot.Lot.Number ? lot with { IsEnded = true, Successor = end.Successor } : lot;
        }

        next.Add(lot);
    }

    private static ImmutableArray<ScopeState> ApplyScopes(ImmutableArray<ScopeState> scopes, ImmutableArray<ScopeState> changed)
    {
        foreach (var scope in changed)
        {
            var place = -1;
            for (var i = 0; i < scopes.Length && place < 0; i++)
            {
                place = scopes[i].Id == scope.Id ? i : -1;
            }

            scopes = place < 0 ? scopes.Add(scope) : scopes.SetItem(place, scope);
        }

        return scopes;
    }
}
