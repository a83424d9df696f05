using System.Collections.Immutable;
using System.Text.Json;
using Rules.Engine.Model;
using Rules.Engine.Wire;
using Rules.Ledger.Imports;

namespace Rules.Ledger;

/// <summary>Imports of usage as JSON, the same from the command and from the service.</summary>
public static class UsageImportJson
{
    /// <summary>Every import of the batches, in their order: the member <c>imports</c>.</summary>
    public static void WriteImports(this Utf8JsonWriter json, ImmutableArray<UsageBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartArray("imports"u8);
        foreach (var import in batches.GroupBy(static batch => batch.Import))
        {
            json.WriteStartObject();
            json.WriteImport([.. import]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The members of one import.</summary>
    /// <param name="batches">All of it, in their order; at least one.</param>
    public static void WriteImport(this Utf8JsonWriter json, ImmutableArray<UsageBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(json);
        var (first, last) = (batches[0], batches[^1]);
        json.WriteString("id"u8, first.Import);
        json.WriteString("ruleset"u8, first.Ruleset);
        json.WriteString("source"u8, first.Source);
        json.WriteString("imported_by"u8, first.ImportedBy);
        json.WriteInstant("imported_at"u8, first.ImportedAt);
        json.WriteNumber("lines"u8, last.Lines);
        json.WriteNumber("events"u8, batches.Sum(static batch => batch.Events));
        json.WriteNumber("duplicates"u8, batches.Sum(static batch => batch.Duplicates));
        json.WriteBoolean("is_complete"u8, last.IsLast);
        if (first.Withdrawn is { } taken)
        {
            json.WriteString("withdrawn_by"u8, taken.By);
            json.WriteInstant("withdrawn_at"u8, taken.At);
        }
    }

    /// <summary>The members of what one run came to.</summary>
    /// <param name="ruleset">Tells which actions have no price.</param>
    public static void WriteImportResult(this Utf8JsonWriter json, UsageImportResult result, PublishedRuleset ruleset)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(result);
        json.WriteBoolean("dry_run"u8, result.IsDryRun);
        if (result.Import is { } import)
        {
            json.WriteString("id"u8, import);
        }

        json.WriteNumber("lines"u8, result.Lines);
        json.WriteNumber("resumed_at_line"u8, result.ResumedAt);
        json.WriteNumber("accounts"u8, result.Accounts);
        json.WriteNumber("events"u8, result.Events);
        json.WriteNumber("duplicates"u8, result.Duplicates);
        if (result is { First: { } first, Last: { } last })
        {
            json.WriteInstant("first"u8, first);
            json.WriteInstant("last"u8, last);
        }

        json.WriteNumber("mistakes"u8, result.MistakeCount);
        json.WriteStartArray("first_mistakes"u8);
        foreach (var mistake in result.Mistakes)
        {
            json.WriteStartObject();
            json.WriteNumber("line"u8, mistake.Line);
            if (mistake.Column is { } column)
            {
                json.WriteString("column"u8, column);
            }

            json.WriteString("code"u8, mistake.Code);
            json.WriteString("message"u8, mistake.Message);
            json.WriteString("help"u8, mistake.Help);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("unread_columns"u8);
        foreach (var column in result.UnreadColumns)
        {
            json.WriteStringValue(column);
        }

        json.WriteEndArray();
        json.WriteStartArray("unpriced_actions"u8);
        foreach (var (action, events) in result.Unpriced(ruleset))
        {
            json.WriteStartObject();
            json.WriteString("action"u8, action);
            json.WriteNumber("events"u8, events);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
