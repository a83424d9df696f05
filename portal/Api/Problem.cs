using System.Text.Json;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Portal.Api;

/// <summary>A problem to be told (RFC 9457), before it has a form.</summary>
/// <param name="Kind">Code, status and title.</param>
/// <param name="Detail">What is wrong this time.</param>
/// <param name="Help">How to mend it.</param>
public sealed record Problem(ProblemKind Kind, string? Detail = null, string? Help = null)
{
    /// <summary>JSON Pointer of the member at fault.</summary>
    public string? Pointer { get; init; }

    public WirePosition? Position { get; init; }

    /// <summary>Seconds after which to try again; null where the service does not know.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The stored answer of a refused command, whose members stand inside the problem.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    public static Problem Of(WireError error) => new(ProblemKinds.Of(error.Code), error.Message, error.Help)
    {
        Pointer = error.Pointer,
        Position = error.Position,
    };

    /// <summary>An event or command that cannot be evaluated; its <c>RTnn</c> code is kept.</summary>
    public static Problem Of(EvaluationError error) => new(ProblemKinds.Of(error.Code), error.Message, error.Help)
    {
        // "facts.model" names a member inside a member; names may hold points themselves.
        Pointer = error.Member is { } member ? "/" + string.Join('/', member.Split('.', 2).Select(EscapePointer)) : null,
    };

    /// <summary>The body as UTF-8 JSON.</summary>
    public byte[] ToJson() => WireWriter.Write(this, static (json, problem) =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, problem.Kind.Type);
        json.WriteString("title"u8, problem.Kind.Title);
        json.WriteNumber("status"u8, problem.Kind.Status);
        json.WriteString("code"u8, problem.Kind.Code);
        WriteOptional(json, "detail"u8, problem.Detail);
        WriteOptional(json, "help"u8, problem.Help);
        WriteOptional(json, "pointer"u8, problem.Pointer);
        if (problem.Position is { } position)
        {
            json.WriteNumber("line"u8, position.Line);
            json.WriteNumber("column"u8, position.Column);
        }

        if (!problem.Answer.IsEmpty)
        {
            using var answer = JsonDocument.Parse(problem.Answer);
            foreach (var member in answer.RootElement.EnumerateObject())
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    });

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    private static string EscapePointer(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
