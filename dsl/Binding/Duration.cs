using System.Globalization;

namespace Rules.Dsl.Binding;

/// <summary>The unit of a duration. Hours are exact; days and weeks are calendar days; months and years clamp to the last day of the month.</summary>
public enum DurationUnit
{
    /// <summary>60 minutes of real time.</summary>
    Hour,

    /// <summary>A calendar day.</summary>
    Day,

    /// <summary>Seven calendar days.</summary>
    Week,

    /// <summary>A calendar month from an anchor.</summary>
    Month,

    /// <summary>Twelve months from an anchor.</summary>
    Year,
}

/// <summary>A length of time as written. Units do not convert into one another: 30 days are never a month. The count is 1 or more.</summary>
public readonly record struct Duration(int Count, DurationUnit Unit)
{
    /// <summary>As the language writes it: <c>3 months</c>, <c>1 day</c>.</summary>
    public override string ToString()
    {
        var unit = Unit switch
        {
            DurationUnit.Hour => "hour",
            DurationUnit.Day => "day",
            DurationUnit.Week => "week",
            DurationUnit.Month => "month",
            _ => "year",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Count} {unit}{(Count == 1 ? "" : "s")}");
    }
}
