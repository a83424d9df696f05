using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages;

/// <summary>Name and password.</summary>
public sealed class SignInModel(SignIns signIns) : PageModel
{
    public string? Name { get; private set; }

    /// <summary>A path of this site to return to.</summary>
    public string? Back { get; private set; }

    /// <summary>Why the last try was refused; null before one.</summary>
    public string? Fault { get; private set; }

    public void OnGet(string? back) => Back = back;

    public async Task<IActionResult> OnPostAsync(string? name, string? password, string? back)
    {
        (Name, Back) = (name, back);
        switch (await signIns.WithPasswordAsync(HttpContext, name?.Trim() ?? "", password ?? ""))
        {
            case SignInOutcome.SignedIn:
                return LocalRedirect(Url.IsLocalUrl(back) ? back : "/");
            case SignInOutcome.TooMany:
                Fault = "Too many tries. Wait a minute.";
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                Response.Headers.RetryAfter = "60";
                return Page();
            default:
                Fault = "This name and this password do not belong together. After five wrong passwords none counts for a quarter of an hour.";
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return Page();
        }
    }
}
