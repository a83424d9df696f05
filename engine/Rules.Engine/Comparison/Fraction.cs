using System.Numerics;
using Rules.Dsl.Text;

namespace Rules.Engine.Comparison;

/// <summary>An exact quotient: a rate per unit where a file prices tens, a break-even quantity. The denominator is above zero.</summary>
internal readonly record struct Fraction : IComparable<Fraction>
{
    private Fraction(BigInteger numerator, BigInteger denominator)
    {
        var sign = denominator.Sign;
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        Numerator = sign * numerator / divisor;
        Denominator = sign * denominator / divisor;
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator { get; }

    public int Sign => Numerator.Sign;

    public bool IsWhole => Denominator.IsOne;

    public static Fraction Zero => new(0, 1);

    public static implicit operator Fraction(ExactDecimal value) => new(value.Mantissa, BigInteger.Pow(10, value.Scale));

    public static implicit operator Fraction(int value) => new(value, 1);

    public static Fraction operator +(Fraction a, Fraction b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Fraction operator -(Fraction a, Fraction b) => new((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Fraction operator *(Fraction a, Fraction b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Fraction operator /(Fraction a, Fraction b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;

    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;

    public static bool operator <=(Fraction a, Fraction b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Fraction a, Fraction b) => a.CompareTo(b) >= 0;

    public static Fraction Min(Fraction a, Fraction b) => a <= b ? a : b;

    public int CompareTo(Fraction other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>The largest whole number not above.</summary>
    public BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Numerator, Denominator, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The smallest whole number not below.</summary>
    public BigInteger Ceiling() => -new Fraction(-Numerator, Denominator).Floor();

    /// <summary>Half away from zero.</summary>
    public ExactDecimal Round(int places)
    {
        var scaled = BigInteger.Abs(Numerator) * BigInteger.Pow(10, places) * 2;
        var rounded = (scaled + Denominator) / (Denominator * 2);
        return new ExactDecimal(Sign * rounded, places);
    }

    /// <summary>Exact where the decimal ends within nine places; otherwise with "about".</summary>
    public override string ToString()
    {
        var decimals = Round(9);
        return (Fraction)decimals == this ? decimals.ToGroupedString() : "about " + Round(2).ToGroupedString();
    }
}
