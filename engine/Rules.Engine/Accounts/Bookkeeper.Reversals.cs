using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// Takes back a use, whole or in part (time, rule 22): what it still owes first, then its lines, last drawn first, to the very lots that paid.
    /// Nothing is priced again; the scopes that counted the use go on as if it had not been taken back. The state must hold the use, and all lots
    /// that it names.
    /// </summary>
    public static Booking<BackAnswer> Reverse(PublishedRuleset ruleset, AccountState state, ReverseUse command, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return Fail<BackAnswer>(state, stuck);
        }

        if (Current(ruleset, journal.State) is not { } model)
        {
            return Fail<BackAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (journal.State.Uses.FirstOrDefault(u => u.Id == command.Use) is not { } use)
        {
            return Fail<BackAnswer>(state, EvaluationErrors.UnknownUse(command.Use));
        }

        if (CheckReversal(model, journal.State, use, command.Amount, out var wanted) is { } error)
        {
            return Fail<BackAnswer>(state, error);
        }

        var offDebts = TakeOffDebts(journal.State, debt => use.Debts.Contains(debt.Number), wanted, DebtLineKind.Reversed, out var debtLines);
        var movement = new Movement(model, journal.State, recordedAt);
        var undone = ImmutableArray.CreateBuilder<UndoneLine>();
        var left = wanted - offDebts;
        for (var i = use.Lines.Length - 1; i >= 0 && left > 0; i--)
        {
            // A refund in between may have taken what the line spent.
            var line = use.Lines[i];
            var part = Math.Min(left, Math.Min(line.Spent - line.Undone, movement.LotOf(line.Lot).Spent));
            if (part > 0)
            {
                movement.Return(line.Lot, part, wasSpent: true);
                undone.Add(new UndoneLine(line.Sequence, line.Line, part));
                left -= part;
            }
        }

        var reversed = wanted - left;
        journal.Post(new Entry
        {
            Kind = EntryKind.Reversal,
            Amount = reversed,
            OccurredAt = command.At,
            Postings = movement.Postings,
            NewLots = movement.NewLots,
            DebtLines = debtLines,
            Undone = undone.ToImmutable(),
            Scopes = ScopesAfterReversal(ruleset, journal.State, use, reversed, undone),
            Version = use.Version,
        });
        return Back(ruleset, journal, state, use.Id, reversed, offDebts, movement, left, recordedAt);
    }

    /// <summary>
    /// Gives credits back that no use is named for (time, rule 23): debts first, oldest first, then live lots in draw order, each up to what was spent
    /// from it. The surplus is lost. The state must hold every lot whose end has not come.
    /// </summary>
    public static Booking<BackAnswer> Refund(PublishedRuleset ruleset, AccountState state, RefundCredits command, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return Fail<BackAnswer>(state, stuck);
        }

        if (Current(ruleset, journal.State) is not { } model)
        {
            return Fail<BackAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (model.Buckets.IsEmpty)
        {
            return Fail<BackAnswer>(state, EvaluationErrors.NoBucket(model));
        }

        if (!TryUnits(model, command.Amount, out var wanted))
        {
            return Fail<BackAnswer>(state, EvaluationErrors.BadAmount(command.Amount, model));
        }

        var movement = new Movement(model, journal.State, recordedAt);
        if (Quoter.Refund(model, journal.State, movement, wanted, recordedAt, out var debtLines, out var offDebts, out var lost) is { } error)
        {
            return Fail<BackAnswer>(state, error);
        }

        journal.Post(new Entry
        {
            Kind = EntryKind.Refund,
            Amount = wanted - lost,
            OccurredAt = command.At,
            Postings = movement.Postings,
            NewLots = movement.NewLots,
            DebtLines = debtLines,
            Version = model.Version,
        });
        return Back(ruleset, journal, state, use: null, wanted - lost, offDebts, movement, lost, recordedAt);
    }

    /// <summary>The scope instances that a reversal may read: those that counted the use, besides what every command may read.</summary>
    public static IReadOnlyList<ScopeId> ScopesOf(PublishedRuleset ruleset, AccountState state, ReverseUse command, Instant recordedAt)
    {
        var scopes = new List<ScopeId>(ScopesDue(ruleset, state, recordedAt));
        foreach (var use in state.Uses)
        {
            if (use.Id == command.Use)
            {
                if (PostedIn(ruleset, state, use) is { } posted && !scopes.Contains(posted))
                {
                    scopes.Add(posted);
                }

                if (MemoryOf(ruleset, use) is { } memory && !scopes.Contains(memory))
                {
                    scopes.Add(memory);
                }
            }
        }

        return scopes;
    }

    /// <summary>Lowers debts up to an amount, in order of their numbers.</summary>
    /// <returns>What was taken off.</returns>
    internal static long TakeOffDebts(
        AccountState state, Func<Debt, bool> which, long amount, DebtLineKind kind, out ImmutableArray<DebtLine> lines)
    {
        var taken = ImmutableArray.CreateBuilder<DebtLine>();
        var left = amount;
        foreach (var debt in state.Debts)
        {
            var part = Math.Min(left, debt.Left);
            if (part > 0 && which(debt.Debt))
            {
                taken.Add(new DebtLine(debt.Debt.Number, kind, part));
                left -= part;
            }
        }

        lines = taken.ToImmutable();
        return amount - left;
    }

    private static Booking<BackAnswer> Back(
        PublishedRuleset ruleset, Journal journal, AccountState before, string? use, long amount, long offDebts, Movement movement, long lost, Instant at)
    {
        if (Repay(journal, Current(ruleset, journal.State), at) is { } error)
        {
            return Fail<BackAnswer>(before, error);
        }

        var answer = new BackAnswer(use, amount, offDebts, movement.Back, lost, BalancesOf(ruleset, journal.State, at)) { CreditNotes = movement.CreditNotes };
        return new Booking<BackAnswer>(journal.State, journal.Entries, answer, Error: null);
    }

    private static EvaluationError? CheckReversal(RulesetModel model, AccountState state, Use use, ExactDecimal? amount, out long wanted)
    {
        wanted = 0;
        if (use.Kind == EntryKind.Hold)
        {
            return EvaluationErrors.HoldNotReversible(use.Id);
        }

        if (use.Kind is not (EntryKind.Charge or EntryKind.Capture or EntryKind.Correction) || use.Amount < 0)
        {
            return EvaluationErrors.NotReversible(use.Id);
        }

        foreach (var debt in state.Debts)
        {
            wanted += use.Debts.Contains(debt.Debt.Number) ? debt.Left : 0;
        }

        foreach (var line in use.Lines)
        {
            wanted += line.Spent - line.Undone;
        }

        if (amount is not { } stated)
        {
            return null;
        }

        if (!TryUnits(model, stated, out var units))
        {
            return EvaluationErrors.BadAmount(stated, model);
        }

        if (units > wanted)
        {
            return EvaluationErrors.ExceedsUse(use.Id, wanted, model);
        }

        wanted = units;
        return null;
    }

    private static bool TryUnits(RulesetModel model, ExactDecimal amount, out long units)
    {
        units = 0;
        return amount.Sign > 0 && amount.TryToUnits(model.Credit.Decimals, out units) && units <= Scaled.AmountLimit;
    }

    // Posted falls, what is counted does not; a memory of draws forgets what came back.
    private static ImmutableArray<ScopeState> ScopesAfterReversal(
        PublishedRuleset ruleset, AccountState state, Use use, long reversed, ImmutableArray<UndoneLine>.Builder undone)
    {
        var scopes = ImmutableArray.CreateBuilder<ScopeState>();
        if (PostedIn(ruleset, state, use) is { } id && state.Scopes.FirstOrDefault(s => s.Id == id) is { } scope)
        {
            scopes.Add(scope with { Posted = scope.Posted - reversed, Reversed = scope.Reversed + reversed });
        }

        if (MemoryOf(ruleset, use) is { } remembered && state.Scopes.FirstOrDefault(s => s.Id == remembered) is { } memory)
        {
            foreach (var line in undone)
            {
                memory = Quoter.Forget(memory, use.Lines.First(l => l.Sequence == line.Sequence && l.Line == line.Line).Lot, line.Amount);
            }

            scopes.Add(memory);
        }

        return scopes.ToImmutable();
    }

    // Where the draws of its price may be remembered; an event by amount need not name its action.
    private static ScopeId? MemoryOf(PublishedRuleset ruleset, Use use) =>
        use is { Event: { } usage, Version: { } number } && ruleset.Version(number) is { } model && Quoter.ActionOf(model, usage, out var action) is null
            ? ScopeId.DrawsOf(action.Name)
            : null;

    /// <summary>The scope in which a use was rounded: the one that its price names for the facts of its time. Null where there is none.</summary>
    private static ScopeId? PostedIn(PublishedRuleset ruleset, AccountState state, Use use)
    {
        if (use.Event is not { Amount: null } usage
            || use.Version is not { } number
            || ruleset.Version(number) is not { } model
            || model.FindAction(usage.Action) is not { Price: { } price } action)
        {
            return null;
        }

        var facts = new FactValue[action.Facts.Length];
        AccountReading.ReadFacts(model, state, Instant.Max(usage.OccurredAt, state.OpenedAt), facts);
        if (ResolvedEvent.Resolve(action, facts, usage, out var resolved) is not null
            || price.BodyFor(resolved.Facts).PostingScope is not { Kind: not ScopeKind.Event } scope)
        {
            return null;
        }

        var key = usage.Keys.IsEmpty ? null : usage.Keys[0].Value;
        var zone = use.Cycle == state.Cycle?.Number ? Zones.Of(model, state) : Zones.At(model, state, use.RecordedAt);
        return new ScopeContext(model, [], key, use.Cycle, use.RecordedAt) { Zone = zone }.IdOf(action, scope);
    }
}
