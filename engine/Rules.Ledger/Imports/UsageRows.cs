using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Rules.Engine.Wire;

namespace Rules.Ledger.Imports;

/// <summary>Why a line of a file is no event.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">The column at fault; null: the whole line.</param>
/// <param name="Code">Stable: one of <see cref="WireCodes"/> or of <see cref="UsageMistakeCodes"/>.</param>
public sealed record UsageMistake(long Line, string? Column, string Code, string Message, string Help);

/// <summary>The codes of <see cref="UsageMistake"/> that are not those of an event.</summary>
public static class UsageMistakeCodes
{
    /// <summary>A row whose quotes do not close, or that has more or fewer fields than the header.</summary>
    public const string MalformedCsv = "malformed_csv";

    /// <summary>Two columns that say the same member.</summary>
    public const string DuplicateColumn = "duplicate_column";

    /// <summary>A column that the mapping names is not in the header.</summary>
    public const string ColumnMissing = "column_missing";

    /// <summary>An event of the future.</summary>
    public const string NotPast = "not_past";

    /// <summary>An account that stood otherwise by an earlier line.</summary>
    public const string StateDiffers = "state_differs";

    /// <summary>More events than are kept for one ruleset.</summary>
    public const string TooManyEvents = "too_many_events";
}

/// <summary>Makes events of records: the mapping's members become the JSON of an event, which the reader of every other event reads.</summary>
internal sealed class UsageRows(UsageMapping mapping)
{
    /// <summary>Columns of a file.</summary>
    private const int MostColumns = 500;

    private readonly Dictionary<string, UsageMapping.Target?> _targets = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly List<(UsageMapping.Target Target, string? Text, JsonElement Value)> _said = [];
    private readonly List<string> _fields = [];
    private ImmutableArray<string> _header = [];

    /// <summary>Columns that say nothing, in the order they came.</summary>
    public List<string> Unread { get; } = [];

    /// <summary>Reads the header of a CSV file.</summary>
    public UsageMistake? ReadHeader(ReadOnlySpan<byte> record)
    {
        var broken = CsvFields.Split(record, 1, _fields);
        if ((broken is not null || _fields.Count == 1) && OtherSeparator(record) is { } separator)
        {
            return new UsageMistake(1, null, UsageMistakeCodes.MalformedCsv, $"The columns of the first line stand between {separator}, not commas.", "Save the file with commas between the columns and a point in figures.");
        }

        if (broken is not null)
        {
            return broken;
        }

        _header = [.. _fields];
        if (_header.Length > MostColumns)
        {
            return new UsageMistake(1, null, WireCodes.TooLarge, $"The file has {_header.Length} columns; at most {MostColumns} are read.", "Leave out the columns that say nothing about usage.");
        }

        var members = new HashSet<UsageMapping.Target>();
        foreach (var column in _header)
        {
            if (TargetOf(column) is { } target && !members.Add(target))
            {
                return new UsageMistake(1, column, UsageMistakeCodes.DuplicateColumn, "Two columns say the same.", "Keep one of them, or give the other another name.");
            }
        }

        foreach (var (_, column) in mapping.Columns)
        {
            if (!_header.Contains(column, StringComparer.Ordinal))
            {
                return new UsageMistake(1, column, UsageMistakeCodes.ColumnMissing, $"The mapping names the column \"{column}\", which the file does not have.", "Columns are named as in the first line, in the same letters.");
            }
        }

        return null;
    }

    private static string? OtherSeparator(ReadOnlySpan<byte> header)
    {
        var (commas, semicolons, tabs) = (header.Count((byte)','), header.Count((byte)';'), header.Count((byte)'\t'));
        return semicolons > Math.Max(commas, tabs) ? "semicolons" : tabs > commas ? "tabs" : null;
    }

    /// <returns>The event, or why the record is none.</returns>
    public (PastEvent? Event, UsageMistake? Mistake) Read(ReadOnlyMemory<byte> record, long line)
    {
        var isMapped = mapping.IsCsv || !mapping.IsIdentity;
        if (isMapped && (mapping.IsCsv ? SayRow(record.Span, line) : SayObject(record, line)) is { } broken)
        {
            return (null, broken);
        }

        var reading = EventReader.ReadPast(isMapped ? _json.WrittenSpan : record.Span, needsId: true);
        if (reading.Succeeded)
        {
            return reading.Value.Usage.Only.IsEmpty
                ? (reading.Value, null)
                : (null, new UsageMistake(line, "only", WireCodes.UnknownMember, "\"only\" names grants, which usage that was not charged here has none of.", "Leave it out."));
        }

        var error = reading.Error;
        var member = error.Pointer.TrimStart('/').Replace('/', '.');
        return (null, new UsageMistake(line, member.Length == 0 ? null : isMapped ? mapping.ColumnOf(member) : member, error.Code, error.Message, error.Help));
    }

    private UsageMistake? SayRow(ReadOnlySpan<byte> record, long line)
    {
        if (CsvFields.Split(record, line, _fields) is { } broken)
        {
            return broken;
        }

        if (_fields.Count != _header.Length)
        {
            return new UsageMistake(line, null, UsageMistakeCodes.MalformedCsv, $"The line has {_fields.Count} fields and the header {_header.Length}.", "Write a field with a comma or a line end in quotes.");
        }

        _said.Clear();
        for (var i = 0; i < _fields.Count; i++)
        {
            if (_fields[i].Length > 0 && TargetOf(_header[i]) is { } target)
            {
                _said.Add((target, CsvFields.Unguarded(_fields[i]), default));
            }
        }

        Write();
        return null;
    }

    private UsageMistake? SayObject(ReadOnlyMemory<byte> record, long line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(record, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            return new UsageMistake(line, null, WireCodes.MalformedJson, $"The line is not one JSON object: {e.Message}", "Write one object a line, in UTF-8.");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return new UsageMistake(line, null, WireCodes.WrongType, "The line is not an object.", "Write one object a line.");
            }

            _said.Clear();
            if (Flatten(document.RootElement, "", line) is { } twice)
            {
                return twice;
            }

            Write();
            return null;
        }
    }

    private UsageMistake? Flatten(JsonElement element, string prefix, long line)
    {
        foreach (var member in element.EnumerateObject())
        {
            var column = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                if (Flatten(member.Value, column + ".", line) is { } twice)
                {
                    return twice;
                }
            }
            else if (member.Value.ValueKind != JsonValueKind.Null && TargetOf(column) is { } target)
            {
                if (_said.Exists(said => said.Target == target))
                {
                    return new UsageMistake(line, column, UsageMistakeCodes.DuplicateColumn, "Two members say the same.", "Keep one of them, or give the other another name.");
                }

                _said.Add((target, null, member.Value));
            }
        }

        return null;
    }

    private void Write()
    {
        foreach (var (member, value) in mapping.Constants)
        {
            _said.Add((UsageMapping.TargetOf(member)!.Value, value, default));
        }

        _json.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        WriteGroup(json, "");
        foreach (var group in (ReadOnlySpan<string>)["quantities", "facts", "keys", "record"])
        {
            WriteNamed(json, group, group);
        }

        if (_said.Exists(static said => said.Target.Group.StartsWith("state", StringComparison.Ordinal)))
        {
            json.WriteStartObject("state"u8);
            WriteGroup(json, "state");
            foreach (var group in (ReadOnlySpan<string>)["facts", "terms", "balances"])
            {
                WriteNamed(json, group, "state." + group);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteNamed(Utf8JsonWriter json, string name, string group)
    {
        if (_said.Exists(said => said.Target.Group == group))
        {
            json.WriteStartObject(name);
            WriteGroup(json, group);
            json.WriteEndObject();
        }
    }

    private void WriteGroup(Utf8JsonWriter json, string group)
    {
        foreach (var (target, text, value) in _said)
        {
            if (target.Group == group)
            {
                json.WritePropertyName(target.Name);
                if (text is not null)
                {
                    json.WriteStringValue(text);
                }
                else
                {
                    value.WriteTo(json);
                }
            }
        }
    }

    private UsageMapping.Target? TargetOf(string column)
    {
        if (!_targets.TryGetValue(column, out var target))
        {
            target = mapping.OfColumn(column);
            // Names that a hostile file makes up line after line are worked out again rather than kept.
            if (_targets.Count < MostColumns)
            {
                _targets.Add(column, target);
                if (target is null)
                {
                    Unread.Add(column);
                }
            }
        }

        return target;
    }
}
