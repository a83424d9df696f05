using Rules.Portal.Display;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Display;

public sealed class PercentTextTests
{
    [Theory]
    [InlineData(100, 125, "+25.0\u202f%")]
    [InlineData(100, 50, "−50.0\u202f%")]
    [InlineData(100, 100, "±0.0\u202f%")]
    [InlineData(3, 4, "+33.3\u202f%")]
    [InlineData(3, 5, "+66.7\u202f%")]
    [InlineData(1_000_000, 1_000_001, "< +0.1\u202f%")]
    [InlineData(1_000_000, 999_999, "> −0.1\u202f%")]
    [InlineData(1, 33, "+3,200.0\u202f%")]
    [InlineData(0, 5, "")]
    public void Change_has_a_sign_and_one_decimal_and_is_never_zero_where_something_changed(int before, int after, string expected) =>
        PercentText.Change(before, after).ShouldBe(expected);

    [Theory]
    [InlineData(0, 5, "new")]
    [InlineData(0, 0, "")]
    [InlineData(4, 5, "+25.0\u202f%")]
    public void What_came_after_nothing_is_new(int before, int after, string expected) => PercentText.ChangeOrNew(before, after).ShouldBe(expected);

    [Theory]
    [InlineData(1, 3, "33.3\u202f%")]
    [InlineData(3, 3, "100.0\u202f%")]
    [InlineData(0, 3, "0.0\u202f%")]
    [InlineData(1, 1_000_000, "< 0.1\u202f%")]
    [InlineData(1, 0, "")]
    public void Share_has_one_decimal(int part, int whole, string expected) => PercentText.Share(part, whole).ShouldBe(expected);

    [Fact]
    public void Figure_of_the_engine_does_not_break_before_its_sign() => PercentText.Spaced("8.4 %").ShouldBe("8.4\u202f%");
}
