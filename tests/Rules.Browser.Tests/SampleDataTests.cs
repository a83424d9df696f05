using Microsoft.Playwright;
using Shouldly;

namespace Rules.Browser.Tests;

/// <summary>The sample company: it comes while pages answer, and goes when it is told to. Each in a portal of its own.</summary>
public sealed class SampleDataTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserFact]
    public async Task First_page_does_not_wait_for_the_sample_company_and_says_how_far_it_is()
    {
        await using var own = await PortalProcess.StartAsync("full");
        var page = await SignInAsync(own);
        var strip = page.GetByRole(AriaRole.Complementary, new() { Name = "Sample data" });
        await Assertions.Expect(strip).ToContainTextAsync("Sample data is being written");
        await Assertions.Expect(strip).ToContainTextAsync("events. Every page already shows what is there.");
        var before = await strip.Locator("progress").GetAttributeAsync("value");
        await Assertions.Expect(strip.Locator("progress")).Not.ToHaveAttributeAsync("value", before!);
        await page.GotoAsync(new Uri(own.Address, "/accounts").ToString());
        // Some accounts are opened in the first week, which may not be written yet.
        (await page.Locator("tbody tr").CountAsync()).ShouldBeInRange(8, 12);
    }

    [BrowserFact]
    public async Task Admin_removes_the_sample_company_and_pages_are_empty()
    {
        await using var own = await PortalProcess.StartAsync("small");
        var page = await SignInAsync(own);
        await page.GotoAsync(new Uri(own.Address, "/settings/sample").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove sample data" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nothing was removed.");
        (await page.GetByRole(AriaRole.Group, new() { Name = "Sample accounts" }).Locator("tbody tr").CountAsync()).ShouldBe(6);

        await page.GetByLabel("Remove all 6 sample accounts for good").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove sample data" }).ClickAsync();
        for (var look = 0; look < 100 && await page.GetByText("There is no sample data here.").CountAsync() == 0; look++)
        {
            await page.WaitForTimeoutAsync(200);
            await page.GotoAsync(new Uri(own.Address, "/settings/sample").ToString());
        }

        await page.GotoAsync(new Uri(own.Address, "/accounts").ToString());
        await Assertions.Expect(page.GetByText("No account is open yet.")).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(own.Address, "/ledger").ToString());
        await Assertions.Expect(page.GetByText("Nothing has been recorded yet.")).ToBeVisibleAsync();
        (await page.GotoAsync(new Uri(own.Address, "/accounts/sample-shop").ToString()))!.Status.ShouldBe(404);
    }

    private async Task<IPage> SignInAsync(PortalProcess own)
    {
        var page = await NewPageAsync(stranger: true);
        await page.GotoAsync(own.SignInLink.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as admin" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        return page;
    }
}
