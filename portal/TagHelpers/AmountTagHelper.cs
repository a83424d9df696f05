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

    /// <summary>Decimals of the longest amount in the column: the points of all of them come to stand under each other.</summary>
    public int Align { get; set; }

    /// <summary>A change: always with a sign.</summary>
    public bool Signed { get; set; }

    /// <summary>At most two places, the full value in the tooltip.</summary>
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
            output.Content.SetContent(AmountText.Summary(plain, Math.Min(Decimals, 2)));
            return;
        }

        output.Content.Append(text.Sign + text.Whole);
        AppendSpan(output, "fraction", text.Fraction);
        AppendSpan(output, "zeros", text.Zeros);
        var places = Math.Max(0, text.Fraction.Length + text.Zeros.Length - 1);
        if (places < Align)
        {
            // Drawn by the stylesheet as invisible digits of the right width; never part of the text.
            output.Attributes.SetAttribute("data-pad", (places == 0 ? "." : "") + new string('0', Align - places));
        }
    }

    private static void AppendSpan(TagHelperOutput output, string name, string text)
    {
        if (text.Length > 0)
        {
            output.Content.AppendHtml($"<span class=\"{name}\">").Append(text).AppendHtml("</span>");
        }
    }
}
