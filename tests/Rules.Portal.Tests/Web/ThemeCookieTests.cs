using Microsoft.AspNetCore.Http;
using Rules.Portal.Web;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Web;

public sealed class ThemeCookieTests
{
    [Theory]
    [InlineData("light", Theme.Light)]
    [InlineData("dark", Theme.Dark)]
    [InlineData("system", Theme.System)]
    [InlineData("Dark", Theme.System)]
    [InlineData("2", Theme.System)]
    [InlineData("<script>", Theme.System)]
    public void Unknown_value_counts_as_system(string value, Theme expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Cookie = $"{ThemeCookie.Name}={value}";
        ThemeCookie.Read(context.Request).ShouldBe(expected);
    }

    [Fact]
    public void Cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";
        ThemeCookie.Write(context.Response, Theme.Dark);
        var cookie = context.Response.Headers.SetCookie.ToString();
        cookie.ShouldStartWith("rules-theme=dark;");
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=lax", Case.Insensitive);
        cookie.ShouldContain("secure", Case.Insensitive);
    }
}
