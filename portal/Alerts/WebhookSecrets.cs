using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Rules.Portal.Alerts;

/// <summary>
/// The secrets that sign deliveries. They must be known to sign, so the database has them encrypted with the key ring in <c>Rules:Home</c>: whoever has
/// the database alone can sign nothing.
/// </summary>
public sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Rules.WebhookSecrets.v1");

    /// <summary>256 random bits as text, and as they are stored.</summary>
    public (string Text, byte[] Stored) New()
    {
        var text = "whsec_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return (text, _protector.Protect(Encoding.ASCII.GetBytes(text)));
    }

    /// <summary>The secret's text as bytes; null where the key ring that encrypted it is gone.</summary>
    public byte[]? Open(ReadOnlyMemory<byte> stored)
    {
        try
        {
            return _protector.Unprotect(stored.ToArray());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
