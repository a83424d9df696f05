using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Pricing;

/// <summary>A usage event checked against a model: names are places, values are codes.</summary>
/// <param name="Quantities">By the action's meters, scaled to each meter's places; 0 where not reported.</param>
/// <param name="Reported">Bit i is set where meter i was reported.</param>
/// <param name="Facts">By <see cref="Fact.Index"/>: the account's, <c>plan</c>, the action's; normal values filled in.</param>
internal readonly record struct ResolvedEvent(ActionRule Action, Int128[] Quantities, ulong Reported, FactValue[] Facts)
{
    /// <param name="facts">The account's facts and its plan at the front, normal values filled in; receives the action's behind them.</param>
    public static EvaluationError? Resolve(ActionRule action, FactValue[] facts, UsageEvent usage, out ResolvedEvent resolved)
    {
        resolved = default;
        var quantities = action.Meters.IsEmpty ? [] : new Int128[action.Meters.Length];
        if (ReadQuantities(action, usage.Quantities, quantities, out var reported) is { } badQuantity)
        {
            return badQuantity;
        }

        if (ReadFacts(action, usage.Facts, facts) is { } badFact)
        {
            return badFact;
        }

        if (Correct(action, quantities, facts) is { } negative)
        {
            return negative;
        }

        foreach (var key in usage.Keys)
        {
            if (key.Name != action.Key)
            {
                return EvaluationErrors.UnknownKey(key.Name, action);
            }
        }

        resolved = new ResolvedEvent(action, quantities, reported, facts);
        return usage.Keys.Length > 1 ? EvaluationErrors.BudgetExceeded("keys") : null;
    }

    private static EvaluationError? ReadQuantities(
        ActionRule action, ImmutableArray<MeteredQuantity> stated, Int128[] quantities, out ulong reported)
    {
        reported = 0;
        foreach (var quantity in stated)
        {
            var place = PlaceOf(action.Meters, quantity.Meter);
            if (place < 0)
            {
                return EvaluationErrors.UnknownMeter(quantity.Meter, action);
            }

            var meter = action.Meters[place];
            if ((reported & (1UL << place)) != 0)
            {
                return EvaluationErrors.RepeatedMeter(meter);
            }

            reported |= 1UL << place;
            if (Scale(meter, quantity.Quantity, out quantities[place]) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static EvaluationError? Scale(Meter meter, ExactDecimal quantity, out Int128 scaled)
    {
        scaled = 0;
        if (meter.IsWhole && !quantity.IsWhole)
        {
            return EvaluationErrors.NotWhole(meter, quantity);
        }

        if (quantity.Scale > meter.Places)
        {
            return EvaluationErrors.TooPrecise(meter, quantity);
        }

        if (!Scaled.TryFromExact(quantity, meter.Places, out scaled) || Int128.Abs(scaled) >= Limit(meter))
        {
            return EvaluationErrors.TooLarge(meter);
        }

        return null;
    }

    // The body that prices the event says what a quantity below zero does.
    private static EvaluationError? Correct(ActionRule action, Int128[] quantities, ReadOnlySpan<FactValue> facts)
    {
        for (var i = 0; i < quantities.Length; i++)
        {
            if (quantities[i] >= 0)
            {
                continue;
            }

            switch (action.Price?.BodyFor(facts).Corrections)
            {
                case Corrections.Allowed:
                    break;
                case Corrections.CostNothing:
                    quantities[i] = 0;
                    break;
                default:
                    return EvaluationErrors.Negative(action.Meters[i], Scaled.ToExact(quantities[i], action.Meters[i].Places));
            }
        }

        return null;
    }

    /// <summary>Scaled quantities of a meter, in one event and in total of a scope, are below this.</summary>
    public static Int128 Limit(Meter meter) => meter.IsWhole ? Scaled.QuantityLimit : (Int128)Scaled.QuantityLimit * Scaled.Billion;

    private static int PlaceOf(ImmutableArray<Meter> meters, string name)
    {
        for (var i = 0; i < meters.Length; i++)
        {
            if (meters[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static EvaluationError TooManyFacts(ActionRule action, ImmutableArray<NamedText> stated) =>
        stated.FirstOrDefault(s => !action.Facts.Any(f => f.Name == s.Name)) is { Name: not null } unknown
            ? EvaluationErrors.UnknownFact(unknown.Name, action)
            : EvaluationErrors.BudgetExceeded("facts");

    private static EvaluationError? ReadFacts(ActionRule action, ImmutableArray<NamedText> stated, FactValue[] facts)
    {
        if (stated.Length > action.Facts.Length)
        {
            return TooManyFacts(action, stated);
        }

        for (var i = action.AccountFacts; i < facts.Length; i++)
        {
            facts[i] = FactValue.Missing;
        }

        foreach (var (name, text) in stated)
        {
            var place = action.AccountFacts;
            while (place < facts.Length && action.Facts[place].Name != name)
            {
                place++;
            }

            if (place == facts.Length)
            {
                return EvaluationErrors.UnknownFact(name, action);
            }

            if (!facts[place].IsMissing)
            {
                return EvaluationErrors.RepeatedFact(name);
            }

            if (!action.Facts[place].TryRead(text, out facts[place]))
            {
                return EvaluationErrors.NotAValue(action.Facts[place], text, "facts." + name);
            }
        }

        for (var i = 0; i < facts.Length; i++)
        {
            if (facts[i].IsMissing && action.Facts[i].Owner != FactOwner.Plan)
            {
                if (action.Facts[i].Normally is not { } normally)
                {
                    return EvaluationErrors.MissingFact(action.Facts[i]);
                }

                facts[i] = normally;
            }
        }

        return null;
    }
}
