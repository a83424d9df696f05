using System.Globalization;
using Rules.Portal.Display;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Display;

public sealed class AmountTextTests
{
    [Theory]
    [InlineData("0.05", 5, "", "0", ".05", "000")]
    [InlineData("8.95", 5, "", "8", ".95", "000")]
    [InlineData("8", 5, "", "8", "", ".00000")]
    [InlineData("1204.000735", 5, "", "1,204", ".000735", "")]
    [InlineData("-12345678.9", 2, "−", "12,345,678", ".9", "0")]
    [InlineData("100", 0, "", "100", "", "")]
    [InlineData("007", 0, "", "7", "", "")]
    [InlineData("-0.00", 2, "", "0", "", ".00")]
    public void Digits_that_say_nothing_stand_apart(string plain, int decimals, string sign, string whole, string fraction, string zeros) =>
        AmountText.Of(plain, decimals).ShouldBe(new AmountText(sign, whole, fraction, zeros));

    [Theory]
    [InlineData("2.5", "+2.50")]
    [InlineData("-2.5", "−2.50")]
    [InlineData("0", "±0.00")]
    public void Change_always_has_a_sign(string plain, string expected) => AmountText.Of(plain, 2, signed: true).ToString().ShouldBe(expected);

    [Theory]
    [InlineData(895000, 5, "8.95000")]
    [InlineData(-1, 5, "-0.00001")]
    [InlineData(42, 0, "42")]
    [InlineData(long.MinValue, 9, "-9223372036.854775808")]
    [InlineData(long.MaxValue, 0, "9223372036854775807")]
    public void Units_are_written_in_plain_notation(long units, int decimals, string expected) =>
        AmountText.PlainOfUnits(units, decimals).ShouldBe(expected);

    [Theory]
    [InlineData("1542.88322", "1,542.88")]
    [InlineData("0.995", "1.00")]
    [InlineData("999.999", "1,000.00")]
    [InlineData("0.00001", "< 0.01")]
    [InlineData("-0.00001", "> −0.01")]
    [InlineData("-3.456", "−3.46")]
    [InlineData("0", "0.00")]
    [InlineData("5", "5.00")]
    public void Summary_has_two_places_and_never_shows_something_as_zero(string plain, string expected) =>
        AmountText.Summary(plain).ShouldBe(expected);

    [Fact]
    public void Summary_of_a_whole_credit_has_no_places() => AmountText.Summary("1883", 0).ShouldBe("1,883");

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("+1")]
    [InlineData("1.2.3")]
    public void Text_in_another_notation_is_refused(string text) => Should.Throw<FormatException>(() => AmountText.Of(text));

    [Theory]
    [InlineData("de-DE")]
    [InlineData("ar-SA")]
    [InlineData("fr-FR")]
    public void Culture_of_the_server_changes_nothing(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            AmountText.OfUnits(-123456789, 5).ToString().ShouldBe("−1,234.56789");
            AmountText.Count(1234567).ShouldBe("1,234,567");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
