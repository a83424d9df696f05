using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>A price whose figures are terms, with those of one account at one instant.</summary>
internal static class TermFigures
{
    /// <param name="body">The only one whose terms must be stated; null: all of them.</param>
    public static EvaluationError? TableFor(
        RulesetModel model, AccountState state, PriceRule price, PriceBody? body, CreditUnit unit, Instant at, out PriceTable? table)
    {
        EvaluationError? error = null;
        var stated = TermPrices.Fix(price, (owner, amount) =>
        {
            if (body is not null && owner != body)
            {
                return ExactDecimal.Zero;
            }

            var unset = AccountReading.AmountAt(model, state, amount, at, out var figure);

            // An endless figure is no price.
            error ??= unset ?? (figure is null ? EvaluationErrors.EndlessFigure(amount.Location.Text.ToString()) : null);
            return figure ?? ExactDecimal.Zero;
        });
        table = error is null ? PriceTableBuilder.Build(stated, unit.Decimals, unit.Rounding) : null;
        return error;
    }
}
