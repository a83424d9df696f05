using System.Collections.Immutable;
using System.Globalization;
using Rules.Ledger;
using Rules.Portal.Display;

namespace Rules.Portal.Accounts;

/// <summary>What was used on each day, as bars from zero, for accounts whose balance cannot be drawn.</summary>
public sealed record UseChart(ImmutableArray<ChartBar> Bars, ImmutableArray<ChartMark> Days, ImmutableArray<ChartMark> Levels)
{
    /// <returns>Null where nothing was used.</returns>
    public static UseChart? Of(ImmutableArray<DayUse> days, int decimals)
    {
        var largest = days.Select(static day => day.Units).DefaultIfEmpty(0).Max();
        if (largest <= 0)
        {
            return null;
        }

        var scale = ChartScale.For(largest, decimals);
        var room = BalanceChart.Width - BalanceChart.Left - BalanceChart.Right;
        int X(int index) => BalanceChart.Left + (index * room / days.Length);
        int Y(Int128 units) => BalanceChart.Height - BalanceChart.Bottom - (int)(Int128.Max(0, units) * (BalanceChart.Height - BalanceChart.Top - BalanceChart.Bottom) / scale.Whole);
        return new UseChart(
            [.. days.Select((day, i) => new ChartBar(X(i) + 2, Y(day.Units), Math.Max(1, X(i + 1) - X(i) - 4), Y(0) - Y(day.Units),
                $"{day.Day.ToString("d MMM uuuu", CultureInfo.InvariantCulture)}: {AmountText.Of(AccountOutlook.Plain(day.Units, decimals), decimals)}"))],
            [.. days.Select((day, i) => new ChartMark((X(i) + X(i + 1)) / 2, 0, day.Day.ToString("d MMM", CultureInfo.InvariantCulture))).Where((_, i) => i % 7 == 0)],
            [.. Enumerable.Range(0, scale.Steps + 1).Select(i => new ChartMark(0, Y(scale.Step * i), AmountText.Of(AccountOutlook.Plain(scale.Step * i, decimals)).ToString()))]);
    }
}

/// <param name="Words">The day and its amount.</param>
public sealed record ChartBar(int X, int Y, int Width, int Height, string Words);
