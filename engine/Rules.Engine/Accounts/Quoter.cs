using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>A quote with what committing it would write.</summary>
internal readonly record struct QuoteDraft(
    Quote Quote, ImmutableArray<ScopeState> Scopes, ImmutableArray<Posting> Postings, ImmutableArray<Lot> NewLots);

/// <summary>
/// Price and draw of one event against a state that has been advanced: the one evaluation behind quote, charge, explanation and preview.
/// </summary>
internal static partial class Quoter
{
    /// <param name="model">The version that prices the event.</param>
    /// <param name="commits">Whether the scopes after the event are wanted.</param>
    public static EvaluationError? Quote(
        RulesetModel model, AccountState state, UsageEvent usage, Instant recordedAt, bool commits, out QuoteDraft draft)
    {
        draft = default;
        var factsAt = Instant.Max(usage.OccurredAt, state.OpenedAt);
        if (model.FindAction(usage.Action) is not { } action)
        {
            return EvaluationErrors.UnknownAction(usage.Action, model);
        }

        // The account's facts are the front of the action's: one array serves the whole evaluation.
        var facts = new FactValue[action.Facts.Length];
        AccountReading.ReadFacts(model, state, factsAt, facts);
        if (ResolvedEvent.Resolve(action, facts, usage, out var resolved) is { } unreadable)
        {
            return unreadable;
        }

        var trace = new StepRecorder();
        var gate = Gate(resolved, ref trace);
        if (gate is { } outcome)
        {
            draft = new QuoteDraft(
                new Quote
                {
                    Outcome = outcome,
                    Exact = ExactDecimal.Zero,
                    Charge = 0,
                    Listed = 0,
                    Draws = [],
                    Short = 0,
                    Steps = trace.ToImmutable(),
                    Balances = Balances.Of(model, state, facts, recordedAt),
                    Ruleset = model.Name,
                    Version = model.Version,
                    Meaning = model.Meaning,
                    Decimals = model.Credit.Decimals,
                },
                [],
                [],
                []);
            return null;
        }

        if (usage.Amount is { } stated)
        {
            return StatedPrice(model, action, stated, ref trace, out var asked)
                ?? Draw(model, state, action, facts, asked, recordedAt, isClosing: false, ref trace, out draft);
        }

        var key = usage.Keys.IsEmpty ? null : usage.Keys[0].Value;
        var context = new ScopeContext(model, state.Scopes, key, state.Cycle?.Number, recordedAt, commits);
        if (TableOf(model, state, resolved, context, factsAt, out var table) is { } unset)
        {
            return unset;
        }

        if (PriceEvaluator.Evaluate(table!, resolved, context, ref trace, out var price) is { } unpriced)
        {
            return unpriced;
        }

        return Draw(model, state, resolved.Action, facts, price, recordedAt, isClosing: false, ref trace, out draft);
    }

    // An amount of credits as it stands: nothing is priced, rounded or counted.
    private static EvaluationError? StatedPrice(
        RulesetModel model, ActionRule action, ExactDecimal amount, ref StepRecorder trace, out PriceOutcome price)
    {
        price = default;
        if (amount.Sign < 0 || !amount.TryToUnits(model.Credit.Decimals, out var units) || units > Scaled.AmountLimit)
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
        bool isClosing,
        ref StepRecorder trace,
        out QuoteDraft draft)
    {
        draft = default;
        var outcome = QuoteOutcome.Charged;
        var shortBy = 0L;
        ImmutableArray<Draw> draws = [];
        ImmutableArray<Posting> postings = [];
        ImmutableArray<Lot> newLots = [];
        ScopeState? memory = null;
        if (price.Charge < 0 && !model.Buckets.IsEmpty
            && GiveBack(state, action, -price.Charge, at, out draws, out postings, out newLots, out memory) is { } tooMuch)
        {
            return tooMuch;
        }

        if (price.Charge > 0 && !model.Buckets.IsEmpty)
        {
            if (Balances.Queue(model, state, action.Index, facts, at, out var queue) is { } error)
            {
                return error;
            }

            var room = queue.Room;
            var take = price.Charge;
            if (price.Charge > room)
            {
                shortBy = price.Charge - room;
                // What falls due at a close takes what there is: the use is over, so there is nothing to stop.
                outcome = isClosing ? QuoteOutcome.Charged : Shortfall(model, action, room, price.Charge, ref trace);
                take = outcome == QuoteOutcome.Charged ? room : 0;
            }

            if (take > 0)
            {
                (draws, postings, newLots) = Take(model, state, queue.Sources, take, at, ref trace);
                memory = action.Price!.GivesBack ? Remember(model, state, action, draws, newLots, at) : null;
            }
        }

        if (Alerting.Fire(model, model.Alerts, state, draws, at, ref trace, out var alerts) is { } unset)
        {
            return unset;
        }

        var scopes = outcome == QuoteOutcome.Charged ? price.Scopes : [];
        if (memory is not null)
        {
            scopes = scopes.Add(memory);
        }

        draft = new QuoteDraft(
            new Quote
            {
                Outcome = outcome,
                Exact = price.Exact,
                Charge = price.Charge,
                Listed = price.Listed,
                Draws = draws,
                Short = shortBy,
                Steps = trace.ToImmutable(),
                Alerts = alerts,
                Balances = Balances.Of(model, state, facts, at, draws),
                Ruleset = model.Name,
                Version = model.Version,
                Meaning = model.Meaning,
                Decimals = model.Credit.Decimals,
            },
            scopes,
            postings,
            newLots);
        return null;
    }

    // Time, rule 9.
    private static QuoteOutcome Shortfall(RulesetModel model, ActionRule action, long room, long charge, ref StepRecorder trace)
    {
        var atZero = model.AtZero!;
        var stop = room == 0 ? atZero.Stops[action.Index] : null;
        trace.Add(new ShortfallStep(atZero, stop, charge, room, model.Credit.Decimals));
        if (stop is not null)
        {
            return stop.Kind == StopKind.Block ? QuoteOutcome.Blocked : QuoteOutcome.Paused;
        }

        return atZero.Shortfall == ShortfallKind.Refuse ? QuoteOutcome.Refused : QuoteOutcome.Charged;
    }

    private static (ImmutableArray<Draw> Draws, ImmutableArray<Posting> Postings, ImmutableArray<Lot> NewLots) Take(
        RulesetModel model, AccountState state, ReadOnlySpan<LotSource> sources, long amount, Instant at, ref StepRecorder trace)
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
                lot = Balances.PostpaidLot(bucket, state, state.NextLot + newLots.Length, at);
                newLots = newLots.Add(lot);
            }

            draws.Add(new Draw(bucket.Name, lot.Number, taken[i]));
            postings.Add(bucket.Funding == BucketFunding.Postpaid
                ? Posting.SpendPostpaid(lot.Number, taken[i])
                : Posting.Spend(lot.Number, taken[i]));
            long? left = sources[i].Room == LotSource.Endless ? null : sources[i].Room - taken[i];
            trace.Add(new DrawStep(bucket, lot.Number, taken[i], left, model.Credit.Decimals));
        }

        return (draws.MoveToImmutable(), postings.MoveToImmutable(), newLots);
    }
}
