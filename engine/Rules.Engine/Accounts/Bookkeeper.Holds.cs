using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// Quotes an event and sets what it costs aside (time, rule 18). A hold owes nothing: under <c>if short owe</c> and <c>forgive</c> it holds what is
    /// there. Where the credits do not suffice it is an answer and makes no entry of its own.
    /// </summary>
    public static Booking<HoldAnswer> Hold(PublishedRuleset ruleset, AccountState state, HoldCredits command, Instant recordedAt)
    {
        if (CheckHoldId(state, command.Id) is { } taken)
        {
            return Fail<HoldAnswer>(state, taken);
        }

        if (Evaluate(ruleset, state, command.Usage, recordedAt, DrawPurpose.Hold, commits: false, out var journal, out var draft) is { } error)
        {
            return Fail<HoldAnswer>(state, error);
        }

        var quote = draft.Quote;
        var model = ruleset.Version(quote.Version)!;
        var expires = command.ExpiresAt ?? Lives.After(recordedAt, model.Holds.Expiry, Zones.Of(model, journal.State));
        if (expires <= recordedAt || expires >= s_endOfTime)
        {
            return Fail<HoldAnswer>(state, EvaluationErrors.HoldEndsBeforeStart());
        }

        var held = quote.Draws.Sum(static draw => draw.Amount);
        var answer = new HoldAnswer(command.Id, held, expires, quote);
        if (answer.Accepted)
        {
            var usage = draft.Kept(command.Usage);
            journal.Post(new Entry
            {
                Kind = EntryKind.Hold,
                Amount = held,
                OccurredAt = command.Usage.OccurredAt,
                Postings = draft.Postings,
                NewLots = draft.NewLots,
                Quote = quote,
                Event = usage,
                Version = quote.Version,
                NewHold = new Hold
                {
                    Number = journal.State.NextHold,
                    Id = command.Id,
                    Action = draft.Action,
                    Version = quote.Version,
                    Amount = Math.Max(0, quote.Charge),
                    HeldAt = recordedAt,
                    ExpiresAt = expires,
                    Lines = [.. quote.Draws.Select(static draw => new HoldLine(draw.Lot, draw.Amount))],
                    Event = usage,
                },
            });
        }

        return new Booking<HoldAnswer>(journal.State, journal.Entries, answer, Error: null);
    }

    /// <summary>
    /// Settles a hold at what its use came to (time, rules 19 to 21): first drawn is spent first, the rest returns, last drawn first. What exceeds the
    /// hold is drawn as a use now; if that is refused the hold stays open. The price is that of the version that quoted it.
    /// </summary>
    public static Booking<SettlementAnswer> Capture(PublishedRuleset ruleset, AccountState state, CaptureHold command, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return Fail<SettlementAnswer>(state, stuck);
        }

        if (HoldOf(journal.State, command.Hold) is not { } named)
        {
            return Fail<SettlementAnswer>(state, EvaluationErrors.UnknownHold(command.Hold));
        }

        var asked = AskedBy(command);
        if (named.Settlement is { } settled)
        {
            return Settled(ruleset, journal, named.Hold, settled, settled.Kind == SettlementKind.Captured && settled.Asked == asked, recordedAt);
        }

        var hold = named.Hold;
        if (PricingVersion(ruleset, journal.State, hold) is not { } model)
        {
            return Fail<SettlementAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (EventOf(hold, command) is not { } usage)
        {
            return Fail<SettlementAnswer>(state, EvaluationErrors.CaptureOfTwoKinds());
        }

        if (Quoter.Capture(model, journal.State, hold, usage, recordedAt, out var draft) is { } error)
        {
            return Fail<SettlementAnswer>(state, error);
        }

        var quote = draft.Quote;
        if (ExceedsHold(model, hold, quote.Charge) || quote.Outcome is QuoteOutcome.Blocked or QuoteOutcome.Paused or QuoteOutcome.Refused)
        {
            var refusal = ExceedsHold(model, hold, quote.Charge) ? ProblemCodes.ExceedsHold : ProblemCodes.Of(quote);
            var unsettled = new SettlementAnswer
            {
                Hold = hold.Id,
                Refusal = refusal,
                Held = hold.Held,
                Charged = quote.Charge,
                Balances = BalancesOf(ruleset, journal.State, recordedAt),
            };
            return new Booking<SettlementAnswer>(journal.State, journal.Entries, unsettled, Error: null);
        }

        var returned = hold.Held - draft.Captured;
        journal.Post(new Entry
        {
            Kind = EntryKind.Capture,
            Amount = quote.Charge,
            OccurredAt = command.At,
            Postings = draft.Postings,
            NewLots = draft.NewLots,
            NewDebts = draft.NewDebts,
            DebtLines = draft.DebtLines,
            Forgiven = quote.Forgiven,
            Quote = quote,
            Event = usage,
            Scopes = draft.Scopes,
            Version = quote.Version,
            Settlement = new HoldSettlement(hold.Number, SettlementKind.Captured, quote.Charge, returned, asked),
        });
        if (Repay(journal, Current(ruleset, journal.State), recordedAt) is { } unpaid)
        {
            return Fail<SettlementAnswer>(state, unpaid);
        }

        var answer = new SettlementAnswer
        {
            Hold = hold.Id,
            Outcome = SettlementKind.Captured,
            Held = hold.Held,
            Charged = quote.Charge,
            Returned = returned,
            Back = draft.Back,
            Lost = draft.Lost,
            Quote = quote,
            Balances = BalancesOf(ruleset, journal.State, recordedAt),
        };
        return new Booking<SettlementAnswer>(journal.State, journal.Entries, answer, Error: null);
    }

    /// <summary>Settles a hold without a use: everything returns.</summary>
    public static Booking<SettlementAnswer> Release(PublishedRuleset ruleset, AccountState state, ReleaseHold command, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return Fail<SettlementAnswer>(state, stuck);
        }

        if (HoldOf(journal.State, command.Hold) is not { } named)
        {
            return Fail<SettlementAnswer>(state, EvaluationErrors.UnknownHold(command.Hold));
        }

        if (named.Settlement is { } settled)
        {
            return Settled(ruleset, journal, named.Hold, settled, command.Expires || settled.Kind == SettlementKind.Released, recordedAt);
        }

        var kind = command.Expires ? SettlementKind.Expired : SettlementKind.Released;
        var back = Return(ruleset, journal, named.Hold, kind, command.At, systemKey: null);
        if (Repay(journal, Current(ruleset, journal.State), recordedAt) is { } error)
        {
            return Fail<SettlementAnswer>(state, error);
        }

        var answer = new SettlementAnswer
        {
            Hold = named.Hold.Id,
            Outcome = kind,
            Held = named.Hold.Held,
            Returned = named.Hold.Held,
            Back = back,
            Balances = BalancesOf(ruleset, journal.State, recordedAt),
        };
        return new Booking<SettlementAnswer>(journal.State, journal.Entries, answer, Error: null);
    }

    /// <summary>The scope instances that settling a hold may read, so that a store can load them under its lock.</summary>
    public static IReadOnlyList<ScopeId> ScopesOf(PublishedRuleset ruleset, AccountState state, CaptureHold command, Instant recordedAt) =>
        HoldOf(state, command.Hold)?.Hold is { } hold && EventOf(hold, command) is { } usage
            ? ScopesOf(ruleset, state, usage, recordedAt)
            : ScopesDue(ruleset, state, recordedAt);

    /// <summary>
    /// True for a capture that may come to less than nothing: of figures below zero, or where a price takes back what earlier units cost. Its credits may go back to
    /// any lot that is live.
    /// </summary>
    public static bool MayGiveBack(PublishedRuleset ruleset, CaptureHold command)
    {
        if (command.Amount?.Sign < 0 || (command.Quantities?.Any(static q => q.Quantity.Sign < 0) ?? false))
        {
            return true;
        }

        // The hold says which action it is; a store is asked before it is read.
        foreach (var version in ruleset.Versions)
        {
            if (version.Model.Actions.Any(static action => action.Price is { RepricesEarlierUnits: true }))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a capture counts as used: the held event with the captured quantities, or the captured amount.</summary>
    /// <returns>Null where the command states both an amount and quantities.</returns>
    public static UsageEvent? EventOf(Hold hold, CaptureHold command)
    {
        var held = hold.Event ?? new UsageEvent { OccurredAt = hold.HeldAt, Action = hold.Action };
        if (held.Action.Length == 0)
        {
            held = held with { Action = hold.Action };
        }

        return command switch
        {
            { Amount: not null, Quantities: not null } => null,
            { Amount: { } amount } => held with { Amount = amount, Quantities = [] },
            { Quantities: { } quantities } => held with { Amount = null, Quantities = quantities },
            _ => held,
        };
    }

    /// <summary>Phase 0: holds whose time is over are released, in the order of their numbers.</summary>
    private static void ReleaseExpired(PublishedRuleset ruleset, Journal journal, Instant at)
    {
        foreach (var state in journal.State.Holds)
        {
            if (state.Settlement is null && state.Hold.ExpiresAt <= at)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"sys:holdexp:{state.Hold.Number}");
                Return(ruleset, journal, state.Hold, SettlementKind.Expired, at, key);
            }
        }
    }

    private static ImmutableArray<CreditsBack> Return(
        PublishedRuleset ruleset, Journal journal, Hold hold, SettlementKind kind, Instant at, string? systemKey)
    {
        var movement = new Movement(ruleset.Version(hold.Version)!, journal.State, Instant.Max(at, journal.State.LastAt));
        for (var i = hold.Lines.Length - 1; i >= 0; i--)
        {
            movement.Return(hold.Lines[i].Lot, hold.Lines[i].Amount, wasSpent: false);
        }

        journal.Post(new Entry
        {
            Kind = kind == SettlementKind.Expired ? EntryKind.HoldExpiry : EntryKind.Release,
            SystemKey = systemKey,
            Amount = hold.Held,
            OccurredAt = at,
            Postings = movement.Postings,
            NewLots = movement.NewLots,
            Settlement = new HoldSettlement(hold.Number, kind, 0, hold.Held, ""),
            Version = journal.State.Version,
        });
        return movement.Back;
    }

    /// <summary>A hold is settled once: the same call again is answered, another is refused with what became of it (time, rule 21).</summary>
    private static Booking<SettlementAnswer> Settled(
        PublishedRuleset ruleset, Journal journal, Hold hold, HoldSettlement settled, bool isRepeated, Instant at)
    {
        var answer = new SettlementAnswer
        {
            Hold = hold.Id,
            Outcome = settled.Kind,
            Refusal = isRepeated ? null : ProblemCodes.HoldClosed,
            Repeated = isRepeated,
            Held = hold.Held,
            Charged = settled.Charged,
            Returned = settled.Returned,
            Balances = BalancesOf(ruleset, journal.State, at),
        };
        return new Booking<SettlementAnswer>(journal.State, journal.Entries, answer, Error: null);
    }

    // The hold's own version; where the use's scope began under another one, that one prices the whole scope (language, section 6).
    private static RulesetModel? PricingVersion(PublishedRuleset ruleset, AccountState state, Hold hold)
    {
        if (hold.Event is { Keys: [var key, ..] })
        {
            foreach (var scope in state.Scopes)
            {
                if (scope.Id.Action == hold.Action && scope.Id.Key == key.Name && scope.Id.Value == key.Value)
                {
                    return ruleset.Version(scope.Version);
                }
            }
        }

        return ruleset.Version(hold.Version);
    }

    private static bool ExceedsHold(RulesetModel model, Hold hold, long charge)
    {
        if (charge <= hold.Amount || model.Holds is { MayExceed: true, ByPercent: null })
        {
            return false;
        }

        var most = ExactDecimal.FromUnits(hold.Amount, 0) * (ExactDecimal.FromUnits(100, 0) + (model.Holds.MayExceed ? model.Holds.ByPercent!.Value : default));
        return ExactDecimal.FromUnits(charge, 0) * ExactDecimal.FromUnits(100, 0) > most;
    }

    private static HoldState? HoldOf(AccountState state, string id)
    {
        foreach (var hold in state.Holds)
        {
            if (hold.Hold.Id == id)
            {
                return hold;
            }
        }

        return null;
    }

    private static EvaluationError? CheckHoldId(AccountState state, string id) =>
        id.StartsWith("sys:", StringComparison.Ordinal) || HoldOf(state, id) is not null ? EvaluationErrors.UseIdTaken(id) : null;

    // One spelling for all calls that mean the same.
    private static string AskedBy(CaptureHold command) => command switch
    {
        { Amount: { } amount } => amount.ToString(),
        { Quantities: { } quantities } => string.Join(
            ", ",
            quantities.OrderBy(static q => q.Meter, StringComparer.Ordinal).Select(static q => $"{q.Meter} {q.Quantity}")),
        _ => "",
    };

    private static ImmutableArray<BucketBalance> BalancesOf(PublishedRuleset ruleset, AccountState state, Instant at) =>
        Current(ruleset, state) is { } model ? Balances.Of(model, state, AccountReading.FactsAt(model, state, at), at) : [];
}
