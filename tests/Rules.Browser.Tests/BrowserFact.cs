using Xunit;

namespace Rules.Browser.Tests;

/// <summary>
/// A fact that drives a browser: skipped with its reason where none is installed. With <c>REQUIRE_BROWSER=1</c> it runs anyway and fails
/// for that reason.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = InstalledBrowser.ReasonToSkip;
}

/// <inheritdoc cref="BrowserFactAttribute" />
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = InstalledBrowser.ReasonToSkip;
}
