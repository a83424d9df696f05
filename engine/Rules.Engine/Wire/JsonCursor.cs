using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>
/// Walks one JSON object strictly, keeps the first error, and knows where it stands. Methods answer false once there is an error.
/// Invariant: after a method that answers true the reader stands on the last token of what was read.
/// </summary>
internal ref struct JsonCursor
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly int _firstLine;
    private Utf8JsonReader _reader;
    private string? _member;
    private string? _entry;

    /// <param name="firstLine">Number of the text's first line where it is part of a larger one.</param>
    public JsonCursor(ReadOnlySpan<byte> json, int firstLine = 1)
    {
        _json = json;
        _firstLine = firstLine;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = WireLimits.Depth });
    }

    public WireError? Error { get; private set; }

    /// <summary>Enters the one object that the text must hold.</summary>
    public bool Begin()
    {
        if (_json.Length > WireLimits.BodyBytes)
        {
            return Fail(WireCodes.TooLarge, "The text is larger than 256 KiB.", "Send less in one request.", 0);
        }

        if (!System.Text.Unicode.Utf8.IsValid(_json))
        {
            return Fail(WireCodes.MalformedJson, "The text is not valid UTF-8.", "Encode the JSON as UTF-8.", FirstInvalidByte(_json));
        }

        if (_json.StartsWith("\uFEFF"u8))
        {
            return Fail(WireCodes.MalformedJson, "The text begins with a byte order mark.", "Send the JSON without it.", 0);
        }

        if (!_json.ContainsAnyExcept(" \t\r\n"u8))
        {
            return Fail(WireCodes.MalformedJson, "The text is empty.", "Send one JSON object.", 0);
        }

        return Read() && (_reader.TokenType == JsonTokenType.StartObject || WrongType("The text", "one JSON object"));
    }

    /// <summary>Nothing but white space may follow the object.</summary>
    public bool End() => Error is null && !Read() && Error is null;

    /// <summary>
    /// Moves to the value of the next member of the top object, or of an object inside it, whose members are known by name. False at the
    /// end of the object, or on an error.
    /// </summary>
    /// <param name="seen">A bit per member of <paramref name="members"/>.</param>
    public bool NextMember(ReadOnlySpan<string> members, ref uint seen, out int index)
    {
        index = -1;
        _member = null;
        if (!Read() || _reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        string? unescaped = null;
        if (_reader.ValueIsEscaped && !TryGetString(out unescaped))
        {
            return false;
        }

        for (var i = 0; i < members.Length && index < 0; i++)
        {
            index = (unescaped is null ? _reader.ValueTextEquals(members[i]) : unescaped == members[i]) ? i : -1;
        }

        if (index < 0)
        {
            return TryGetString(out _member)
                && Fail(WireCodes.UnknownMember, $"There is no member {Quote(_member)} here.", $"Write only {Words(members)}.");
        }

        _member = members[index];
        if ((seen & (1u << index)) != 0)
        {
            return Fail(WireCodes.DuplicateMember, $"The member {Quote(_member)} stands here twice.", "Write it once.");
        }

        seen |= 1u << index;
        return Read();
    }

    /// <summary>Fails on the first of the required members that was not seen.</summary>
    public bool Require(ReadOnlySpan<string> members, uint seen, uint required)
    {
        if (Error is not null)
        {
            return false;
        }

        for (var i = 0; i < members.Length; i++)
        {
            if ((required & ~seen & (1u << i)) != 0)
            {
                _member = members[i];
                return Fail(WireCodes.MemberMissing, $"The member {Quote(_member)} is missing.", $"Add {Quote(_member)}.");
            }
        }

        return true;
    }

    /// <summary>
    /// Goes to a text member of the top object, wherever it stands; other members are passed over and not judged. Fails where there is none.
    /// </summary>
    public bool Find(string member, out string text)
    {
        text = "";
        while (Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            _member = null;
            if (!TryGetString(out var name) || !Read())
            {
                return false;
            }

            if (string.Equals(name, member, StringComparison.Ordinal))
            {
                _member = member;
                return Text(WireLimits.NameCharacters, out text);
            }

            if (!Pass())
            {
                return false;
            }
        }

        _member = member;
        return Fail(WireCodes.MemberMissing, $"The member {Quote(member)} is missing.", $"Add {Quote(member)}.");
    }

    /// <summary>Fails where a member that is required after all was left out.</summary>
    public bool RequireText(string member, string text)
    {
        _member = member;
        return text.Length > 0 || Fail(WireCodes.MemberMissing, $"The member {Quote(member)} is missing.", $"Add {Quote(member)}.");
    }

    /// <summary>Two members that exclude each other.</summary>
    public bool Exclude(string one, string other) =>
        Fail(WireCodes.MemberConflict, $"{Quote(one)} and {Quote(other)} exclude each other.", "Write one of them.");

    /// <summary>A value that a member cannot have, told with the ones it can.</summary>
    public bool NotOneOf(string written, ReadOnlySpan<string> words) =>
        Fail(WireCodes.UnknownWord, $"{Here()} cannot be {Quote(written)}.", Spelling.Nearest(written, words.ToArray()) is { } near ? $"Did you mean {Quote(near)}?" : $"Write one of {Words(words)}.");

    /// <summary>One of a few words.</summary>
    public bool Word(string[] words, out string word) =>
        Text(WireLimits.NameCharacters, out word) && (words.Contains(word) || NotOneOf(word, words));

    /// <summary>Text of 1 to <paramref name="limit"/> UTF-16 code units that print.</summary>
    public bool Text(int limit, out string text)
    {
        text = "";
        return (_reader.TokenType == JsonTokenType.String || WrongType(Here(), "a string")) && CheckedString(limit, out text);
    }

    /// <summary>An id as the service takes them: it stands in addresses, files and logs, so its characters are few.</summary>
    public bool Id(out string id) => Text(WireLimits.ValueCharacters, out id)
        && (IdText.IsValid(id) || Fail(WireCodes.InvalidId, $"{Here()} cannot be an id: {Quote(id)}.", IdText.Help));

    public bool Time(out Instant instant)
    {
        instant = default;
        if (_reader.TokenType != JsonTokenType.String)
        {
            return WrongType(Here(), "a string with an instant");
        }

        var raw = Raw(out var fits);
        return fits && InstantText.TryParse(raw, out instant)
            || Fail(
                WireCodes.InvalidInstant,
                $"{Here()} is not an instant: {Quote(Encoding.UTF8.GetString(raw))}.",
                "Write RFC 3339 with an offset, such as 2026-05-01T10:00:00Z, between 1970 and 9999 and with at most 9 digits of a second.");
    }

    /// <summary>A string or a number in plain notation; its sign is not judged here.</summary>
    public bool Amount(out ExactDecimal amount)
    {
        amount = default;
        if (!PlainText(out var raw))
        {
            return false;
        }

        var (digits, scale) = PlainNumber.Parse(raw);
        amount = new ExactDecimal(digits, scale);
        return true;
    }

    /// <summary>A JSON number without fraction or exponent; a string is refused.</summary>
    public bool Integer(out int value)
    {
        value = 0;
        if (_reader.TokenType != JsonTokenType.Number)
        {
            return WrongType(Here(), "a whole number without quotes");
        }

        var raw = _reader.ValueSpan;
        return (PlainNumber.Fault(raw) is null && !raw.Contains((byte)'.')
                && int.TryParse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            || Fail(WireCodes.InvalidNumber, $"{Here()} is not a whole number: {Quote(Encoding.UTF8.GetString(raw))}.", "Write digits only, such as 10.");
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Flag(out bool value)
    {
        value = _reader.TokenType == JsonTokenType.True;
        return value || _reader.TokenType == JsonTokenType.False || WrongType(Here(), "true or false");
    }

    /// <summary>An object of names and amounts.</summary>
    public bool Amounts(out ImmutableArray<MeteredQuantity> amounts)
    {
        amounts = [];
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType(Here(), "an object of names and numbers");
        }

        var builder = ImmutableArray.CreateBuilder<MeteredQuantity>(4);
        while (NextEntry(builder.Count, out var name))
        {
            for (var i = 0; i < builder.Count; i++)
            {
                if (builder[i].Meter == name)
                {
                    return TwiceInMap(name);
                }
            }

            if (!Amount(out var amount))
            {
                return false;
            }

            builder.Add(new MeteredQuantity(name, amount));
        }

        _entry = null;
        amounts = builder.DrainToImmutable();
        return Error is null;
    }

    /// <summary>An object of names and values in the rule file's notation: strings, or numbers taken by their text.</summary>
    public bool Texts(out ImmutableArray<NamedText> texts)
    {
        texts = [];
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType(Here(), "an object of names and values");
        }

        var builder = ImmutableArray.CreateBuilder<NamedText>(4);
        while (NextEntry(builder.Count, out var name))
        {
            for (var i = 0; i < builder.Count; i++)
            {
                if (builder[i].Name == name)
                {
                    return TwiceInMap(name);
                }
            }

            if (!Scalar(out var value))
            {
                return false;
            }

            builder.Add(new NamedText(name, value));
        }

        _entry = null;
        texts = builder.DrainToImmutable();
        return Error is null;
    }

    public readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    /// <summary>A length of time as the language writes it: <c>1 week</c>, <c>3 months</c>.</summary>
    public bool Span(out CalendarSpan span)
    {
        span = default;
        return Text(WireLimits.NameCharacters, out var text)
            && (CalendarSpan.TryParse(text, out span)
                || Fail(WireCodes.InvalidNumber, $"{Here()} is not a length of time: {Quote(text)}.", "Write a number of hours, days, weeks, months or years, such as \"1 week\"."));
    }

    /// <summary>Enters an object whose members <see cref="NextMember"/> reads.</summary>
    public bool BeginObject() => _reader.TokenType == JsonTokenType.StartObject || WrongType(Here(), "an object");

    /// <summary>Passes over a value whole; of an object or array its end is read.</summary>
    public bool Pass()
    {
        var depth = _reader.CurrentDepth;
        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            do
            {
                if (!Read())
                {
                    return false;
                }
            }
            while (_reader.CurrentDepth > depth);
        }

        return true;
    }

    public bool BeginArray() => _reader.TokenType == JsonTokenType.StartArray || WrongType(Here(), "an array");

    /// <summary>Moves to the next element of the array; false at its end or on an error.</summary>
    /// <param name="read">How many were read.</param>
    public bool NextElement(int read)
    {
        if (!Read() || _reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        return read < WireLimits.Members || Fail(WireCodes.TooLarge, $"{Quote(_member ?? "")} has more than 100 members.", "Send fewer.");
    }

    /// <summary>An array of texts; each stands once in it.</summary>
    public bool Names(out ImmutableArray<string> names)
    {
        names = [];
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            return WrongType(Here(), "an array of strings");
        }

        var builder = ImmutableArray.CreateBuilder<string>(4);
        while (Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (builder.Count == WireLimits.Members)
            {
                return Fail(WireCodes.TooLarge, $"{Here()} has more than 100 members.", "Send fewer.");
            }

            if (!Text(WireLimits.NameCharacters, out var name))
            {
                return false;
            }

            if (builder.Contains(name))
            {
                return TwiceInMap(name);
            }

            builder.Add(name);
        }

        names = builder.DrainToImmutable();
        return Error is null;
    }

    private bool NextEntry(int count, out string name)
    {
        name = "";
        _entry = null;
        if (!Read() || _reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        if (count == WireLimits.Members)
        {
            return Fail(WireCodes.TooLarge, $"{Here()} has more than 100 members.", "Send fewer.");
        }

        if (!CheckedString(WireLimits.NameCharacters, out name))
        {
            return false;
        }

        _entry = name;
        return Read();
    }

    private bool Scalar(out string value)
    {
        value = "";
        switch (_reader.TokenType)
        {
            case JsonTokenType.String:
                return CheckedString(WireLimits.ValueCharacters, out value);
            case JsonTokenType.Number:
                if (!PlainText(out var raw))
                {
                    return false;
                }

                value = Encoding.UTF8.GetString(raw);
                return true;
            case JsonTokenType.True or JsonTokenType.False:
                return Fail(
                    WireCodes.WrongType,
                    $"{Here()} must be a string or a number, but is true or false.",
                    "Write the rule file's word in quotes: \"yes\" or \"no\", \"on\" or \"off\".");
            default:
                return WrongType(Here(), "a string or a number");
        }
    }

    private bool PlainText(out ReadOnlySpan<byte> raw)
    {
        raw = [];
        var fits = true;
        switch (_reader.TokenType)
        {
            case JsonTokenType.Number:
                raw = _reader.ValueSpan;
                break;
            case JsonTokenType.String:
                raw = Raw(out fits);
                break;
            default:
                return WrongType(Here(), "a number, or a string with a number");
        }

        return (fits ? PlainNumber.Fault(raw) : "is too long") is not { } fault
            || Fail(
                WireCodes.InvalidNumber,
                $"{Here()} {fault}: {Quote(Encoding.UTF8.GetString(raw))}.",
                "Write digits, and a point where needed: 6000 or 0.25. At most 18 digits before and 9 after the point; no exponent, sign +, spaces or separators.");
    }

    // The unescaped bytes of a short string. Longer ones are cut: they cannot be a number or an instant and are only quoted.
    private readonly ReadOnlySpan<byte> Raw(out bool fits)
    {
        const int limit = 64;
        fits = _reader.ValueSpan.Length <= limit;
        if (!fits || !_reader.ValueIsEscaped)
        {
            return fits ? _reader.ValueSpan : _reader.ValueSpan[..limit];
        }

        try
        {
            var unescaped = new byte[limit];
            return unescaped.AsSpan(0, _reader.CopyString(unescaped));
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate: no part of any number or instant.
            fits = false;
            return _reader.ValueSpan;
        }
    }

    private bool CheckedString(int limit, out string text)
    {
        text = "";
        // One character takes at most 6 bytes when escaped.
        if (_reader.ValueSpan.Length > limit * 6)
        {
            return TooLong(limit);
        }

        if (!TryGetString(out text))
        {
            return false;
        }

        if (text.Length > limit)
        {
            return TooLong(limit);
        }

        if (text.Length == 0)
        {
            return Fail(WireCodes.InvalidText, $"{Here()} is empty.", "Write at least one character, or leave the member out.");
        }

        foreach (var character in text)
        {
            if (!IsPrinting(character))
            {
                return Fail(
                    WireCodes.InvalidText,
                    string.Create(CultureInfo.InvariantCulture, $"{Here()} holds the character U+{(int)character:X4}, which does not print."),
                    "Remove control characters and marks that change the direction of writing.");
            }
        }

        return true;
    }

    private bool TryGetString(out string text)
    {
        try
        {
            text = _reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return Fail(WireCodes.InvalidText, $"{Here()} holds half of a surrogate pair.", "Write both halves, or the character itself.");
        }
    }

    // Controls, line and paragraph separators, and the marks that re-order text on a screen.
    private static bool IsPrinting(char character) => !char.IsControl(character)
        && character is not ('\u2028' or '\u2029' or '\uFEFF' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F');

    private bool TwiceInMap(string name) =>
        Fail(WireCodes.DuplicateMember, $"{Quote(name)} stands twice in {Quote(_member ?? "")}.", "Write it once.");

    private bool TooLong(int limit) => Fail(
        WireCodes.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{Here()} is longer than {limit} characters."), "Shorten it.");

    private bool WrongType(string what, string expected)
    {
        var found = _reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => "null",
        };
        var help = found == "null" ? "Leave the member out, or give it a value." : $"Write {expected}.";
        return Fail(WireCodes.WrongType, $"{what} must be {expected}, but is {found}.", help);
    }

    private bool Read()
    {
        if (Error is not null)
        {
            return false;
        }

        try
        {
            return _reader.Read();
        }
        catch (JsonException exception)
        {
            var offset = OffsetOf(exception);
            var position = PositionOf(offset);
            return Fail(
                WireCodes.MalformedJson,
                string.Create(CultureInfo.InvariantCulture, $"The text is not one valid JSON value: it stops making sense at line {position.Line}, column {position.Column}."),
                "Check the quotes, commas and brackets just before that place; nothing may follow the closing brace.",
                offset);
        }
    }

    // The reader counts lines and bytes of a line from zero.
    private readonly int OffsetOf(JsonException exception)
    {
        var offset = 0;
        for (var line = exception.LineNumber ?? 0; line > 0; line--)
        {
            offset += _json[offset..].IndexOf((byte)'\n') + 1;
        }

        return offset + (int)(exception.BytePositionInLine ?? 0);
    }

    private readonly string Here() => (_member, _entry) switch
    {
        (null, _) => "The text",
        ({ } member, null) when _reader.TokenType == JsonTokenType.PropertyName => $"A name in {Quote(member)}",
        ({ } member, null) => Quote(member),
        ({ } member, { } entry) => $"{Quote(entry)} in {Quote(member)}",
    };

    private bool Fail(string code, string message, string help) => Fail(code, message, help, (int)_reader.BytesConsumed);

    private bool Fail(string code, string message, string help, int offset)
    {
        var pointer = _member is null ? "" : "/" + Escape(_member) + (_entry is null ? "" : "/" + Escape(_entry));
        Error ??= new WireError(code, pointer, PositionOf(offset), message, help);
        return false;
    }

    private readonly WirePosition PositionOf(int offset) =>
        WirePosition.Of(_json, offset) is var position && _firstLine == 1 ? position : position with { Line = position.Line + _firstLine - 1 };

    private static string Escape(string name) => WireText.Shown(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Quote(string text) => $"\"{WireText.Shown(text)}\"";

    private static string Words(ReadOnlySpan<string> words)
    {
        var text = new StringBuilder();
        for (var i = 0; i < words.Length; i++)
        {
            text.Append(i == 0 ? "" : i == words.Length - 1 ? " and " : ", ").Append(words[i]);
        }

        return text.ToString();
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(text[offset..], out _, out var length) == OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }
}
