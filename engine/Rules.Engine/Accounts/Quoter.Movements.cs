using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>What a capture comes to, with what committing it would write.</summary>
/// <param name="Captured">Smallest units of the hold that are spent.</param>
/// <param name="Lost">As of <see cref="SettlementAnswer.Lost"/>.</param>
internal readonly record struct CaptureDraft(
    Quote Quote,
    ImmutableArray<ScopeState> Scopes,
    ImmutableArray<Posting> Postings,
    ImmutableArray<Lot> NewLots,
    ImmutableArray<Debt> NewDebts,
    ImmutableArray<DebtLine> DebtLines,
    ImmutableArray<CreditsBack> Back,
    long Captured,
    long Lost);

internal static partial class Quoter
{
    /// <summary>
    /// Prices what a hold is settled at, spends what is held, first drawn first, returns the rest, last drawn first, and draws what exceeds the
    /// hold as a use now. Below zero everything returns, and the rest is a refund (time, rule 19).
    /// </summary>
    public static EvaluationError? Capture(
        RulesetModel model, AccountState state, Hold hold, UsageEvent usage, Instant at, out CaptureDraft draft)
    {
        draft = default;
        var trace = new StepRecorder();
        if (Price(model, state, usage, at, commits: true, ref trace, out var priced) is { } error)
        {
            return error;
        }

        var charge = priced.Price.Charge;
        var movement = new Movement(model, state, at);
        var captured = Math.Min(hold.Held, Math.Max(0, charge));
        Settle(model, hold, captured, movement, ref trace);
        var spent = movement.Draws;
        ImmutableArray<DebtLine> debtLines = [];
        var lost = 0L;
        if (charge < 0 && !model.Buckets.IsEmpty && Refund(model, state, movement, -charge, at, out debtLines, out _, out lost) is { } unordered)
        {
            return unordered;
        }

        var memory = MemoryAfter(model, state, priced.Action, movement, spent, at);
        var settled = Journal.Apply(state, new Entry
        {
            Kind = EntryKind.Capture,
            Amount = captured,
            OccurredAt = state.LastAt,
            Postings = movement.Postings,
            NewLots = movement.NewLots,
            DebtLines = debtLines,
            Scopes = memory is null ? [] : [memory],
        });
        var excess = new QuoteDraft(
            priced.Action.Name,
            Unpriced(model, settled, priced.Facts, priced.Gate ?? QuoteOutcome.Charged, at, []),
            memory is null ? [] : [memory],
            [],
            [],
            [],
            []);
        if (charge > captured && !model.Buckets.IsEmpty)
        {
            var beyond = priced.Price with { Charge = charge - captured, Scopes = memory is null ? [] : [memory] };
            if (Draw(model, settled, priced.Action, priced.Facts, beyond, at, DrawPurpose.Excess, usage.Only, ref trace, out excess) is { } undrawn)
            {
                return undrawn;
            }
        }

        if (AlertOfCapture(model, state, spent.AddRange(excess.Quote.Draws), excess.Quote.Draws, excess.Quote.Owed, at, ref trace, out var alerts) is { } unset)
        {
            return unset;
        }

        var quote = excess.Quote with
        {
            Exact = priced.Price.Exact,
            Charge = charge,
            Listed = priced.Price.Listed,
            Draws = spent.AddRange(excess.Quote.Draws),
            Steps = trace.ToImmutable(),
            Alerts = alerts,
        };
        draft = new CaptureDraft(
            quote,
            [.. priced.Price.Scopes, .. Latest(excess.Scopes)],
            movement.Postings.AddRange(excess.Postings),
            movement.NewLots.AddRange(excess.NewLots),
            excess.NewDebts,
            debtLines,
            movement.Back,
            captured,
            lost);
        return null;
    }

    /// <summary>Debts first, oldest first, then live lots in draw order, each up to what was spent from it (time, rule 23).</summary>
    /// <param name="movement">Receives the postings.</param>
    /// <param name="lost">What nothing was spent for.</param>
    public static EvaluationError? Refund(
        RulesetModel model,
        AccountState state,
        Movement movement,
        long amount,
        Instant at,
        out ImmutableArray<DebtLine> debtLines,
        out long offDebts,
        out long lost)
    {
        offDebts = Bookkeeper.TakeOffDebts(state, static _ => true, amount, DebtLineKind.Refunded, out debtLines);
        lost = amount - offDebts;
        if (Balances.SpentQueue(model, state, AccountReading.FactsAt(model, state, at), at, out var queue) is { } error)
        {
            return error;
        }

        foreach (var source in queue.Sources)
        {
            var part = Math.Min(lost, source.Room);
            movement.Return(source.Lot!.Number, part, wasSpent: true);
            lost -= part;
        }

        return null;
    }

    private static void Settle(RulesetModel model, Hold hold, long captured, Movement movement, ref StepRecorder trace)
    {
        var left = captured;
        foreach (var line in hold.Lines)
        {
            var part = Math.Min(left, line.Amount);
            left -= part;
            if (part > 0)
            {
                movement.Capture(line.Lot, part);
                trace.Add(new CaptureStep(movement.LotOf(line.Lot).Lot.Bucket, line.Lot, part, model.Credit.Decimals));
            }
        }

        var returned = hold.Held - captured;
        for (var i = hold.Lines.Length - 1; i >= 0; i--)
        {
            var part = Math.Min(returned, hold.Lines[i].Amount);
            returned -= part;
            movement.Return(hold.Lines[i].Lot, part, wasSpent: false);
        }
    }

    private static ScopeState? MemoryAfter(
        RulesetModel model, AccountState state, ActionRule action, Movement movement, ImmutableArray<Draw> spent, Instant at)
    {
        if (action.Price is not { GivesBack: true })
        {
            return null;
        }

        var memory = spent.IsEmpty ? DrawsOf(state, action) : Remember(model, state, action, spent, at);
        if (memory is null)
        {
            return null;
        }

        foreach (var posting in movement.Postings)
        {
            memory = posting.Spent < 0 ? Forget(memory, posting.Lot, -posting.Spent) : memory;
        }

        return memory;
    }

    // A draw beyond the hold carries the memory on: its own comes after the one it began with.
    private static ImmutableArray<ScopeState> Latest(ImmutableArray<ScopeState> memories) => memories.Length < 2 ? memories : [memories[^1]];

    // What is used rises by everything that is spent; what is left fell when it was held, and now by what exceeds the hold.
    private static EvaluationError? AlertOfCapture(
        RulesetModel model,
        AccountState state,
        ImmutableArray<Draw> spent,
        ImmutableArray<Draw> beyond,
        long owed,
        Instant at,
        ref StepRecorder trace,
        out ImmutableArray<string> alerts)
    {
        var error = Alerting.Fire(model, Alerting.Watching(model, LevelFigure.Used), state, spent, owed, at, ref trace, out alerts);
        if (error is not null)
        {
            return error;
        }

        error = Alerting.Fire(model, Alerting.Watching(model, LevelFigure.Left), state, beyond, owed, at, ref trace, out var left);
        alerts = [.. alerts.Union(left, StringComparer.Ordinal)];
        return error;
    }
}
