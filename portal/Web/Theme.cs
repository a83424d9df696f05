namespace Rules.Portal.Web;

/// <summary>How the pages are coloured. <see cref="System"/> follows the visitor's operating system.</summary>
public enum Theme
{
    System,
    Light,
    Dark,
}

/// <summary>The visitor's theme, kept in a cookie so that the server draws the first byte in the right colours.</summary>
public static class ThemeCookie
{
    public const string Name = "rules-theme";

    /// <summary>An absent or unknown value counts as <see cref="Theme.System"/>.</summary>
    public static Theme Read(HttpRequest request) => Parse(request.Cookies[Name]) ?? Theme.System;

    public static void Write(HttpResponse response, Theme theme) => response.Cookies.Append(Name, Word(theme), new CookieOptions
    {
        HttpOnly = true,
        IsEssential = true,
        MaxAge = TimeSpan.FromDays(400),
        SameSite = SameSiteMode.Lax,
        Secure = response.HttpContext.Request.IsHttps,
    });

    /// <summary>Null for anything but the three words, in lower case.</summary>
    public static Theme? Parse(string? word) => word switch
    {
        "system" => Theme.System,
        "light" => Theme.Light,
        "dark" => Theme.Dark,
        _ => null,
    };

    public static string Word(Theme theme) => theme switch
    {
        Theme.Light => "light",
        Theme.Dark => "dark",
        _ => "system",
    };
}
