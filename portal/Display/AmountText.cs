using System.Globalization;

namespace Rules.Portal.Display;

/// <summary>
/// An exact amount as it is printed: sign, grouped whole part, the digits after the point that say something, and the zeros that only
/// fill up to the declared places. Numbers are written as in the rule language (1,204.5) whatever the server's culture.
/// </summary>
/// <param name="Sign">Empty, "−" (U+2212), "+" or "±".</param>
/// <param name="Whole">Digits, grouped in threes by commas.</param>
/// <param name="Fraction">Empty, or the point and digits up to the last that is not zero.</param>
/// <param name="Zeros">The padding zeros; it starts with the point where <paramref name="Fraction"/> is empty.</param>
public readonly record struct AmountText(string Sign, string Whole, string Fraction, string Zeros)
{
    public override string ToString() => Sign + Whole + Fraction + Zeros;

    public bool IsZero => Fraction.Length == 0 && Whole is "0";

    /// <summary>Takes a noun in the singular.</summary>
    public bool IsOne => Fraction.Length == 0 && Whole is "1" && Sign is not "−";

    /// <summary>An amount in the credit's smallest unit, with all of the credit's <paramref name="decimals"/>.</summary>
    public static AmountText OfUnits(long units, int decimals, bool signed = false) => Of(PlainOfUnits(units, decimals), decimals, signed);

    /// <summary>Plain decimal notation ("-0.0123"), invariant and at full precision: the form for machines and tooltips.</summary>
    public static string PlainOfUnits(long units, int decimals)
    {
        var digits = Int128.Abs(units).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var sign = units < 0 ? "-" : "";
        return decimals == 0 ? sign + digits : $"{sign}{digits.AsSpan(0, digits.Length - decimals)}.{digits.AsSpan(digits.Length - decimals)}";
    }

    /// <summary>
    /// A number in plain decimal notation. Nothing is rounded here.
    /// </summary>
    /// <param name="plain">An optional "-", digits, and optionally a point and digits.</param>
    /// <param name="decimals">At least so many places are printed; further digits are kept.</param>
    /// <param name="signed">Whether a rise says "+" and no change says "±", as changes do.</param>
    /// <exception cref="FormatException">The text is not plain decimal notation.</exception>
    public static AmountText Of(string plain, int decimals = 0, bool signed = false)
    {
        var text = plain.AsSpan();
        var negative = text.StartsWith("-", StringComparison.Ordinal);
        if (negative)
        {
            text = text[1..];
        }

        var point = text.IndexOf('.');
        var whole = (point < 0 ? text : text[..point]).TrimStart('0');
        var places = point < 0 ? [] : text[(point + 1)..];
        if (text.IsEmpty || point == text.Length - 1 || point == 0 || whole.ContainsAnyExceptInRange('0', '9') || places.ContainsAnyExceptInRange('0', '9'))
        {
            throw new FormatException($"\"{plain}\" is not a number in plain decimal notation.");
        }

        var told = places.TrimEnd('0');
        var zeros = new string('0', Math.Max(places.Length, decimals) - told.Length);
        var isZero = whole.IsEmpty && told.IsEmpty;
        var sign = isZero ? (signed ? "±" : "") : negative ? "−" : signed ? "+" : "";
        return told.IsEmpty
            ? new AmountText(sign, Grouped(whole), "", zeros.Length == 0 ? "" : "." + zeros)
            : new AmountText(sign, Grouped(whole), $".{told}", zeros);
    }

    /// <summary>
    /// For summaries: cut to <paramref name="places"/> places, rounded half away from zero. What is not zero never shows as zero: it is
    /// "&lt; 0.01", or "&gt; −0.01" below it.
    /// </summary>
    public static string Summary(string plain, int places = 2)
    {
        var full = Of(plain);
        if (full.IsZero)
        {
            return Of("0", places).ToString();
        }

        var negative = full.Sign == "−";
        var bare = plain.AsSpan().TrimStart('-');
        var point = bare.IndexOf('.');
        var fraction = point < 0 ? "" : bare[(point + 1)..].ToString();
        if (fraction.Length <= places)
        {
            return Of(plain, places).ToString();
        }

        var kept = Int128.Parse(string.Concat(point < 0 ? bare : bare[..point], fraction.AsSpan(0, places)), CultureInfo.InvariantCulture);
        if (kept == 0)
        {
            var least = places == 0 ? "1" : $"0.{new string('0', places - 1)}1";
            return negative ? $"> −{least}" : $"< {least}";
        }

        if (fraction[places] >= '5')
        {
            kept++;
        }

        var digits = kept.ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        var whole = digits.AsSpan(0, digits.Length - places);
        return Of(places == 0 ? $"{(negative ? "-" : "")}{whole}" : $"{(negative ? "-" : "")}{whole}.{digits.AsSpan(digits.Length - places)}", places).ToString();
    }

    /// <summary>A count, grouped in threes.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Grouped(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty)
        {
            return "0";
        }

        Span<char> grouped = stackalloc char[digits.Length + (digits.Length - 1) / 3];
        var at = grouped.Length;
        for (var i = 0; i < digits.Length; i++)
        {
            if (i > 0 && i % 3 == 0)
            {
                grouped[--at] = ',';
            }

            grouped[--at] = digits[^(i + 1)];
        }

        return grouped.ToString();
    }
}
