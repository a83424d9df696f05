using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Rules.Ledger.People;

namespace Rules.Portal.SignIn;

/// <summary>What start-up calls for the sign-in.</summary>
public static class SignInServices
{
    /// <summary>The policy of pages that only an admin may open.</summary>
    public const string Admin = "admin";

    /// <summary>Every address asks for a signed-in person but where it says that it is open to all.</summary>
    public static IServiceCollection AddSignIn(this IServiceCollection services, SignInProvider? provider)
    {
        services.AddSingleton<KnownPeople>();
        services.AddSingleton<SignInRates>();
        services.AddScoped<SignIns>();
        services.AddSingleton<IAuthorizationHandler, RoleHandler>();
        services.AddIdentityCore<PersonUser>(options =>
        {
            options.User.AllowedUserNameCharacters = ""; // the directory says what is a name
            options.Password.RequiredLength = SignIns.ShortestPassword;
            options.Password.RequiredUniqueChars = 4;
            options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
            options.Lockout.MaxFailedAccessAttempts = 5;
            options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
        }).AddUserStore<PersonUserStore>();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(Session.Configure).AddProvider(provider);
        var signedIn = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new RoleRequirement(PersonRoles.None)).Build();
        services.AddAuthorizationBuilder().SetDefaultPolicy(signedIn).SetFallbackPolicy(signedIn)
            .AddPolicy(Admin, policy => policy.RequireAuthenticatedUser().AddRequirements(new RoleRequirement(PersonRoles.Admin)));
        return services;
    }
}
