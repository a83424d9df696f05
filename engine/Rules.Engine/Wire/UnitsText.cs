using System.Text;

namespace Rules.Engine.Wire;

/// <summary>Smallest units of a credit as decimal text: exact, without trailing zeros, the same in every culture.</summary>
public static class UnitsText
{
    /// <summary>Sign, 19 digits, a leading zero and the point.</summary>
    public const int MaximumLength = 22;

    /// <summary>895000 with 5 decimals is <c>8.95</c>.</summary>
    public static string Format(long units, int decimals)
    {
        Span<byte> text = stackalloc byte[MaximumLength];
        return Encoding.ASCII.GetString(text[..Format(units, decimals, text)]);
    }

    /// <summary>Writes at the start of a span of at least <see cref="MaximumLength"/> bytes; answers the length.</summary>
    /// <param name="decimals">0 to 9.</param>
    public static int Format(long units, int decimals, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(decimals);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decimals, 9);
        var rest = units < 0 ? (ulong)-(units + 1) + 1 : (ulong)units;
        Span<byte> reversed = stackalloc byte[MaximumLength];
        var length = 0;
        for (var place = 0; place <= decimals || rest != 0; place++)
        {
            var (quotient, digit) = Math.DivRem(rest, 10ul);
            rest = quotient;
            if (place == decimals && length > 0)
            {
                reversed[length++] = (byte)'.';
            }

            // Zeros at the end of the fraction are left out.
            if (place >= decimals || length > 0 || digit != 0)
            {
                reversed[length++] = (byte)('0' + (int)digit);
            }
        }

        if (units < 0)
        {
            reversed[length++] = (byte)'-';
        }

        reversed[..length].Reverse();
        reversed[..length].CopyTo(destination);
        return length;
    }
}
