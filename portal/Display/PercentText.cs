using System.Globalization;
using System.Numerics;

namespace Rules.Portal.Display;

/// <summary>Percentages as pages show them: one decimal, and a narrow no-break space before the sign, so that a line never ends between the two.</summary>
public static class PercentText
{
    private const string Sign = "\u202f%";

    /// <summary>A part of a whole; empty where there is no whole. What is not nothing never shows as zero.</summary>
    public static string Share(Int128 part, Int128 whole)
    {
        if (whole <= 0 || part < 0)
        {
            return "";
        }

        var tenths = (((BigInteger)part * 2000 / (BigInteger)whole) + 1) / 2;
        return tenths.IsZero && part > 0 ? "< 0.1" + Sign : OfTenths(tenths);
    }

    /// <summary>A change with its sign; empty where there was nothing before.</summary>
    public static string Change(Int128 before, Int128 after)
    {
        if (before <= 0)
        {
            return "";
        }

        var change = (BigInteger)(after - before) * 2000 / (BigInteger)before;
        var tenths = (change + change.Sign) / 2;
        return tenths.IsZero
            ? after == before ? "±0.0" + Sign : after > before ? "< +0.1" + Sign : "> −0.1" + Sign
            : (tenths.Sign < 0 ? "−" : "+") + OfTenths(BigInteger.Abs(tenths));
    }

    /// <summary>A change, or "new" where something came after nothing; empty where nothing did.</summary>
    public static string ChangeOrNew(Int128 before, Int128 after) =>
        Change(before, after) is { Length: > 0 } change ? change : after > 0 ? "new" : "";

    /// <param name="tenths">Of a per cent; not below zero.</param>
    public static string OfTenths(BigInteger tenths) => string.Create(CultureInfo.InvariantCulture, $"{tenths / 10:#,0}.{tenths % 10}") + Sign;

    /// <summary>A whole number, which may be below zero.</summary>
    public static string OfWhole(int number) => (number < 0 ? "−" : "") + Math.Abs((long)number).ToString(CultureInfo.InvariantCulture) + Sign;

    /// <summary>A figure as the engine writes it, with a plain space before the sign.</summary>
    public static string Spaced(string figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return figure.Replace(" %", Sign, StringComparison.Ordinal);
    }
}
