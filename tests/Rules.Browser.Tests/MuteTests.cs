using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Rules.Browser.Tests;

public sealed class MuteTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Alert_that_fired_is_muted_for_its_account_stands_dimmed_and_is_unmuted(bool script)
    {
        var page = await NewPageAsync(script: script);
        var (alert, account) = (FiredAlert.Name, script ? "loud-bench" : "plain-bench");
        await FiredAlert.FireAsync(page, account);
        await page.GotoAsync("/");
        await Assertions.Expect(page.Locator(".needs")).ToContainTextAsync($"fired for {account}");
        await page.GotoAsync("/alerts");
        var fired = page.GetByRole(AriaRole.Group, new() { Name = "What fired" }).Locator("tbody tr").Filter(new() { HasText = account });
        await fired.First.GetByRole(AriaRole.Link, new() { Name = "Mute" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync($"Mute “{alert}”");
        await Assertions.Expect(page.GetByLabel("Account", new() { Exact = true })).ToHaveValueAsync(account);
        await page.GetByLabel("How long").SelectOptionAsync(new SelectOptionValue { Label = "until the time below" });
        await page.GetByLabel("Why").FillAsync("a load test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mute it" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Write a day and an hour that are still to come.");
        await page.GetByLabel("How long").SelectOptionAsync(new SelectOptionValue { Label = "for a week" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Mute it" }).ClickAsync();

        await Assertions.Expect(fired.First).ToHaveClassAsync("dim");
        await Assertions.Expect(fired.First).ToContainTextAsync(new Regex("muted by admin until ", RegexOptions.None, TimeSpan.FromSeconds(1)));
        var muted = page.GetByRole(AriaRole.Group, new() { Name = "What is muted" }).Locator("tbody tr").Filter(new() { HasText = "a load test" });
        await page.GotoAsync("/");
        await Assertions.Expect(page.GetByText($"fired for {account}")).ToHaveCountAsync(0);
        await page.GotoAsync("/alerts");
        await muted.GetByRole(AriaRole.Button, new() { Name = "Unmute" }).ClickAsync();
        await Assertions.Expect(muted).ToHaveCountAsync(0);
        await Assertions.Expect(fired.First).Not.ToHaveClassAsync("dim");

        await page.GotoAsync("/settings/audit?of=alerts");
        await Assertions.Expect(page.Locator("ol.log li").First).ToContainTextAsync($"admin unmuted the alert “{alert}” of ");
        await Assertions.Expect(page.Locator("ol.log li").Nth(1)).ToContainTextAsync($"for {account} until ");
    }
}
