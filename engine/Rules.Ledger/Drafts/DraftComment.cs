using NodaTime;

namespace Rules.Ledger.Drafts;

/// <summary>What somebody said about a draft; it never changes.</summary>
/// <param name="Line">Of the text that they saw, from 1; null: about all of it.</param>
/// <param name="LineText">What stood there; null exactly where <paramref name="Line"/> is.</param>
/// <param name="TextSha256">Of the text that they saw.</param>
public sealed record DraftComment(string Draft, Instant At, string Author, int? Line, string? LineText, ReadOnlyMemory<byte> TextSha256, string Body)
{
    /// <summary>The most characters of a comment.</summary>
    public const int MaximumBody = 4000;
}
