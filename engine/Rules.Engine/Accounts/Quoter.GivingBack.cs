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
    /// A charge below zero returns the credits that the price has drawn, last drawn first: to their lot while it is open, else to a new lot
    /// that ends when the old one does.
    /// </summary>
    private static EvaluationError? GiveBack(
        AccountState state,
        ActionRule action,
        long amount,
        Instant at,
        out ImmutableArray<Draw> draws,
        out ImmutableArray<Posting> postings,
        out ImmutableArray<Lot> newLots,
        out ImmutableArray<DebtLine> debtLines,
        out ScopeState? after)
    {
        draws = [];
        postings = [];
        newLots = [];
        after = null;

        // What is owed was drawn last.
        amount -= Bookkeeper.TakeOffDebts(state, debt => debt.Action == action.Name, amount, DebtLineKind.Reversed, out debtLines);
        var drawn = DrawsOf(state, action);
        var lines = (drawn?.Draws ?? []).ToBuilder();
        var given = ImmutableArray.CreateBuilder<Draw>();
        var posted = ImmutableArray.CreateBuilder<Posting>();
        for (var left = amount; left > 0;)
        {
            if (lines.Count == 0)
            {
                return EvaluationErrors.NegativeCharge(action);
            }

            var line = lines[^1];
            var part = Math.Min(left, line.Amount);
            left -= part;
            if (part == line.Amount)
            {
                lines.RemoveAt(lines.Count - 1);
            }
            else
            {
                lines[^1] = line with { Amount = line.Amount - part };
            }

            var number = line.Lot;
            if (OpenLot(state, line.Lot) is { } open)
            {
                posted.Add(open.Lot.Origin == LotOrigin.Postpaid ? Posting.SpendPostpaid(number, -part) : Posting.Spend(number, -part));
            }
            else
            {
                number = state.NextLot + newLots.Length;
                newLots = newLots.Add(new Lot
                {
                    Number = number,
                    Id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"sys:back:{number}"),
                    Bucket = line.Bucket,
                    Amount = part,
                    CreatedAt = at,
                    EffectiveAt = at,
                    ExpiresAt = line.ExpiresAt,
                    Origin = LotOrigin.Grant,
                });
                posted.Add(Posting.Grant(number, part));
            }

            given.Add(new Draw(line.Bucket, number, -part));
        }

        draws = given.ToImmutable();
        postings = posted.ToImmutable();
        after = drawn is null ? null : drawn with { Draws = lines.ToImmutable() };
        return null;
    }

    /// <summary>The memory of a price's draws, with one more use.</summary>
    internal static ScopeState Remember(
        RulesetModel model, AccountState state, ActionRule action, ImmutableArray<Draw> draws, ImmutableArray<Lot> newLots, Instant at)
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

            var lot = OpenLot(state, draw.Lot)?.Lot;
            foreach (var made in newLots)
            {
                lot = made.Number == draw.Lot ? made : lot;
            }

            lines.Add(new DrawnCredits(draw.Bucket, draw.Lot, draw.Amount, lot?.ExpiresAt));
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

    private static LotState? OpenLot(AccountState state, long number)
    {
        foreach (var lot in state.Lots)
        {
            if (lot.Lot.Number == number && !lot.IsEnded)
            {
                return lot;
            }
        }

        return null;
    }
}
