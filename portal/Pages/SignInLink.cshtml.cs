using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages;

/// <summary>A one-time link. Opening it changes nothing, so that a program that looks at links does not use it up.</summary>
public sealed class SignInLinkModel(CreditLedger ledger, SignIns signIns) : PageModel
{
    /// <summary>Whom it signs in; null where it does not count.</summary>
    public Person? Whom { get; private set; }

    public async Task OnGetAsync(string secret, CancellationToken cancellationToken)
    {
        // The address is a secret: no other page learns it.
        Response.Headers["Referrer-Policy"] = "no-referrer";
        Whom = await ledger.People.OfLinkAsync(secret, cancellationToken);
        Response.StatusCode = Whom is null ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
    }

    public async Task<IActionResult> OnPostAsync(string secret)
    {
        if (await signIns.WithLinkAsync(HttpContext, secret))
        {
            return LocalRedirect("/");
        }

        Response.StatusCode = StatusCodes.Status410Gone;
        return Page();
    }
}
