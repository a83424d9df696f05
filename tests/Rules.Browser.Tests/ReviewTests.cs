using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

public sealed partial class ReviewTests(PortalFixture portal) : PortalPageTests(portal)
{
    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Guard_rail_that_does_not_hold_asks_for_a_typed_confirmation(bool script)
    {
        // A price of a thousand times as much, in a ruleset from which no other test expects a figure.
        var author = await ReviewAsync("biodock", text => Training().Replace(text, rate => $"each {decimal.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture) * 1000:0} credits"), script);
        await Assertions.Expect(author.Locator("section[aria-labelledby=guards] .problem-error").Filter(new() { HasText = "The total stays near" })).ToContainTextAsync("Does not hold:");
        var approver = await ApproverAsync(script);
        await approver.GotoAsync(author.Url);
        await approver.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await approver.GetByText("Publish…").ClickAsync();
        await Assertions.Expect(approver.Locator(".repeat")).ToContainTextAsync("training costs");
        await approver.GetByRole(AriaRole.Button, new() { Name = "Publish now" }).ClickAsync();
        await Assertions.Expect(approver.GetByRole(AriaRole.Alert)).ToContainTextAsync("confirmation_required");
        var asked = await approver.Locator("label[for=confirmed]").TextContentAsync();
        var typed = asked!.Split('“', '”')[1];
        await approver.GetByLabel("A guard rail does not hold").FillAsync(typed);
        await approver.GetByRole(AriaRole.Button, new() { Name = "Publish now" }).ClickAsync();
        await Assertions.Expect(approver.Locator("h1 ~ .chip").First).ToHaveTextAsync("published");
    }

    [BrowserFact]
    public async Task Comment_is_about_a_line_of_the_changed_text()
    {
        var page = await ReviewAsync("bookbag", static text => text.Replace("\"GPT-4o\"             5 credits", "\"GPT-4o\"             10 credits", StringComparison.Ordinal), script: true);
        var changed = page.Locator(".diff .came").Filter(new() { HasText = "10 credits" });
        await Assertions.Expect(page.Locator(".diff .went").Filter(new() { HasText = "\"GPT-4o\"             5 credits" })).ToHaveCountAsync(1);
        await changed.Locator(".at a").ClickAsync();
        await page.GetByLabel("Say something").FillAsync("Is this meant?\nIt doubles.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Say it" }).ClickAsync();
        var comment = page.Locator(".comments li").Last;
        await Assertions.Expect(comment).ToContainTextAsync("admin");
        await Assertions.Expect(comment.Locator(".quoted code")).ToContainTextAsync("10 credits");
        await Assertions.Expect(comment.Locator("p")).ToHaveTextAsync("Is this meant?\nIt doubles.");
        await Assertions.Expect(changed.Locator(".chip")).ToHaveTextAsync("1");
    }

    [BrowserFact]
    public async Task Limits_of_guard_rails_are_set_with_their_author_and_a_figure_that_is_none_is_told()
    {
        var page = await NewPageAsync();
        await page.GotoAsync("/rulesets/biodock/guard-rails");
        var sooner = page.GetByLabel("Accounts that run out sooner");
        await sooner.FillAsync("a few");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set the limits" }).ClickAsync();
        await Assertions.Expect(page.Locator(".field-error")).ToHaveTextAsync("A whole number.");
        await sooner.FillAsync("3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set the limits" }).ClickAsync();
        await Assertions.Expect(page.Locator(".decide")).ToContainTextAsync("set by admin");
        (await sooner.InputValueAsync()).ShouldBe("3");
    }

    private async Task<IPage> ReviewAsync(string ruleset, Func<string, string> change, bool script)
    {
        var page = await NewPageAsync(script: false);
        await page.GotoAsync($"/rulesets/{ruleset}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
        var text = await page.Locator("textarea.editor").InputValueAsync();
        // The examples of the file would speak for the old price.
        var examples = text.IndexOf("\nexample ", StringComparison.Ordinal);
        await page.Locator("textarea.editor").FillAsync(change(examples < 0 ? text : text[..(examples + 1)]));
        await page.GetByRole(AriaRole.Button, new() { Name = "Request review", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("You wrote in this draft")).ToBeVisibleAsync();
        if (!script)
        {
            return page;
        }

        var scripted = await NewPageAsync();
        await scripted.GotoAsync(page.Url);
        return scripted;
    }

    [GeneratedRegex(@"each (?<rate>[0-9.]+) credits(?=\n  except when region)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Training();
}
