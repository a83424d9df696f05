using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Rules.Portal.Pages;

/// <summary>
/// Whoever comes from a provider lands here. The session's cookie is sent to navigations of this site only, and this page's own refresh is the first one.
/// </summary>
public sealed class SignInLandingModel : PageModel
{
    /// <summary>A path of this site to go on to.</summary>
    public string Back { get; private set; } = "/";

    /// <summary>Why nobody was signed in; null where somebody was.</summary>
    public string? Fault { get; private set; }

    public void OnGet(string? back, string? fault)
    {
        Back = Url.IsLocalUrl(back) ? back : "/";
        Fault = fault switch
        {
            null => null,
            "unknown" => "The provider knows you, and this service does not: nobody here has that name, or they may not sign in any more. Ask an admin to add you by the name that the provider says.",
            _ => "The provider did not sign you in. Try again, or sign in another way.",
        };
        Response.StatusCode = Fault is null ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden;
    }
}
