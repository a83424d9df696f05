using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using NodaTime;
using Rules.Engine.Wire;

namespace Rules.Portal.Api;

/// <summary>
/// Reads the small bodies that administer the service, as strictly as events are read: unknown and repeated members, wrong types and text that
/// does not print are refused. Keeps the first problem; what is read after it is empty.
/// </summary>
internal sealed class SettingsBody
{
    private readonly JsonElement _root;
    private readonly string _path;

    private SettingsBody(JsonElement root, string path = "")
    {
        _root = root;
        _path = path;
    }

    public Problem? Problem { get; private set; }

    public static SettingsBody Read(ReadOnlyMemory<byte> json, params ReadOnlySpan<string> members)
    {
        SettingsBody body;
        try
        {
            if (!Utf8.IsValid(json.Span))
            {
                // The parser looks at the bytes of a name or text only when that is asked for.
                throw new JsonException();
            }

            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = WireLimits.Depth, AllowDuplicateProperties = false });
            body = new SettingsBody(document.RootElement.Clone());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            body = new SettingsBody(default);
            body.Fail(
                WireCodes.MalformedJson, "",
                string.Create(CultureInfo.InvariantCulture, $"The body is not one valid JSON object, or a member stands twice: look at line {((exception as JsonException)?.LineNumber ?? 0) + 1}."),
                "Check the quotes, commas and brackets there.");
            return body;
        }

        if (body._root.ValueKind != JsonValueKind.Object)
        {
            body.Fail(WireCodes.WrongType, "", "The body must be one JSON object.", "Write {…}.");
            return body;
        }

        body.RefuseOthers(members);
        return body;
    }

    private void RefuseOthers(params ReadOnlySpan<string> members)
    {
        var others = $"Write only {string.Join(", ", members)}.";
        try
        {
            foreach (var member in _root.EnumerateObject())
            {
                if (!members.Contains(member.Name))
                {
                    Fail(WireCodes.UnknownMember, member.Name, $"There is no member \"{WireText.Shown(member.Name)}\" here.", others);
                    break;
                }
            }
        }
        catch (InvalidOperationException)
        {
            Fail(WireCodes.InvalidText, "", "The name of a member holds half of a surrogate pair.", others);
        }
    }

    public bool Has(string name) => Problem is null && _root.TryGetProperty(name, out _);

    /// <summary>Text that prints; null where the member is left out.</summary>
    public string? Text(string name, int limit, bool required = false) => Member(name, required) is { } value ? Text(name, value, limit) : null;

    /// <summary>An array of different texts; empty where the member is left out, never where it stands.</summary>
    public ImmutableArray<string> Texts(string name, int most, int limit, bool required = false)
    {
        if (Member(name, required) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(WireCodes.WrongType, name, $"\"{name}\" must be an array of strings.", "Write [\"…\"].");
            return [];
        }

        if (value.GetArrayLength() is var length && (length == 0 || length > most))
        {
            Invalid(
                name, string.Create(CultureInfo.InvariantCulture, $"\"{name}\" has {length} items; it takes 1 to {most}."), "Leave it out where nothing is to be named.");
            return [];
        }

        var texts = ImmutableArray.CreateBuilder<string>(length);
        foreach (var item in value.EnumerateArray())
        {
            if (Text(name, item, limit) is not { } text)
            {
                return [];
            }

            if (!texts.Contains(text, StringComparer.Ordinal))
            {
                texts.Add(text);
            }
        }

        return texts.ToImmutable();
    }

    /// <summary>A required array of objects, each read the same way; empty after a problem.</summary>
    /// <param name="members">What each may hold.</param>
    public ImmutableArray<T> Objects<T>(string name, int most, ReadOnlySpan<string> members, Func<SettingsBody, T> read)
    {
        if (Member(name, required: true) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(static item => item.ValueKind != JsonValueKind.Object))
        {
            Fail(WireCodes.WrongType, name, $"\"{name}\" must be an array of objects.", "Write [{…}].");
            return [];
        }

        if (value.GetArrayLength() is var length && (length == 0 || length > most))
        {
            Invalid(name, string.Create(CultureInfo.InvariantCulture, $"\"{name}\" has {length} items; it takes 1 to {most}."), "Send more than one request.");
            return [];
        }

        var items = ImmutableArray.CreateBuilder<T>(length);
        foreach (var element in value.EnumerateArray())
        {
            var item = new SettingsBody(element, string.Create(CultureInfo.InvariantCulture, $"{_path}/{name}/{items.Count}"));
            item.RefuseOthers(members);
            items.Add(read(item));
            if (item.Problem is { } problem)
            {
                Problem = problem;
                return [];
            }
        }

        return items.ToImmutable();
    }

    /// <summary>Required text of several lines, as it stands; the reader of the text says what is wrong in it.</summary>
    public string? Lines(string name, int limit)
    {
        if (Member(name, required: true) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Fail(WireCodes.WrongType, name, $"\"{name}\" must be text.", "Write it in quotes.");
            return null;
        }

        if (TextOf(name, value) is not { } text)
        {
            return null;
        }

        if (text.Length == 0 || text.Length > limit)
        {
            Fail(WireCodes.TooLarge, name, string.Create(CultureInfo.InvariantCulture, $"\"{name}\" must have 1 to {limit} characters."), "Shorten it.");
            return null;
        }

        return text;
    }

    public int? Integer(string name, int least, int most)
    {
        if (Member(name, required: false) is not { } value)
        {
            return null;
        }

        var wanted = string.Create(CultureInfo.InvariantCulture, $"\"{name}\" must be a whole number from {least} to {most}.");
        const string help = "Write digits only, without quotes.";
        if (value.ValueKind != JsonValueKind.Number)
        {
            Fail(WireCodes.WrongType, name, wanted, help);
            return null;
        }

        if (!value.GetRawText().All(static character => character == '-' || char.IsAsciiDigit(character)))
        {
            Fail(WireCodes.InvalidNumber, name, wanted, help);
            return null;
        }

        if (int.TryParse(value.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Invalid(name, wanted, help);
        return null;
    }

    public Instant? Time(string name, bool required = false)
    {
        if (Text(name, 64, required) is not { } text)
        {
            return null;
        }

        if (InstantText.TryParse(Encoding.UTF8.GetBytes(text), out var instant))
        {
            return instant;
        }

        Fail(WireCodes.InvalidInstant, name, $"\"{name}\" is not an instant: \"{WireText.Shown(text)}\".", "Write RFC 3339 with an offset, such as 2026-05-01T10:00:00Z.");
        return null;
    }

    public void Invalid(string name, string detail, string help) => Problem ??= new Problem(ProblemKinds.ValueInvalid, detail, help) { Pointer = _path + "/" + name };

    private JsonElement? Member(string name, bool required)
    {
        if (Problem is not null)
        {
            return null;
        }

        if (_root.TryGetProperty(name, out var value))
        {
            return value;
        }

        if (required)
        {
            Fail(WireCodes.MemberMissing, name, $"The member \"{name}\" is missing.", $"Add \"{name}\".");
        }

        return null;
    }

    private string? Text(string name, JsonElement value, int limit)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Fail(WireCodes.WrongType, name, $"\"{name}\" must be text.", "Write it in quotes.");
            return null;
        }

        if (TextOf(name, value) is not { } text)
        {
            return null;
        }

        if (text.Length == 0 || text.Length > limit)
        {
            Fail(WireCodes.TooLarge, name, string.Create(CultureInfo.InvariantCulture, $"\"{name}\" must have 1 to {limit} characters."), "Shorten it, or leave it out.");
            return null;
        }

        if (text.EnumerateRunes().Any(static rune => WireText.Shown(rune.ToString()) != rune.ToString()))
        {
            Fail(WireCodes.InvalidText, name, $"\"{name}\" holds characters that do not print.", "Remove control characters and marks that change the direction of writing.");
            return null;
        }

        return text;
    }

    private string? TextOf(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Fail(WireCodes.InvalidText, name, $"\"{name}\" holds half of a surrogate pair.", "Write both halves, or the character itself.");
            return null;
        }
    }

    private void Fail(string code, string name, string detail, string help) =>
        Problem ??= new Problem(ProblemKinds.Of(code), detail, help) { Pointer = name.Length == 0 ? null : _path + "/" + WireText.Shown(name) };
}
