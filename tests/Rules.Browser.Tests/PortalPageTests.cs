using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>Tests that open pages of the running portal; what a test opened is closed after it.</summary>
[Collection(PortalTests.Name)]
public abstract class PortalPageTests(PortalFixture portal) : IAsyncLifetime
{
    private readonly List<IPage> _pages = [];

    internal Places Places => portal.Places;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var page in _pages)
        {
            await page.Context.CloseAsync();
        }
    }

    /// <summary>Opens one of the places, which must answer as it should.</summary>
    protected async Task OpenAsync(IPage page, string name, PageGotoOptions? options = null)
    {
        var answer = await page.GotoAsync(Places[name], options);
        answer!.Status.ShouldBe(name == Places.Unknown ? 404 : 200);
    }

    /// <summary>A page in a profile of its own, signed in as the first admin.</summary>
    /// <param name="stranger">True: signed in as nobody.</param>
    protected async Task<IPage> NewPageAsync(ColorScheme theme = ColorScheme.Light, int width = 1280, int height = 800, bool script = true, bool stranger = false)
    {
        var page = await portal.NewPageAsync(theme, width, height, script, stranger);
        _pages.Add(page);
        return page;
    }

    /// <summary>A page of the sample company's second person, as the card of the first ten minutes says: the admin makes a link, which is opened elsewhere.</summary>
    protected async Task<IPage> ApproverAsync(bool script = true)
    {
        var admin = await NewPageAsync(script: script);
        await admin.GotoAsync("/settings/people");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Make a sign-in link for Sample approver" }).ClickAsync();
        var page = await NewPageAsync(script: script, stranger: true);
        await page.GotoAsync((await admin.Locator("[data-link]").GetAttributeAsync("href"))!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as Sample approver" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true })).ToBeVisibleAsync();
        return page;
    }
}
