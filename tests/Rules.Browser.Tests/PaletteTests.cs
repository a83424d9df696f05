using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Rules.Browser.Tests;

public sealed class PaletteTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserTheory]
    [InlineData("Control+k")]
    [InlineData("Meta+k")]
    public async Task Palette_opens_by_its_keys_finds_an_account_and_goes_there(string keys)
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync(keys);
        await page.Keyboard.TypeAsync("sample-lab");
        await Assertions.Expect(page.Locator("#palette-results a").First).ToContainTextAsync("sample-lab");
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.Locator("#palette-results a").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/accounts/sample-lab$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [BrowserFact]
    public async Task Palette_closes_to_where_it_was_opened()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/ledger");
        var opener = page.GetByRole(AriaRole.Link, new() { Name = "Find" });
        await opener.ClickAsync();
        await Assertions.Expect(page.Locator("#palette input")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#palette")).ToBeHiddenAsync();
        await Assertions.Expect(opener).ToBeFocusedAsync();
    }

    [BrowserFact]
    public async Task Palette_begins_a_draft()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("new draft of roboflow");
        var begin = page.Locator("#palette-results button");
        await Assertions.Expect(begin).ToHaveCountAsync(1);
        await begin.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("roboflow.v");
        await Assertions.Expect(page.Locator(".cm-content")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Search_page_finds_an_entry_by_account_and_number_without_script()
    {
        var page = await NewPageAsync(script: false);
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Find" }).ClickAsync();
        await page.GetByLabel("What is it called?").FillAsync("sample-lab/2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Entry 2 of sample-lab" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/accounts/sample-lab/entries/2$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }
}
