using System.Numerics;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Text;

public sealed class ExactDecimalTests
{
    private const int Rounds = 3_000;

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("1.10", "1.1")]
    [InlineData("0.000", "0")]
    [InlineData("-0.0500", "-0.05")]
    [InlineData("1200", "1200")]
    [InlineData("007", "7")]
    [InlineData("170141183460469231731687303715884105728", "170141183460469231731687303715884105728")]
    [InlineData("-170141183460469231731687303715884105729.50", "-170141183460469231731687303715884105729.5")]
    public void Plain_notation_is_read_and_printed_in_lowest_form(string text, string printed) =>
        ExactDecimal.Parse(text).ToString().ShouldBe(printed);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("+5")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    [InlineData("\u0661")]
    [InlineData("NaN")]
    public void Other_notations_are_refused(string text) => ExactDecimal.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Text_of_too_many_digits_is_refused()
    {
        ExactDecimal.TryParse(new string('9', ExactDecimal.MaximumParsedDigits), out _).ShouldBeTrue();
        ExactDecimal.TryParse(new string('9', ExactDecimal.MaximumParsedDigits + 3), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("999", "999")]
    [InlineData("1000", "1,000")]
    [InlineData("-1234567.5", "-1,234,567.5")]
    [InlineData("0.0001", "0.0001")]
    public void Notation_of_rule_files_groups_thousands(string text, string grouped) =>
        ExactDecimal.Parse(text).ToGroupedString().ShouldBe(grouped);

    [Theory]
    [InlineData("-1234567.5")]
    [InlineData("0.000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("170141183460469231731687303715884105728.25")]
    public void Text_is_written_into_a_span_that_is_long_enough(string text)
    {
        var value = ExactDecimal.Parse(text);
        var room = new char[text.Length];

        value.TryFormat(room, out var length).ShouldBeTrue();
        new string(room.AsSpan(0, length)).ShouldBe(text);
        value.TryFormat(room.AsSpan(1), out length).ShouldBeFalse();
        length.ShouldBe(0);
    }

    [Theory]
    [InlineData("1000.5", 4, "1,000.5000")]
    [InlineData("-7", 2, "-7.00")]
    [InlineData("0", 0, "0")]
    [InlineData("0.004", 2, "0.004")]
    public void Digits_after_the_point_are_filled_up_with_zeros(string text, int decimals, string shown) =>
        ExactDecimal.Parse(text).ToString(decimals, grouped: true).ShouldBe(shown);

    [Fact]
    public void Equal_values_are_equal_however_they_are_made()
    {
        var values = new[] { ExactDecimal.Parse("1.10"), ExactDecimal.Parse("1.1"), ExactDecimal.FromUnits(1100, 3), new ExactDecimal(new BigInteger(11), 1) };

        values.Distinct().Count().ShouldBe(1);
        values.Select(value => value.GetHashCode()).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Value_survives_printing_and_reading() => ForRandomPairs((a, _) =>
        ExactDecimal.Parse(a.ToString()).ShouldBe(a));

    [Fact]
    public void Sum_difference_and_product_equal_those_of_integers() => ForRandomPairs((a, b) =>
    {
        Value(a + b).ShouldBe(Value(a) + Value(b));
        Value(a - b).ShouldBe(Value(a) - Value(b));
        ((a * b).Mantissa * BigInteger.Pow(10, 80 - (a * b).Scale)).ShouldBe(Value(a) * Value(b));
    });

    [Fact]
    public void Laws_of_arithmetic_hold() => ForRandomPairs((a, b) =>
    {
        (a + b).ShouldBe(b + a);
        (a * b).ShouldBe(b * a);
        (a - a).ShouldBe(ExactDecimal.Zero);
        (a + b - b).ShouldBe(a);
        (a * (b + ExactDecimal.One)).ShouldBe((a * b) + a);
        (-(-a)).ShouldBe(a);
    });

    [Fact]
    public void Order_is_that_of_the_values() => ForRandomPairs((a, b) =>
    {
        Math.Sign(a.CompareTo(b)).ShouldBe(Math.Sign(Value(a).CompareTo(Value(b))));
        (a < b).ShouldBe(Value(a) < Value(b));
        (a == b).ShouldBe(Value(a) == Value(b));
        a.Sign.ShouldBe(Value(a).Sign);
    });

    [Fact]
    public void Lowest_form_has_no_zero_after_its_last_digit() => ForRandomPairs((a, b) =>
    {
        foreach (var value in (ExactDecimal[])[a, b, a + b, a * b])
        {
            (value.Scale > 0 && value.Mantissa % 10 == 0).ShouldBeFalse();
        }
    });

    [Theory]
    [InlineData("8.95", 5, 895_000L)]
    [InlineData("9223372036854775807", 0, long.MaxValue)]
    [InlineData("-9223372036854775808", 0, long.MinValue)]
    [InlineData("-92233720368547758.08", 2, long.MinValue)]
    public void Value_in_smallest_units_is_exact(string text, int decimals, long units)
    {
        ExactDecimal.Parse(text).TryToUnits(decimals, out var scaled).ShouldBeTrue();
        scaled.ShouldBe(units);
        ExactDecimal.FromUnits(units, decimals).ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("8.955", 2)]
    [InlineData("9223372036854775808", 0)]
    [InlineData("-92233720368547758.09", 2)]
    [InlineData("1", 60)]
    public void Value_that_needs_more_than_smallest_units_has_none(string text, int decimals) =>
        ExactDecimal.Parse(text).TryToUnits(decimals, out _).ShouldBeFalse();

    [Fact]
    public void Small_values_allocate_nothing()
    {
        // Unoptimized code of the runtime boxes now and then, and is compiled anew only when a busy process comes to it; a value that needed memory of its own would need it in every round.
        var least = long.MaxValue;
        for (var round = 0; round < 60_000 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Calculate();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Thread.Sleep(least > 0 ? 1 : 0);
        }

        least.ShouldBe(0);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("0.4", true)]
    [InlineData("1000", true)]
    [InlineData("3", false)]
    [InlineData("0.75", false)]
    [InlineData("3600", false)]
    [InlineData("0", false)]
    [InlineData("-4", false)]
    public void Size_of_twos_and_fives_has_a_finite_reciprocal(string size, bool isFinite) =>
        ExactDecimal.Parse(size).HasFiniteReciprocal.ShouldBe(isFinite);

    [Theory]
    [InlineData("120", "60", true)]
    [InlineData("1.5", "0.75", true)]
    [InlineData("0", "7", true)]
    [InlineData("90", "60", false)]
    [InlineData("1", "0.3", false)]
    [InlineData("0", "0", true)]
    [InlineData("5", "0", false)]
    public void Multiple_is_a_whole_number_of_times_the_other(string value, string other, bool isMultiple) =>
        ExactDecimal.Parse(value).IsMultipleOf(ExactDecimal.Parse(other)).ShouldBe(isMultiple);

    private static void Calculate()
    {
        var a = ExactDecimal.Parse("123456789.123456789");
        var b = ExactDecimal.Parse("0.0004");
        for (var i = 0; i < 100; i++)
        {
            var sum = (a * b) + a - b;
            _ = sum > a;
            _ = ExactDecimal.TryParse("12000.5", out _);
        }
    }

    // At 40 places every random value is an integer.
    private static BigInteger Value(ExactDecimal value) => value.Mantissa * BigInteger.Pow(10, 40 - value.Scale);

    private static void ForRandomPairs(Action<ExactDecimal, ExactDecimal> check)
    {
        var random = new Random(20261121);
        for (var i = 0; i < Rounds; i++)
        {
            check(Next(random), Next(random));
        }
    }

    private static ExactDecimal Next(Random random)
    {
        var bytes = new byte[random.Next(1, 24)];
        random.NextBytes(bytes);
        var mantissa = random.Next(8) switch
        {
            0 => Int128.MaxValue,
            1 => Int128.MinValue,
            2 => long.MaxValue,
            3 => random.Next(-5, 5) * BigInteger.Pow(10, random.Next(20)),
            _ => new BigInteger(bytes),
        };
        return new ExactDecimal(mantissa, random.Next(0, 40));
    }
}
