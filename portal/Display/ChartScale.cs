using System.Globalization;

namespace Rules.Portal.Display;

/// <summary>Where the lines of a chart that begins at zero stand.</summary>
/// <param name="Step">Smallest units between two lines: 1, 2 or 5 with zeros.</param>
/// <param name="Steps">Lines above the base, 1 to 5.</param>
public readonly record struct ChartScale(Int128 Step, int Steps)
{
    /// <summary>The value of the highest line.</summary>
    public Int128 Whole => Step * Steps;

    /// <param name="largest">What has to find room; smallest units.</param>
    public static ChartScale For(Int128 largest, int decimals)
    {
        var step = Int128.Max(1, Int128.Parse("1" + new string('0', decimals), CultureInfo.InvariantCulture) / 1000);
        for (var i = 0; step * 5 < largest; i++)
        {
            step = i % 3 == 1 ? step / 2 * 5 : step * 2;
        }

        return new ChartScale(step, (int)Int128.Max(1, (largest + step - 1) / step));
    }
}
