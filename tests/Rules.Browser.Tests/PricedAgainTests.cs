using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>A charge that is priced once more: with other values, under a draft, and as a test.</summary>
public sealed class PricedAgainTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_values_are_priced_on_the_account_as_it_stood(bool script)
    {
        var page = await NewPageAsync(script: script);
        await OpenAsync(page, "charge of a bucket");
        await page.GetByRole(AriaRole.Link, new() { Name = "Try other values" }).ClickAsync();
        var amounts = page.Locator("[data-again-amount]");
        await Assertions.Expect(amounts).ToHaveCountAsync(1);
        var before = await amounts.First.TextContentAsync();
        before.ShouldNotBeNull().ShouldContain("±0", customMessage: "with the values of the charge it costs what was charged");
        var model = page.GetByLabel("model", new() { Exact = true });
        var other = await model.EvaluateAsync<string>("select => [...select.options].find(o => !o.selected && o.value !== 'Bookbag Local' && o.value !== '').value");
        await model.SelectOptionAsync(other);
        if (!script)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Price it", Exact = true }).ClickAsync();
        }

        await Assertions.Expect(amounts.First).Not.ToHaveTextAsync(before!);
        page.Url.ShouldContain("calc.fact.model=");
    }

    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Charge_is_priced_with_a_draft_and_kept_in_it_as_a_test_that_holds(bool script)
    {
        var page = await NewPageAsync(script: script);
        await page.GotoAsync(Places["draft"]);
        await OpenAsync(page, "charge of a bucket");
        await page.GetByRole(AriaRole.Link, new() { Name = "Price it with draft" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-again-amount]")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("section[aria-labelledby=again]")).ToContainTextAsync("Under draft");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep as test" }).ClickAsync();
        await Assertions.Expect(page.Locator("section[aria-labelledby=examples] li").Filter(new() { HasText = "as in entry" }).First).ToContainTextAsync("Holds:");
        await Assertions.Expect(page.Locator("[role=status]").Filter(new() { HasText = "The example stands" })).ToBeVisibleAsync();
    }
}
