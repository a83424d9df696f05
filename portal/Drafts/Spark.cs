using System.Collections.Immutable;
using System.Globalization;
using NodaTime;

namespace Rules.Portal.Drafts;

/// <summary>A window's use day by day as a line without axes, drawn from zero into a field of <see cref="Width"/> by <see cref="Height"/>.</summary>
/// <param name="Points">Of a polyline.</param>
/// <param name="Sum">Smallest units.</param>
/// <param name="Most">The day on which the most was used; null where nothing was.</param>
public sealed record Spark(string Points, Int128 Sum, LocalDate? Most)
{
    public const int Width = 120;

    public const int Height = 24;

    private const int Edge = 2;

    /// <param name="count">Days, at least two.</param>
    /// <param name="sums">By day, smallest units; a day that is not there has none.</param>
    public static Spark Of(LocalDate first, int count, IReadOnlyDictionary<LocalDate, Int128> sums)
    {
        ArgumentNullException.ThrowIfNull(sums);
        var days = Enumerable.Range(0, count).Select(index => first.PlusDays(index)).Select(day => (Day: day, Units: Int128.Max(0, sums.GetValueOrDefault(day)))).ToImmutableArray();
        var most = days.MaxBy(static day => day.Units);
        var points = days.Select((day, index) => string.Create(CultureInfo.InvariantCulture,
            $"{Edge + (index * (Width - (2 * Edge)) / (count - 1))},{Height - Edge - (most.Units == 0 ? 0 : (int)(day.Units * (Height - (2 * Edge)) / most.Units))}"));
        return new Spark(string.Join(' ', points), sums.Where(sum => sum.Key >= first && sum.Key < first.PlusDays(count)).Aggregate(Int128.Zero, static (all, sum) => all + sum.Value), most.Units == 0 ? null : most.Day);
    }
}
