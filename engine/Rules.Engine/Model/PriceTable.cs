using System.Numerics;

namespace Rules.Engine.Model;

/// <summary>
/// A price in integers over its common denominator: one unit is 10^-<see cref="Scale"/> credits. The width (Int64, Int128 or BigInteger) is
/// the smallest for which <see cref="PriceTableBuilder"/> proves that no total can overflow.
/// </summary>
internal abstract class PriceTable(PriceRule rule, int scale, int decimals, RoundingMode rounding)
{
    public PriceRule Rule { get; } = rule;

    /// <summary>Decimal places of every amount; never below the credit's.</summary>
    public int Scale { get; } = scale;

    public int Decimals { get; } = decimals;

    public RoundingMode Rounding { get; } = rounding;

    /// <summary>Name of the integer type, for people.</summary>
    public abstract string Width { get; }
}

/// <inheritdoc/>
internal sealed class PriceTable<T>(PriceRule rule, BodyTable<T>[] bodies, int scale, int decimals, RoundingMode rounding)
    : PriceTable(rule, scale, decimals, rounding)
    where T : struct, IBinaryInteger<T>
{
    /// <summary>By <see cref="PriceBody.Index"/>.</summary>
    public BodyTable<T>[] Bodies { get; } = bodies;

    /// <summary>The smallest unit of the credit in units of the price.</summary>
    public T Unit { get; } = Scaled.PowerOfTen<T>(scale - decimals);

    public override string Width => typeof(T).Name;
}

/// <summary>One tier, or a single price. A rate is per unit of the scaled quantity; per package where <see cref="Package"/> is set.</summary>
internal readonly struct TierTable<T>
    where T : struct, IBinaryInteger<T>
{
    public required T Start { get; init; }

    /// <summary>Beyond every legal quantity for the last tier.</summary>
    public required T End { get; init; }

    public required T Rate { get; init; }

    public T Fee { get; init; }

    /// <summary>Scaled size of a package; 0: the exact share.</summary>
    public T Package { get; init; }

    /// <summary>A cap on the part; meaningful where <see cref="IsCapped"/>.</summary>
    public T Cap { get; init; }

    public bool IsCapped { get; init; }

    public bool CompletePackages { get; init; }

    public bool FeeEvenAtZero { get; init; }

    public bool IncludesStart { get; init; }

    public bool IsWaived { get; init; }

    /// <summary>How much of a scope's total falls in the tier; a total below zero mirrors the one above it.</summary>
    public T Width(T total) => T.IsNegative(total)
        ? -T.Max(T.Zero, T.Min(-total, End) - Start)
        : T.Max(T.Zero, T.Min(total, End) - Start);

    /// <summary>min(cap, rate × packs(w) + fee if reached): <c>part(w)</c> of language 8.3, step 4, with part(-w) = -part(w).</summary>
    public T Part(T width)
    {
        if (T.IsNegative(width))
        {
            return -Part(-width);
        }

        var amount = Rate * Packs(width);
        if (width > T.Zero || FeeEvenAtZero)
        {
            amount += Fee;
        }

        return IsCapped && amount > Cap ? Cap : amount;
    }

    private T Packs(T width)
    {
        if (Package == T.Zero)
        {
            return width;
        }

        var (whole, rest) = T.DivRem(width, Package);
        return rest > T.Zero && !CompletePackages ? whole + T.One : whole;
    }
}

internal enum LineForm
{
    /// <summary>Once per event.</summary>
    Each,

    /// <summary>Graduated tiers of plain rates: no fee, cap or package. The hot case.</summary>
    PlainGraduated,
    Graduated,
    Volume,
    Matrix,
}

/// <summary>One line of a body in scaled integers.</summary>
internal sealed class LineTable<T>
    where T : struct, IBinaryInteger<T>
{
    public required PriceLine Line { get; init; }

    public required LineForm Form { get; init; }

    /// <summary>Place of the meter; -1 for <see cref="LineForm.Each"/>.</summary>
    public int Meter { get; init; } = -1;

    /// <summary>Tiers, or the rows of a matrix, or the one cost of <c>each</c>.</summary>
    public required TierTable<T>[] Tiers { get; init; }

    /// <summary>
    /// Plain tiers as a sum that needs no branch, of rate × min(quantity, end), where a rate is what the tier's own exceeds the next by; empty where a tier is
    /// waived and in other forms.
    /// </summary>
    public (T End, T Rate)[] Rungs { get; init; } = [];

    /// <summary>Place of the meter whose counted total chooses a volume tier; null: what is charged of the line's own.</summary>
    public int? TiersBy { get; init; }

    /// <summary>Scaled step that the scope's total is rounded to; 0: none.</summary>
    public T Step { get; init; }

    public ConversionRounding StepRounding { get; init; }

    /// <summary>Free units, scaled; 0: none, or as many as the free events count.</summary>
    public T Free { get; init; }

    /// <summary>Free units or free events come off the total.</summary>
    public bool HasAllowance { get; init; }

    /// <summary>What is charged of a scope's total: converted, then without what is free (language 8.3, steps 2 and 3).</summary>
    /// <param name="free">What the free events counted; the total where events are not free by number.</param>
    public T Chargeable(T total, T free)
    {
        if (T.IsNegative(total))
        {
            return -Chargeable(-total, -free);
        }

        total = Convert(total);
        if (!HasAllowance)
        {
            return total;
        }

        free = Convert(free);
        return total - (Free == T.Zero ? free : T.Min(free, Free));
    }

    private T Convert(T total) => Step == T.Zero ? total : Scaled.RoundToStep(total, Step, StepRounding);
}

/// <summary>One body in scaled integers.</summary>
internal sealed class BodyTable<T>
    where T : struct, IBinaryInteger<T>
{
    public required PriceBody Body { get; init; }

    public required LineTable<T>[] Lines { get; init; }

    /// <summary>Costs of the rows of the body's table, by row; empty without one.</summary>
    public required TierTable<T>[] Rows { get; init; }

    /// <summary>Scaled floors by meter, 0 for none; null without any.</summary>
    public T[]? Floors { get; init; }

    /// <summary>Scaled additions by meter.</summary>
    public T[]? Additions { get; init; }

    /// <summary>(1 + mark-up) × (1 - discount), as an integer that lifts the sum of the lines to the price's scale.</summary>
    public required T Multiplier { get; init; }

    public bool HasAllowance { get; init; }

    /// <summary>Scaled free units by meter, 0 for none.</summary>
    public required T[] FreeUnits { get; init; }

    /// <summary>So many events of a scope are free; without end where events are not free by number.</summary>
    public long FreeEvents { get; init; } = long.MaxValue;

    /// <summary>Quantities below zero are priced.</summary>
    public bool CanCorrect { get; init; }

    /// <summary>Bounds of one event; null: none.</summary>
    public T? EventLeast { get; init; }

    public T? EventMost { get; init; }

    /// <summary>Upper bound of the scope's total; null: none.</summary>
    public T? ScopeMost { get; init; }

    /// <summary>Lower bound of the scope's total, due when the scope closes; null: none.</summary>
    public T? ScopeLeast { get; init; }

    /// <summary>True where an event's amount is only the sum of plain lines and rows: nothing to adjust, bound or give free.</summary>
    public required bool IsPlain { get; init; }

    /// <summary>Scale of the lines' amounts, before <see cref="Multiplier"/>.</summary>
    public required int LineScale { get; init; }
}
