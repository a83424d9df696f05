using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Portal.Web;

namespace Rules.Portal.Pages;

public sealed class AppearanceModel : PageModel
{
    public Theme Current { get; private set; }

    public void OnGet() => Current = ThemeCookie.Read(Request);

    /// <param name="theme">system, light or dark.</param>
    /// <param name="back">A path of this site to return to; anything else leads to the overview.</param>
    public IActionResult OnPost(string? theme, string? back)
    {
        if (ThemeCookie.Parse(theme) is not { } chosen)
        {
            return BadRequest();
        }

        ThemeCookie.Write(Response, chosen);
        return LocalRedirect(Url.IsLocalUrl(back) ? back : "/");
    }
}
