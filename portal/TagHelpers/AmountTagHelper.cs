using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Rules.Portal.Display;

namespace Rules.Portal.TagHelpers;

/// <summary>
/// Prints an exact amount with at least the declared decimals, padding zeros dimmed: <c>&lt;amount value="0.05" decimals="5" /&gt;</c> or
/// <c>&lt;amount units="5000" decimals="5" /&gt;</c>.
/// </summary>
[HtmlTargetElement("amount", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class AmountTagHelper : TagHelper
{
    /// <summary>Plain decimal notation.</summary>
    public string? Value { get; set; }

    /// <summary>Smallest units of the credit; used where <see cref="Value"/> is absent.</summary>
    public long? Units { get; set; }

    public int Decimals { get; set; }

    /// <summary>A change: always with a sign.</summary>
    public bool Signed { get; set; }

    /// <summary>Two places, the full value in the tooltip.</summary>
    public bool Summary { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("amount", HtmlEncoder.Default);
        var plain = Value ?? (Units is { } units ? AmountText.PlainOfUnits(units, Decimals) : null);
        if (plain is null)
        {
            output.Content.SetContent("–");
            return;
        }

        var text = AmountText.Of(plain, Decimals, Signed);
        if (Summary)
        {
            output.Attributes.SetAttribute("title", text.ToString());
            output.Content.SetContent(AmountText.Summary(plain));
            return;
        }

        output.Content.Append(text.Sign + text.Whole);
        AppendSpan(output, "fraction", text.Fraction);
        AppendSpan(output, "zeros", text.Zeros);
    }

    private static void AppendSpan(TagHelperOutput output, string name, string text)
    {
        if (text.Length > 0)
        {
            output.Content.AppendHtml($"<span class=\"{name}\">").Append(text).AppendHtml("</span>");
        }
    }
}
