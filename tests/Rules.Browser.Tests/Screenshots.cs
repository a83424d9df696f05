using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>
/// Pictures of every page, light and dark, to be looked at: <c>RULES_SCREENSHOTS=1 dotnet test tests/Rules.Browser.Tests --filter Screenshots</c> writes them
/// into the folder <c>screenshots</c> beside this file. With a path in the variable it writes there.
/// </summary>
public sealed partial class Screenshots(PortalFixture portal) : PortalPageTests(portal)
{
    [ScreenshotFact]
    public async Task Every_page_in_both_themes()
    {
        var asked = Environment.GetEnvironmentVariable(ScreenshotFactAttribute.Variable)!;
        var folder = Path.IsPathRooted(asked) ? asked : Path.Combine(PortalProcess.RepositoryRoot(), "tests", "Rules.Browser.Tests", "screenshots");
        Directory.CreateDirectory(folder);
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var page = await NewPageAsync(theme, width: 1280, height: 900);
            foreach (var name in Places.Names)
            {
                await page.GotoAsync(Places[name], new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
                await page.ScreenshotAsync(new PageScreenshotOptions { Path = FileOf(folder, name, theme.ToString()), FullPage = true });
            }
        }

        var narrow = await NewPageAsync(width: 320, height: 640);
        foreach (var name in new[] { "overview", "draft", "charge", "reports" })
        {
            await narrow.GotoAsync(Places[name], new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
            await narrow.ScreenshotAsync(new PageScreenshotOptions { Path = FileOf(folder, name, "narrow"), FullPage = true });
        }

        var palette = await NewPageAsync();
        await palette.GotoAsync("/");
        await palette.Keyboard.PressAsync("Control+k");
        await palette.Locator("#palette-results a").First.WaitForAsync();
        await palette.ScreenshotAsync(new PageScreenshotOptions { Path = FileOf(folder, "palette", "light") });
    }

    private static string FileOf(string folder, string name, string kind) => Path.Combine(folder, $"{Other().Replace(name, "-")}-{kind}.png".ToLowerInvariant());

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Other();
}

/// <summary>Runs only where it is asked for: pictures prove nothing by themselves.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScreenshotFactAttribute : FactAttribute
{
    /// <summary>Set to 1, or to the folder that takes the pictures.</summary>
    public const string Variable = "RULES_SCREENSHOTS";

    public ScreenshotFactAttribute() =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) ? $"pictures are made where {Variable} asks for them" : InstalledBrowser.ReasonToSkip;
}
