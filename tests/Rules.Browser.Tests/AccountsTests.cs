using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;

namespace Rules.Browser.Tests;

/// <summary>Accounts: how long credits last, and what an operator does.</summary>
public sealed class AccountsTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserFact]
    public async Task List_says_how_long_the_credits_of_each_account_last()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/accounts");
        await Assertions.Expect(page.Locator(".zone-note")).ToContainTextAsync("UTC. Pace of");
        (await page.Locator("thead th").AllInnerTextsAsync()).ShouldBe(["Account", "Ruleset", "Plan", "Balance, credits", "Used a day", "Days left", "Runs out", "Alerts"]);
        // 100 credits a month and three replies a day: gone.
        var school = page.GetByRole(AriaRole.Row, new() { Name = "sample-school" });
        await Assertions.Expect(school).ToContainTextAsync("empty");
        await Assertions.Expect(school.Locator("td").Nth(4)).ToHaveTextAsync("0.0");
        var shop = page.GetByRole(AriaRole.Row, new() { Name = "sample-shop" });
        await Assertions.Expect(shop.Locator("td").Nth(3)).ToHaveTextAsync(new Regex("^[1-9][0-9]*$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Assertions.Expect(shop).ToContainTextAsync("sample");
    }

    [BrowserFact]
    public async Task Account_draws_its_credits_and_gives_the_same_figures_as_a_table()
    {
        var page = await NewPageAsync(script: false);
        await page.GotoAsync("/accounts/sample-shop");
        var chart = page.Locator("figure.chart svg[role=img]");
        (await chart.Locator("title").First.TextContentAsync()).ShouldBe("Credits left to sample-shop");
        (await chart.Locator("polyline.is").GetAttributeAsync("points"))!.Split(' ').Length.ShouldBeGreaterThan(200);
        await page.GetByText("Show as table").ClickAsync();
        var days = page.GetByRole(AriaRole.Group, new() { Name = "Days" }).Locator("tbody tr");
        (await days.CountAsync()).ShouldBe(30);
        // Six uses on each whole day.
        await Assertions.Expect(days.Nth(10).Locator("td").First).ToHaveTextAsync("6");
    }

    [BrowserFact]
    public async Task Use_is_grouped_by_what_events_record()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/accounts/sample-shop");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Group by" }).GetByRole(AriaRole.Link, new() { Name = "agent" }).ClickAsync();
        var table = page.GetByRole(AriaRole.Group, new() { Name = "Use by agent" });
        (await table.Locator("tbody th").AllInnerTextsAsync()).Order().ShouldBe(["helpdesk", "onboarding", "sales"]);
    }

    [BrowserFact]
    public async Task Operator_gives_credits_after_reading_it_in_words()
    {
        var page = await NewPageAsync(script: false);
        await page.GotoAsync("/accounts/sample-agency");
        await page.GetByRole(AriaRole.Link, new() { Name = "Give credits" }).ClickAsync();
        await page.GetByLabel("Credits", new() { Exact = true }).FillAsync("minus one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what it does" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Write a whole number of credits above zero.");

        await page.GetByLabel("Credits", new() { Exact = true }).FillAsync("1,250");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what it does" }).ClickAsync();
        await Assertions.Expect(page.Locator("form.decide b")).ToHaveTextAsync("Give 1,250 credits to sample-agency, into allotment, from now on.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, do it" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("1,250 credits");

        await page.GotoAsync("/accounts/sample-agency");
        await page.GetByRole(AriaRole.Link, new() { Name = "End grant 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what it does" }).ClickAsync();
        await Assertions.Expect(page.Locator("form.decide b")).ToContainTextAsync("End grant #2 of sample-agency now: the 1,250 credits that are left of it in allotment are gone.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, do it" }).ClickAsync();
        await Assertions.Expect(page.GetByText("void", new() { Exact = true })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Operator_takes_a_charge_back_from_its_page_once()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/ledger?account=sample-shop&kind=charge");
        await page.Locator("tbody th a").Nth(3).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Take it back" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what it does" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, do it" }).ClickAsync();
        await Assertions.Expect(page.GetByText("reversal", new() { Exact = true })).ToBeVisibleAsync();

        await page.GotoAsync("/accounts/sample-shop/do/reverse?use=no-such-use");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what it does" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, do it" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("It was not done:");
    }
}
