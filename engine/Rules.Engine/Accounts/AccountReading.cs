using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>An account's dated facts and terms as a model reads them at one instant.</summary>
internal static class AccountReading
{
    public static string? PlanAt(AccountState state, Instant at)
    {
        for (var i = state.Plans.Length - 1; i >= 0; i--)
        {
            if (state.Plans[i].From <= at)
            {
                return state.Plans[i].Value;
            }
        }

        return null;
    }

    /// <summary>Facts by index, the plan last; normal values filled in. A fact that is neither stated nor normal stays missing.</summary>
    public static FactValue[] FactsAt(RulesetModel model, AccountState state, Instant at)
    {
        var values = new FactValue[model.AccountFacts.Length];
        ReadFacts(model, state, at, values);
        return values;
    }

    /// <param name="values">Receives the account's facts and the plan at its front; as long or longer.</param>
    public static void ReadFacts(RulesetModel model, AccountState state, Instant at, Span<FactValue> values)
    {
        for (var i = 0; i < model.AccountFacts.Length; i++)
        {
            var fact = model.AccountFacts[i];
            if (fact.Owner == FactOwner.Plan)
            {
                var plan = PlanAt(state, at) is { } name ? model.FindPlan(name) : null;
                values[i] = plan is null ? FactValue.Missing : new FactValue(plan.Index);
                continue;
            }

            // A value that this version does not know any more counts as not stated.
            if (Stated(state.Facts, fact.Name, at) is not { } text || !fact.TryRead(text, out values[i]))
            {
                values[i] = fact.Normally ?? FactValue.Missing;
            }
        }
    }

    public static string? Stated(ImmutableArray<DatedValue> values, string name, Instant at)
    {
        for (var i = values.Length - 1; i >= 0; i--)
        {
            if (values[i].From <= at && values[i].Name == name)
            {
                return values[i].Value;
            }
        }

        return null;
    }

    public static EvaluationError? TermAt(RulesetModel model, AccountState state, int index, Instant at, out TermValue value)
    {
        var term = model.Terms[index];
        value = term.Normally ?? term.Sample;
        if (Stated(state.Terms, term.Name, at) is { } text)
        {
            return TryReadTerm(model, term, text, out value) ? null : EvaluationErrors.NotATermValue(term, text);
        }

        return term.Normally is null ? EvaluationErrors.TermNotSet(term) : null;
    }

    /// <summary>The figure of an amount for this account.</summary>
    /// <param name="figure">Null: unlimited.</param>
    public static EvaluationError? AmountAt(RulesetModel model, AccountState state, Amount amount, Instant at, out ExactDecimal? figure)
    {
        figure = amount.Fixed;
        if (figure is not null)
        {
            return null;
        }

        switch (amount)
        {
            case TermAmount term:
                var error = TermAt(model, state, term.Term, at, out var value);
                figure = value.IsUnlimited || value.Amounts.IsEmpty ? null : value.Amounts[0];
                return error;
            case SharedAmount share:
                var shareError = AmountAt(model, state, share.Of, at, out var whole);
                figure = whole * new ExactDecimal(1, 2) * share.Percent;
                return shareError;
            case DiscountedAmount discounted:
                var listError = AmountAt(model, state, discounted.Of, at, out var list);
                var offError = AmountAt(model, state, discounted.PercentOff, at, out var off);
                figure = list - (list * new ExactDecimal(1, 2) * off);
                return listError ?? offError;
            default:
                throw new InvalidOperationException($"No figure for {amount.GetType().Name}.");
        }
    }

    /// <summary>Reads a term's value as a caller states it: <c>200</c>, <c>200 credits</c>, <c>20%</c>, <c>12 months</c>, <c>included, then prepaid</c>.</summary>
    public static bool TryReadTerm(RulesetModel model, TermRule term, string text, out TermValue value)
    {
        value = term.Sample;
        if (text == "unlimited")
        {
            value = new TermValue { IsUnlimited = true };
            return term.Kind is TermKind.Credits or TermKind.Money;
        }

        switch (term.Kind)
        {
            case TermKind.Duration:
                return TryReadDuration(text, out value);
            case TermKind.BucketOrder:
                return TryReadOrder(model, text, out value);
            default:
                return TryReadAmounts(term, text, out value);
        }
    }

    private static bool TryReadAmounts(TermRule term, string text, out TermValue value)
    {
        value = term.Sample;
        var parts = text.Split(", ");
        if (parts.Length > 16 || (parts.Length > 1 && term.Kind != TermKind.PercentList))
        {
            return false;
        }

        var amounts = ImmutableArray.CreateBuilder<ExactDecimal>(parts.Length);
        foreach (var part in parts)
        {
            var figure = part.AsSpan().Trim();
            figure = figure.EndsWith("%") ? figure[..^1] : figure.IndexOf(' ') is var space and > 0 ? figure[..space] : figure;
            if (!ExactDecimal.TryParse(Ungrouped(figure), out var amount) || amount.IsNegative || amount.Scale > 9 || amount > MostOf(term.Kind))
            {
                return false;
            }

            amounts.Add(amount);
        }

        value = new TermValue { Amounts = amounts.MoveToImmutable() };
        return true;
    }

    private static long MostOf(TermKind kind) => kind is TermKind.Percent or TermKind.PercentList ? 100 : Scaled.AmountLimit;

    private static string Ungrouped(ReadOnlySpan<char> figure) => figure.ToString().Replace(",", "", StringComparison.Ordinal);

    private static bool TryReadDuration(string text, out TermValue value)
    {
        value = new TermValue();
        var parts = text.Split(' ');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 1200)
        {
            return false;
        }

        CalendarUnit? unit = parts[1].TrimEnd('s') switch
        {
            "hour" => CalendarUnit.Hour,
            "day" => CalendarUnit.Day,
            "week" => CalendarUnit.Week,
            "month" => CalendarUnit.Month,
            "year" => CalendarUnit.Year,
            _ => null,
        };
        value = new TermValue { Interval = unit is { } known ? new CalendarSpan(count, known) : null };
        return unit is not null;
    }

    private static bool TryReadOrder(RulesetModel model, string text, out TermValue value)
    {
        value = new TermValue();
        var buckets = ImmutableArray.CreateBuilder<int>();
        foreach (var part in text.Split(','))
        {
            var name = part.Trim();
            name = name.StartsWith("then ", StringComparison.Ordinal) ? name[5..] : name;
            if (model.FindBucket(name) is not { } bucket || buckets.Contains(bucket.Index))
            {
                return false;
            }

            buckets.Add(bucket.Index);
        }

        value = new TermValue { Buckets = buckets.ToImmutable() };
        return true;
    }
}
