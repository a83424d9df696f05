using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>What holds on each page.</summary>
public sealed class EveryPageTests(PortalFixture portal) : PortalPageTests(portal)
{
    private const string CollectViolations =
        "window.violations = []; document.addEventListener('securitypolicyviolation', e => window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));";

    private static readonly string[] _standard = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    private static readonly string[] _ofColours = ["color-contrast", "link-in-text-block"];

    private static readonly string _axe = new BundledAxeScriptProvider().GetScript();

    public static TheoryData<string> Pages() => [.. Places.Names];

    [BrowserTheory]
    [MemberData(nameof(Pages))]
    public async Task Page_has_no_violation_of_accessibility_rules_in_either_theme(string name)
    {
        var page = await NewPageAsync();
        await OpenAsync(page, name);
        await page.EvaluateAsync(_axe);
        (await ViolationsAsync(page, "tag", _standard)).ShouldBe("");

        // A theme is a set of colours: nothing else can be otherwise.
        var light = await BackgroundAsync(page);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        (await BackgroundAsync(page)).ShouldNotBe(light);
        (await ViolationsAsync(page, "rule", _ofColours)).ShouldBe("");
    }

    [BrowserFact]
    public async Task Violations_of_a_page_that_has_some_are_told()
    {
        var page = await NewPageAsync();
        await page.SetContentAsync("<!doctype html><html lang=\"en\"><title>Two faults</title><main><h1>Faults</h1><p style=\"color:#bbb;background:#fff\">Too pale</p><img src=\"data:,\"></main></html>");
        await page.EvaluateAsync(_axe);
        var all = await ViolationsAsync(page, "tag", _standard);
        all.ShouldContain("color-contrast");
        all.ShouldContain("image-alt");
        var ofColours = await ViolationsAsync(page, "rule", _ofColours);
        ofColours.ShouldContain("Too pale");
        ofColours.ShouldNotContain("image-alt");
    }

    [BrowserTheory]
    [MemberData(nameof(Pages))]
    public async Task S5_Page_keeps_to_its_content_security_policy_and_logs_no_error(string name)
    {
        var page = await NewPageAsync();
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !(name == Places.Unknown && message.Text.Contains("404", StringComparison.Ordinal)))
            {
                errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Add(error);
        await page.AddInitScriptAsync(CollectViolations);
        await OpenAsync(page, name, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        errors.ShouldBeEmpty();
        (await page.EvaluateAsync<string[]>("() => window.violations")).ShouldBeEmpty();
    }

    [BrowserTheory]
    [MemberData(nameof(Pages))]
    public async Task Page_fits_a_screen_of_320_pixels_and_one_of_1280_at_200_percent(string name)
    {
        const string Width = "() => document.documentElement.scrollWidth";
        var page = await NewPageAsync(width: 320, height: 640);
        await OpenAsync(page, name);
        (await page.EvaluateAsync<int>(Width)).ShouldBeLessThanOrEqualTo(320);

        // A zoom of 200 per cent leaves half the pixels to lay out in.
        await page.SetViewportSizeAsync(640, 400);
        (await page.EvaluateAsync<int>(Width)).ShouldBeLessThanOrEqualTo(640);
    }

    [BrowserTheory]
    [MemberData(nameof(Pages))]
    public async Task S4_Page_has_a_title_one_heading_of_the_first_level_and_forms_that_carry_their_token(string name)
    {
        // What a stranger may send in another's name: which colours a page has.
        const string Bare = "() => [...document.querySelectorAll('form[method=post]:not([action=\"/appearance\"])')].filter(form => location.pathname !== '/appearance' "
            + "&& ![...form.elements].some(field => field.name === '__RequestVerificationToken')).map(form => form.outerHTML)";
        var page = await NewPageAsync();
        await OpenAsync(page, name);
        (await page.Locator("h1").CountAsync()).ShouldBe(1);
        (await page.TitleAsync()).ShouldMatch("^.+ · Rules$");
        (await page.EvaluateAsync<string[]>(Bare)).ShouldBeEmpty();
    }

    private static Task<string> BackgroundAsync(IPage page) => page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor");

    /// <summary>What axe finds wrong, in words; nothing where a page is as it should be.</summary>
    /// <remarks>One run in the page itself. The runner that comes with the package runs in each frame and tells of every node that passed: four times the time, for pages without frames.</remarks>
    private static Task<string> ViolationsAsync(IPage page, string kind, string[] values) => page.EvaluateAsync<string>(
        """
        async runOnly => {
          const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
          return violations.flatMap(rule => [`${rule.id}: ${rule.help}`, ...rule.nodes.map(node => `  ${node.target}: ${node.html}\n  ${node.failureSummary}`)]).join("\n");
        }
        """,
        new { type = kind, values });
}
