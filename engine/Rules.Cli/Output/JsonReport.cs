using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rules.Cli.Input;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Cli.Output;

/// <summary>The shape of <c>--json</c>: one indented document; lines and columns count from one, columns in UTF-16 code units.</summary>
public static class JsonReport
{
    /// <summary>Writes one object and a line break.</summary>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> members)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(members);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>The member <c>diagnostics</c>; one in another text than <paramref name="source"/> has a <c>path</c> of its own.</summary>
    public static void WriteDiagnostics(this Utf8JsonWriter writer, ImmutableArray<Diagnostic> diagnostics, SourceText source, RuleWorkspace workspace)
    {
        writer.WriteStartArray("diagnostics");
        foreach (var diagnostic in diagnostics)
        {
            writer.WriteStartObject();
            writer.WriteOtherPath(diagnostic.Location, source, workspace);
            writer.WriteDiagnosticMembers(diagnostic);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>The member <c>path</c>, where a place lies in another text than the one that is reported on.</summary>
    public static void WriteOtherPath(this Utf8JsonWriter writer, TextLocation location, SourceText source, RuleWorkspace workspace)
    {
        if (!ReferenceEquals(location.Source, source))
        {
            writer.WriteString("path", workspace.PathOf(location));
        }
    }

    /// <summary>What is known of one diagnostic; <c>help</c> stands only where there is some.</summary>
    public static void WriteDiagnosticMembers(this Utf8JsonWriter writer, Diagnostic diagnostic)
    {
        writer.WriteString("id", diagnostic.Id);
        writer.WriteString("severity", diagnostic.Severity switch
        {
            DiagnosticSeverity.Error => "error",
            DiagnosticSeverity.Warning => "warning",
            _ => "info",
        });
        writer.WriteString("message", diagnostic.Message);
        if (diagnostic.Help is { } help)
        {
            writer.WriteString("help", help);
        }

        writer.WriteRange(diagnostic.Location);
        writer.WriteStartArray("fixes");
        foreach (var fix in diagnostic.Fixes)
        {
            writer.WriteStartObject();
            writer.WriteString("title", fix.Title);
            writer.WriteStartArray("edits");
            foreach (var edit in fix.Edits)
            {
                writer.WriteStartObject();
                writer.WriteRange(new TextLocation(diagnostic.Location.Source, edit.Span));
                writer.WriteString("text", edit.NewText);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>The members <c>errors</c> and <c>warnings</c>.</summary>
    public static void WriteTotals(this Utf8JsonWriter writer, ImmutableArray<Diagnostic> diagnostics)
    {
        writer.WriteNumber("errors", diagnostics.Count(static d => d.Severity == DiagnosticSeverity.Error));
        writer.WriteNumber("warnings", diagnostics.Count(static d => d.Severity == DiagnosticSeverity.Warning));
    }

    /// <summary>The members <c>line</c>, <c>column</c>, <c>endLine</c> and <c>endColumn</c>.</summary>
    public static void WriteRange(this Utf8JsonWriter writer, TextLocation location)
    {
        writer.WriteNumber("line", location.Start.Line);
        writer.WriteNumber("column", location.Start.Column);
        writer.WriteNumber("end_line", location.End.Line);
        writer.WriteNumber("end_column", location.End.Column);
    }
}
