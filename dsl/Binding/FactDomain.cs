using System.Collections.Immutable;
using System.Globalization;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>The kinds of values a fact may have.</summary>
public enum FactDomainKind
{
    /// <summary><c>yes or no</c>.</summary>
    YesNo,

    /// <summary><c>on or off</c>.</summary>
    OnOff,

    /// <summary>A day in the rule set's zone.</summary>
    Date,

    /// <summary>A number, for conditions only.</summary>
    Number,

    /// <summary>A value of a declared list.</summary>
    List,

    /// <summary>One of the values written in the declaration.</summary>
    OneOf,

    /// <summary>The name of a declared plan.</summary>
    Plan,
}

/// <summary>The values a fact may have. <see cref="Values"/> holds the members of a closed enumeration in declared order and is empty for dates and numbers.</summary>
public sealed record FactDomain(FactDomainKind Kind, ImmutableArray<string> Values, ListSymbol? List = null)
{
    /// <summary><c>yes or no</c>.</summary>
    public static FactDomain YesNo { get; } = new(FactDomainKind.YesNo, ["yes", "no"]);

    /// <summary><c>on or off</c>.</summary>
    public static FactDomain OnOff { get; } = new(FactDomainKind.OnOff, ["on", "off"]);

    /// <summary>Any day.</summary>
    public static FactDomain Date { get; } = new(FactDomainKind.Date, []);

    /// <summary>Any number.</summary>
    public static FactDomain Number { get; } = new(FactDomainKind.Number, []);

    /// <summary>A closed set of names: everything but dates and numbers.</summary>
    public bool IsEnumeration => Kind is not (FactDomainKind.Date or FactDomainKind.Number);

    /// <summary>A bare name may stand for <c>is yes</c> or <c>is on</c>.</summary>
    public bool IsSwitch => Kind is FactDomainKind.YesNo or FactDomainKind.OnOff;
}

/// <summary>Which member of a <see cref="FactValue"/> holds the value.</summary>
public enum FactValueKind
{
    /// <summary>A name of an enumeration: <see cref="FactValue.Name"/>.</summary>
    Name,

    /// <summary>A number: <see cref="FactValue.Number"/>.</summary>
    Number,

    /// <summary>A day: <see cref="FactValue.Date"/>.</summary>
    Date,
}

/// <summary>The value of a fact. Members of an enumeration are names, also where they are written as numbers (<c>one of 1, 2</c>).</summary>
public readonly record struct FactValue
{
    private FactValue(FactValueKind kind, string name, ExactDecimal number, DateOnly date) =>
        (Kind, Name, Number, Date) = (kind, name, number, date);

    /// <summary>Which of the other members holds the value.</summary>
    public FactValueKind Kind { get; }

    /// <summary>Empty unless <see cref="Kind"/> is <see cref="FactValueKind.Name"/>.</summary>
    public string Name { get; }

    /// <summary>Zero unless <see cref="Kind"/> is <see cref="FactValueKind.Number"/>.</summary>
    public ExactDecimal Number { get; }

    /// <summary>The first day unless <see cref="Kind"/> is <see cref="FactValueKind.Date"/>.</summary>
    public DateOnly Date { get; }

    /// <summary>A member of an enumeration.</summary>
    public static FactValue OfName(string name) => new(FactValueKind.Name, name, default, default);

    /// <summary>A number.</summary>
    public static FactValue OfNumber(ExactDecimal number) => new(FactValueKind.Number, "", number, default);

    /// <summary>A day.</summary>
    public static FactValue OfDate(DateOnly date) => new(FactValueKind.Date, "", default, date);

    /// <summary>The value as text: the name, the plain number, or the day as 2026-03-28.</summary>
    public override string ToString() => Kind switch
    {
        FactValueKind.Number => Number.ToString(),
        FactValueKind.Date => Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Name,
    };
}
