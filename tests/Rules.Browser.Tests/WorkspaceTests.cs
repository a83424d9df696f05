using System.Text.RegularExpressions;
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
        // Of 46 such uses other tests may take some back.
        await Assertions.Expect(page.Locator("[data-cell=change]")).ToContainTextAsync(new Regex("^\\+4[0-9] ", RegexOptions.None, TimeSpan.FromSeconds(1)));
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
    public async Task Pointer_over_a_rate_tells_both_prices_and_what_it_made()
    {
        var (page, errors) = await DraftAsync("bookbag");
        await Assertions.Expect(page.Locator(".cm-content .t-keyword").First).ToBeVisibleAsync();
        await CaretAsync(page, Rate, "GPT-4o\"             5".Length);
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        var made = page.Locator("[data-rate-line]").Filter(new() { HasText = "\"GPT-4o\"" });
        await Assertions.Expect(made).ToHaveAttributeAsync("data-rate", new Regex("in the draft: \"GPT-4o\" +6 credits", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await page.Locator(".cm-line").Filter(new() { HasTextRegex = new Regex("GPT-4o\" +6 credits", RegexOptions.None, TimeSpan.FromSeconds(1)) }).HoverAsync(new() { Position = new Position { X = 40, Y = 8 } });
        await Assertions.Expect(page.Locator(".cm-rate")).ToContainTextAsync("published: \"GPT-4o\" 5 credits in the draft: \"GPT-4o\" 6 credits");
        await Assertions.Expect(page.Locator(".cm-rate")).ToContainTextAsync(new Regex("[0-9] credits in the window, [0-9.]+\u202f% of all", RegexOptions.None, TimeSpan.FromSeconds(1)));
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
        await Assertions.Expect(page.Locator("[data-saved]")).ToContainTextAsync("revision 2");
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
        await lee.GetByText("Publish…").ClickAsync();
        await lee.GetByRole(AriaRole.Button, new() { Name = "Publish now" }).ClickAsync();
        await Assertions.Expect(lee.Locator("h1 ~ .chip").First).ToHaveTextAsync("published");

        await kim.GotoAsync($"/rulesets/ai-engine/v/{newest[1..]}");
        await kim.GetByRole(AriaRole.Textbox, new() { Name = "Reason" }).FillAsync("As it was.");
        await kim.GetByRole(AriaRole.Button, new() { Name = "Prepare the rollback" }).ClickAsync();
        await Assertions.Expect(kim.Locator("h1")).ToContainTextAsync("ai-engine.v");
        await Assertions.Expect(kim.GetByRole(AriaRole.Button, new() { Name = "Request review", Exact = true })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Repair_that_is_offered_beside_the_text_is_in_the_text_afterwards()
    {
        var (page, errors) = await DraftAsync("bookbag");
        await CaretAsync(page, "price reply by", "price reply".Length);
        await page.Keyboard.PressAsync("Backspace");
        var repair = page.Locator("section[aria-labelledby=problems] .fix button").First;
        await Assertions.Expect(repair).ToHaveTextAsync("Write reply");
        await repair.ClickAsync();
        await Assertions.Expect(page.Locator("section[aria-labelledby=problems] .fix button")).ToHaveCountAsync(0);
        (await page.Locator("textarea.editor").InputValueAsync()).ShouldContain("price reply by model");
        await Assertions.Expect(page.Locator("[data-errors]")).ToHaveAttributeAsync("data-errors", "0");
        errors.ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Show_changes_puts_the_line_of_the_version_above_the_changed_one()
    {
        var (page, errors) = await DraftAsync("bookbag");
        await Assertions.Expect(page.Locator(".cm-content .t-keyword").First).ToBeVisibleAsync();
        await CaretAsync(page, Rate, "GPT-4o\"             5".Length);
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await page.Keyboard.PressAsync("Control+Shift+D");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Show changes" })).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(page.Locator(".cm-deletedChunk").Filter(new() { HasText = "5 credits" })).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show changes" }).ClickAsync();
        await Assertions.Expect(page.Locator(".cm-deletedChunk")).ToHaveCountAsync(0);
        errors.ShouldBeEmpty();
        (await page.EvaluateAsync<string[]>("() => window.violations")).ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Session_that_ends_while_typing_says_so_and_leads_back_to_the_text()
    {
        var (page, _) = await DraftAsync("bookbag");
        await CaretAsync(page, "language 1", 0);
        await page.Context.ClearCookiesAsync();
        await page.Keyboard.TypeAsync("# kept here\n");
        await Assertions.Expect(page.Locator("[data-saved]")).ToContainTextAsync("You were signed out; your text is kept in this browser.");
        var link = await page.Locator("[data-saved] a").GetAttributeAsync("href");
        link.ShouldBe("/sign-in?back=" + Uri.EscapeDataString(new Uri(page.Url).PathAndQuery));
        await page.Locator("[data-saved] a").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Calculator_prices_an_event_under_both_texts_while_they_are_typed()
    {
        var (page, errors) = await DraftAsync("bookbag");
        await Assertions.Expect(page.Locator(".cm-content .t-keyword").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Calculator" }).ClickAsync();
        await page.GetByLabel("model", new() { Exact = true }).SelectOptionAsync("GPT-4o");
        await Assertions.Expect(page.Locator("[data-cell=calculated]")).ToHaveTextAsync("5");
        await CaretAsync(page, Rate, "GPT-4o\"             5".Length);
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await Assertions.Expect(page.Locator("[data-cell=calculated]")).ToHaveTextAsync("6");
        await Assertions.Expect(page.Locator("[data-cell=published]")).ToHaveTextAsync("5");
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("6 credits under the draft");
        errors.ShouldBeEmpty();
        (await page.EvaluateAsync<string[]>("() => window.violations")).ShouldBeEmpty();
    }

    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Worked_out_event_is_kept_as_a_test_that_holds(bool script)
    {
        var page = await NewPageAsync(script: script);
        await page.GotoAsync("/rulesets/bookbag");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Calculator" }).ClickAsync();
        await page.GetByLabel("model", new() { Exact = true }).SelectOptionAsync("Claude Sonnet 4.6");
        if (!script)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Work it out" }).ClickAsync();
        }

        await Assertions.Expect(page.Locator("[data-cell=calculated]")).ToHaveTextAsync("4");
        await page.GetByLabel("Name", new() { Exact = true }).PressSequentiallyAsync("one answer", new() { Delay = 60 });
        await Assertions.Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("one answer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep as test" }).ClickAsync();
        var test = page.Locator("section[aria-labelledby=examples] li").Filter(new() { HasText = "one answer" });
        await Assertions.Expect(test).ToContainTextAsync("Holds:");
        await Assertions.Expect(page.Locator("[data-saved]")).ToHaveTextAsync("Unsaved changes");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-saved]")).ToContainTextAsync("revision 2");
        (await page.Locator("textarea.editor").InputValueAsync()).ShouldContain("example \"one answer\"\n  given");
    }

    [BrowserFact]
    public async Task Price_is_changed_and_sent_to_review_by_the_keyboard_alone()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("new draft of bookbag");
        await Assertions.Expect(page.Locator("#palette-results button")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("bookbag.v");
        await Assertions.Expect(page.Locator(".cm-content .t-keyword").First).ToBeVisibleAsync();

        await TabToAsync(page, "Tab", ".cm-content");
        await page.Keyboard.PressAsync("Control+f");
        await page.Keyboard.TypeAsync(Rate);
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("End");
        for (var i = 0; i < " credits".Length; i++)
        {
            await page.Keyboard.PressAsync("ArrowLeft");
        }

        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await Assertions.Expect(page.Locator(".changes")).ToContainTextAsync("reply with GPT-4o costs 20.0");
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync("accounts run out sooner");
        await page.Keyboard.PressAsync("Alt+ArrowDown");
        await Assertions.Expect(page.Locator(".changes")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Control+s");
        await Assertions.Expect(page.Locator("[data-saved]")).ToContainTextAsync("revision 2");

        await TabToAsync(page, "Tab", ".cm-content");
        await page.Keyboard.PressAsync("Escape");
        await TabToAsync(page, "Shift+Tab", "button:text-is('Request review')");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByText("You wrote in this draft")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Outline_leads_to_lines_of_the_editor()
    {
        var (page, errors) = await DraftAsync("bookbag");
        await page.GetByRole(AriaRole.Button, new() { Name = "Outline" }).ClickAsync();
        await page.Locator(".outline a").Filter(new() { HasText = "price reply" }).ClickAsync();
        await Assertions.Expect(page.Locator(".cm-activeLine")).ToContainTextAsync("price reply by model");
        errors.ShouldBeEmpty();
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
    // Presses a key until something has the focus.
    private static async Task TabToAsync(IPage page, string key, string selector)
    {
        for (var presses = 0; presses < 80; presses++)
        {
            if (await page.Locator(selector).EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }

            await page.Keyboard.PressAsync(key);
        }

        throw new InvalidOperationException($"{key} does not reach {selector}.");
    }

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
