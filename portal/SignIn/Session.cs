using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics;
using NodaTime;
using Rules.Ledger.People;

namespace Rules.Portal.SignIn;

/// <summary>
/// The session of a signed-in person: a cookie that says who, since when, and under which stamp. It slides for half an hour, ends after twelve, and ends
/// within seconds once the person's stamp is another one.
/// </summary>
public static class Session
{
    public const string CookieName = "rules-session";

    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    public static readonly Duration Longest = Duration.FromHours(12);

    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
    private const string Stamp = "stamp";
    private const string Began = "began";

    public static Task BeginAsync(HttpContext context, Person person, IClock clock)
    {
        Claim[] claims =
        [
            new(ClaimTypes.NameIdentifier, person.Id), new(ClaimTypes.Name, person.Name), new(Stamp, person.Stamp),
            new(Began, clock.GetCurrentInstant().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ];
        return context.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme)));
    }

    public static Task EndAsync(HttpContext context) => context.SignOutAsync(Scheme);

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Cookie.IsEssential = true;
        options.ExpireTimeSpan = Idle;
        options.SlidingExpiration = true;
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnRedirectToLogin = ChallengeAsync;
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        // The page that tells of an error asks nothing of the database, which may be what failed.
        if (context.HttpContext.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            context.RejectPrincipal();
            return;
        }

        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<IClock>().GetCurrentInstant();
        if (context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            && long.TryParse(context.Principal.FindFirstValue(Began), NumberStyles.None, CultureInfo.InvariantCulture, out var began)
            && now < Instant.FromUnixTimeSeconds(began) + Longest
            && await services.GetRequiredService<KnownPeople>().FindAsync(id, context.HttpContext.RequestAborted) is { RevokedAt: null } person
            && person.Stamp == context.Principal.FindFirstValue(Stamp))
        {
            context.HttpContext.SetPerson(person);
            return;
        }

        context.RejectPrincipal();
        await EndAsync(context.HttpContext);
    }

    // A page leads to the sign-in and back; what no person looks at is refused.
    private static Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        if (context.HttpContext.GetEndpoint() is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (HttpMethods.IsGet(request.Method) && !context.HttpContext.WebSockets.IsWebSocketRequest)
        {
            var here = request.Path + request.QueryString;
            context.Response.Redirect(here == "/" ? SignInPaths.Form : SignInPaths.Form + QueryString.Create("back", here));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }

        return Task.CompletedTask;
    }
}

/// <summary>Where one signs in.</summary>
public static class SignInPaths
{
    public const string Form = "/sign-in";

    /// <summary>The address of a one-time link, under the service's.</summary>
    public static string Link(string secret) => $"{Form}/link/{secret}";
}
