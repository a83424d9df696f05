using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

internal static partial class Quoter
{
    /// <summary>What falls due at the close of a scope, drawn like any charge.</summary>
    public static EvaluationError? Close(
        RulesetModel model, AccountState state, ActionRule action, Scope scope, ScopeState? counted, Instant at, out QuoteDraft draft)
    {
        draft = default;
        var facts = new FactValue[action.Facts.Length];
        Array.Fill(facts, FactValue.Missing);
        AccountReading.ReadFacts(model, state, at, facts);
        var trace = new StepRecorder();
        var context = new ScopeContext(model, state.Scopes, null, state.Cycle?.Number, at - Duration.Epsilon, Commits: true) { Zone = Zones.Of(model, state) };
        var table = model.PriceTables[action.Index] ?? TermFigures.TableAtClose(
            context, state, action, action.Price!.BodyForAccount(action, facts), StartOf(state, scope, at));
        if (PriceEvaluator.Close(table, action, scope.Kind, counted, facts, context, ref trace, out var due) is { } unpriced)
        {
            return unpriced;
        }

        return due is { Charge: 0, Scopes.IsDefaultOrEmpty: true }
            ? null
            : Draw(model, state, action, facts, due, at, DrawPurpose.Close, only: [], ref trace, out draft);
    }

    private static Instant StartOf(AccountState state, Scope scope, Instant end) => scope.Kind == ScopeKind.Cycle && state.Cycle is { } cycle
        ? Instant.Max(cycle.Start, state.OpenedAt)
        : end - Duration.Epsilon;

    /// <summary>
    /// A charge below zero takes back what the price has drawn, last drawn first, as a reversal does: open debts, then each line at most what is
    /// left of it and of its lot's spent, which a refund in between may have given back.
    /// </summary>
    private static EvaluationError? GiveBack(
        RulesetModel model,
        AccountState state,
        ActionRule action,
        long amount,
        Instant at,
        out ImmutableArray<Draw> draws,
        out Movement movement,
        out ImmutableArray<DebtLine> debtLines,
        out ScopeState? after)
    {
        // What is owed was drawn last.
        var left = amount - Bookkeeper.TakeOffDebts(state, debt => debt.Action == action.Name, amount, DebtLineKind.Reversed, out debtLines);
        var memory = DrawsOf(state, action);
        var lines = (memory?.Draws ?? []).ToBuilder();
        var given = ImmutableArray.CreateBuilder<Draw>();
        movement = new Movement(model, state, at);
        for (var i = lines.Count - 1; i >= 0 && left > 0; i--)
        {
            var line = lines[i];
            var part = Math.Min(left, Math.Min(line.Amount, movement.Knows(line.Lot) ? movement.LotOf(line.Lot).Spent : 0));
            if (part > 0)
            {
                movement.Return(line.Lot, part, wasSpent: true);
                given.Add(new Draw(line.Bucket, line.Lot, -part));
                lines[i] = line with { Amount = line.Amount - part };
                left -= part;
            }
        }

        lines.RemoveAll(static line => line.Amount == 0);
        draws = given.ToImmutable();
        after = memory is null ? null : memory with { Draws = lines.ToImmutable() };
        return left > 0 ? EvaluationErrors.NegativeCharge(action) : null;
    }

    /// <summary>The memory of a price's draws, with one more use.</summary>
    internal static ScopeState Remember(
        RulesetModel model, AccountState state, ActionRule action, ImmutableArray<Draw> draws, Instant at)
    {
        var known = DrawsOf(state, action) ?? new ScopeState
        {
            Id = ScopeId.DrawsOf(action.Name),
            BeganAt = at,
            Version = model.Version,
            Bodies = [],
            Posted = 0,
            ListedPosted = 0,
        };
        var lines = known.Draws.ToBuilder();
        foreach (var draw in draws)
        {
            if (lines.Count > 0 && lines[^1].Lot == draw.Lot)
            {
                lines[^1] = lines[^1] with { Amount = lines[^1].Amount + draw.Amount };
                continue;
            }

            lines.Add(new DrawnCredits(draw.Bucket, draw.Lot, draw.Amount));
        }

        return known with { Draws = lines.ToImmutable() };
    }

    /// <summary>The memory without credits of a lot that came back another way, last drawn first.</summary>
    internal static ScopeState Forget(ScopeState memory, long lot, long amount)
    {
        var lines = memory.Draws.ToBuilder();
        for (var i = lines.Count - 1; i >= 0 && amount > 0; i--)
        {
            if (lines[i].Lot == lot)
            {
                var part = Math.Min(amount, lines[i].Amount);
                amount -= part;
                lines[i] = lines[i] with { Amount = lines[i].Amount - part };
            }
        }

        lines.RemoveAll(static line => line.Amount == 0);
        return memory with { Draws = lines.ToImmutable() };
    }

    private static ScopeState? DrawsOf(AccountState state, ActionRule action)
    {
        var id = ScopeId.DrawsOf(action.Name);
        foreach (var scope in state.Scopes)
        {
            if (scope.Id == id)
            {
                return scope;
            }
        }

        return null;
    }
}
