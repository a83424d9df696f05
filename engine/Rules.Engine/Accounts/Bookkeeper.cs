using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// Turns commands into journal entries: pure functions of (published versions, account state, command, instant).
/// No clock, no I/O, no randomness. Every command first does what fell due (<see cref="Advance"/>), so correctness never
/// depends on a job having run. Ledger, examples and replay all run these functions and no others.
/// </summary>
public static partial class Bookkeeper
{
    private static readonly Instant s_firstInstant = Instant.FromUtc(2000, 1, 1, 0, 0);
    private static readonly Instant s_endOfTime = Instant.FromUtc(2200, 1, 1, 0, 0);

    /// <summary>False for an instant that every command refuses (RT19): cycles are not computed for it.</summary>
    public static bool IsInTime(Instant at) => at >= s_firstInstant && at < s_endOfTime;

    /// <summary>Opens an account under the version in force, subscribes it to its plan and makes that plan's first grants.</summary>
    public static Booking<AccountAnswer> Open(PublishedRuleset ruleset, OpenAccount command)
    {
        var state = new AccountState
        {
            Id = command.Id,
            Ruleset = ruleset.Name,
            OpenedAt = command.At,
            LastAt = command.At,
            NextLot = 1,
        };
        if (ruleset.InForce(command.At) is not { } model)
        {
            return Fail<AccountAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (CheckOpening(model, command) is { } error)
        {
            return Fail<AccountAnswer>(state, error);
        }

        var facts = command.Facts.Select(f => new DatedValue(f.Name, f.Value, command.At)).ToImmutableArray();
        var stated = state with { Facts = facts, Plans = PlansOf(command.Plan, command.At) };
        var journal = new Journal(state, ruleset);
        journal.Post(new Entry
        {
            Kind = EntryKind.Subscribe,
            Amount = 0,
            OccurredAt = command.At,
            Facts = facts,
            Terms = [.. command.Terms.Select(t => new DatedValue(t.Name, t.Value, command.At))],
            Addons = [.. command.Addons.Select(a => new DatedValue(a.Into, a.Amount.ToString(), command.At))],
            Plan = command.Plan,
            Cycle = FirstCycle(model, stated, command.At, number: 0, command.Anchor),
            Version = model.Version,
        });
        if (command.Plan is { } plan
            && GrantPlan(journal, model, model.FindPlan(plan)!, command.At, suffix: null, replaced: []) is { } ungranted)
        {
            return Fail<AccountAnswer>(state, ungranted);
        }

        return Answer(journal, model, command.At);
    }

    /// <summary>
    /// Prices an event and draws it. A blocked, paused or refused event is an answer, not an error, and makes no entry of its own.
    /// </summary>
    /// <param name="recordedAt">Chooses lots and cycle; never below <see cref="AccountState.LastAt"/>.</param>
    public static Booking<Quote> Charge(PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt) =>
        ChargeAs(EntryKind.Charge, ruleset, state, usage, recordedAt);

    /// <summary>A charge that puts an earlier one right: quantities or an amount, below zero where the price allows corrections.</summary>
    public static Booking<Quote> Correct(PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt) =>
        ChargeAs(EntryKind.Correction, ruleset, state, usage, recordedAt);

    private static Booking<Quote> ChargeAs(EntryKind kind, PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt)
    {
        if (Evaluate(ruleset, state, usage, recordedAt, DrawPurpose.Use, commits: true, out var journal, out var draft) is { } error)
        {
            return Fail<Quote>(state, error);
        }

        var quote = draft.Quote;
        if (quote.Outcome is QuoteOutcome.Charged or QuoteOutcome.Free or QuoteOutcome.Unmetered or QuoteOutcome.NotApplicable)
        {
            journal.Post(new Entry
            {
                Kind = kind,
                Amount = quote.Charge,
                OccurredAt = usage.OccurredAt,
                Postings = draft.Postings,
                NewLots = draft.NewLots,
                NewDebts = draft.NewDebts,
                DebtLines = draft.DebtLines,
                Forgiven = quote.Forgiven,
                Quote = quote,
                Event = draft.Kept(usage),
                Scopes = draft.Scopes,
                Version = quote.Version,
            });
            if (quote.Charge < 0 && Repay(journal, Current(ruleset, journal.State), recordedAt) is { } unpaid)
            {
                return Fail<Quote>(state, unpaid);
            }
        }

        return new Booking<Quote>(journal.State, journal.Entries, quote, Error: null);
    }

    /// <summary>What <see cref="Charge"/> would answer: the same evaluation without its entry.</summary>
    /// <param name="error">Set exactly when there is no quote.</param>
    public static Quote? Quote(PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt, out EvaluationError? error)
    {
        error = Evaluate(ruleset, state, usage, recordedAt, DrawPurpose.Use, commits: false, out _, out var draft);
        if (error is null && draft.Quote.Charge < 0)
        {
            // What comes back repays what is owed: a charge that cannot be repaid from is refused, and so is its quote.
            error = Charge(ruleset, state, usage, recordedAt).Error;
        }

        return error is null ? draft.Quote : null;
    }

    /// <summary>Grants credits into a bucket. An end that has already passed is recorded and lapses at once (time, rule 5).</summary>
    public static Booking<GrantAnswer> Grant(PublishedRuleset ruleset, AccountState state, GrantCredits command, Instant recordedAt) =>
        Grant(ruleset, state, command, recordedAt, LotOrigin.Grant);

    /// <summary>States facts and terms that hold from now on; earlier events keep those of their own time.</summary>
    public static Booking<AccountAnswer> Set(
        PublishedRuleset ruleset, AccountState state, ImmutableArray<NamedText> facts, ImmutableArray<NamedText> terms, Instant recordedAt)
    {
        var journal = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return Fail<AccountAnswer>(state, stuck);
        }

        if (Current(ruleset, journal.State) is not { } model)
        {
            return Fail<AccountAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (CheckStated(model, facts, terms) is { } error)
        {
            return Fail<AccountAnswer>(state, error);
        }

        journal.Post(new Entry
        {
            Kind = EntryKind.FactsAndTerms,
            Amount = 0,
            OccurredAt = recordedAt,
            Facts = [.. facts.Select(f => new DatedValue(f.Name, f.Value, recordedAt))],
            Terms = [.. terms.Select(t => new DatedValue(t.Name, t.Value, recordedAt))],
            Version = model.Version,
        });
        return Repay(journal, model, recordedAt) is { } unpaid ? Fail<AccountAnswer>(state, unpaid) : Answer(journal, model, recordedAt);
    }

    /// <summary>The standing levels of an account's alerts: of each alert the highest level of what is used and the lowest of what is left that it has reached.</summary>
    /// <param name="state">With the scopes of <see cref="ScopesOf(PublishedRuleset, AccountState)"/>.</param>
    /// <param name="error">Set where a level is a term that the account does not state.</param>
    public static ImmutableArray<AlertStep> StandingAlerts(PublishedRuleset ruleset, AccountState state, Instant at, out EvaluationError? error)
    {
        error = null;
        if (Current(ruleset, state) is not { } model)
        {
            return [];
        }

        error = Alerting.Standing(model, state, at, out var standing);
        return error is null ? standing : [];
    }

    /// <summary>
    /// The scope instances that every command of an account may read: what alerts watch. Empty for a ruleset without alerts.
    /// </summary>
    public static IReadOnlyList<ScopeId> ScopesOf(PublishedRuleset ruleset, AccountState state) =>
        ruleset.CountsUse ? CycleUse.IdsOf(ruleset, state) : [];

    /// <summary>
    /// The scope instances whose state an event may read, so that a store can load them under its lock; empty when its price counts nothing
    /// or the event cannot be read. Scopes of a cycle, day or hour belong to the time of recording; those that close before it are included.
    /// </summary>
    public static IReadOnlyList<ScopeId> ScopesOf(PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt)
    {
        var scopes = new List<ScopeId>(ScopesDue(ruleset, state, recordedAt));
        var key = usage.Keys.IsEmpty ? null : usage.Keys[0].Value;
        var cycle = state.Cycle?.Number;

        // Every version may be the one a scope is pinned to.
        foreach (var version in ruleset.Versions)
        {
            if (Quoter.ActionOf(version.Model, usage, out var action) is not null || action.Price is not { } price)
            {
                continue;
            }

            var context = new ScopeContext(version.Model, [], key, cycle, recordedAt) { Zone = Zones.Of(version.Model, state) };
            foreach (var scope in price.Scopes)
            {
                if (context.IdOf(action, scope) is { } id && !scopes.Contains(id))
                {
                    scopes.Add(id);
                }
            }

            if (price.GivesBack && !scopes.Contains(ScopeId.DrawsOf(action.Name)))
            {
                scopes.Add(ScopeId.DrawsOf(action.Name));
            }
        }

        return scopes;
    }

    /// <summary>
    /// True for an event whose charge may be below zero: a correction, or one that prices earlier units again. Such a charge may give back to any
    /// lot that paid before.
    /// </summary>
    public static bool MayGiveBack(PublishedRuleset ruleset, UsageEvent usage)
    {
        var isBelowZero = usage.Amount?.Sign < 0 || usage.Quantities.Any(static q => q.Quantity.Sign < 0);
        foreach (var version in ruleset.Versions)
        {
            if (Quoter.ActionOf(version.Model, usage, out var action) is null && action.Price is { GivesBack: true } price && (isBelowZero || price.RepricesEarlierUnits))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The lots that paid before, which a charge below zero may give back to, so that a store can load them with their successors. The state
    /// must hold the scopes of <see cref="ScopesOf(PublishedRuleset, AccountState, UsageEvent, Instant)"/>.
    /// </summary>
    public static IReadOnlyList<long> LotsGivenBackTo(AccountState state) =>
        [.. state.Scopes.SelectMany(static scope => scope.Draws).Select(static draw => draw.Lot).Distinct()];

    private static EvaluationError? Evaluate(
        PublishedRuleset ruleset,
        AccountState state,
        UsageEvent usage,
        Instant recordedAt,
        DrawPurpose purpose,
        bool commits,
        out Journal journal,
        out QuoteDraft draft)
    {
        draft = default;
        journal = new Journal(state, ruleset);
        if (!IsInTime(usage.OccurredAt))
        {
            return EvaluationErrors.OutOfTime("at");
        }

        if (AdvanceTo(ruleset, journal, recordedAt) is { } stuck)
        {
            return stuck;
        }

        if (VersionFor(ruleset, journal.State, usage, recordedAt) is not { } model)
        {
            return EvaluationErrors.NoVersion(ruleset.Name);
        }

        return Quoter.Quote(model, journal.State, usage, recordedAt, purpose, commits, out draft);
    }

    // A scope is priced to its end by the version under which it began (language, section 6).
    private static RulesetModel? VersionFor(PublishedRuleset ruleset, AccountState state, UsageEvent usage, Instant recordedAt)
    {
        if (!usage.Keys.IsEmpty)
        {
            foreach (var scope in state.Scopes)
            {
                if (scope.Id.Action == usage.Action && scope.Id.Key == usage.Keys[0].Name && scope.Id.Value == usage.Keys[0].Value)
                {
                    return ruleset.Version(scope.Version);
                }
            }
        }

        var model = Versions.At(ruleset, state, usage.OccurredAt);
        if (model?.FindAction(usage.Action) is { Price: { } price } action)
        {
            var context = new ScopeContext(model, state.Scopes, null, state.Cycle?.Number, recordedAt) { Zone = Zones.Of(model, state) };
            foreach (var scope in price.Scopes)
            {
                if (scope.Kind != ScopeKind.Key && context.Find(context.IdOf(action, scope)!.Value) is { } begun)
                {
                    return ruleset.Version(begun.Version);
                }
            }
        }

        return model;
    }

    private static Booking<TAnswer> Fail<TAnswer>(AccountState state, EvaluationError error)
        where TAnswer : class => new(state, [], Answer: null, error);

    private static Booking<AccountAnswer> Answer(Journal journal, RulesetModel? model, Instant at)
    {
        var state = journal.State;
        var balances = model is null ? [] : Balances.Of(model, state, AccountReading.FactsAt(model, state, at), at);
        return new Booking<AccountAnswer>(
            state,
            journal.Entries,
            new AccountAnswer(state.Id, state.Ruleset, state.Version, AccountReading.PlanAt(state, at), state.Cycle, balances),
            Error: null);
    }

    private static EvaluationError? CheckOpening(RulesetModel model, OpenAccount command)
    {
        if (!IsInTime(command.At))
        {
            return EvaluationErrors.OutOfTime("at");
        }

        if (command.Anchor is { } anchor)
        {
            if (!IsInTime(anchor))
            {
                return EvaluationErrors.OutOfTime("anchor");
            }

            if (model.Cycle is null or { Kind: CycleKind.CalendarMonth })
            {
                return EvaluationErrors.NothingToAnchor(model);
            }
        }

        if (command.Plan is { } plan && model.FindPlan(plan) is null)
        {
            return EvaluationErrors.UnknownPlan(plan, model);
        }

        if (CheckStated(model, command.Facts, command.Terms) is { } invalid)
        {
            return invalid;
        }

        foreach (var addon in command.Addons)
        {
            if (CheckAddon(model, addon) is { } wrong)
            {
                return wrong;
            }
        }

        var missing = model.AccountFacts.FirstOrDefault(
            f => f.Owner == FactOwner.Account && f.Normally is null && !command.Facts.Any(s => s.Name == f.Name));
        return missing is null ? null : EvaluationErrors.MissingFact(missing);
    }

    private static EvaluationError? CheckAddon(RulesetModel model, Addon addon)
    {
        if (model.FindBucket(addon.Into) is not { } bucket)
        {
            return model.Buckets.IsEmpty ? EvaluationErrors.NoBucket(model) : EvaluationErrors.UnknownBucket(addon.Into, model);
        }

        if (bucket.Funding == BucketFunding.Postpaid)
        {
            return EvaluationErrors.PostpaidBucket(bucket);
        }

        return addon.Amount.Sign > 0 && addon.Amount.TryToUnits(model.Credit.Decimals, out var units) && units <= Scaled.AmountLimit
            ? null
            : EvaluationErrors.BadAmount(addon.Amount, model);
    }

    private static EvaluationError? CheckStated(RulesetModel model, ImmutableArray<NamedText> facts, ImmutableArray<NamedText> terms)
    {
        for (var i = 0; i < facts.Length; i++)
        {
            var (name, text) = facts[i];
            if (model.IsZonePerAccount && name == Zones.FactName)
            {
                if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(text) is null)
                {
                    return EvaluationErrors.NotATimeZone(text);
                }

                continue;
            }

            var fact = model.AccountFacts.FirstOrDefault(f => f.Name == name && f.Owner == FactOwner.Account);
            if (fact is null)
            {
                return EvaluationErrors.UnknownAccountFact(name, model);
            }

            if (!fact.TryRead(text, out _))
            {
                return EvaluationErrors.NotAValue(fact, text, "facts." + name);
            }

            if (facts.Take(i).Any(f => f.Name == name))
            {
                return EvaluationErrors.RepeatedFact(name);
            }
        }

        foreach (var (name, text) in terms)
        {
            var term = model.Terms.FirstOrDefault(t => t.Name == name);
            if (term is null)
            {
                return EvaluationErrors.UnknownTerm(name, model);
            }

            if (!AccountReading.TryReadTerm(model, term, text, out _))
            {
                return EvaluationErrors.NotATermValue(term, text);
            }
        }

        return null;
    }

    private static ImmutableArray<DatedValue> PlansOf(string? plan, Instant at) => plan is null ? [] : [new DatedValue("plan", plan, at)];

    private static Cycle? FirstCycle(RulesetModel model, AccountState state, Instant start, int number, Instant? anchoredAt = null)
    {
        if (model.Cycle is not { } rule)
        {
            return null;
        }

        var zone = Zones.At(model, state, start);
        var anchor = CycleCalendar.AnchorFor(rule, anchoredAt ?? start, zone);
        var facts = AccountReading.FactsAt(model, state, start);
        var recurrence = CycleCalendar.RecurrenceFor(rule, facts, anchor, zone);
        return new Cycle(number, anchor, start, recurrence.Boundary(recurrence.NumberAt(start) + 1));
    }
}
