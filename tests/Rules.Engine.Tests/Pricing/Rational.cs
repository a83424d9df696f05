using System.Numerics;
using Rules.Dsl.Text;

namespace Rules.Engine.Tests.Pricing;

/// <summary>A fraction of big integers: slow, obvious, and unlike anything the engine does. The denominator is above zero.</summary>
internal readonly record struct Rational(BigInteger Numerator, BigInteger Denominator)
{
    public static Rational Zero { get; } = new(0, 1);

    public static Rational One { get; } = new(1, 1);

    public static Rational Of(ExactDecimal value) => new(value.Mantissa, BigInteger.Pow(10, value.Scale));

    public static Rational Of(long value) => new(value, 1);

    public static Rational operator +(Rational a, Rational b) => a.Denominator == b.Denominator
        ? new(a.Numerator + b.Numerator, a.Denominator)
        : Reduced((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational value) => new(-value.Numerator, value.Denominator);

    public static Rational operator -(Rational a, Rational b) => a + -b;

    public static Rational operator *(Rational a, Rational b) => Reduced(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) => b.Numerator.Sign < 0
        ? Reduced(-a.Numerator * b.Denominator, a.Denominator * -b.Numerator)
        : Reduced(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Rational a, Rational b) => a.Numerator * b.Denominator < b.Numerator * a.Denominator;

    public static bool operator >(Rational a, Rational b) => b < a;

    public static bool operator <=(Rational a, Rational b) => !(b < a);

    public static bool operator >=(Rational a, Rational b) => !(a < b);

    public bool IsNegative => Numerator.Sign < 0;

    public bool IsZero => Numerator.IsZero;

    public static Rational Min(Rational a, Rational b) => b < a ? b : a;

    public static Rational Max(Rational a, Rational b) => a < b ? b : a;

    public BigInteger Floor() => BigInteger.DivRem(Numerator, Denominator, out var rest) - (rest < 0 ? 1 : 0);

    public BigInteger Ceiling() => -new Rational(-Numerator, Denominator).Floor();

    /// <summary>To a whole number. Half up is half away from zero, up is away from zero, down is towards it (language, 5.8).</summary>
    public BigInteger Round(string mode)
    {
        if (IsNegative)
        {
            return -(-this).Round(mode);
        }

        var floor = Floor();
        var twice = (this - new Rational(floor, 1)) * Of(2);
        return mode switch
        {
            "up" => Ceiling(),
            "down" => floor,
            "half even" when twice.Is(ExactDecimal.One) => floor.IsEven ? floor : floor + 1,
            _ => twice < One ? floor : floor + 1,
        };
    }

    public bool Is(ExactDecimal value)
    {
        var other = Of(value);
        return Numerator * other.Denominator == other.Numerator * Denominator;
    }

    private static Rational Reduced(BigInteger numerator, BigInteger denominator)
    {
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return common.IsOne ? new(numerator, denominator) : new(numerator / common, denominator / common);
    }
}
