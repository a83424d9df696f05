using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>A quote with what committing it would write.</summary>
/// <param name="Action">The action that was priced: an event by amount may leave it to the rule file.</param>
internal readonly record struct QuoteDraft(
    string Action,
    Quote Quote,
    ImmutableArray<ScopeState> Scopes,
    ImmutableArray<Posting> Postings,
    ImmutableArray<Lot> NewLots,
    ImmutableArray<Debt> NewDebts,
    ImmutableArray<DebtLine> DebtLines)
{
    /// <summary>The event as it is kept: with its action, so that it can be read again.</summary>
    public UsageEvent Kept(UsageEvent usage) => usage.Action.Length > 0 ? usage : usage with { Action = Action };
}

/// <summary>What is drawn for.</summary>
internal enum DrawPurpose
{
    Use = 1,

    /// <summary>What falls due at a close: the use is over, so it takes what there is.</summary>
    Close = 2,

    /// <summary>Credits are set aside, and nothing is owed.</summary>
    Hold = 3,

    /// <summary>A use that goes beyond its hold; its alerts are those of the whole capture.</summary>
    Excess = 4,
}

/// <summary>An event with what it comes to.</summary>
/// <param name="Gate">Set where nothing is priced; the price is then 0.</param>
internal readonly record struct PricedEvent(ActionRule Action, FactValue[] Facts, QuoteOutcome? Gate, PriceOutcome Price);

/// <summary>
/// Price and draw of one event against a state that has been advanced: the one evaluation behind quote, charge, explanation and preview.
/// </summary>
internal static partial class Quoter
{
    /// <param name="model">The version that prices the event.</param>
    /// <param name="commits">Whether the scopes after the event are wanted.</param>
    public static EvaluationError? Quote(
        RulesetModel model, AccountState state, UsageEvent usage, Instant recordedAt, DrawPurpose purpose, bool commits, out QuoteDraft draft)
    {
        draft = default;
        var trace = new StepRecorder();
        if (Price(model, state, usage, recordedAt, commits, ref trace, out var priced) is { } error)
        {
            return error;
        }

        if (priced.Gate is not { } outcome)
        {
            return Draw(model, state, priced.Action, priced.Facts, priced.Price, recordedAt, purpose, usage.Only, ref trace, out draft);
        }

        draft = new QuoteDraft(priced.Action.Name, Unpriced(model, state, priced.Facts, outcome, recordedAt, trace.ToImmutable()), [], [], [], [], []);
        return null;
    }

    private static Quote Unpriced(
        RulesetModel model, AccountState state, FactValue[] facts, QuoteOutcome outcome, Instant at, ImmutableArray<Step> steps) => new()
        {
            Outcome = outcome,
            Exact = ExactDecimal.Zero,
            Charge = 0,
            Listed = 0,
            Draws = [],
            Short = 0,
            Steps = steps,
            Balances = Balances.Of(model, state, facts, at),
            Ruleset = model.Name,
            Version = model.Version,
            Meaning = model.Meaning,
            Decimals = model.Credit.Decimals,
        };

    private static EvaluationError? Price(
        RulesetModel model, AccountState state, UsageEvent usage, Instant recordedAt, bool commits, ref StepRecorder trace, out PricedEvent priced)
    {
        priced = default;
        var factsAt = Instant.Max(usage.OccurredAt, state.OpenedAt);
        if (ActionOf(model, usage, out var action) is { } unknown)
        {
            return unknown;
        }

        // The account's facts are the front of the action's: one array serves the whole evaluation.
        var facts = new FactValue[action.Facts.Length];
        AccountReading.ReadFacts(model, state, factsAt, facts);
        if (ResolvedEvent.Resolve(action, facts, usage, out var resolved) is { } unreadable)
        {
            return unreadable;
        }

        if (Gate(resolved, ref trace) is { } outcome)
        {
            priced = new PricedEvent(action, facts, outcome, new PriceOutcome(ExactDecimal.Zero, 0, 0, []));
            return null;
        }

        if (usage.Amount is { } stated)
        {
            var unstated = StatedPrice(model, action, usage, stated, ref trace, out var asked);
            priced = new PricedEvent(action, facts, Gate: null, asked);
            return unstated;
        }

        var key = usage.Keys.IsEmpty ? null : usage.Keys[0].Value;
        var context = new ScopeContext(model, state.Scopes, key, state.Cycle?.Number, recordedAt, commits) { Zone = Zones.Of(model, state) };
        if (TableOf(model, state, resolved, context, factsAt, out var table) is { } unset)
        {
            return unset;
        }

        if (PriceEvaluator.Evaluate(table!, resolved, context, ref trace, out var price) is { } unpriced)
        {
            return unpriced;
        }

        priced = new PricedEvent(action, facts, Gate: null, price);
        return null;
    }

    // An event by amount may leave the action to a rule file that prices one.
    internal static EvaluationError? ActionOf(RulesetModel model, UsageEvent usage, out ActionRule action)
    {
        action = model.FindAction(usage.Action)!;
        if (action is not null)
        {
            return null;
        }

        if (usage.Amount is null || usage.Action.Length > 0)
        {
            return EvaluationErrors.UnknownAction(usage.Action, model);
        }

        var priced = model.Actions.Where(static a => !a.IsFree).ToList();
        action = priced.Count == 1 ? priced[0] : null!;
        return priced.Count == 1 ? null : EvaluationErrors.NoActionNamed(model);
    }

    // An amount of credits as it stands: nothing is priced, rounded or counted. Below zero it corrects, where the price allows that.
    private static EvaluationError? StatedPrice(
        RulesetModel model, ActionRule action, UsageEvent usage, ExactDecimal amount, ref StepRecorder trace, out PriceOutcome price)
    {
        price = default;
        if (!usage.Quantities.IsEmpty)
        {
            return EvaluationErrors.AmountBesideQuantities();
        }

        var mayFall = action.Price?.Bodies[0].Corrections == Corrections.Allowed;
        if ((amount.Sign < 0 && !mayFall) || !amount.TryToUnits(model.Credit.Decimals, out var units) || Math.Abs(units) > Scaled.AmountLimit)
        {
            return EvaluationErrors.BadCharge(amount, model);
        }

        trace.Add(new StatedAmountStep(action, amount));
        price = new PriceOutcome(amount, units, units, []);
        return null;
    }

    private static EvaluationError? TableOf(
        RulesetModel model, AccountState state, in ResolvedEvent resolved, in ScopeContext context, Instant at, out PriceTable? table)
    {
        table = model.PriceTables[resolved.Action.Index];
        return table is null
            ? TermFigures.TableFor(context, state, resolved.Action, resolved.Action.Price!.BodyFor(resolved.Facts), at, out table)
            : null;
    }

    // Language 5, steps 2 to 4: each of these ends the evaluation with nothing to draw, and none is ever blocked.
    internal static QuoteOutcome? Gate(in ResolvedEvent resolved, ref StepRecorder trace)
    {
        var action = resolved.Action;
        foreach (var rule in action.Applies)
        {
            var holds = rule.Condition.Holds(resolved.Facts);
            trace.Add(new AppliesStep(rule, action, resolved.Facts, holds));
            if (!holds)
            {
                return QuoteOutcome.NotApplicable;
            }
        }

        foreach (var rule in action.Unmetered)
        {
            var holds = rule.Condition.Holds(resolved.Facts);
            trace.Add(new UnmeteredStep(rule, action, resolved.Facts, holds));
            if (holds)
            {
                return QuoteOutcome.Unmetered;
            }
        }

        if (!action.IsFree)
        {
            return null;
        }

        trace.Add(new FreeActionStep(action));
        return QuoteOutcome.Free;
    }

    private static EvaluationError? Draw(
        RulesetModel model,
        AccountState state,
        ActionRule action,
        FactValue[] facts,
        in PriceOutcome price,
        Instant at,
        DrawPurpose purpose,
        ImmutableArray<string> only,
        ref StepRecorder trace,
        out QuoteDraft draft)
    {
        draft = default;
        var outcome = QuoteOutcome.Charged;
        var shortBy = 0L;
        var owed = 0L;
        var isOverLimit = false;
        ImmutableArray<Draw> draws = [];
        ImmutableArray<Posting> postings = [];
        ImmutableArray<Lot> newLots = [];
        ImmutableArray<DebtLine> debtLines = [];
        ScopeState? memory = null;
        ImmutableArray<BucketBalance>? balances = null;
        if (price.Charge < 0 && !model.Buckets.IsEmpty && purpose != DrawPurpose.Hold)
        {
            if (GiveBack(model, state, action, -price.Charge, at, out draws, out var movement, out debtLines, out memory) is { } tooMuch)
            {
                return tooMuch;
            }

            (postings, newLots) = (movement.Postings, movement.NewLots);
            // What comes back may lapse at once: the draws alone do not say what is there.
            var returned = new Entry { Kind = EntryKind.Charge, Amount = 0, OccurredAt = state.LastAt, Postings = postings, NewLots = newLots };
            balances = Balances.Of(model, Journal.Apply(state, returned), facts, at);
        }

        if (price.Charge > 0 && !model.Buckets.IsEmpty)
        {
            if (Balances.Queue(model, state, action.Index, facts, at, only, out var queue) is { } error)
            {
                return error;
            }

            var room = queue.Room;
            var take = price.Charge;
            if (price.Charge > room)
            {
                shortBy = price.Charge - room;
                if (DebtRoom(model, state, at, out var mayOwe) is { } unset)
                {
                    return unset;
                }

                outcome = Shortfall(model, action, room, price.Charge, mayOwe, purpose, ref trace, out isOverLimit);
                take = outcome == QuoteOutcome.Charged ? room : 0;
                owed = outcome == QuoteOutcome.Charged && purpose != DrawPurpose.Hold ? Math.Min(shortBy, mayOwe) : 0;
            }

            if (take > 0)
            {
                (draws, postings, newLots) = Take(model, state, queue.Sources, take, at, purpose, ref trace);
                memory = action.Price!.GivesBack && purpose != DrawPurpose.Hold ? Remember(model, state, action, draws, at) : null;
            }
        }

        if (Alert(model, state, draws, owed, purpose, at, ref trace, out var alerts) is { } unknown)
        {
            return unknown;
        }

        var scopes = outcome == QuoteOutcome.Charged ? price.Scopes : [];
        if (memory is not null)
        {
            scopes = scopes.Add(memory);
        }

        draft = new QuoteDraft(
            action.Name,
            new Quote
            {
                Outcome = outcome,
                Exact = price.Exact,
                Charge = price.Charge,
                Listed = price.Listed,
                Draws = draws,
                Short = shortBy,
                Owed = owed,
                Forgiven = outcome == QuoteOutcome.Charged && purpose != DrawPurpose.Hold && model.AtZero?.Shortfall == ShortfallKind.Forgive ? shortBy : 0,
                IsOverDebtLimit = isOverLimit,
                Steps = trace.ToImmutable(),
                Alerts = alerts,
                Balances = balances ?? Balances.Of(model, state, facts, at, draws),
                Ruleset = model.Name,
                Version = model.Version,
                Meaning = model.Meaning,
                Decimals = model.Credit.Decimals,
            },
            scopes,
            postings,
            newLots,
            owed == 0 ? [] : [new Debt(state.NextDebt, action.Name, owed, at)],
            debtLines);
        return null;
    }

    private static EvaluationError? Alert(
        RulesetModel model,
        AccountState state,
        ImmutableArray<Draw> draws,
        long owed,
        DrawPurpose purpose,
        Instant at,
        ref StepRecorder trace,
        out ImmutableArray<string> alerts)
    {
        alerts = [];
        return purpose switch
        {
            DrawPurpose.Excess => null,

            // Held credits are not left any more, and not used yet (time, rule 25).
            DrawPurpose.Hold => Alerting.Fire(model, Alerting.Watching(model, LevelFigure.Left), state, draws, owed: 0, at, ref trace, out alerts),
            _ => Alerting.Fire(model, model.Alerts, state, draws, owed, at, ref trace, out alerts),
        };
    }

    /// <summary>What the account may still come to owe; 0 where shortfalls are not owed.</summary>
    private static EvaluationError? DebtRoom(RulesetModel model, AccountState state, Instant at, out long room)
    {
        room = 0;
        if (model.AtZero?.Debt is not { } debt)
        {
            return null;
        }

        room = LotSource.Endless;
        if (debt.UpTo is not { } limit)
        {
            return null;
        }

        if (AccountReading.AmountAt(model, state, limit, at, out var figure) is { } unset)
        {
            return unset;
        }

        if (figure is { } most)
        {
            room = Math.Max(0, Balances.ToUnits(most, model.Credit.Decimals) - state.Debts.Sum(static d => d.Left));
        }

        return null;
    }

    // Time, rule 9. What falls due at a close takes what there is: the use is over, so there is nothing to stop.
    private static QuoteOutcome Shortfall(
        RulesetModel model, ActionRule action, long room, long charge, long mayOwe, DrawPurpose purpose, ref StepRecorder trace, out bool isOverLimit)
    {
        isOverLimit = false;
        if (purpose == DrawPurpose.Close)
        {
            return QuoteOutcome.Charged;
        }

        var atZero = model.AtZero!;
        var stop = room == 0 ? atZero.Stops[action.Index] : null;
        isOverLimit = stop is null && purpose != DrawPurpose.Hold && atZero.Shortfall == ShortfallKind.Owe && charge - room > mayOwe;
        trace.Add(new ShortfallStep(atZero, stop, charge, room, model.Credit.Decimals) { MayOwe = isOverLimit ? mayOwe : null, IsHold = purpose == DrawPurpose.Hold });
        if (stop is not null)
        {
            return stop.Kind == StopKind.Block ? QuoteOutcome.Blocked : QuoteOutcome.Paused;
        }

        return atZero.Shortfall == ShortfallKind.Refuse || isOverLimit ? QuoteOutcome.Refused : QuoteOutcome.Charged;
    }

    private static (ImmutableArray<Draw> Draws, ImmutableArray<Posting> Postings, ImmutableArray<Lot> NewLots) Take(
        RulesetModel model, AccountState state, ReadOnlySpan<LotSource> sources, long amount, Instant at, DrawPurpose purpose, ref StepRecorder trace)
    {
        Span<long> taken = sources.Length <= 64 ? stackalloc long[sources.Length] : new long[sources.Length];
        LotQueue.Take(sources, amount, taken);
        var count = 0;
        foreach (var part in taken)
        {
            count += part > 0 ? 1 : 0;
        }

        var draws = ImmutableArray.CreateBuilder<Draw>(count);
        var postings = ImmutableArray.CreateBuilder<Posting>(count);
        var newLots = ImmutableArray<Lot>.Empty;
        for (var i = 0; i < sources.Length; i++)
        {
            if (taken[i] == 0)
            {
                continue;
            }

            var bucket = model.Buckets[sources[i].Bucket];
            var lot = sources[i].Lot;
            if (lot is null)
            {
                lot = Balances.PostpaidLot(bucket.Name, state, state.NextLot + newLots.Length, at);
                newLots = newLots.Add(lot);
            }

            draws.Add(new Draw(bucket.Name, lot.Number, taken[i]));
            postings.Add((bucket.Funding == BucketFunding.Postpaid, purpose == DrawPurpose.Hold) switch
            {
                (false, false) => Posting.Spend(lot.Number, taken[i]),
                (true, false) => Posting.SpendPostpaid(lot.Number, taken[i]),
                (false, true) => Posting.Hold(lot.Number, taken[i]),
                (true, true) => Posting.HoldPostpaid(lot.Number, taken[i]),
            });
            long? left = sources[i].Room == LotSource.Endless ? null : sources[i].Room - taken[i];
            trace.Add(new DrawStep(bucket, lot.Number, taken[i], left, model.Credit.Decimals));
        }

        return (draws.MoveToImmutable(), postings.MoveToImmutable(), newLots);
    }
}
