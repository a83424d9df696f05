using System.Text;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

public sealed class BillTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bill_made_of_the_ledgers_own_report_agrees_but_for_what_was_changed_in_it(bool script)
    {
        var page = await NewPageAsync(script: script);
        // Days that are over, so that no other test changes what was charged in them.
        await page.GotoAsync("/reports?ruleset=bookbag");
        var day = DateOnly.Parse(await page.GetByLabel("To, inclusive").InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture);
        var (from, to) = (day.AddDays(-20).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), day.AddDays(-10).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        var report = await (await page.APIRequest.GetAsync($"/reports?ruleset=bookbag&from={from}&to={to}&by=account&handler=csv")).TextAsync();
        var lines = report.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList();
        lines.Count.ShouldBeGreaterThan(1);
        var dropped = lines[0].Split(',')[0];
        var bill = "customer,cost\n" + string.Join('\n', lines.Skip(1)) + "\nghost,3\n";

        await page.GotoAsync("/reports");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare with a bill" }).First.ClickAsync();
        await page.GetByLabel("CSV with a header").SetInputFilesAsync(new FilePayload { Name = $"bill-{script}.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(bill) });
        await page.GetByLabel("Ruleset", new() { Exact = true }).SelectOptionAsync("bookbag");
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload and compare" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Column that is compared")).ToHaveValueAsync("customer");
        await Assertions.Expect(page.GetByLabel("Column of amounts")).ToHaveValueAsync("cost");
        await page.GetByLabel("From", new() { Exact = true }).FillAsync(from);
        await page.GetByLabel("To, inclusive").FillAsync(to);
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true }).ClickAsync();

        var rows = page.GetByRole(AriaRole.Group, new() { Name = "Billed and charged" }).Locator("tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(lines.Count + 1);
        await Assertions.Expect(rows.Filter(new() { HasText = "ghost" })).ToContainTextAsync("not in the ledger");
        await Assertions.Expect(rows.Filter(new() { HasText = dropped })).ToContainTextAsync("not on the bill");
        await Assertions.Expect(rows.Filter(new() { HasText = "the same" })).ToHaveCountAsync(lines.Count - 1);
        await rows.Filter(new() { HasText = dropped }).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Account", new() { Exact = true })).ToHaveValueAsync(dropped);
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard the file" }).ClickAsync();
        await Assertions.Expect(page.GetByText($"bill-{script}.csv")).ToHaveCountAsync(0);
    }
}
