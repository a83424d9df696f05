using Microsoft.Playwright;

namespace Rules.Browser.Tests;

/// <summary>An alert that fires for an account of its own: the sample company's are all below their levels.</summary>
internal static class FiredAlert
{
    public const string Name = "80% of included credits used";

    /// <param name="page">Of an admin.</param>
    public static async Task FireAsync(IPage page, string account)
    {
        await page.GotoAsync("/settings/keys");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync($"fires {account}");
        await page.GetByLabel("grant", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("charge", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        var key = await page.Locator("[data-key-text]").TextContentAsync();
        await PostAsync("accounts", $$$"""
            {"account": "{{{account}}}", "ruleset": "roboflow", "plan": "Core", "facts": {"created": "2026-04-02"}, "terms": {"core-included": "60", "flex-threshold": "20"}}
            """);
        await PostAsync("charges", $$$"""{"account": "{{{account}}}", "action": "data", "quantities": {"data-unit": "48"}}""");

        async Task PostAsync(string what, string json)
        {
            var answer = await page.APIRequest.PostAsync($"/v1/{what}", new()
            {
                Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}", ["Content-Type"] = "application/json", ["Idempotency-Key"] = $"{what}-{account}" },
                Data = json,
            });
            if (!answer.Ok)
            {
                throw new InvalidOperationException(await answer.TextAsync());
            }
        }
    }
}
