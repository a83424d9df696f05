using System.Numerics;
using System.Runtime.CompilerServices;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>Integers that stand for decimals at a fixed number of places, in any of the three widths.</summary>
internal static class Scaled
{
    /// <summary>Every quantity, per event and in total of a scope, is below this in its meter's unit (language, 4.1).</summary>
    public const long QuantityLimit = 1_000_000_000_000_000;

    /// <summary>No entry moves more than this many smallest units.</summary>
    public const long AmountLimit = 1_000_000_000_000_000;

    public const long Billion = 1_000_000_000;

    /// <exception cref="OverflowException">The power does not fit, which the choice of width rules out.</exception>
    public static T PowerOfTen<T>(int exponent)
        where T : IBinaryInteger<T>
    {
        var ten = T.CreateChecked(10);
        var power = T.One;
        for (var i = 0; i < exponent; i++)
        {
            power *= ten;
        }

        return power;
    }

    /// <summary>The value as a number: <paramref name="value"/> × 10^-<paramref name="places"/>.</summary>
    public static ExactDecimal ToExact<T>(T value, int places)
        where T : IBinaryInteger<T> => typeof(T) == typeof(BigInteger)
            ? new ExactDecimal((BigInteger)(object)value, places)
            : new ExactDecimal(Int128.CreateChecked(value), places);

    /// <summary>The number times 10^<paramref name="places"/>, when that is whole and fits the width.</summary>
    public static bool TryFromExact<T>(ExactDecimal number, int places, out T value)
        where T : struct, IBinaryInteger<T>
    {
        value = T.Zero;
        var more = places - number.Scale;
        if (more < 0)
        {
            return false;
        }

        if (!number.TryGetMantissa(out var mantissa))
        {
            if (typeof(T) != typeof(BigInteger))
            {
                return false;
            }

            value = T.CreateChecked(number.Mantissa * BigInteger.Pow(10, more));
            return true;
        }

        if (mantissa == 0)
        {
            return true;
        }

        // Divides the limit, not multiplies the value: nothing overflows before it is refused.
        if (typeof(T) == typeof(BigInteger))
        {
            value = T.CreateChecked((BigInteger)mantissa * BigInteger.Pow(10, more));
            return true;
        }

        var limit = typeof(T) == typeof(long) ? long.MaxValue : Int128.MaxValue;
        for (; more > 0; more--)
        {
            limit /= 10;
        }

        if (limit == 0 || Int128.Abs(mantissa) > limit)
        {
            return false;
        }

        value = T.CreateTruncating(mantissa) * PowerOfTen<T>(places - number.Scale);
        return true;
    }

    /// <summary>The quotient rounded to a whole number, as the credit declares it. The only rounding of a charge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Round<T>(T value, T divisor, RoundingMode mode)
        where T : struct, IBinaryInteger<T>
    {
        if (divisor == T.One)
        {
            return value;
        }

        var (quotient, remainder) = T.DivRem(value, divisor);
        return remainder == T.Zero ? quotient : RoundRemainder(quotient, remainder, divisor, mode, value);
    }

    private static T RoundRemainder<T>(T quotient, T remainder, T divisor, RoundingMode mode, T value)
        where T : struct, IBinaryInteger<T>
    {
        var awayFromZero = T.IsNegative(value) ? quotient - T.One : quotient + T.One;
        var magnitude = T.Abs(remainder);
        var toNext = divisor - magnitude;
        return mode switch
        {
            RoundingMode.Up => awayFromZero,
            RoundingMode.Down => quotient,
            RoundingMode.HalfUp => magnitude >= toNext ? awayFromZero : quotient,
            _ => magnitude > toNext || (magnitude == toNext && !T.IsEvenInteger(quotient)) ? awayFromZero : quotient,
        };
    }

    /// <summary>The nearest multiple of a step, by the conversion's own rounding.</summary>
    public static T RoundToStep<T>(T value, T step, ConversionRounding rounding)
        where T : struct, IBinaryInteger<T> => step * Round(value, step, rounding switch
        {
            ConversionRounding.Up => RoundingMode.Up,
            ConversionRounding.Down => RoundingMode.Down,
            _ => RoundingMode.HalfUp,
        });
}
