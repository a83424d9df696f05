using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger.Drafts;
using Rules.Portal.Drafts;
using Rules.Portal.Startup;

namespace Rules.Portal.Pages;

/// <summary>Who the visitor says they are.</summary>
public sealed class YouModel(PortalSettings settings) : PageModel
{
    public string? Said { get; private set; }

    public bool IsRefused { get; private set; }

    /// <summary>A path of this site to return to.</summary>
    public string? Back { get; private set; }

    public bool MayEmergency => Person.Actor(Said, settings).May(DraftRights.Emergency);

    public void OnGet(string? back)
    {
        Said = Person.Name(Request);
        Back = back;
    }

    public IActionResult OnPost(string? person, string? back)
    {
        Said = person?.Trim();
        if (Said is null || !Person.IsName(Said))
        {
            (IsRefused, Back) = (true, back);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        Person.Remember(Response, Said);
        return LocalRedirect(Url.IsLocalUrl(back) ? back : "/");
    }
}
