using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;

namespace Rules.Browser.Tests;

public sealed class ExplainedChargeTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserFact]
    public async Task Overview_leads_to_an_explained_charge_whose_focused_step_lights_its_rule_lines()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Ledger" }).ClickAsync();
        await page.GetByLabel("Account", new() { Exact = true }).FillAsync("sample-lab");
        await page.GetByLabel("Kind").SelectOptionAsync("charge");
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
        await page.Locator("tbody th a").First.ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "How this charge came about" })).ToBeVisibleAsync();
        var step = page.Locator(".step-charging").First;
        await step.Locator(".step-number").FocusAsync();

        var lines = (await step.GetAttributeAsync("data-lines"))!.Split(' ');
        lines.ShouldNotBeEmpty();
        (await LitLinesAsync(page)).ShouldBe(lines);
        await Assertions.Expect(page.Locator($"#L{lines[0]}")).ToBeInViewportAsync();
    }

    [BrowserFact]
    public async Task Arrow_keys_walk_the_steps()
    {
        var page = await NewPageAsync();
        await OpenAsync(page, "charge");
        await page.Locator(".step-number").First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.Locator(".step").Nth(1)).ToHaveAttributeAsync("aria-current", "step");
        await page.Keyboard.PressAsync("End");
        await Assertions.Expect(page.Locator(".step").Last).ToHaveAttributeAsync("aria-current", "step");
        await page.Keyboard.PressAsync("ArrowUp");
        var last = await page.Locator(".step").CountAsync();
        page.Url.ShouldEndWith($"step={last - 1}");
    }

    [BrowserFact]
    public async Task Hovering_a_line_lights_the_steps_it_made()
    {
        var page = await NewPageAsync();
        await OpenAsync(page, "charge");
        var step = page.Locator(".step-charging").First;
        var line = await step.GetAttributeAsync("data-lines");
        await page.Locator($"#L{line} code").HoverAsync();
        await Assertions.Expect(step).ToHaveClassAsync(new Regex("step-lit", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [BrowserFact]
    public async Task Address_of_a_step_lights_its_lines_without_script()
    {
        var page = await NewPageAsync(script: false);
        await OpenAsync(page, "charge");
        var step = page.Locator(".step-charging").First;
        var line = await step.GetAttributeAsync("data-lines");
        await step.Locator(".step-number").ClickAsync();
        (await LitLinesAsync(page)).ShouldBe([line!]);
    }

    [BrowserFact]
    public async Task Explanation_is_copied_as_the_stored_JSON()
    {
        var page = await NewPageAsync();
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await OpenAsync(page, "charge");
        await page.GetByRole(AriaRole.Link, new() { Name = "Copy as JSON" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Copy as JSON: copied");
        var copied = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        var stored = await (await page.APIRequest.GetAsync(Places["charge"] + "?handler=json")).TextAsync();
        copied.ShouldBe(stored);
    }

    private static Task<string[]> LitLinesAsync(IPage page) =>
        page.Locator(".source li.lit").EvaluateAllAsync<string[]>("lines => lines.map(line => line.dataset.line)");
}
