using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime.Text;

namespace Rules.Ledger.Drafts;

/// <summary>What an approval is bound to: text, number, base, preview and effective instant. With any of them another hash.</summary>
public static class DraftHash
{
    /// <summary>32 bytes.</summary>
    public static byte[] Of(Draft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var effective = draft.EffectiveAt is { } at ? InstantPattern.ExtendedIso.Format(at) : "-";
        // No part holds a line break, and their number is fixed.
        return SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"draft 1\n{draft.Ruleset}\n{draft.Number}\n{draft.Base}\n{draft.RollsBack ?? 0}\n{effective}\n{Convert.ToHexStringLower(draft.ReplaySha256.Span)}\n{Convert.ToHexStringLower(OfText(draft.Text))}")));
    }

    /// <summary>Of the text's UTF-8 bytes, as of a published version.</summary>
    public static byte[] OfText(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Lower-case hex of <see cref="Of"/>.</summary>
    public static string TextOf(Draft draft) => Convert.ToHexStringLower(Of(draft));
}
