using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Rules.Ledger.Access;

/// <summary>
/// A key as its holder has it: <c>rk_</c>, 16 characters that name it, <c>_</c>, 52 characters with 256 random bits. The alphabet has neither
/// capitals nor characters that are taken for one another, so that a key survives being read out; one in capitals is another key.
/// </summary>
public static class ApiKeyText
{
    public const string Prefix = "rk_";

    public const int IdCharacters = 16;

    private const int SecretCharacters = 52;

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly SearchValues<char> _allowed = SearchValues.Create(Alphabet);

    public static string NewId() => RandomNumberGenerator.GetString(Alphabet, IdCharacters);

    /// <summary>52 characters of 5 random bits each, of which 256 are enough.</summary>
    public static string New(string id) => $"{Prefix}{id}_{RandomNumberGenerator.GetString(Alphabet, SecretCharacters)}";

    /// <summary>The id of a text that has the form of a key; empty for any other text.</summary>
    public static ReadOnlySpan<char> IdOf(ReadOnlySpan<char> text) =>
        text.Length == Prefix.Length + IdCharacters + 1 + SecretCharacters && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text[Prefix.Length + IdCharacters] == '_'
        && !text.Slice(Prefix.Length, IdCharacters).ContainsAnyExcept(_allowed) && !text[^SecretCharacters..].ContainsAnyExcept(_allowed)
            ? text.Slice(Prefix.Length, IdCharacters)
            : default;

    /// <summary>SHA-256 of the whole text: the secret has 256 random bits, so that no slow hash is needed.</summary>
    public static byte[] Hash(ReadOnlySpan<char> text)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Hash(text, hash);
        return hash;
    }

    /// <inheritdoc cref="Hash(ReadOnlySpan{char})"/>
    /// <param name="hash">Receives 32 bytes.</param>
    internal static void Hash(ReadOnlySpan<char> text, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[Prefix.Length + IdCharacters + 1 + SecretCharacters];
        SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(text, bytes)], hash);
    }
}
