using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rules.Portal.Tests.SignIn;

/// <summary>A small OpenID Connect provider on this machine: it signs in whoever <see cref="Upn"/> says, and checks the code's verifier.</summary>
internal sealed class LocalProvider : IAsyncDisposable
{
    public const string ClientId = "rules";
    public const string ClientSecret = "a secret of the test";

    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);
    private string? _challenge;
    private string? _nonce;

    private LocalProvider(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>Of whoever is signed in there.</summary>
    public string Upn { get; set; } = "";

    public static async Task<LocalProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new LocalProvider(app);
        var key = new RsaSecurityKey(provider._rsa) { KeyId = "k1" };
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = provider.Issuer,
            ["authorization_endpoint"] = provider.Issuer + "/authorize",
            ["token_endpoint"] = provider.Issuer + "/token",
            ["jwks_uri"] = provider.Issuer + "/keys",
            ["response_types_supported"] = new[] { "code" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        app.MapGet("/keys", () =>
        {
            var parameters = provider._rsa.ExportParameters(includePrivateParameters: false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "k1", n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } } });
        });
        app.MapGet("/authorize", (HttpRequest request) =>
        {
            (provider._challenge, provider._nonce) = (request.Query["code_challenge"], request.Query["nonce"]);
            return Results.Redirect($"{request.Query["redirect_uri"]}?code=c-1&state={Uri.EscapeDataString(request.Query["state"]!)}");
        });
        app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var verified = Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
            if (form["code"] != "c-1" || form["client_secret"] != ClientSecret || verified != provider._challenge)
            {
                return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
            }

            var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
            {
                Issuer = provider.Issuer,
                Audience = ClientId,
                IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
                Expires = TimeProvider.System.GetUtcNow().AddMinutes(5).UtcDateTime,
                Subject = new ClaimsIdentity([new Claim("sub", "s-1"), new Claim("upn", provider.Upn), new Claim("nonce", provider._nonce!)]),
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
            });
            return Results.Json(new { access_token = "a-1", token_type = "Bearer", expires_in = 300, id_token = token });
        });
        await app.StartAsync();
        provider.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return provider;
    }

    private string Issuer => Address.ToString().TrimEnd('/');

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }
}
