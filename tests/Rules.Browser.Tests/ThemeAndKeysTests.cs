using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

public sealed class ThemeAndKeysTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chosen_theme_is_drawn_by_the_server_on_the_next_page(bool script)
    {
        var page = await NewPageAsync(ColorScheme.Light, script: script);
        await page.GotoAsync("/rulesets");
        var saved = page.WaitForResponseAsync(answer => answer.Url.EndsWith("/appearance", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Dark theme" }).ClickAsync();
        await saved;
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        page.Url.ShouldEndWith("/rulesets");
        var html = await (await page.APIRequest.GetAsync("/accounts")).TextAsync();
        html.ShouldContain("data-theme=\"dark\"");
    }

    [BrowserFact]
    public async Task Two_keys_open_a_page()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("l");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/ledger$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [BrowserFact]
    public async Task Single_keys_can_be_turned_off()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/ledger");
        await page.Keyboard.PressAsync("?");
        await page.GetByLabel("Single keys work outside fields").UncheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(page.GetByLabel("Account", new() { Exact = true })).Not.ToBeFocusedAsync();
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#shortcuts")).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task Keys_typed_into_a_field_are_text()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/ledger");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("gl?");
        await Assertions.Expect(page.GetByLabel("Account", new() { Exact = true })).ToHaveValueAsync("gl?");
    }

    [BrowserFact]
    public async Task First_tab_stop_skips_to_the_content()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/ledger");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("main")).ToBeFocusedAsync();
    }

    [BrowserFact]
    public async Task J_and_k_walk_the_rows_of_a_table()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/ledger");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(page.Locator("tbody th a").Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.Locator("tbody th a").First).ToBeFocusedAsync();
    }
}
