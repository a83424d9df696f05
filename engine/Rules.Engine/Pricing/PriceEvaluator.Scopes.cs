using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Pricing;

/// <summary>Where the scopes of one event stand.</summary>
/// <param name="Model">The version that prices; a scope that begins now is pinned to it.</param>
/// <param name="Known">The account's scopes as loaded.</param>
/// <param name="Key">Value of the action's key; null where the event names none.</param>
/// <param name="Cycle">Number of the running cycle; null without one.</param>
/// <param name="Commits">False where nobody will store the scopes after the event, so that they need not be made.</param>
/// <param name="Money">What the price comes to; null: the model's credit.</param>
internal readonly record struct ScopeContext(
    RulesetModel Model, ImmutableArray<ScopeState> Known, string? Key, int? Cycle, Instant RecordedAt, bool Commits = false, CreditUnit? Money = null)
{
    /// <summary>The instance of a scope that this event belongs to; null where the event names no key for it.</summary>
    public ScopeId? IdOf(ActionRule action, Scope scope) => scope.Kind switch
    {
        ScopeKind.Key => Key is { } value ? new ScopeId(action.Name, scope.Key, value) : null,
        ScopeKind.Cycle => new ScopeId(action.Name, scope.Key, (Cycle ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ScopeKind.Day => new ScopeId(action.Name, scope.Key, Local("uuuu'-'MM'-'dd")),
        _ => new ScopeId(action.Name, scope.Key, Local("uuuu'-'MM'-'dd'T'HH")),
    };

    public ScopeState? Find(ScopeId id)
    {
        foreach (var scope in Known)
        {
            if (scope.Id == id)
            {
                return scope;
            }
        }

        return null;
    }

    /// <summary>The instance of a scope that closes when a boundary is reached.</summary>
    public static ScopeId Closing(RulesetModel model, ActionRule action, Scope scope, int? cycle, Instant boundary) =>
        new ScopeContext(model, [], null, cycle, boundary - Duration.Epsilon).IdOf(action, scope)!.Value;

    private string Local(string pattern) =>
        RecordedAt.InZone(Model.Zone).LocalDateTime.ToString(pattern, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What an event comes to, scopes included.</summary>
/// <param name="Exact">Credits before rounding.</param>
/// <param name="Charge">Smallest units.</param>
/// <param name="Scopes">The scopes it counted in, after it; empty where the price counts nothing.</param>
internal readonly record struct PriceOutcome(ExactDecimal Exact, long Charge, long Listed, ImmutableArray<ScopeState> Scopes);

/// <summary>Chooses the evaluator of a table's width.</summary>
internal static class PriceEvaluator
{
    /// <inheritdoc cref="PriceEvaluator{T}.DueAtClose"/>
    public static long DueAtClose(
        PriceTable table, ActionRule action, ScopeKind kind, ScopeState? scope, FactValue[] facts, out PriceBody body, out ExactDecimal used, out ExactDecimal total) => table switch
        {
            PriceTable<long> narrow => new PriceEvaluator<long>(narrow).DueAtClose(action, kind, scope, facts, out body, out used, out total),
            PriceTable<Int128> wide => new PriceEvaluator<Int128>(wide).DueAtClose(action, kind, scope, facts, out body, out used, out total),
            PriceTable<BigInteger> endless => new PriceEvaluator<BigInteger>(endless).DueAtClose(action, kind, scope, facts, out body, out used, out total),
            _ => throw new InvalidOperationException($"No evaluator for {table.Width}."),
        };

    /// <summary>Prices a resolved event with its scopes and its one rounding, and writes the steps.</summary>
    public static EvaluationError? Evaluate(
        PriceTable table, in ResolvedEvent resolved, in ScopeContext context, ref StepRecorder trace, out PriceOutcome outcome) => table switch
        {
            PriceTable<long> narrow => new PriceEvaluator<long>(narrow).Evaluate(resolved, context, ref trace, out outcome),
            PriceTable<Int128> wide => new PriceEvaluator<Int128>(wide).Evaluate(resolved, context, ref trace, out outcome),
            PriceTable<BigInteger> endless => new PriceEvaluator<BigInteger>(endless).Evaluate(resolved, context, ref trace, out outcome),
            _ => throw new InvalidOperationException($"No evaluator for {table.Width}."),
        };
}

internal readonly partial struct PriceEvaluator<T>
{
    // Most actions have one or two meters; more of them go to the heap.
    private const int InlineMeters = 4;

    public EvaluationError? Evaluate(
        in ResolvedEvent resolved, in ScopeContext context, ref StepRecorder trace, out PriceOutcome outcome)
    {
        outcome = default;
        var index = Select(resolved.Facts, resolved.Facts, resolved.Action, ref trace);
        var body = _table.Bodies[index].Body;
        var counting = StateOf(resolved.Action, body.CountingScope, context, out var countingId, out var missing);
        if (missing is not null)
        {
            return missing;
        }

        var meters = Rule.Meters.Length;
        var quantityBuffer = new Buffer();
        var beforeBuffer = new Buffer();
        var afterBuffer = new Buffer();
        var quantities = meters <= InlineMeters ? ((Span<T>)quantityBuffer)[..meters] : new T[meters];
        var after = meters <= InlineMeters ? ((Span<T>)afterBuffer)[..meters] : new T[meters];
        for (var i = 0; i < meters; i++)
        {
            quantities[i] = T.CreateTruncating(resolved.Quantities[i]);
        }

        var totals = TotalsOf(counting, index);
        var before = totals is null ? [] : meters <= InlineMeters ? ((Span<T>)beforeBuffer)[..meters] : new T[meters];
        if (totals is not null)
        {
            Read(totals.Quantities, before);
            trace.Add(new ScopeStep(body, body.CountingScope, countingId!.Value.Value, CountsOf(totals)));
        }

        for (var i = 0; i < meters; i++)
        {
            var limit = ResolvedEvent.Limit(Rule.Meters[i]);
            if (totals is not null && Int128.Abs(Int128.CreateChecked(before[i]) + resolved.Quantities[i]) >= limit)
            {
                return EvaluationErrors.TooLarge(Rule.Meters[i]);
            }
        }

        T[] free = totals is { FreeEvents.IsEmpty: false } ? new T[meters] : [];
        if (free.Length > 0)
        {
            Read(totals!.FreeEvents, free);
        }

        var counted = new Counted<T>(quantities, resolved.Reported, before, totals?.Events ?? 0, resolved.Facts, free);
        var amounts = Price(index, counted, after, ref trace);
        return Post(resolved.Action, index, amounts, counting, countingId, after, context, ref trace, out outcome);
    }

    private EvaluationError? Post(
        ActionRule action,
        int index,
        in ExactAmounts<T> amounts,
        ScopeState? counting,
        ScopeId? countingId,
        ReadOnlySpan<T> after,
        in ScopeContext context,
        ref StepRecorder trace,
        out PriceOutcome outcome)
    {
        outcome = default;
        var body = _table.Bodies[index].Body;
        var posting = counting;
        var postingId = countingId;
        if (body.PostingScope != body.CountingScope)
        {
            posting = StateOf(action, body.PostingScope, context, out postingId, out var missing);
            if (missing is not null)
            {
                return missing;
            }
        }

        var total = ExactTotal(posting, index, amounts.Charged, listed: false);
        var listedTotal = ExactTotal(posting, index, amounts.Listed, listed: true);
        var limit = T.CreateChecked(Scaled.AmountLimit);
        var posted = Scaled.Round(total, _table.Unit, _table.Rounding);
        var listedPosted = Scaled.Round(listedTotal, _table.Unit, _table.Rounding);
        if (T.Abs(posted) > limit || T.Abs(listedPosted) > limit)
        {
            return EvaluationErrors.ChargeTooLarge(action);
        }

        var postedUnits = long.CreateChecked(posted);
        var listedUnits = long.CreateChecked(listedPosted);
        var charge = postedUnits - (posting?.Posted ?? 0);
        var listedCharge = listedUnits - (posting?.ListedPosted ?? 0);
        trace.Add(new RoundingStep(context.Money ?? context.Model.Credit, Scaled.ToExact(total, Scale), postedUnits, posting?.Posted ?? 0));
        var scopes = ImmutableArray<ScopeState>.Empty;
        if (context.Commits && countingId is { } id)
        {
            var isPosting = body.PostingScope == body.CountingScope;
            scopes = [After(counting, id, index, amounts, after, isPosting ? postedUnits : charge, isPosting ? listedUnits : listedCharge, isPosting, context)];
        }

        if (context.Commits && body.PostingScope != body.CountingScope && postingId is { } wider)
        {
            scopes = scopes.Add(After(posting, wider, index, amounts, after, postedUnits, listedUnits, isPosting: true, context));
        }

        outcome = new PriceOutcome(Scaled.ToExact(amounts.Charged, Scale), charge, listedCharge, scopes);
        return null;
    }

    private static ScopeState? StateOf(ActionRule action, Scope scope, in ScopeContext context, out ScopeId? id, out EvaluationError? missing)
    {
        id = null;
        missing = null;
        if (scope.Kind == ScopeKind.Event)
        {
            return null;
        }

        id = context.IdOf(action, scope);
        if (id is null)
        {
            missing = EvaluationErrors.MissingKey(action, scope.Key);
            return null;
        }

        return context.Find(id.Value);
    }

    private static ScopeTotals? TotalsOf(ScopeState? scope, int body)
    {
        if (scope is not null)
        {
            foreach (var totals in scope.Bodies)
            {
                if (totals.Body == body)
                {
                    return totals;
                }
            }
        }

        return null;
    }

    private void Read(ImmutableArray<ExactDecimal> quantities, Span<T> before)
    {
        for (var i = 0; i < before.Length; i++)
        {
            if (!Scaled.TryFromExact(quantities[i], Rule.Meters[i].Places, out before[i]))
            {
                throw new InvalidOperationException("A stored total does not fit the price that counted it.");
            }
        }
    }

    // The exact total of the scope over all bodies, each within its own upper bound, with this event added to its body.
    private T ExactTotal(ScopeState? scope, int index, T amount, bool listed)
    {
        var total = T.Zero;
        var own = amount;
        foreach (var totals in scope?.Bodies ?? [])
        {
            if (!Scaled.TryFromExact<T>(listed ? totals.ListedExact : totals.Exact, Scale, out var exact))
            {
                throw new InvalidOperationException("A stored total does not fit the price that counted it.");
            }

            if (totals.Body == index)
            {
                own += exact;
            }
            else
            {
                total += Capped(totals.Body, exact);
            }
        }

        return total + Capped(index, own);
    }

    private T Capped(int body, T total) => _table.Bodies[body].ScopeMost is { } most && total > most ? most : total;

    private ScopeState After(
        ScopeState? scope,
        ScopeId id,
        int index,
        in ExactAmounts<T> amounts,
        ReadOnlySpan<T> after,
        long posted,
        long listedPosted,
        bool isPosting,
        in ScopeContext context)
    {
        var old = TotalsOf(scope, index);
        var quantities = ImmutableArray.CreateBuilder<ExactDecimal>(after.Length);
        for (var i = 0; i < after.Length; i++)
        {
            quantities.Add(Scaled.ToExact(after[i], Rule.Meters[i].Places));
        }

        var totals = new ScopeTotals(
            index,
            (old?.Events ?? 0) + 1,
            quantities.MoveToImmutable(),
            (old?.Exact ?? default) + Scaled.ToExact(amounts.Charged, Scale),
            (old?.ListedExact ?? default) + Scaled.ToExact(amounts.Listed, Scale));
        if (_table.Bodies[index].FreeEvents is var free && free != long.MaxValue)
        {
            totals = totals with { FreeEvents = old is null || old.Events < free ? totals.Quantities : old.FreeEvents };
        }

        var counted = scope is null ? [totals] : old is null ? scope.Bodies.Add(totals) : scope.Bodies.Replace(old, totals);
        return new ScopeState
        {
            Id = id,
            BeganAt = scope?.BeganAt ?? context.RecordedAt,
            Version = scope?.Version ?? context.Model.Version,
            Bodies = counted,
            Posted = isPosting ? posted : (scope?.Posted ?? 0) + posted,
            ListedPosted = isPosting ? listedPosted : (scope?.ListedPosted ?? 0) + listedPosted,
        };
    }

    /// <summary>What a scope still owes when it closes: its minimum, or the fees that are due without use (language 8.3, step 9).</summary>
    /// <param name="scope">Null: nothing was counted.</param>
    /// <param name="facts">The account's facts at the front; those of an action are not known.</param>
    /// <param name="body">The body that holds for the account.</param>
    /// <param name="total">Exact total of the scope after the minimum.</param>
    /// <returns>Smallest units, 0 or more.</returns>
    public long DueAtClose(ActionRule action, ScopeKind kind, ScopeState? scope, FactValue[] facts, out PriceBody body, out ExactDecimal used, out ExactDecimal total)
    {
        var chosen = BodyOfAccount(action, facts);
        body = _table.Bodies[chosen].Body;
        var sum = T.Zero;
        if (scope is null)
        {
            sum = body.CountingScope.Kind == kind ? Capped(chosen, WithoutUse(_table.Bodies[chosen])) : T.Zero;
        }
        else
        {
            foreach (var totals in scope.Bodies)
            {
                if (!Scaled.TryFromExact<T>(totals.Exact, Scale, out var exact))
                {
                    throw new InvalidOperationException("A stored total does not fit the price that counted it.");
                }

                sum += Capped(totals.Body, exact);
            }
        }

        used = Scaled.ToExact(sum, Scale);
        if (_table.Bodies[chosen].ScopeLeast is { } least && sum < least && body.HasMinimum(kind))
        {
            sum = least;
        }

        total = Scaled.ToExact(sum, Scale);
        var due = Scaled.Round(sum, _table.Unit, _table.Rounding) - T.CreateChecked(scope?.Posted ?? 0);
        return due > T.Zero ? long.CreateChecked(due) : 0;
    }

    private int BodyOfAccount(ActionRule action, FactValue[] facts)
    {
        var chosen = 0;
        var read = new List<int>();
        for (var i = 1; i < _table.Bodies.Length; i++)
        {
            var body = _table.Bodies[i].Body;
            read.Clear();
            body.When!.CollectFacts(read);
            if (body.Parent == chosen && read.TrueForAll(f => f < action.AccountFacts) && body.When.Holds(facts))
            {
                chosen = i;
            }
        }

        return chosen;
    }

    private static T WithoutUse(BodyTable<T> body)
    {
        var sum = T.Zero;
        foreach (var line in body.Lines)
        {
            if (line.Form is LineForm.Graduated or LineForm.Volume && !line.Tiers[0].IsWaived)
            {
                sum += line.Tiers[0].Part(T.Zero);
            }
        }

        return sum * body.Multiplier;
    }

    private string CountsOf(ScopeTotals totals)
    {
        var parts = new List<string>();
        for (var i = 0; i < totals.Quantities.Length; i++)
        {
            if (!totals.Quantities[i].IsZero)
            {
                parts.Add($"{totals.Quantities[i].ToGroupedString()} {Rule.Meters[i].NameFor(totals.Quantities[i])}");
            }
        }

        return parts.Count == 0 ? "nothing" : string.Join(" and ", parts);
    }

    [InlineArray(InlineMeters)]
    private struct Buffer
    {
        private T _first;
    }
}
