using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>Kept replays: begun, read, filtered, and followed down to a charge.</summary>
public sealed class ReplayTests(PortalFixture portal) : PortalPageTests(portal)
{
    private const string Rate = "GPT-4o\"             5 credits";

    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_drafts_are_replayed_and_a_total_leads_to_an_account_a_day_and_its_charges(bool script)
    {
        var dearer = await DraftAsync("6 credits");
        var cheaper = await DraftAsync("4 credits");
        var page = await NewPageAsync(script: script);
        await page.GotoAsync($"/replays?draft={dearer}&draft={cheaper}");
        await page.GetByLabel("Group by").FillAsync("action, model");
        await page.GetByRole(AriaRole.Button, new() { Name = "Replay", Exact = true }).ClickAsync();
        var totals = page.GetByRole(AriaRole.Group, new() { Name = "Totals" });
        for (var look = 0; !script && look < 500 && await totals.CountAsync() == 0; look++)
        {
            await page.ReloadAsync();
        }

        await Assertions.Expect(totals.Locator("tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(totals.Locator("tr.dearer")).ToHaveCountAsync(1);
        await Assertions.Expect(totals.Locator("tr.cheaper")).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByRole(AriaRole.Group, new() { Name = "By model" })).ToContainTextAsync("GPT-4o");

        var cheaperName = (await totals.Locator("tr.cheaper th").TextContentAsync())!;
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Drafts" }).GetByRole(AriaRole.Link, new() { Name = cheaperName, Exact = true }).ClickAsync();
        var accounts = page.GetByRole(AriaRole.Group, new() { Name = "Accounts", Exact = true });
        await Assertions.Expect(accounts.Locator("tr.cheaper").First).ToBeVisibleAsync();
        await page.GetByLabel("Show", new() { Exact = true }).SelectOptionAsync("dearer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No account fits the filter.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Clear" }).ClickAsync();
        var csv = await page.APIRequest.GetAsync((await page.GetByRole(AriaRole.Link, new() { Name = "CSV", Exact = true }).GetAttributeAsync("href"))!);
        (await csv.TextAsync()).ShouldStartWith("account,plan,events,published,");

        await accounts.Locator("tbody th a").First.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("day by day");
        await page.GetByRole(AriaRole.Group, new() { Name = "Days" }).Locator("tr:is(.dearer, .cheaper) th a").First.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/ledger\\?account=.*kind=charge", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await page.Locator("tbody th a").First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("Price it with draft", RegexOptions.None, TimeSpan.FromSeconds(1)) })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Replay_without_a_draft_is_refused_and_says_what_to_do()
    {
        await DraftAsync("7 credits");
        var page = await NewPageAsync();
        await page.GotoAsync("/replays");
        foreach (var box in await page.GetByRole(AriaRole.Checkbox, new() { Checked = true }).AllAsync())
        {
            await box.UncheckAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Replay", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Choose a draft to replay.");
    }

    // A saved draft of bookbag with another price, and its id.
    private async Task<string> DraftAsync(string price)
    {
        var page = await NewPageAsync(script: false);
        await page.GotoAsync("/rulesets/bookbag");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
        var text = await page.Locator("textarea.editor").InputValueAsync();
        text.ShouldContain(Rate);
        await page.Locator("textarea.editor").FillAsync(text.Replace(Rate, Rate.Replace("5 credits", price, StringComparison.Ordinal), StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-saved]")).ToContainTextAsync("revision 2");
        return page.Url.Split('?')[0].Split('/')[^1];
    }
}
