using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

public sealed class SettingsTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_is_shown_once_works_is_rotated_and_revoked(bool script)
    {
        var page = await NewPageAsync(script: script);
        await page.GotoAsync("/settings/keys");
        var name = $"reports {script}";
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        await Assertions.Expect(page.Locator("#scopes-fault")).ToHaveTextAsync("Choose at least one.");
        await page.GetByLabel("read", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        var key = (await page.Locator("[data-key-text]").TextContentAsync())!;
        key.ShouldStartWith("rk_");
        (await StatusAsync(page, key)).ShouldBe(200);
        await page.GotoAsync("/settings/keys");
        (await page.ContentAsync()).ShouldNotContain(key);
        var row = page.Locator("tr").Filter(new() { HasText = name });
        await row.Locator("select").SelectOptionAsync("0");
        await row.GetByRole(AriaRole.Button, new() { Name = "Rotate" }).ClickAsync();
        var next = (await page.Locator("[data-key-text]").TextContentAsync())!;
        (await StatusAsync(page, key)).ShouldBe(401);
        (await StatusAsync(page, next)).ShouldBe(200);
        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("revoked");
        (await StatusAsync(page, next)).ShouldBe(401);

        await page.GotoAsync("/settings/audit");
        await page.GetByLabel("About", new() { Exact = true }).SelectOptionAsync("keys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        var lines = page.Locator("ol.log li").Filter(new() { HasText = $"“{name}”" });
        await Assertions.Expect(lines).ToHaveCountAsync(3);
        await Assertions.Expect(lines.First).ToContainTextAsync($"admin revoked the key “{name}”");
        await Assertions.Expect(lines.Nth(1)).ToContainTextAsync("gave the key");
        await Assertions.Expect(lines.Nth(2)).ToContainTextAsync("made the key");
    }

    [BrowserFact]
    public async Task Webhook_is_added_with_its_secret_shown_once_and_removed()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/settings/webhooks");
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync("ftp://example.com/alerts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add it and show its secret" }).ClickAsync();
        await Assertions.Expect(page.Locator("#url-fault")).ToContainTextAsync("https");
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync("https://example.com/alerts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add it and show its secret" }).ClickAsync();
        var secret = (await page.Locator("[data-secret]").TextContentAsync())!;
        secret.ShouldStartWith("whsec_");
        await page.GotoAsync("/settings/webhooks");
        (await page.ContentAsync()).ShouldNotContain(secret);
        var row = page.Locator("tr").Filter(new() { HasText = "https://example.com/alerts" });
        await row.GetByRole(AriaRole.Link, new() { Name = "Deliveries" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No alert has fired since this webhook was made.")).ToBeVisibleAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
    }

    private static async Task<int> StatusAsync(IPage page, string key) =>
        (await page.APIRequest.GetAsync("/v1/rulesets", new() { Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" } })).Status;
}
