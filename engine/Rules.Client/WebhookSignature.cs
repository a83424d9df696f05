using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rules.Client;

/// <summary>
/// The header <c>Rules-Signature: t=SECONDS,v1=HEX</c> of a delivery: HMAC-SHA256, under the webhook's secret, of the seconds since 1970, a point and the
/// body's bytes. Check it before the body is parsed, and answer 2xx within ten seconds. A delivery may come twice: its body's <c>id</c> tells.
/// </summary>
public static class WebhookSignature
{
    /// <summary>The header's name.</summary>
    public const string Header = "Rules-Signature";

    /// <summary>The header's value for a body that is sent.</summary>
    /// <param name="secret">As <c>POST /v1/webhooks</c> answered it, as ASCII bytes.</param>
    public static string Of(ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"t={seconds},v1={Convert.ToHexStringLower(Hash(body, secret, seconds))}");
    }

    /// <summary>Whether a delivery comes from the service that has the secret, and is not an old one sent again.</summary>
    /// <param name="header">The value of <see cref="Header"/>; null where there is none.</param>
    /// <param name="body">The bytes as they came.</param>
    /// <param name="secret">As <c>POST /v1/webhooks</c> answered it.</param>
    /// <param name="now">The receiver's clock.</param>
    /// <param name="tolerance">How far the signature's time may lie from it; five minutes are usual.</param>
    public static bool IsValid(string? header, ReadOnlySpan<byte> body, string secret, DateTimeOffset now, TimeSpan tolerance)
    {
        ArgumentNullException.ThrowIfNull(secret);
        long? seconds = null;
        var signed = new List<byte[]>();
        foreach (var part in (header ?? "").Split(','))
        {
            var (name, value) = part.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? (part[..at].Trim(), part[(at + 1)..].Trim()) : ("", "");
            if (name == "t" && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            {
                seconds = parsed;
            }
            else if (name == "v1" && value.Length == 64 && value.All(char.IsAsciiHexDigit))
            {
                signed.Add(Convert.FromHexString(value));
            }
        }

        if (seconds is not { } time || time > 253_402_300_799 || (now - DateTimeOffset.FromUnixTimeSeconds(time)).Duration() > tolerance)
        {
            return false;
        }

        var expected = Hash(body, Encoding.ASCII.GetBytes(secret), time);
        return signed.Exists(hash => CryptographicOperations.FixedTimeEquals(hash, expected));
    }

    private static byte[] Hash(ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret, long seconds)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}.")));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
