using Rules.Portal.Startup;

namespace Rules.Portal.SignIn;

/// <summary>An OpenID Connect provider through which people sign in; none unless the settings name one.</summary>
public sealed record SignInProvider
{
    /// <summary>Where the provider sends people back to.</summary>
    public const string CallbackPath = "/sign-in/provider/done";

    /// <summary>What the button says: <c>Company account</c>.</summary>
    public required string Name { get; init; }

    public required Uri Authority { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Null for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>The claim that holds a person's name as the directory has it; at the provider nobody may choose it for themselves. <c>email</c> counts only where it is verified.</summary>
    public required string Claim { get; init; }

    /// <exception cref="StartRefusedException">A value cannot be used, or one is missing.</exception>
    public static SignInProvider? Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration["Rules:Oidc:Authority"] is not { Length: > 0 } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var authority) || !(authority.Scheme == "https" || (authority.Scheme == "http" && authority.IsLoopback)) || authority.UserInfo.Length > 0)
        {
            throw new StartRefusedException(ExitCodes.Usage, $"Rules:Oidc:Authority is \"{text}\". Write the provider's address, https://…; http only on this machine.");
        }

        return new SignInProvider
        {
            Name = configuration["Rules:Oidc:Name"] is { Length: > 0 and <= 60 } name ? name : authority.Host,
            Authority = authority,
            ClientId = configuration["Rules:Oidc:ClientId"] is { Length: > 0 } id ? id : throw new StartRefusedException(ExitCodes.Usage, "Rules:Oidc:Authority is set, but Rules:Oidc:ClientId is not. Write the id under which the provider knows this service."),
            ClientSecret = configuration["Rules:Oidc:ClientSecret"] is { Length: > 0 } secret ? secret : configuration["RULES_OIDC_SECRET"] is { Length: > 0 } variable ? variable : null,
            Claim = configuration["Rules:Oidc:Claim"] is { Length: > 0 } claim ? claim
                : throw new StartRefusedException(ExitCodes.Usage, "Rules:Oidc:Claim is not set. Name a claim that the provider gives out and nobody can choose for themselves, such as upn, email or preferred_username."),
        };
    }
}
