using System.Text;
using Microsoft.Playwright;

namespace Rules.Browser.Tests;

/// <summary>One page of each kind, by name. The addresses of the sample company's things are read from the pages that link to them.</summary>
internal sealed class Places(IReadOnlyDictionary<string, string> addresses)
{
    public const string Unknown = "unknown address";

    /// <summary>Known before the portal runs, so that each page is a test of its own.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "overview", "rulesets", "ruleset", "version", "accounts", "account", "account without buckets", "ledger", "ledger without a match",
        "charge", "charge of a bucket", "grant", "appearance", "you", "reviews", "draft", "draft with problems", "review", "alerts", "alerts of nobody", "replays",
        "replay", "replay of an account", "give credits", "end a grant", "take a use back", "change the plan", "ledger with a sum", "verify", "sample data", "imports", "import with mistakes",
        "people", "audit log", "audit log of people", "sign-in", "sign-in link", "find", "found", "reports", "report by two names", "report of nothing", "api keys", "webhooks", "guard rails",
        "calculator", "tests", "outline", "charge tried", "new ruleset", "first draft", "first review", "ruleset to come", "audit log of keys",
        "report with views", "mute an alert", "alerts of which one is muted", "audit log of alerts", "bills", "bill", "bill with mistakes", Unknown,
    ];

    public string this[string name] => addresses[name];

    public static async Task<Places> FindAsync(IPage page)
    {
        async Task<string> Link(string address, string selector)
        {
            await page.GotoAsync(address);
            return await page.Locator(selector).First.GetAttributeAsync("href") ?? throw new InvalidOperationException($"{address} has no {selector}.");
        }

        // A draft as its author leaves it, and the address of its page: with something put at its beginning, or instead of something.
        async Task<string> Draft(string ruleset, string put, string button, string? instead = null)
        {
            await page.GotoAsync($"/rulesets/{ruleset}");
            await page.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
            var editor = page.Locator(".cm-content");
            await editor.WaitForAsync();
            if (put.Length > 0)
            {
                await editor.FocusAsync();
                if (instead is null)
                {
                    await page.Keyboard.PressAsync("Control+Home");
                }
                else
                {
                    await page.Keyboard.PressAsync("Control+f");
                    await page.Locator(".cm-search [name=search]").PressSequentiallyAsync(instead);
                    await page.Keyboard.PressAsync("Enter");
                    await page.Keyboard.PressAsync("Escape");
                    await editor.FocusAsync();
                }

                await page.Keyboard.InsertTextAsync(put);
            }

            await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
            await page.Locator(button == "Save" ? "[data-saved]:has-text('revision 2')" : "h2:has-text('Decide')").WaitForAsync();
            return new Uri(page.Url).AbsolutePath;
        }

        // A ruleset that begins, and the review of another one.
        async Task<string> First(string name, string button)
        {
            await page.GotoAsync("/rulesets/+new");
            await page.GetByLabel("Name", new() { Exact = true }).First.FillAsync(name);
            await page.GetByRole(AriaRole.Button, new() { Name = "Begin the ruleset" }).ClickAsync();
            await page.Locator(".cm-content").WaitForAsync();
            if (button.Length > 0)
            {
                await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
                await page.Locator("h2:has-text('Decide')").WaitForAsync();
            }

            return new Uri(page.Url).AbsolutePath;
        }

        // A view that is kept.
        async Task<string> View()
        {
            await page.GotoAsync("/reports?ruleset=bookbag&by=model");
            await page.GetByText("Keep this report as a view of yours").ClickAsync();
            await page.GetByRole(AriaRole.Form, new() { Name = "Keep this report" }).GetByLabel("Name").FillAsync("Credits by model");
            await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
            await page.Locator("ul.views").WaitForAsync();
            return new Uri(page.Url).PathAndQuery;
        }

        async Task<string> SignInLink()
        {
            await page.GotoAsync("/settings/people");
            await page.GetByRole(AriaRole.Button, new() { Name = "Make a sign-in link for admin" }).ClickAsync();
            return await page.Locator("[data-link]").GetAttributeAsync("href") ?? throw new InvalidOperationException("No link was made.");
        }

        // A file on its way in, checked and found wanting.
        async Task<string> Upload()
        {
            await page.GotoAsync("/settings/imports");
            await page.GetByLabel("CSV with a header, or JSON Lines").SetInputFilesAsync(new FilePayload
            {
                Name = "calls.csv",
                MimeType = "text/csv",
                Buffer = Encoding.UTF8.GetBytes("event_id,customer,timestamp,model\n1,acme,2026-05-01T10:00:00Z,GPT-4o\n2,acme,yesterday,GPT-4o\n"),
            });
            await page.GetByLabel("Ruleset", new() { Exact = true }).SelectOptionAsync("bookbag");
            await page.GetByRole(AriaRole.Button, new() { Name = "Upload and map" }).ClickAsync();
            await page.GetByLabel("What every event says").FillAsync("action=reply");
            await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
            await page.Locator("h2:has-text('Checked')").WaitForAsync();
            return new Uri(page.Url).AbsolutePath;
        }

        // A mute of an alert that fired.
        async Task<string> Mute()
        {
            await FiredAlert.FireAsync(page, "muted-bench");
            await page.GotoAsync("/alerts");
            var link = page.Locator("[aria-labelledby=fired] tbody tr a[href^='/alerts/mute']").First;
            var address = await link.GetAttributeAsync("href") ?? throw new InvalidOperationException("Nothing fired.");
            await link.ClickAsync();
            await page.GetByLabel("Why").FillAsync("Somebody works on it.");
            await page.GetByRole(AriaRole.Button, new() { Name = "Mute it" }).ClickAsync();
            await page.Locator("h2:has-text('What is muted')").WaitForAsync();
            return address;
        }

        async Task<string> Bill(string name, string text)
        {
            await page.GotoAsync("/reports/bills");
            await page.GetByLabel("CSV with a header").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) });
            await page.GetByLabel("Ruleset", new() { Exact = true }).SelectOptionAsync("bookbag");
            await page.GetByRole(AriaRole.Button, new() { Name = "Upload and compare" }).ClickAsync();
            await page.Locator("h2:has-text('Billed and charged')").WaitForAsync();
            return new Uri(page.Url).PathAndQuery;
        }

        // A replay of the drafts that are open, and one of its accounts.
        async Task<(string Replay, string Account)> Replay(string draft)
        {
            await page.GotoAsync($"/replays?draft={draft.Split('/')[^1]}");
            await page.GetByLabel("Group by").FillAsync("action, model");
            await page.GetByRole(AriaRole.Button, new() { Name = "Replay", Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Group, new() { Name = "Totals" }).WaitForAsync();
            var at = new Uri(page.Url).AbsolutePath;
            return (at, await Link(at, "[aria-labelledby=largest] tbody th a"));
        }

        const string FirstRow = "tbody th a";
        var ruleset = await Link("/rulesets", FirstRow);
        var charge = await Link("/ledger?account=sample-lab&kind=charge", FirstRow);
        var draft = await Draft("bookbag", "", "Save");
        var replay = await Replay(await Draft("bookbag", "GPT-4o\"             6 credits", "Save", "GPT-4o\"             5 credits"));
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["overview"] = "/",
            ["rulesets"] = "/rulesets",
            ["ruleset"] = ruleset,
            ["version"] = await Link(ruleset, FirstRow),
            ["accounts"] = "/accounts",
            ["account"] = await Link("/accounts?ruleset=bookbag", FirstRow),
            ["account without buckets"] = await Link("/accounts?ruleset=biodock", FirstRow),
            ["ledger"] = "/ledger",
            ["ledger without a match"] = "/ledger?key=there-is-no-such-key&from=2026-13-01",
            ["charge"] = charge,
            ["charge tried"] = charge + "?try=true",
            ["charge of a bucket"] = await Link("/ledger?account=sample-shop&kind=charge", FirstRow),
            ["grant"] = await Link("/ledger?kind=grant", FirstRow),
            ["appearance"] = "/appearance",
            ["alerts"] = "/alerts",
            ["replays"] = "/replays",
            ["replay"] = replay.Replay,
            ["replay of an account"] = replay.Account,
            ["alerts of nobody"] = "/alerts?account=nobody&before=7",
            ["you"] = "/you",
            ["draft"] = draft,
            ["calculator"] = draft + "?tab=calculator",
            ["tests"] = draft + "?tab=tests",
            ["outline"] = draft + "?tab=outline",
            ["find"] = "/search",
            ["found"] = "/search?q=b",
            ["reports"] = "/reports",
            ["report by two names"] = "/reports?ruleset=bookbag&by=account&then=model&compare=true",
            ["report of nothing"] = "/reports?from=2001-01-01&to=2001-01-02&account=nobody&zone=Nowhere",
            ["api keys"] = "/settings/keys",
            ["webhooks"] = "/settings/webhooks",
            ["guard rails"] = "/rulesets/bookbag/guard-rails",
            ["draft with problems"] = await Draft("biodock", "# before the head\nprize\n", "Save"),
            ["review"] = await Draft("ai-engine", "", "Request review"),
            ["reviews"] = "/reviews",
            ["new ruleset"] = "/rulesets/+new",
            ["first draft"] = await First("tide", ""),
            ["first review"] = await First("ebb", "Request review"),
            ["ruleset to come"] = "/rulesets/tide",
            ["audit log of keys"] = "/settings/audit?of=keys",
            ["report with views"] = await View(),
            ["mute an alert"] = await Mute(),
            ["alerts of which one is muted"] = "/alerts",
            ["audit log of alerts"] = "/settings/audit?of=alerts",
            ["bills"] = "/reports/bills",
            ["bill"] = await Bill("provider.csv", "customer,amount\nsample-shop,12\nsomebody else,-3.25\n"),
            ["bill with mistakes"] = await Bill("broken.csv", "customer,amount\nsample-shop,12 EUR\n"),
            ["people"] = "/settings/people",
            ["audit log"] = "/settings/audit",
            ["audit log of people"] = "/settings/audit?of=people",
            ["sign-in"] = "/sign-in",
            ["sign-in link"] = await SignInLink(),
            ["give credits"] = "/accounts/sample-shop/do/grant",
            ["end a grant"] = "/accounts/sample-shop/do/void",
            ["take a use back"] = "/accounts/sample-shop/do/reverse",
            ["change the plan"] = "/accounts/sample-shop/do/plan",
            ["ledger with a sum"] = "/ledger?ruleset=bookbag&kind=charge&version=1&least=1&most=4",
            ["verify"] = "/ledger/verify",
            ["sample data"] = "/settings/sample",
            ["imports"] = "/settings/imports",
            ["import with mistakes"] = await Upload(),
            [Unknown] = "/no/such/page",
        };
        return new Places(addresses);
    }
}
