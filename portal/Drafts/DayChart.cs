using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Replay;
using Rules.Ledger.Replays;
using Rules.Portal.Display;

namespace Rules.Portal.Drafts;

/// <summary>Credits a day, as they were and under a draft, drawn from zero into a field of <see cref="Width"/> by <see cref="Height"/>.</summary>
public sealed record DayChart(ImmutableArray<ChartDay> Days, ImmutableArray<ChartLine> Lines, int Width)
{
    /// <summary>Width in a pane that stands beside another.</summary>
    public const int Half = 620;

    /// <summary>Width in a pane of the whole page.</summary>
    public const int Whole = 960;

    public const int Height = 190;

    private const int Left = 52;
    private const int Right = 8;
    private const int Top = 8;
    private const int Bottom = 24;

    /// <summary>Points of the polyline of what was charged.</summary>
    public string Published => Points(Days, static day => day.BeforeY);

    /// <summary>Points of the polyline of the draft.</summary>
    public string Drafted => Points(Days, static day => day.AfterY);

    /// <summary>Points of the polyline of the draft up to the last day but one, and from it to the last.</summary>
    public (string Ended, string Open) DraftedInTwo => (Points(Days[..^1], static day => day.AfterY), Points(Days[^2..], static day => day.AfterY));

    /// <summary>Points of the area between both.</summary>
    public string Between => Drafted + " " + string.Join(' ', Days.Reverse().Select(static day => Place(day.X, day.BeforeY)));

    /// <summary>Null where nothing was used.</summary>
    public static DayChart? Of(PastWindow window, int decimals, ImmutableArray<ChargedDay> charged, DateTimeZone zone)
    {
        if (charged.IsEmpty)
        {
            return null;
        }

        return Of(
            window.From.InZone(zone).Date, LocalDate.Max(window.From.InZone(zone).Date.PlusDays(1), window.Until.InZone(zone).Date),
            charged.ToDictionary(static day => day.Day, static day => (day.Before, day.After)), decimals);
    }

    /// <param name="sums">By day, smallest units; a day that is not there has none.</param>
    /// <param name="decimals">Of the units.</param>
    /// <param name="width"><see cref="Half"/> or <see cref="Whole"/>.</param>
    public static DayChart Of(LocalDate first, LocalDate last, IReadOnlyDictionary<LocalDate, (Int128 Before, Int128 After)> sums, int decimals, int width = Half)
    {
        var (step, steps) = ChartScale.For(sums.Values.Select(static day => Int128.Max(day.Before, day.After)).Append(1).Max(), decimals);
        var whole = step * steps;
        var count = Period.Between(first, last, PeriodUnits.Days).Days;
        int X(int index) => Left + (int)((long)index * (width - Left - Right) / count);
        int Y(Int128 value) => Height - Bottom - (int)(Int128.Max(value, 0) * (Height - Top - Bottom) / whole);
        // About six in all; over four weeks and more no closer than a week apart.
        var every = Math.Max(count < 28 ? 1 : 7, (count + 6) / 6);
        var days = Enumerable.Range(0, count + 1).Select(index =>
        {
            var day = first.PlusDays(index);
            var (before, after) = sums.TryGetValue(day, out var sum) ? sum : default;
            return new ChartDay(day, before, after, X(index), Y(before), Y(after), IsLabelled: index % every == 0);
        });
        var lines = Enumerable.Range(0, steps + 1).Select(index => new ChartLine(
            Y(step * index), new ExactDecimal((BigInteger)(step * index), decimals).ToGroupedString()));
        return new DayChart([.. days], [.. lines], width);
    }

    public static int LabelX => Left - 8;

    public static int LineX => Left;

    private static string Points(IEnumerable<ChartDay> days, Func<ChartDay, int> y) => string.Join(' ', days.Select(day => Place(day.X, y(day))));

    private static string Place(int x, int y) => string.Create(CultureInfo.InvariantCulture, $"{x},{y}");
}

/// <param name="Before">Smallest units, as charged.</param>
/// <param name="After">Smallest units, under the draft.</param>
public sealed record ChartDay(LocalDate Day, Int128 Before, Int128 After, int X, int BeforeY, int AfterY, bool IsLabelled);

/// <param name="Words">The amount that the line stands for.</param>
public sealed record ChartLine(int Y, string Words);
