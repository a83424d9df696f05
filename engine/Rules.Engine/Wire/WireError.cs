namespace Rules.Engine.Wire;

/// <summary>
/// Why a JSON text could not be read: the sender's mistake, told as data and never thrown.
/// </summary>
/// <param name="Code">Stable, snake_case; one of <see cref="WireCodes"/>.</param>
/// <param name="Pointer">JSON Pointer (RFC 6901) of the value at fault, such as <c>/quantities/image</c>; empty for the whole text.</param>
/// <param name="Position">Where the value at fault ends or the text stops making sense.</param>
/// <param name="Message">What is wrong, in one or two sentences with their stops; the sender's words are quoted and cut.</param>
/// <param name="Help">How to mend it.</param>
public sealed record WireError(string Code, string Pointer, WirePosition Position, string Message, string Help);

/// <summary>A place in a JSON text.</summary>
/// <param name="Offset">Bytes from the start of the text.</param>
/// <param name="Line">Counts from one.</param>
/// <param name="Column">Counts from one, in bytes of the line.</param>
public readonly record struct WirePosition(int Offset, int Line, int Column)
{
    /// <summary>The position of a byte of a text; lines end at LF.</summary>
    public static WirePosition Of(ReadOnlySpan<byte> json, int offset)
    {
        var before = json[..Math.Min(offset, json.Length)];
        return new WirePosition(before.Length, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
    }
}

/// <summary>The codes of <see cref="WireError"/>. They are part of the interface and never change their meaning.</summary>
public static class WireCodes
{
    /// <summary>Not one JSON value in UTF-8: broken syntax, more than one value, invalid bytes, nested deeper than 64.</summary>
    public const string MalformedJson = "malformed_json";

    /// <summary>A member stands twice in one object.</summary>
    public const string DuplicateMember = "duplicate_member";

    /// <summary>A member that the shape does not have.</summary>
    public const string UnknownMember = "unknown_member";

    /// <summary>A required member is absent.</summary>
    public const string MemberMissing = "member_missing";

    /// <summary>Two members that exclude each other.</summary>
    public const string MemberConflict = "member_conflict";

    /// <summary>A word that is not one of those a member takes.</summary>
    public const string UnknownWord = "unknown_word";

    /// <summary>A value of another JSON type than the member takes.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>A number that is not in plain decimal notation or has too many digits.</summary>
    public const string InvalidNumber = "invalid_number";

    /// <summary>An instant that is not RFC 3339 with an offset, or not between the years 1970 and 9999.</summary>
    public const string InvalidInstant = "invalid_instant";

    /// <summary>Text with characters that do not print, or an unpaired surrogate.</summary>
    public const string InvalidText = "invalid_text";

    /// <summary>An id that is not 1 to 128 printable ASCII characters of the allowed ones.</summary>
    public const string InvalidId = "invalid_id";

    /// <summary>Text or an object that is larger than <see cref="WireLimits"/> allows.</summary>
    public const string TooLarge = "too_large";

    /// <summary>All codes, in order of declaration.</summary>
    public static IReadOnlyList<string> All { get; } =
        [MalformedJson, DuplicateMember, UnknownMember, MemberMissing, MemberConflict, UnknownWord, WrongType, InvalidNumber, InvalidInstant, InvalidText, InvalidId, TooLarge];
}
