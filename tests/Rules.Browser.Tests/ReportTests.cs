using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;

namespace Rules.Browser.Tests;

public sealed class ReportTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserFact]
    public async Task Total_leads_to_an_account_to_a_day_and_to_a_charge()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/reports?ruleset=bookbag");
        await page.Locator("tbody th a[href*='account=']").First.ClickAsync();
        await Assertions.Expect(page.GetByLabel("Account", new() { Exact = true })).Not.ToHaveValueAsync("");
        await page.GetByText("Show as table").ClickAsync();
        await page.Locator("details tbody th a").First.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/ledger\\?ruleset=bookbag", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await page.Locator("tbody th a").First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "In the journal" })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Rows_add_up_to_the_total_and_are_exported_as_they_stand()
    {
        var page = await NewPageAsync(script: false);
        await page.GotoAsync("/reports?ruleset=bookbag");
        await page.GetByLabel("Then by").SelectOptionAsync("model");
        await page.GetByLabel("with the days before").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        var total = Number(await page.Locator("[data-total]").TextContentAsync());
        var rows = await page.Locator("section[aria-labelledby=report] > .table-wrap tbody td:nth-of-type(2)").AllTextContentsAsync();
        rows.Count.ShouldBeGreaterThan(1);
        rows.Sum(Number).ShouldBe(total);
        var csv = await (await page.APIRequest.GetAsync(await page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).GetAttributeAsync("href") ?? "")).TextAsync();
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("account,model,Credits,before");
        lines.Length.ShouldBe(rows.Count + 1);
        lines.Skip(1).Sum(static line => Number(line.Split(',')[^2])).ShouldBe(total);
    }

    private static decimal Number(string? text) => decimal.Parse(text!.Replace(",", "", StringComparison.Ordinal).Replace('−', '-').Trim(), System.Globalization.CultureInfo.InvariantCulture);
}
