using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Rules.Portal.TagHelpers;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.TagHelpers;

public sealed class AmountTagHelperTests
{
    [Fact]
    public void Padding_zeros_are_dimmed_and_still_text() => Html(new AmountTagHelper { Units = 5000, Decimals = 5 })
        .ShouldBe("<span class=\"amount\">0<span class=\"fraction\">.05</span><span class=\"zeros\">000</span></span>");

    [Fact]
    public void Points_of_a_column_are_aligned_without_changing_the_text() => Html(new AmountTagHelper { Value = "-5", Align = 2, Signed = true })
        .ShouldBe("<span class=\"amount\" data-pad=\".00\">−5</span>");

    [Fact]
    public void Summary_carries_the_full_value_in_its_tooltip() => Html(new AmountTagHelper { Value = "0.00012", Decimals = 5, Summary = true })
        .ShouldBe("<span class=\"amount\" title=\"0.00012\">&lt; 0.01</span>");

    private static string Html(AmountTagHelper helper)
    {
        var output = new TagHelperOutput("amount", [], (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        helper.Process(new TagHelperContext("amount", [], new Dictionary<object, object>(), "test"), output);
        using var writer = new StringWriter();
        output.WriteTo(writer, HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All));
        return writer.ToString();
    }
}
