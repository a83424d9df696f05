using System.Diagnostics;
using Microsoft.Playwright;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>One portal and one browser for all tests of the collection.</summary>
public sealed class PortalFixture : IAsyncLifetime
{
    // A busy machine is slow; only a failure waits this long.
    private const int Patience = 60_000;

    // A session ends after half an hour without a request, and is renewed by one in the second half of that.
    private static readonly TimeSpan _renewal = TimeSpan.FromMinutes(16);

    private PortalProcess? _portal;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IPage? _keeper;
    private string? _session;
    private long _signedIn;

    /// <summary>Addresses of one page of each kind, found by following links.</summary>
    internal Places Places { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (InstalledBrowser.ReasonToSkip is not null)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(Patience);
        _portal = await PortalProcess.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = InstalledBrowser.Required,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        var page = await NewPageAsync(stranger: true);
        await page.GotoAsync(_portal.SignInLink.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as admin" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        await KeepAsync(page);
        Places = await Places.FindAsync(await NewPageAsync());
        _keeper = page;
    }

    /// <summary>A page in a profile of its own, signed in as the first admin.</summary>
    /// <param name="stranger">True: signed in as nobody.</param>
    internal async Task<IPage> NewPageAsync(ColorScheme theme = ColorScheme.Light, int width = 1280, int height = 800, bool script = true, bool stranger = false)
    {
        if (!stranger && Stopwatch.GetElapsedTime(_signedIn) > _renewal && _keeper is { } keeper)
        {
            await keeper.GotoAsync("/");
            await KeepAsync(keeper);
        }

        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            StorageState = stranger ? null : _session,
            BaseURL = _portal!.Address.ToString(),
            ColorScheme = theme,
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        context.SetDefaultTimeout(Patience);
        return await context.NewPageAsync();
    }

    private async Task KeepAsync(IPage page)
    {
        _session = await page.Context.StorageStateAsync();
        _signedIn = Stopwatch.GetTimestamp();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_portal is not null)
        {
            await _portal.DisposeAsync();
        }
    }
}

[CollectionDefinition(Name)]
public sealed class PortalTests : ICollectionFixture<PortalFixture>
{
    public const string Name = "portal";
}
