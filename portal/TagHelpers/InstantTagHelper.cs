using Microsoft.AspNetCore.Razor.TagHelpers;
using NodaTime;
using Rules.Portal.Display;

namespace Rules.Portal.TagHelpers;

/// <summary>A moment in the page's zone, UTC in the tooltip: <c>&lt;instant at="@entry.At" zone="@Model.Zone" /&gt;</c>.</summary>
[HtmlTargetElement("instant", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class InstantTagHelper : TagHelper
{
    public Instant At { get; set; }

    public DateTimeZone Zone { get; set; } = DateTimeZone.Utc;

    /// <summary>The zone to print where it is not the page's: effective instants carry it in the text.</summary>
    public bool WithZone { get; set; }

    public bool Seconds { get; set; } = true;

    /// <summary>The day alone: for what is only as sure as a day. The tooltip has the instant.</summary>
    public bool Day { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", InstantText.ForMachines(At));
        output.Attributes.SetAttribute("title", InstantText.WithZone(DateTimeZone.Utc, At, seconds: true));
        output.Content.SetContent(Day ? InstantText.DayIn(Zone, At) : WithZone ? InstantText.WithZone(Zone, At, Seconds) : InstantText.In(Zone, At, Seconds));
    }
}
