using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>
/// Pictures of every page, light and dark, to be looked at: <c>RULES_SCREENSHOTS=1 dotnet test tests/Rules.Browser.Tests --filter Screenshots</c> writes them
/// into the folder <c>screenshots</c> beside this file. With a path in the variable it writes there.
/// </summary>
public sealed partial class Screenshots(PortalFixture portal) : PortalPageTests(portal)
{
    [ScreenshotFact]
    public async Task Every_page_in_both_themes()
    {
        var folder = Folder();
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var page = await NewPageAsync(theme, width: 1280, height: 900);
            foreach (var name in Places.Names)
            {
                await page.GotoAsync(Places[name], new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
                await page.ScreenshotAsync(new PageScreenshotOptions { Path = FileOf(folder, name, theme.ToString()), FullPage = true });
            }
        }

        var narrow = await NewPageAsync(width: 320, height: 640);
        foreach (var name in new[] { "overview", "draft", "charge", "reports" })
        {
            await narrow.GotoAsync(Places[name], new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
            await narrow.ScreenshotAsync(new PageScreenshotOptions { Path = FileOf(folder, name, "narrow"), FullPage = true });
        }

        var palette = await NewPageAsync();
        await palette.GotoAsync("/");
        await palette.Keyboard.PressAsync("Control+k");
        await palette.Locator("#palette-results a").First.WaitForAsync();
        await palette.ScreenshotAsync(new PageScreenshotOptions { Path = FileOf(folder, "palette", "light") });
    }

    // With the whole sample company, as after a first start: a price is typed, a review is asked for and given, a total leads to a charge.
    [ScreenshotFact]
    public async Task The_three_flows()
    {
        var folder = Folder();
        await using var own = await PortalProcess.StartAsync("full");
        Uri At(string path) => new(own.Address, path);
        var step = 0;
        async Task Look(IPage page, string name, bool full = true)
        {
            await page.WaitForTimeoutAsync(600);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = FileOf(folder, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"flow {++step:00} {name}"), "light"), FullPage = full });
        }

        var page = await NewPageAsync(stranger: true, height: 900);
        await page.GotoAsync(own.SignInLink.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as admin" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        await Look(page, "being written");
        await page.Locator("[data-strip]").WaitForAsync(new() { State = WaitForSelectorState.Detached, Timeout = 600_000 });
        await page.ReloadAsync();
        await Look(page, "overview");
        foreach (var name in new[] { "accounts", "reports", "ledger", "rulesets", "alerts" })
        {
            await page.GotoAsync(At("/" + name).ToString());
            await Look(page, name);
        }

        await page.GotoAsync(At("/rulesets/bookbag").ToString());
        await Look(page, "ruleset");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
        await page.Locator(".cm-content .t-keyword").First.WaitForAsync();
        await Look(page, "draft");
        await page.Locator(".cm-content").FocusAsync();
        await page.Keyboard.PressAsync("Control+f");
        await page.Locator(".cm-search [name=search]").PressSequentiallyAsync("GPT-4o\"             5");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".cm-content").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await page.Locator(".changes").WaitForAsync();
        await Look(page, "typed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show changes" }).ClickAsync();
        await Look(page, "changes", full: false);
        await page.Locator("#tab-tests").ClickAsync();
        await page.Locator("#examples").WaitForAsync();
        await Look(page, "tests");
        await page.GetByRole(AriaRole.Button, new() { Name = "Request review", Exact = true }).ClickAsync();
        await Look(page, "refused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Expect what the rules give" }).ClickAsync();
        await page.Locator("[data-errors='0']").WaitForAsync();
        await page.Locator("#tab-impact").ClickAsync();
        await page.Locator("[data-sentence]").WaitForAsync();
        await Look(page, "mended");
        await page.GetByRole(AriaRole.Button, new() { Name = "Request review", Exact = true }).ClickAsync();
        await page.Locator("h2:has-text('Decide')").WaitForAsync();
        await Look(page, "review");
        var review = page.Url;
        await page.GotoAsync(At("/settings/people").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a sign-in link for Sample approver" }).ClickAsync();
        var link = (await page.Locator("[data-link]").GetAttributeAsync("href"))!;
        var other = await NewPageAsync(stranger: true, height: 900);
        await other.GotoAsync(At(link).ToString());
        await other.GetByRole(AriaRole.Button, new() { Name = "Sign in as Sample approver" }).ClickAsync();
        await other.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        await Look(other, "approver");
        await other.GotoAsync(review);
        await other.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await other.GetByText("Publish…").ClickAsync();
        await Look(other, "publish");
        await other.GetByRole(AriaRole.Button, new() { Name = "Publish now" }).ClickAsync();
        await Look(other, "published");
        if (await other.Locator("label[for=confirmed]").CountAsync() > 0)
        {
            await other.Locator("#confirmed").FillAsync((await other.Locator("label[for=confirmed]").TextContentAsync())!.Split('“', '”')[1]);
            await other.GetByRole(AriaRole.Button, new() { Name = "Publish now" }).ClickAsync();
            await Look(other, "published confirmed");
        }

        await page.GotoAsync(At("/rulesets/bookbag/v/1").ToString());
        await Look(page, "version", full: false);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Reason" }).FillAsync("It was too much at once.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Prepare the rollback" }).ClickAsync();
        await page.Locator(".cm-content .t-keyword").First.WaitForAsync();
        await Look(page, "rollback");
        await page.GotoAsync(At("/reports?ruleset=bookbag").ToString());
        await page.GetByRole(AriaRole.Group, new() { Name = "Figures by group" }).Locator("tbody th a").First.ClickAsync();
        await Look(page, "from the total");
        await page.GetByRole(AriaRole.Link, new() { Name = "The entries", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = Entry() }).First.ClickAsync();
        await Look(page, "explained");
    }

    private static string Folder()
    {
        var asked = Environment.GetEnvironmentVariable(ScreenshotFactAttribute.Variable)!;
        var folder = Path.IsPathRooted(asked) ? asked : Path.Combine(PortalProcess.RepositoryRoot(), "tests", "Rules.Browser.Tests", "screenshots");
        Directory.CreateDirectory(folder);
        return folder;
    }

    private static string FileOf(string folder, string name, string kind) => Path.Combine(folder, $"{Other().Replace(name, "-")}-{kind}.png".ToLowerInvariant());

    [GeneratedRegex("^Entry [0-9]+ of ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entry();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Other();
}

/// <summary>Runs only where it is asked for: pictures prove nothing by themselves.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScreenshotFactAttribute : FactAttribute
{
    /// <summary>Set to 1, or to the folder that takes the pictures.</summary>
    public const string Variable = "RULES_SCREENSHOTS";

    public ScreenshotFactAttribute() =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) ? $"pictures are made where {Variable} asks for them" : InstalledBrowser.ReasonToSkip;
}
