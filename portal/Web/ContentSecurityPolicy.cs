using System.Security.Cryptography;

namespace Rules.Portal.Web;

/// <summary>The pages' content security policy: everything from this origin, nothing inline without the request's nonce.</summary>
public static class ContentSecurityPolicy
{
    private static readonly object NonceKey = new();

    /// <summary>128 random bits in base64url, the same for the whole request.</summary>
    public static string Nonce(HttpContext context)
    {
        if (context.Items[NonceKey] is not string nonce)
        {
            nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
            context.Items[NonceKey] = nonce;
        }

        return nonce;
    }

    public static string For(HttpContext context)
    {
        var nonce = Nonce(context);
        return $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; font-src 'self'; "
            + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    }
}
