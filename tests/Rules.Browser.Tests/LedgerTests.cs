using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;

namespace Rules.Browser.Tests;

/// <summary>The ledger: what a filter adds up to, and its proof.</summary>
public sealed class LedgerTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserFact]
    public async Task Filter_adds_up_what_it_finds_and_stays_in_the_address()
    {
        var page = await NewPageAsync(script: false);
        await page.GotoAsync("/ledger?account=sample-clinic");
        await page.GetByLabel("Kind").SelectOptionAsync("charge");
        await page.GetByLabel("Credits at least").FillAsync("0.5");
        await page.GetByLabel("Credits at most").FillAsync("0.5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        page.Url.ShouldContain("least=0.5");
        var rows = await page.Locator("tbody tr").CountAsync();
        rows.ShouldBeInRange(1, 49);
        await Assertions.Expect(page.Locator("[aria-label='Sum of the filter'] dd").First).ToHaveTextAsync($"{rows}");
        await Assertions.Expect(page.Locator("[aria-label='Sum of the filter']")).ToContainTextAsync("−" + (rows / 2m).ToString("0.00000", System.Globalization.CultureInfo.InvariantCulture));
        await Assertions.Expect(page.Locator("tbody .amount").First).ToHaveTextAsync("−0.50000");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV", Exact = true }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync());
        lines[0].ShouldStartWith("account,entry,kind,");
        lines.Length.ShouldBe(rows + 1);
        lines[1].ShouldContain(",0.50000,");
    }

    [BrowserFact]
    public async Task Amount_without_a_ruleset_is_asked_for_one()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/ledger?least=1");
        await Assertions.Expect(page.Locator("#least-error")).ToContainTextAsync("Choose a ruleset or an account first");
    }

    [BrowserFact]
    public async Task History_is_proved_from_the_browser()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/ledger");
        await page.GetByRole(AriaRole.Link, new() { Name = "Verify and export" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify now" }).ClickAsync();
        await Assertions.Expect(page.Locator(".note-plain")).ToHaveTextAsync("The history is proved. The heads agree with the anchor outside the database.");
        await Assertions.Expect(page.Locator("dt:has-text('Entries') + dd")).ToHaveTextAsync(new Regex("^[0-9,]{3,}$", RegexOptions.None, TimeSpan.FromSeconds(1)));

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export all entries" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync());
        lines.Length.ShouldBeGreaterThan(400);
        lines.ShouldAllBe(line => line.StartsWith('{') && line.EndsWith('}'));
    }
}
