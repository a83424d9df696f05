using System.Collections.Immutable;
using System.Globalization;
using NodaTime.Text;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>The kinds of values a fact may have.</summary>
public enum FactKind
{
    YesNo = 1,
    OnOff = 2,

    /// <summary>A day in the ruleset's zone.</summary>
    Date = 3,

    /// <summary>A number, for conditions only; up to 9 decimals.</summary>
    Number = 4,

    /// <summary>One of the values written in the declaration.</summary>
    OneOf = 5,

    /// <summary>A value of a declared list.</summary>
    List = 6,

    /// <summary>The name of a declared plan, or none.</summary>
    Plan = 7,
}

/// <summary>Who states a fact.</summary>
public enum FactOwner
{
    /// <summary>A dated fact of the account.</summary>
    Account = 1,

    /// <summary>The built-in <c>plan</c>.</summary>
    Plan = 2,

    /// <summary>A fact of the usage event.</summary>
    Action = 3,
}

/// <summary>
/// A fact's value as one integer: the place in <see cref="Fact.Values"/> of an enumeration, the days since 1970-01-01 of a date, a number
/// in billionths.
/// </summary>
public readonly record struct FactValue(Int128 Code)
{
    /// <summary>Nothing was stated; no test of a fact holds for it.</summary>
    public static FactValue Missing { get; } = new(Int128.MinValue);

    public bool IsMissing => Code == Int128.MinValue;
}

/// <summary>A fact that conditions and rows may read.</summary>
/// <param name="Index">
/// Its place in the values of an evaluation: the account's facts in declared order, then <c>plan</c>, then the action's facts. Facts of
/// different actions share places.
/// </param>
/// <param name="Values">Members of a closed enumeration in declared order; empty for dates and numbers.</param>
/// <param name="Normally">The value when none is stated; null: it must be stated.</param>
public sealed record Fact(
    int Index, string Name, FactOwner Owner, FactKind Kind, ImmutableArray<string> Values, FactValue? Normally, TextLocation Location)
{
    /// <summary>Places of a number fact.</summary>
    internal const int NumberScale = 9;

    private static readonly NodaTime.LocalDate s_epoch = new(1970, 1, 1);

    /// <summary>Reads a value in the rule file's notation. Names are case-sensitive.</summary>
    public bool TryRead(string text, out FactValue value)
    {
        value = FactValue.Missing;
        switch (Kind)
        {
            case FactKind.Date:
                var day = LocalDatePattern.Iso.Parse(text);
                if (day.Success)
                {
                    value = OfDay(day.Value);
                }

                return day.Success;
            case FactKind.Number:
                return ExactDecimal.TryParse(text, out var number) && TryScale(number, out value);
            default:
                // A scan: enumerations are short, and the string comparer checks the length first.
                for (var i = 0; i < Values.Length; i++)
                {
                    if (Values[i] == text)
                    {
                        value = new FactValue(i);
                        return true;
                    }
                }

                return false;
        }
    }

    /// <summary>The value in the rule file's notation.</summary>
    public string Write(FactValue value) => value.IsMissing ? "not stated" : Kind switch
    {
        FactKind.Date => LocalDatePattern.Iso.Format(DayOf(value)),
        FactKind.Number => Scaled.ToExact(value.Code, NumberScale).ToGroupedString(),
        _ => Values[(int)value.Code],
    };

    public static FactValue OfDay(NodaTime.LocalDate day) => new(NodaTime.Period.DaysBetween(s_epoch, day));

    public static NodaTime.LocalDate DayOf(FactValue value) => s_epoch.PlusDays((int)value.Code);

    internal static bool TryScale(ExactDecimal number, out FactValue value)
    {
        value = FactValue.Missing;
        if (!Scaled.TryFromExact<Int128>(number, NumberScale, out var code) || Int128.Abs(code) >= (Int128)Scaled.QuantityLimit * Scaled.Billion)
        {
            return false;
        }

        value = new FactValue(code);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}#{Index}");
}
