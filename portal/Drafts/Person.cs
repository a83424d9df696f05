using Rules.Ledger.Drafts;
using Rules.Portal.Startup;

namespace Rules.Portal.Drafts;

/// <summary>
/// Who a visitor says they are, kept in a cookie. Until there is a sign-in nothing proves it: the service listens on loopback only, and whoever
/// reaches it is trusted with a name.
/// </summary>
public static class Person
{
    public const string CookieName = "rules-person";

    /// <summary>The most characters of a name.</summary>
    public const int MaximumLength = 100;

    /// <summary>Null where the visitor has said none.</summary>
    public static string? Name(HttpRequest request) => request.Cookies[CookieName] is { } name && IsName(name) ? name : null;

    /// <summary>What the visitor acts as; without a name every step is refused.</summary>
    public static DraftActor Actor(string? said, PortalSettings settings)
    {
        var name = said ?? "";
        var rights = DraftRights.Edit | DraftRights.Approve | DraftRights.Publish;
        return new DraftActor(name, settings.EmergencyPublishers.Contains(name, StringComparer.Ordinal) ? rights | DraftRights.Emergency : rights);
    }

    /// <summary>Who the visitor is: the name said with this form, which is remembered, else the one that was.</summary>
    public static string? Said(HttpRequest request, HttpResponse response, string? inForm)
    {
        if (inForm?.Trim() is { } said && IsName(said))
        {
            Remember(response, said);
            return said;
        }

        return Name(request);
    }

    public static void Remember(HttpResponse response, string name) => response.Cookies.Append(CookieName, name, new CookieOptions
    {
        HttpOnly = true,
        IsEssential = true,
        MaxAge = TimeSpan.FromDays(400),
        SameSite = SameSiteMode.Strict,
        Secure = response.HttpContext.Request.IsHttps,
    });

    public static bool IsName(string name) => name.Length is >= 1 and <= MaximumLength && name.Trim() == name && name != DraftActor.System.Name && !name.Any(char.IsControl);
}
