using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// A price whose figures are terms, with those of one account. A scope keeps the figures that it began with, as it keeps its version: a term
/// that changes meanwhile counts from the next scope.
/// </summary>
internal static class TermFigures
{
    /// <summary>The price of one purchase.</summary>
    /// <param name="body">The only one whose terms must be stated; null: all of them.</param>
    public static EvaluationError? TableFor(
        RulesetModel model, AccountState state, PriceRule price, PriceBody? body, CreditUnit unit, Instant at, out PriceTable? table)
    {
        EvaluationError? error = null;
        var stated = TermPrices.Fix(price, (owner, amount, _) =>
        {
            if (body is not null && owner != body)
            {
                return ExactDecimal.Zero;
            }

            var unset = FigureSince(model, state, amount, at, at, out var figure);
            error ??= unset;
            return figure;
        });
        table = error is null ? PriceTableBuilder.Build(stated, unit.Decimals, unit.Rounding) : null;
        return error;
    }

    /// <summary>The price of one event, each figure as it was when the scope that it belongs to began.</summary>
    /// <param name="body">The body that prices the event. Of others only bounds are read, where the scope has used them.</param>
    /// <param name="at">The figures of a scope that begins with the event are those of this instant.</param>
    public static EvaluationError? TableFor(
        ScopeContext context, AccountState state, ActionRule action, PriceBody body, Instant at, out PriceTable? table)
    {
        EvaluationError? error = null;
        var places = 0;
        var stated = TermPrices.Fix(action.Price!, (owner, amount, scope) =>
        {
            var begun = Begun(context, action, scope);
            var unset = FigureSince(context.Model, state, amount, begun?.BeganAt ?? at, at, out var figure);
            error ??= owner == body ? unset : null;
            return figure;
        });
        foreach (var scope in action.Price!.Scopes)
        {
            foreach (var totals in Begun(context, action, scope)?.Bodies ?? [])
            {
                places = Math.Max(places, Math.Max(totals.Exact.Scale, totals.ListedExact.Scale));
            }
        }

        table = error is null ? PriceTableBuilder.Build(stated, context.Model.Credit.Decimals, context.Model.Credit.Rounding, places) : null;
        return error;
    }

    /// <summary>The price at the close of a scope. A minimum or fee that the account does not state is not due.</summary>
    /// <param name="start">When the scope began, were there no use.</param>
    public static PriceTable TableAtClose(ScopeContext context, AccountState state, ActionRule action, PriceBody body, Instant start)
    {
        var unset = TableFor(context, state, action, body, start, out var table);
        if (unset is null)
        {
            return table!;
        }

        var nothing = TermPrices.Fix(action.Price!, static (_, _, _) => ExactDecimal.Zero);
        return PriceTableBuilder.Build(nothing, context.Model.Credit.Decimals, context.Model.Credit.Rounding);
    }

    private static ScopeState? Begun(in ScopeContext context, ActionRule action, Scope scope) =>
        scope.Kind != ScopeKind.Event && context.IdOf(action, scope) is { } id ? context.Find(id) : null;

    // A term that was first stated after the scope began holds for it from its very first figure on.
    private static EvaluationError? FigureSince(RulesetModel model, AccountState state, Amount amount, Instant began, Instant at, out ExactDecimal figure)
    {
        var unset = Figure(model, state, amount, began, out figure);
        foreach (var stated in state.Terms)
        {
            if (unset is null)
            {
                break;
            }

            if (stated.From > began && stated.From <= at && Figure(model, state, amount, stated.From, out var later) is null)
            {
                (unset, figure) = (null, later);
            }
        }

        return unset;
    }

    private static EvaluationError? Figure(RulesetModel model, AccountState state, Amount amount, Instant at, out ExactDecimal figure)
    {
        var unset = AccountReading.AmountAt(model, state, amount, at, out var stated);
        figure = stated ?? ExactDecimal.Zero;

        // An endless figure is no price.
        return unset ?? (stated is null ? EvaluationErrors.EndlessFigure(amount.Location.Text) : null);
    }
}
