using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using Shouldly;

namespace Rules.Browser.Tests;

/// <summary>Figures that are told from some of the accounts first. The portal of these tests tells an estimate from so many events on as one file brings.</summary>
public sealed class EstimateTests(PortalFixture portal) : PortalPageTests(portal)
{
    // One account of sixteen is looked at, and at least thirty have to be.
    private const int Accounts = 800;

    // Told at every change of the page, before it is drawn.
    private const string Watch = """
        window.estimates = []; window.unlabelled = [];
        new MutationObserver(() => {
          const figures = document.querySelector(".figures.impact.estimated");
          if (!figures) return;
          const words = [...figures.querySelectorAll("dt")].map(name => name.textContent);
          const chart = document.querySelector("figure .legend .is");
          window.estimates.push(words.join("; "));
          if (!/estimate, ± [0-9.]+\s%/.test(words[1]) || !words.slice(1).every(name => name.includes("estimate"))
            || !document.querySelector(".note.estimate") || !/estimate, ± /.test(figures.dataset.sentence.replace("an estimate", "estimate")) || (chart && !chart.textContent.includes("estimate")))
            window.unlabelled.push(document.querySelector(".stack").textContent);
        }).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
        """;

    [BrowserFact]
    public async Task Estimate_is_labelled_as_long_as_it_stands_and_gives_way_to_the_exact_figures()
    {
        var page = await NewPageAsync();
        await page.AddInitScriptAsync(Watch);
        var charged = await BeginAsync(page);
        await page.GotoAsync("/rulesets/meadow");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
        var editor = page.Locator(".cm-content");
        await Assertions.Expect(editor.Locator(".t-keyword").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("[data-cell=after]")).ToHaveTextAsync(charged);

        for (var press = 0; press < 5; press++)
        {
            await editor.FocusAsync();
            await page.Keyboard.PressAsync("Control+End");
            await page.Keyboard.PressAsync("Backspace");
            await page.Keyboard.TypeAsync($" # {press}\n");
            await Assertions.Expect(page.Locator(".figures.impact:not(.estimated) [data-cell=after]")).ToHaveTextAsync(charged);
        }

        (await page.EvaluateAsync<string[]>("() => window.estimates")).ShouldNotBeEmpty();
        (await page.EvaluateAsync<string[]>("() => window.unlabelled")).ShouldBeEmpty();
        await Assertions.Expect(page.Locator(".estimated, .note.estimate")).ToHaveCountAsync(0);
    }

    // A ruleset that has charged nothing, and usage of many accounts from elsewhere, each with one event.
    private async Task<string> BeginAsync(IPage page)
    {
        await page.GotoAsync("/rulesets/+new");
        await page.GetByLabel("Or its text").FillAsync("language 1\nruleset meadow version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\nmeter blade whole\naction mow\n  measures blade\nprice mow\n  per blade 2 credits\n");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import it as a draft" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Request review", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("You wrote in this draft")).ToBeVisibleAsync();
        var lee = await ApproverAsync();
        await lee.GotoAsync(page.Url);
        await lee.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await lee.GetByText("Publish…").ClickAsync();
        await lee.GetByRole(AriaRole.Button, new() { Name = "Publish now" }).ClickAsync();
        await Assertions.Expect(lee.Locator("h1 ~ .chip").First).ToHaveTextAsync("published");

        var lines = Enumerable.Range(1, Accounts).Select(number => string.Create(CultureInfo.InvariantCulture, $"e{number},herd-{number},2026-05-{1 + (number % 20):00}T10:00:00Z,mow,{1 + (number % 7)}\n"));
        await page.GotoAsync("/settings/imports");
        await page.GetByLabel("CSV with a header, or JSON Lines").SetInputFilesAsync(new FilePayload
        {
            Name = "meadow.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes("id,account,at,action,quantities.blade\n" + string.Concat(lines)),
        });
        await page.GetByLabel("Ruleset", new() { Exact = true }).SelectOptionAsync("meadow");
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload and map" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        var row = page.GetByRole(AriaRole.Group, new() { Name = "Imports" }).GetByRole(AriaRole.Row, new() { Name = "meadow.csv" });
        for (var look = 0; look < 100 && await row.CountAsync() == 0; look++)
        {
            await page.WaitForTimeoutAsync(200);
            await page.GotoAsync("/settings/imports");
        }

        await Assertions.Expect(row).ToContainTextAsync("whole");
        var blades = Enumerable.Range(1, Accounts).Sum(static number => 1 + (number % 7));
        return (2 * blades).ToString("N0", CultureInfo.InvariantCulture);
    }
}
