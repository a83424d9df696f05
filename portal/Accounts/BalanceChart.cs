using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Ledger;
using Rules.Portal.Display;

namespace Rules.Portal.Accounts;

/// <summary>What was left of grants and purchases over the last days and would be over the next ones, postpaid use left out; drawn from zero into a field of <see cref="Width"/> by <see cref="Height"/>.</summary>
/// <param name="Line">Points of what was; empty where no balance is kept.</param>
/// <param name="Forecast">Points at the pace of the last days; empty where nothing can be said.</param>
/// <param name="Cone">Points of the area between the quietest and the busiest of these days.</param>
/// <param name="Grants">What came in.</param>
public sealed record BalanceChart(
    string Line, string Forecast, string Cone, ImmutableArray<ChartMark> Grants, ImmutableArray<ChartMark> Days, ImmutableArray<ChartMark> Levels, int NowX)
{
    public const int Width = 960;

    public const int Height = 220;

    /// <summary>Days that the line goes back.</summary>
    public const int Back = 30;

    /// <summary>Days that the forecast goes ahead.</summary>
    public const int Ahead = 10;

    public const int Left = 64;
    public const int Right = 8;
    public const int Top = 12;
    public const int Bottom = 24;

    // A point for every three hours: a grant stands upright.
    private const int PointsPerDay = 8;

    /// <summary>The instants of which the balance is asked.</summary>
    public static ImmutableArray<Instant> Instants(Instant now) =>
        [.. Enumerable.Range(0, (Back * PointsPerDay) + 1).Select(i => now - (Duration.FromHours(24 / PointsPerDay) * ((Back * PointsPerDay) - i)))];

    /// <param name="slow">Smallest units used on the quietest of the days behind the pace; <paramref name="fast"/> on the busiest.</param>
    /// <returns>Null where no balance is kept.</returns>
    public static BalanceChart? Of(AccountOutlook outlook, ImmutableArray<BalancePoint> points, Int128 slow, Int128 fast, DateTimeZone zone)
    {
        var now = outlook.Account.At;
        var available = outlook.Granted;
        if (outlook.Account.Buckets.IsEmpty || outlook.Account.Lots.All(static lot => lot.Lot.Origin == LotOrigin.Postpaid))
        {
            return null;
        }

        var first = now - Duration.FromDays(Back);
        var last = now + Duration.FromDays(Ahead);
        var known = points.Where(static point => point.Available is not null).Select(static point => (point.At, Units: (Int128)point.Available!.Value)).Append((At: now, Units: available)).ToList();
        var (step, steps) = ChartScale.For(known.Max(static point => point.Units), outlook.Account.Decimals);
        int X(Instant at) => Left + (int)((at - first).TotalHours * (Width - Left - Right) / (last - first).TotalHours);
        int Y(Int128 units) => Height - Bottom - (int)(Int128.Max(0, units) * (Height - Top - Bottom) / (step * steps));
        string Place(Instant at, Int128 units) => string.Create(CultureInfo.InvariantCulture, $"{X(at)},{Y(units)}");

        // At a pace, until nothing is left, the cycle ends or the field does.
        IEnumerable<(Instant At, Int128 Units)> Path(Int128 units, Duration window)
        {
            var ends = outlook.Ends(units, window, available);
            var to = Instant.Min(ends.At ?? last, last);
            yield return (now, available);
            var rest = ends.Kind == RunOutKind.At && ends.At <= last ? 0 : Int128.Max(0, available - (units * (to - now).BclCompatibleTicks / window.BclCompatibleTicks));
            yield return (to, rest);
            if (rest == 0)
            {
                yield return (Instant.Min(outlook.Account.Cycle?.End ?? last, last), 0);
            }
        }

        var hasPace = outlook.Units > 0 && available > 0;
        var day = Duration.FromDays(1);
        return new BalanceChart(
            string.Join(' ', known.Select(point => Place(point.At, point.Units))),
            hasPace ? string.Join(' ', Path(outlook.Units, outlook.To - outlook.From).Select(point => Place(point.At, point.Units))) : "",
            hasPace ? string.Join(' ', Path(slow, day).Concat(Path(fast, day).Reverse()).Select(point => Place(point.At, point.Units))) : "",
            [.. outlook.Account.Lots.Where(lot => lot.Lot.Origin != LotOrigin.Postpaid && lot.Lot.EffectiveAt >= first && lot.Lot.EffectiveAt <= now).Select(lot => new ChartMark(
                X(lot.Lot.EffectiveAt), 0, $"+{AmountText.OfUnits(lot.Lot.Amount, outlook.Account.Decimals)} into {lot.Lot.Bucket}, {InstantText.WithZone(zone, lot.Lot.EffectiveAt)}"))],
            [.. Midnights(first, last, zone).Select(at => new ChartMark(X(at), 0, at.InZone(zone).Date.ToString("d MMM", CultureInfo.InvariantCulture)))],
            [.. Enumerable.Range(0, steps + 1).Select(i => new ChartMark(0, Y(step * i), AmountText.Of(AccountOutlook.Plain(step * i, outlook.Account.Decimals)).ToString()))],
            X(now));
    }

    private static IEnumerable<Instant> Midnights(Instant first, Instant last, DateTimeZone zone)
    {
        for (var day = first.InZone(zone).Date.PlusDays(1); zone.AtStartOfDay(day).ToInstant() < last; day = day.PlusDays(7))
        {
            yield return zone.AtStartOfDay(day).ToInstant();
        }
    }
}

/// <param name="Words">What stands there.</param>
public sealed record ChartMark(int X, int Y, string Words);
