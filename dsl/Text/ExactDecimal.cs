using System.Globalization;
using System.Numerics;

namespace Rules.Dsl.Text;

/// <summary>
/// An exact decimal number, mantissa × 10^-scale: a figure of a rule file, a quantity of an event, an amount before rounding.
/// Always in lowest form (no trailing zero after the point), so that equal values are equal bit by bit. Never rounds, never overflows:
/// a mantissa beyond 128 bits is kept as a <see cref="BigInteger"/>. Values within 128 bits allocate nothing.
/// </summary>
public readonly struct ExactDecimal : IEquatable<ExactDecimal>, IComparable<ExactDecimal>, IComparable
{
    /// <summary>The most digits, before and after the point together, that are read from text.</summary>
    public const int MaximumParsedDigits = 1000;

    private const int MaxPowerOfTen = 38;

    private static readonly Int128[] PowersOfTen = MakePowersOfTen();

    // Invariant: _large is null whenever the mantissa fits in 128 bits; then _small is 0.
    private readonly Int128 _small;
    private readonly LargeMantissa? _large;
    private readonly int _scale;

    /// <param name="mantissa">All digits, without the point.</param>
    /// <param name="scale">How many of them stand after the point; 0 or more.</param>
    public ExactDecimal(Int128 mantissa, int scale = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(scale);
        if (mantissa == 0)
        {
            scale = 0;
        }

        while (scale > 0)
        {
            var (quotient, remainder) = Int128.DivRem(mantissa, 10);
            if (remainder != 0)
            {
                break;
            }

            mantissa = quotient;
            scale--;
        }

        _small = mantissa;
        _large = null;
        _scale = scale;
    }

    /// <inheritdoc cref="ExactDecimal(Int128, int)"/>
    public ExactDecimal(BigInteger mantissa, int scale = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(scale);
        if (mantissa >= (BigInteger)Int128.MinValue && mantissa <= (BigInteger)Int128.MaxValue)
        {
            this = new ExactDecimal((Int128)mantissa, scale);
            return;
        }

        while (scale > 0)
        {
            var quotient = BigInteger.DivRem(mantissa, 10, out var remainder);
            if (!remainder.IsZero)
            {
                break;
            }

            mantissa = quotient;
            scale--;
        }

        if (mantissa >= (BigInteger)Int128.MinValue && mantissa <= (BigInteger)Int128.MaxValue)
        {
            _small = (Int128)mantissa;
            _large = null;
        }
        else
        {
            _small = 0;
            _large = new LargeMantissa(mantissa);
        }

        _scale = scale;
    }

    public static ExactDecimal Zero => default;

    public static ExactDecimal One => new(Int128.One);

    /// <summary>Digits after the point in lowest form; 0 for a whole number.</summary>
    public int Scale => _scale;

    public BigInteger Mantissa => _large is null ? _small : _large.Value;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => _large is null ? Int128.Sign(_small) : _large.Value.Sign;

    public bool IsZero => _large is null && _small == 0;

    public bool IsNegative => Sign < 0;

    public bool IsWhole => _scale == 0;

    /// <summary>Whether 1 divided by it is a finite decimal: it is above zero and has no prime factor but 2 and 5.</summary>
    public bool HasFiniteReciprocal
    {
        get
        {
            var rest = Mantissa;
            foreach (var prime in (ReadOnlySpan<int>)[2, 5])
            {
                while (!rest.IsZero && BigInteger.Remainder(rest, prime).IsZero)
                {
                    rest /= prime;
                }
            }

            return rest.IsOne;
        }
    }

    /// <summary>Whether it is a whole number of times another value; of zero only zero is.</summary>
    public bool IsMultipleOf(ExactDecimal other)
    {
        if (other.IsZero)
        {
            return IsZero;
        }

        var scale = Math.Max(_scale, other._scale);
        return (Mantissa * BigInteger.Pow(10, scale - _scale) % (other.Mantissa * BigInteger.Pow(10, scale - other._scale))).IsZero;
    }

    /// <summary>The mantissa when it fits in 128 bits, which it does for every figure and quantity that can be written.</summary>
    public bool TryGetMantissa(out Int128 mantissa)
    {
        mantissa = _small;
        return _large is null;
    }

    /// <summary>
    /// This value times 10^<paramref name="decimals"/>, when that is whole and fits: an amount in smallest units.
    /// </summary>
    public bool TryToUnits(int decimals, out long units)
    {
        units = 0;
        if (_large is not null || _scale > decimals || decimals - _scale > MaxPowerOfTen)
        {
            return false;
        }

        var power = PowersOfTen[decimals - _scale];
        if (_small > long.MaxValue / power || _small < long.MinValue / power)
        {
            return false;
        }

        units = (long)(_small * power);
        return true;
    }

    /// <summary>An amount of smallest units as a number: <paramref name="units"/> × 10^-<paramref name="decimals"/>.</summary>
    public static ExactDecimal FromUnits(long units, int decimals) => new((Int128)units, decimals);

    /// <summary>
    /// Reads plain notation: an optional minus, digits, optionally a point and digits. No grouping, no exponent, no white space, no plus,
    /// no more than <see cref="MaximumParsedDigits"/> digits.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactDecimal value)
    {
        value = default;
        var negative = text is ['-', ..];
        var digits = negative ? text[1..] : text;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (whole.IsEmpty || text.Length > MaximumParsedDigits + 2 || (point >= 0 && fraction.IsEmpty) || !AllDigits(whole) || !AllDigits(fraction))
        {
            return false;
        }

        if (whole.Length + fraction.Length <= MaxPowerOfTen)
        {
            Int128 mantissa = 0;
            foreach (var digit in whole)
            {
                mantissa = (mantissa * 10) + (digit - '0');
            }

            foreach (var digit in fraction)
            {
                mantissa = (mantissa * 10) + (digit - '0');
            }

            value = new ExactDecimal(negative ? -mantissa : mantissa, fraction.Length);
            return true;
        }

        var large = BigInteger.Parse(string.Concat(whole, fraction), NumberStyles.None, CultureInfo.InvariantCulture);
        value = new ExactDecimal(negative ? -large : large, fraction.Length);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is not a plain number.</exception>
    public static ExactDecimal Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"\"{text}\" is not a plain decimal number.");

    public static ExactDecimal operator +(ExactDecimal left, ExactDecimal right)
    {
        var scale = Math.Max(left._scale, right._scale);
        if (left.TryScaleTo(scale, out var a) && right.TryScaleTo(scale, out var b))
        {
            // The sum overflows only if both have the same sign and the result has the other.
            var sum = unchecked(a + b);
            if (((a ^ sum) & (b ^ sum)) >= 0)
            {
                return new ExactDecimal(sum, scale);
            }
        }

        return new ExactDecimal(left.LargeAt(scale) + right.LargeAt(scale), scale);
    }

    public static ExactDecimal operator -(ExactDecimal left, ExactDecimal right) => left + -right;

    public static ExactDecimal operator -(ExactDecimal value) =>
        value._large is null && value._small != Int128.MinValue ? new ExactDecimal(-value._small, value._scale) : new ExactDecimal(-value.Mantissa, value._scale);

    public static ExactDecimal operator *(ExactDecimal left, ExactDecimal right)
    {
        var scale = checked(left._scale + right._scale);
        if (left._large is null && right._large is null && FitsInt64(left._small) && FitsInt64(right._small))
        {
            return new ExactDecimal(left._small * right._small, scale);
        }

        return new ExactDecimal(left.Mantissa * right.Mantissa, scale);
    }

    public static implicit operator ExactDecimal(int value) => new((Int128)value);

    public static implicit operator ExactDecimal(long value) => new((Int128)value);

    public static bool operator ==(ExactDecimal left, ExactDecimal right) => left.Equals(right);

    public static bool operator !=(ExactDecimal left, ExactDecimal right) => !left.Equals(right);

    public static bool operator <(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) < 0;

    public static bool operator >(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) > 0;

    public static bool operator <=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) >= 0;

    public static ExactDecimal Add(ExactDecimal left, ExactDecimal right) => left + right;

    public static ExactDecimal Subtract(ExactDecimal left, ExactDecimal right) => left - right;

    public static ExactDecimal Multiply(ExactDecimal left, ExactDecimal right) => left * right;

    public static ExactDecimal Negate(ExactDecimal value) => -value;

    public static ExactDecimal Abs(ExactDecimal value) => value.IsNegative ? -value : value;

    public static ExactDecimal Min(ExactDecimal left, ExactDecimal right) => left <= right ? left : right;

    public static ExactDecimal Max(ExactDecimal left, ExactDecimal right) => left >= right ? left : right;

    public int CompareTo(ExactDecimal other)
    {
        var scale = Math.Max(_scale, other._scale);
        return TryScaleTo(scale, out var a) && other.TryScaleTo(scale, out var b) ? a.CompareTo(b) : LargeAt(scale).CompareTo(other.LargeAt(scale));
    }

    int IComparable.CompareTo(object? obj) => obj switch
    {
        null => 1,
        ExactDecimal other => CompareTo(other),
        _ => throw new ArgumentException("Only exact decimals compare with each other.", nameof(obj)),
    };

    public bool Equals(ExactDecimal other) => _scale == other._scale && _small == other._small && _large?.Value == other._large?.Value;

    public override bool Equals(object? obj) => obj is ExactDecimal other && Equals(other);

    public override int GetHashCode() => _large is null ? HashCode.Combine(_small, _scale) : HashCode.Combine(_large.Value, _scale);

    /// <summary>Plain notation in lowest form, the same on every machine: <c>8.95</c>, <c>-0.0012</c>, <c>12000</c>.</summary>
    public override string ToString() => ToText(grouped: false, minimumDecimals: 0);

    /// <summary>As a rule file writes it, thousands grouped: <c>12,000</c>, <c>1,234.5</c>.</summary>
    public string ToGroupedString() => ToText(grouped: true, minimumDecimals: 0);

    /// <summary>With at least that many digits after the point: <c>8.95</c> with 5 is <c>8.95000</c>.</summary>
    /// <param name="minimumDecimals">0 or more.</param>
    public string ToString(int minimumDecimals, bool grouped = false) => ToText(grouped, minimumDecimals);

    /// <summary>Writes <see cref="ToString()"/> at the start of a span; false where that is too short.</summary>
    /// <param name="length">Characters written.</param>
    public bool TryFormat(Span<char> destination, out int length)
    {
        var digits = Digits(stackalloc char[MaxPowerOfTen + 1]);
        length = LengthOf(digits, grouped: false, minimumDecimals: 0);
        if (length > destination.Length)
        {
            length = 0;
            return false;
        }

        Write(digits, destination[..length], grouped: false);
        return true;
    }

    private string ToText(bool grouped, int minimumDecimals)
    {
        const int OnStack = 128;
        var digits = Digits(stackalloc char[MaxPowerOfTen + 1]);
        var length = LengthOf(digits, grouped, minimumDecimals);
        var text = length <= OnStack ? stackalloc char[length] : new char[length];
        Write(digits, text, grouped);
        return new string(text);
    }

    private int LengthOf(ReadOnlySpan<char> digits, bool grouped, int minimumDecimals)
    {
        var whole = WholeLength(digits);
        var decimals = Math.Max(_scale, minimumDecimals);
        return (IsNegative ? 1 : 0) + whole + (grouped ? (whole - 1) / 3 : 0) + (decimals > 0 ? 1 + decimals : 0);
    }

    private int WholeLength(ReadOnlySpan<char> digits) => Math.Max(1, digits.Length - _scale);

    /// <param name="text">As long as the text; what lies behind the last digit becomes zeros.</param>
    private void Write(ReadOnlySpan<char> digits, Span<char> text, bool grouped)
    {
        text.Fill('0');
        var at = 0;
        if (IsNegative)
        {
            text[at++] = '-';
        }

        var whole = WholeLength(digits);
        for (var i = 0; i < whole; i++)
        {
            if (grouped && i > 0 && (whole - i) % 3 == 0)
            {
                text[at++] = ',';
            }

            text[at++] = digits.Length > _scale ? digits[i] : '0';
        }

        if (at < text.Length)
        {
            text[at++] = '.';
            var fraction = digits[Math.Max(0, digits.Length - _scale)..];
            fraction.CopyTo(text[(at + _scale - fraction.Length)..]);
        }
    }

    /// <param name="room">Where the digits of 128 bits have room; others get a place of their own.</param>
    private ReadOnlySpan<char> Digits(Span<char> room)
    {
        if (_large is not null)
        {
            return BigInteger.Abs(_large.Value).ToString("D", CultureInfo.InvariantCulture);
        }

        var magnitude = _small < 0 ? (UInt128)(-(_small + 1)) + 1 : (UInt128)_small;
        magnitude.TryFormat(room, out var length, provider: CultureInfo.InvariantCulture);
        return room[..length];
    }

    private bool TryScaleTo(int scale, out Int128 scaled)
    {
        scaled = _small;
        var more = scale - _scale;
        if (_large is not null || more > MaxPowerOfTen)
        {
            return false;
        }

        if (more == 0 || _small == 0)
        {
            return true;
        }

        var power = PowersOfTen[more];
        var limit = Int128.MaxValue / power;
        if (_small > limit || _small < -limit)
        {
            return false;
        }

        scaled = _small * power;
        return true;
    }

    private BigInteger LargeAt(int scale) => Mantissa * BigInteger.Pow(10, scale - _scale);

    private static bool FitsInt64(Int128 value) => value >= long.MinValue && value <= long.MaxValue;

    private static bool AllDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    private static Int128[] MakePowersOfTen()
    {
        var powers = new Int128[MaxPowerOfTen + 1];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }

    private sealed class LargeMantissa(BigInteger value)
    {
        public BigInteger Value { get; } = value;
    }
}
