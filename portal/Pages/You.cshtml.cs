using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages;

/// <summary>The signed-in person: roles, password, sign-out.</summary>
public sealed class YouModel(SignIns signIns) : PageModel
{
    /// <summary>Why the password was not set; null where nothing stood in the way.</summary>
    public string? Fault { get; private set; }

    /// <summary>True after the password was set.</summary>
    public bool IsSet { get; private set; }

    public void OnGet(bool set) => IsSet = set;

    public async Task<IActionResult> OnPostPasswordAsync(string? present, string? password)
    {
        Fault = await signIns.SetPasswordAsync(HttpContext, present, password ?? "");
        if (Fault.Length == 0)
        {
            return LocalRedirect("/you?set=true");
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    public async Task<IActionResult> OnPostSignOutAsync()
    {
        await signIns.SignOutAsync(HttpContext);
        return LocalRedirect(SignInPaths.Form);
    }
}
