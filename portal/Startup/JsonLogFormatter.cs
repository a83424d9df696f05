using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Rules.Portal.Startup;

/// <summary>
/// A log of one JSON object a line, in which no text is longer than 2 KB whatever a caller sent: nothing begins a line of its own, and nobody fills the disk with one request. Members
/// are named as the framework's own formatter names them, which has no limit.
/// </summary>
public sealed class JsonLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>Under which the console finds it.</summary>
    public const string FormatterName = "rules-json";

    /// <summary>Bytes of UTF-8 that a text keeps.</summary>
    public const int MostBytes = 2048;

    private const int MostCauses = 8;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("Timestamp"u8, time.GetUtcNow());
            json.WriteNumber("EventId"u8, logEntry.EventId.Id);
            json.WriteString("LogLevel"u8, logEntry.LogLevel.ToString());
            json.WriteString("Category"u8, logEntry.Category);
            json.WriteString("Message"u8, Cut(logEntry.Formatter(logEntry.State, logEntry.Exception)));
            if (logEntry.Exception is { } exception)
            {
                json.WriteString("Exception"u8, Told(exception));
            }

            if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } values)
            {
                WriteState(json, values);
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(line.WrittenSpan));
    }

    // Messages may hold what a caller sent; where it happened does not.
    private static string Told(Exception exception)
    {
        var told = new StringBuilder();
        var causes = 0;
        for (var cause = exception; cause is not null && causes < MostCauses; cause = cause.InnerException, causes++)
        {
            told.Append(causes == 0 ? "" : "\n---> ").Append(cause.GetType()).Append(": ").Append(Cut(cause.Message)).Append('\n').Append(cause.StackTrace);
        }

        return told.ToString();
    }

    private static void WriteState(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        json.WriteStartObject("State"u8);
        foreach (var (name, value) in values)
        {
            json.WriteString(name, Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
        }

        json.WriteEndObject();
    }

    private static string Cut(string text)
    {
        Span<byte> kept = stackalloc byte[MostBytes];
        return text.Length <= MostBytes / 3 || Utf8.FromUtf16(text, kept, out var read, out _) != OperationStatus.DestinationTooSmall
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, read)}... ({text.Length} characters)");
    }
}
