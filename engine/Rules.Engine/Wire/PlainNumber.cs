namespace Rules.Engine.Wire;

/// <summary>
/// Plain decimal notation, checked on the raw text before any conversion: an optional minus, digits without a leading zero, optionally a
/// point and digits. A conversion first would round 31 digits, turn 1e-40 into 0 and read 1e400 as infinity without a word.
/// </summary>
internal static class PlainNumber
{
    /// <summary>Null where the text is a plain number within <see cref="WireLimits"/>; else what is wrong with it, as the end of a sentence.</summary>
    public static string? Fault(ReadOnlySpan<byte> text)
    {
        var negative = text.StartsWith((byte)'-');
        var rest = negative ? text[1..] : text;
        if (rest.IsEmpty)
        {
            return "has no digits";
        }

        var point = rest.IndexOf((byte)'.');
        var whole = point < 0 ? rest : rest[..point];
        var fraction = point < 0 ? [] : rest[(point + 1)..];
        if (whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return "is not in plain decimal notation";
        }

        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty))
        {
            return "needs a digit on both sides of its point";
        }

        if (whole.Length > 1 && whole[0] == '0')
        {
            return "begins with a zero too many";
        }

        if (whole.Length > WireLimits.IntegerDigits)
        {
            return "has more than 18 digits before the point";
        }

        if (fraction.Length > WireLimits.FractionDigits)
        {
            return "has more than 9 digits after the point";
        }

        return negative && !rest.ContainsAnyInRange((byte)'1', (byte)'9') ? "is zero with a minus" : null;
    }

    /// <summary>The digits of a text that has no fault, without its point, and how many stood after the point.</summary>
    public static (Int128 Digits, int Scale) Parse(ReadOnlySpan<byte> text)
    {
        Int128 digits = 0;
        var scale = 0;
        var afterPoint = false;
        foreach (var character in text)
        {
            if (character == '.')
            {
                afterPoint = true;
            }
            else if (character != '-')
            {
                digits = (digits * 10) + (character - '0');
                scale += afterPoint ? 1 : 0;
            }
        }

        return (text[0] == '-' ? -digits : digits, scale);
    }
}
