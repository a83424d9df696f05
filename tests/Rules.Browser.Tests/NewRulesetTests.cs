using System.Text;
using Microsoft.Playwright;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>A ruleset that begins in the portal.</summary>
public sealed class NewRulesetTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ruleset_begins_from_a_template_with_examples_that_hold(bool script)
    {
        var page = await NewPageAsync(script: script);
        await page.GotoAsync("/rulesets");
        await page.GetByRole(AriaRole.Link, new() { Name = "New ruleset" }).First.ClickAsync();
        var form = page.Locator("section[aria-labelledby=from-template]");
        await form.GetByRole(AriaRole.Radio).Nth(1).CheckAsync();
        await form.GetByLabel("Name", new() { Exact = true }).FillAsync("bookbag");
        await form.GetByRole(AriaRole.Button, new() { Name = "Begin the ruleset" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("is published already");
        await Assertions.Expect(form.GetByRole(AriaRole.Radio).Nth(1)).ToBeCheckedAsync();
        await form.GetByLabel("Name", new() { Exact = true }).FillAsync($"from-template-{(script ? "a" : "b")}");
        await form.GetByRole(AriaRole.Button, new() { Name = "Begin the ruleset" }).ClickAsync();

        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync($"from-template-{(script ? "a" : "b")}.v1");
        await Assertions.Expect(page.Locator("[data-errors]")).ToHaveAttributeAsync("data-errors", "0");
        await page.GetByRole(AriaRole.Button, new() { Name = "Tests" }).ClickAsync();
        await Assertions.Expect(page.Locator("section[aria-labelledby=examples] .pane-head .hint")).ToContainTextAsync("hold");
    }

    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ruleset_begins_with_a_file_under_a_name_of_its_own(bool script)
    {
        var page = await NewPageAsync(script: script);
        var name = $"from-file-{(script ? "a" : "b")}";
        await page.GotoAsync("/rulesets/+new");
        var form = page.Locator("section[aria-labelledby=from-file]");
        await form.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(new FilePayload
        {
            Name = "elsewhere.rules",
            MimeType = "text/plain",
            Buffer = Encoding.UTF8.GetBytes("language 1\r\nruleset elsewhere version 7 effective 2026-01-01\r\ncredit \"credit\" to 0 decimals\r\naction scan\r\nprice scan\r\n  each 1 credit\r\n"),
        });
        await form.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await form.GetByRole(AriaRole.Button, new() { Name = "Import it as a draft" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync($"{name}.v1");
        await Assertions.Expect(page.Locator("textarea.editor")).ToHaveValueAsync(
            $"language 1\nruleset {name} version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\naction scan\nprice scan\n  each 1 credit\n");
    }
}
