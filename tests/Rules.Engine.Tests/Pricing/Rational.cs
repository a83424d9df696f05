using System.Numerics;
using Rules.Dsl.Text;

namespace Rules.Engine.Tests.Pricing;

/// <summary>A fraction of big integers: slow, obvious, and unlike anything the engine does.</summary>
internal readonly record struct Rational(BigInteger Numerator, BigInteger Denominator)
{
    public static Rational Zero { get; } = new(0, 1);

    public static Rational One { get; } = new(1, 1);

    public static Rational Of(ExactDecimal value) => new(value.Mantissa, BigInteger.Pow(10, value.Scale));

    public static Rational operator +(Rational a, Rational b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational a, Rational b) => a + new Rational(-b.Numerator, b.Denominator);

    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Rational a, Rational b) => a.Numerator * b.Denominator < b.Numerator * a.Denominator;

    public static bool operator >(Rational a, Rational b) => b < a;

    public static Rational Min(Rational a, Rational b) => b < a ? b : a;

    public static Rational Max(Rational a, Rational b) => a < b ? b : a;

    public BigInteger Floor() => BigInteger.DivRem(Numerator, Denominator, out var rest) - (rest < 0 ? 1 : 0);

    public BigInteger Ceiling() => -new Rational(-Numerator, Denominator).Floor();

    /// <summary>To a whole number; never of a negative one here.</summary>
    public BigInteger Round(string mode)
    {
        var floor = Floor();
        var rest = this - new Rational(floor, 1);
        var half = new Rational(1, 2);
        return mode switch
        {
            "up" => Ceiling(),
            "down" => floor,
            "half even" when rest == default || (!(rest < half) && !(rest > half)) => floor.IsEven ? floor : floor + 1,
            _ => rest < half ? floor : floor + 1,
        };
    }

    public bool Is(ExactDecimal value)
    {
        var other = Of(value);
        return Numerator * other.Denominator == other.Numerator * Denominator;
    }
}
