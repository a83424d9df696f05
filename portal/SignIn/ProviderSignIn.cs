using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using NodaTime;
using Rules.Ledger;
using Rules.Ledger.People;

namespace Rules.Portal.SignIn;

/// <summary>
/// Signs people in through a provider: whoever it names has to be in the directory already, by the same name. What begins is the session of any other
/// sign-in; nothing of the provider's tokens is kept.
/// </summary>
public static class ProviderSignIn
{
    /// <summary>Where a person goes to be sent to the provider.</summary>
    public const string Path = "/sign-in/provider";

    /// <summary>Where everybody lands whom the provider sent back; with <c>fault</c> where they are not let in.</summary>
    public const string LandingPath = "/sign-in/landing";

    private const string Scheme = OpenIdConnectDefaults.AuthenticationScheme;
    private const string BackKey = "back";

    public static AuthenticationBuilder AddProvider(this AuthenticationBuilder builder, SignInProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return provider is null ? builder : builder.AddOpenIdConnect(Scheme, options => Configure(options, provider));
    }

    public static void MapProvider(this WebApplication app, SignInProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (provider is not null)
        {
            app.MapGet(Path, static (string? back) => Results.Challenge(new AuthenticationProperties { RedirectUri = LandingPath, Items = { [BackKey] = back } }, [Scheme]))
                .AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static void Configure(OpenIdConnectOptions options, SignInProvider provider)
    {
        options.Authority = provider.Authority.ToString();
        options.RequireHttpsMetadata = provider.Authority.Scheme == "https";
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.CallbackPath = SignInProvider.CallbackPath;
        // The provider's answer is a navigation from another site, so these two cannot be strict; they hold no session.
        options.NonceCookie.SameSite = options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Scope.Clear();
        foreach (var scope in new[] { "openid", "profile", "email" })
        {
            options.Scope.Add(scope);
        }

        options.Events.OnTicketReceived = context => ReceivedAsync(context, provider);
        options.Events.OnRemoteFailure = static context =>
        {
            context.HandleResponse();
            context.Response.Redirect(LandingPath + QueryString.Create("fault", "provider"));
            return Task.CompletedTask;
        };
    }

    private static async Task ReceivedAsync(TicketReceivedContext context, SignInProvider provider)
    {
        var services = context.HttpContext.RequestServices;
        var people = services.GetRequiredService<CreditLedger>().People;
        // An address of e-mail is somebody's only where the provider has seen that it is.
        var isTheirs = provider.Claim != "email" || context.Principal?.FindFirst("email_verified")?.Value == "true";
        var name = isTheirs ? context.Principal?.FindFirst(provider.Claim)?.Value : null;
        var person = name is not null && Person.IsName(name) ? await people.FindByNameAsync(name, context.HttpContext.RequestAborted) : null;
        context.HandleResponse();
        if (person is not { RevokedAt: null })
        {
            context.Response.Redirect(LandingPath + QueryString.Create("fault", "unknown"));
            return;
        }

        await people.TellAsync(person, PersonAction.SignedIn, $"through {provider.Name}", context.HttpContext.RequestAborted);
        services.GetRequiredService<KnownPeople>().Forget(person.Id);
        await Session.BeginAsync(context.HttpContext, person, services.GetRequiredService<IClock>());
        var back = context.Properties?.Items.TryGetValue(BackKey, out var asked) == true ? asked : null;
        context.Response.Redirect(LandingPath + (string.IsNullOrEmpty(back) ? "" : QueryString.Create("back", back)));
    }
}
