using System.Numerics;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Portal.Drafts;

namespace Rules.Portal.Pages.Shared;

/// <summary>A chart by day of one figure, or of one beside another, with its table.</summary>
/// <param name="Title">What is drawn: <c>Credits a day</c>.</param>
/// <param name="Decimals">Of the figure.</param>
public sealed record DayLines(DayChart Chart, string Title, int Decimals)
{
    private static readonly LocalDatePattern _day = LocalDatePattern.CreateWithInvariantCulture("d MMM");
    private static readonly LocalDatePattern _long = LocalDatePattern.CreateWithInvariantCulture("ddd d MMM uuuu");

    /// <summary>Tells the chart from others of its page.</summary>
    public string Id { get; init; } = "chart";

    /// <summary>What is drawn dashed, as the table's head; null: nothing is.</summary>
    public string? Before { get; init; } = "As charged";

    /// <summary>What is drawn in full, as the table's head.</summary>
    public string After { get; init; } = "Draft";

    /// <summary>The figure of <see cref="After"/> comes first in the table.</summary>
    public bool IsAfterFirst { get; init; }

    /// <summary>The last day of the table; null: that of the chart.</summary>
    public LocalDate? Last { get; init; }

    /// <summary>The last day of the chart is not over: it is drawn pale, as it says nothing beside whole days yet.</summary>
    public bool IsLastOpen { get; init; }

    /// <summary>Where a day of the table leads; null: nowhere.</summary>
    public Func<LocalDate, string>? Link { get; init; }

    /// <summary>In the place of the table, where the figures are elsewhere; null: the table stands below.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>For whoever does not see it.</summary>
    public string Sentence => $"{Title} from {_day.Format(Chart.Days[0].Day)} to {_day.Format(Last ?? Chart.Days[^1].Day)}"
        + $"{(Before is null ? "" : $", {Lower(Before)} and {Lower(After)}")}; {Elsewhere ?? "the table below has the figures"}.";

    /// <summary>Days on which there was anything.</summary>
    public IEnumerable<ChartDay> Shown => Chart.Days.Where(shown => !(shown.Day > Last) && (shown.Before != 0 || shown.After != 0));

    /// <summary>Smallest units in plain decimal notation.</summary>
    public string Plain(Int128 units) => new ExactDecimal((BigInteger)units, Decimals).ToString();

    /// <summary>With its day of the week and its year.</summary>
    public static string Long(LocalDate day) => _long.Format(day);

    public static string Short(LocalDate day) => _day.Format(day);

    private static string Lower(string words) => char.ToLowerInvariant(words[0]) + words[1..];
}
