using System.Text;
using Microsoft.Playwright;

namespace Rules.Browser.Tests;

/// <summary>Usage of one's own: uploaded, mapped, checked, mended and imported.</summary>
public sealed class ImportTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserFact]
    public async Task File_is_mapped_checked_and_imported_without_script()
    {
        var page = await NewPageAsync(script: false);
        await UploadAsync(page, "own-usage.csv", "nr,Customer,timestamp,which model\n1,acme,2026-05-01T10:00:00Z,GPT-4o\n2,acme,2026-05-02T10:00:00Z,GPT-4o mini\n2,acme,2026-05-02T10:00:00Z,GPT-4o mini\n");

        // Guessed from the names; what no name says is asked for.
        await Assertions.Expect(page.GetByLabel("Member that Customer says")).ToHaveValueAsync("account");
        await Assertions.Expect(page.GetByLabel("Member that timestamp says")).ToHaveValueAsync("at");
        await page.GetByLabel("Member that which model says").FillAsync("facts.model");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await EndedAsync(page);
        await Assertions.Expect(page.Locator(".problems")).ToContainTextAsync("Line 2");

        await page.GetByLabel("Member that nr says").FillAsync("id");
        await page.GetByLabel("What every event says").FillAsync("action=reply");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await EndedAsync(page);
        await Assertions.Expect(page.GetByText("Every line can be read.")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("dt:has-text('Would be stored') + dd")).ToContainTextAsync("2");

        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        var row = page.GetByRole(AriaRole.Group, new() { Name = "Imports" }).GetByRole(AriaRole.Row, new() { Name = "own-usage.csv" });
        for (var look = 0; look < 100 && await row.CountAsync() == 0; look++)
        {
            await page.WaitForTimeoutAsync(200);
            await page.GotoAsync("/settings/imports");
        }

        await Assertions.Expect(row.Locator("td").Nth(1)).ToHaveTextAsync("2");
        await Assertions.Expect(row.Locator("td").Nth(2)).ToHaveTextAsync("1");
        await Assertions.Expect(row).ToContainTextAsync("whole");

        await row.GetByRole(AriaRole.Link, new() { Name = "Take back own-usage.csv" }).ClickAsync();
        await Assertions.Expect(page.GetByText("2 events of “own-usage.csv” will be removed for good")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take back 2 events" }).ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("taken back by");
        await Assertions.Expect(row.GetByRole(AriaRole.Link, new() { Name = "Take back" })).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task Mistake_in_the_mapping_is_told_before_anything_is_read()
    {
        var page = await NewPageAsync();
        await UploadAsync(page, "twice.jsonl", "{\"id\": \"1\", \"account\": \"acme\", \"when\": {\"at\": \"2026-05-01T10:00:00Z\"}}\n");
        await page.GetByLabel("Member that when.at says").FillAsync("id");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("two columns say it");
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard the file" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Imports", Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("twice.jsonl")).ToHaveCountAsync(0);
    }

    private static async Task UploadAsync(IPage page, string name, string text)
    {
        await page.GotoAsync("/settings/imports");
        await page.GetByLabel("CSV with a header, or JSON Lines").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(text) });
        await page.GetByLabel("Ruleset", new() { Exact = true }).SelectOptionAsync("bookbag");
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload and map" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(name);
    }

    // Without script a page looks again by its link.
    private static async Task EndedAsync(IPage page)
    {
        for (var look = 0; look < 100 && await page.GetByRole(AriaRole.Link, new() { Name = "Look again" }).CountAsync() > 0; look++)
        {
            await page.WaitForTimeoutAsync(200);
            await page.GetByRole(AriaRole.Link, new() { Name = "Look again" }).ClickAsync();
        }

        await Assertions.Expect(page.Locator("h2:has-text('Checked')")).ToBeVisibleAsync();
    }
}
