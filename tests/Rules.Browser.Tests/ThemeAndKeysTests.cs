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

    // Each entry of the navigation, and the five that have fixed letters.
    [BrowserFact]
    public async Task Two_keys_open_each_page_of_the_navigation()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/appearance");
        var keys = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('.nav a[data-key]')].map(link => link.dataset.key + new URL(link.href).pathname)");
        keys.Length.ShouldBeGreaterThan(5);
        keys.Select(static entry => entry[0]).ShouldBeUnique();
        foreach (var fixedKey in "pblcr")
        {
            keys.ShouldContain(entry => entry[0] == fixedKey, $"g {fixedKey}");
        }

        foreach (var entry in keys)
        {
            await page.GotoAsync("/appearance");
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync(entry[..1]);
            await Assertions.Expect(page).ToHaveURLAsync(new Regex($"{Regex.Escape(entry[1..])}$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        }
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
