using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>From typing a price to charging it, as a person does it.</summary>
public sealed class WorkspaceTests(PortalFixture portal) : PortalPageTests(portal)
{
    private const string Rate = "GPT-4o\"             5 credits";

    [BrowserFact]
    public async Task Typed_price_changes_words_and_figures_without_a_save()
    {
        var (page, errors) = await DraftAsync("bookbag");
        await Assertions.Expect(page.Locator(".cm-content .t-keyword").First).ToBeVisibleAsync();
        await CaretAsync(page, Rate, "GPT-4o\"             5".Length);
        await page.Keyboard.PressAsync("Alt+ArrowUp");

        await Assertions.Expect(page.Locator(".changes")).ToContainTextAsync("reply with GPT-4o costs 20.0");
        await Assertions.Expect(page.Locator("[data-cell=change]")).ToContainTextAsync("+46");
        await Assertions.Expect(page.Locator("[data-saved]")).ToHaveTextAsync("Unsaved changes");
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("accounts run out sooner");
        await page.Locator("section[aria-labelledby=problems] a").First.ClickAsync();
        await Assertions.Expect(page.Locator(".cm-lintRange-error").First).ToBeVisibleAsync();
        await CaretAsync(page, "GPT-4o\"             6", "GPT-4o\"             6".Length);
        await page.Keyboard.PressAsync("Alt+ArrowDown");
        await Assertions.Expect(page.Locator(".changes")).ToHaveCountAsync(0);
        errors.ShouldBeEmpty();
        (await page.EvaluateAsync<string[]>("() => window.violations")).ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Broken_text_keeps_the_figures_of_the_last_whole_one_and_says_so()
    {
        var (page, errors) = await DraftAsync("bookbag");
        await Assertions.Expect(page.Locator("[data-sentence]")).ToBeVisibleAsync();
        await CaretAsync(page, Rate, 0);
        await page.Keyboard.TypeAsync("nonsense ");
        await Assertions.Expect(page.Locator(".stale .hint")).ToHaveTextAsync("of the last text without problems");
        await Assertions.Expect(page.Locator("[data-sentence]")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Assertions.Expect(page.Locator(".stale")).ToHaveCountAsync(0);
        errors.ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Language_server_suggests_and_explains_in_the_page()
    {
        var (page, errors) = await DraftAsync("bookbag");
        await Assertions.Expect(page.Locator(".cm-content .t-keyword").First).ToBeVisibleAsync();
        await page.Locator(".cm-content").FocusAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("pr");
        await page.Keyboard.PressAsync("Control+Space");
        await Assertions.Expect(page.Locator(".cm-tooltip-autocomplete")).ToContainTextAsync("price");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".cm-content .t-keyword").Last.HoverAsync();
        await Assertions.Expect(page.Locator(".cm-lsp-hover-tooltip")).ToBeVisibleAsync();
        errors.ShouldBeEmpty();
        (await page.EvaluateAsync<string[]>("() => window.violations")).ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Text_that_was_not_saved_is_there_after_a_reload()
    {
        var (page, _) = await DraftAsync("bookbag");
        await CaretAsync(page, "language 1", 0);
        await page.Keyboard.TypeAsync("# kept here\n");
        await Assertions.Expect(page.Locator("[data-saved]")).ToHaveTextAsync("Unsaved changes");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("[data-saved]")).ToHaveTextAsync("Restored from this browser, not saved");
        await Assertions.Expect(page.Locator(".cm-content")).ToContainTextAsync("# kept here");
        await page.Keyboard.PressAsync("Tab");
        await page.Locator(".cm-content").FocusAsync();
        await page.Keyboard.PressAsync("Control+s");
        await Assertions.Expect(page.Locator("[data-saved]")).ToContainTextAsync("row version 2");
    }

    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Price_goes_from_draft_to_published_and_back(bool script)
    {
        var kim = await NewPageAsync(script: script);
        await kim.GotoAsync("/rulesets/ai-engine");
        var newest = (await kim.Locator("tbody th a").First.TextContentAsync())!;
        await kim.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
        await kim.GetByRole(AriaRole.Button, new() { Name = "Request review", Exact = true }).ClickAsync();
        await Assertions.Expect(kim.GetByText("You wrote in this draft")).ToBeVisibleAsync();

        var lee = await ApproverAsync(script);
        await lee.GotoAsync(kim.Url);
        await lee.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await lee.GetByRole(AriaRole.Button, new() { Name = "Publish now" }).ClickAsync();
        await Assertions.Expect(lee.Locator("h1 ~ .chip").First).ToHaveTextAsync("published");

        await kim.GotoAsync($"/rulesets/ai-engine/v/{newest[1..]}");
        await kim.GetByRole(AriaRole.Textbox, new() { Name = "Reason" }).FillAsync("As it was.");
        await kim.GetByRole(AriaRole.Button, new() { Name = "Prepare the rollback" }).ClickAsync();
        await Assertions.Expect(kim.Locator("h1")).ToContainTextAsync("ai-engine.v");
        await Assertions.Expect(kim.GetByRole(AriaRole.Button, new() { Name = "Request review", Exact = true })).ToBeVisibleAsync();
    }

    // As the card of the first ten minutes says: the admin makes a link, which is opened elsewhere.
    private async Task<IPage> ApproverAsync(bool script)
    {
        var admin = await NewPageAsync(script: script);
        await admin.GotoAsync("/settings/people");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Make a sign-in link for Sample approver" }).ClickAsync();
        var page = await NewPageAsync(script: script, stranger: true);
        await page.GotoAsync((await admin.Locator("[data-link]").GetAttributeAsync("href"))!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as Sample approver" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true })).ToBeVisibleAsync();
        return page;
    }

    private async Task<(IPage Page, List<string> Errors)> DraftAsync(string ruleset)
    {
        var page = await NewPageAsync();
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Add(error);
        await page.AddInitScriptAsync("window.violations = []; document.addEventListener('securitypolicyviolation', e => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));");
        await page.GotoAsync($"/rulesets/{ruleset}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
        await Assertions.Expect(page.Locator(".cm-content")).ToBeVisibleAsync();
        return (page, errors);
    }

    /// <summary>Finds words with the editor's own search and puts the caret so many characters behind their beginning.</summary>
    private static async Task CaretAsync(IPage page, string words, int offset)
    {
        await page.Locator(".cm-content").FocusAsync();
        await page.Keyboard.PressAsync("Control+f");
        await page.Locator(".cm-search [name=search]").PressSequentiallyAsync(words);
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".cm-content").FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        for (var i = 0; i < offset; i++)
        {
            await page.Keyboard.PressAsync("ArrowRight");
        }
    }
}
