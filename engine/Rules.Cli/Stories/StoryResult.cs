using System.Text.Json;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger;

namespace Rules.Cli.Stories;

/// <summary>The result of a step as one JSON object: <c>"ok": true</c> with the answer, or <c>"ok": false</c> with a code and a message.</summary>
internal static class StoryResult
{
    private static readonly Dictionary<string, string> _meanings = ProblemCodes.All.ToDictionary(static problem => problem.Code, static problem => problem.Title);

    public static byte[] Done(ReadOnlyMemory<byte> answer, bool repeated = false) =>
        Joined(WireWriter.Write(repeated, static (json, repeated) =>
        {
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, true);
            WriteRepeated(json, repeated);
            json.WriteEndObject();
        }), answer.Span);

    /// <summary>A refusal is an answer: its members follow.</summary>
    public static byte[] Refused(CommandResult result) =>
        Joined(WireWriter.Write(result, static (json, result) =>
        {
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, false);
            json.WriteString("code"u8, WordOf(result.Refusal!));
            json.WriteString("message"u8, WireNames.Outcome(result.Refusal) is { } outcome ? WireNames.Meaning(outcome) : _meanings[result.Refusal!]);
            WriteRepeated(json, result.Replayed);
            json.WriteEndObject();
        }), result.Body.Span);

    public static byte[] AccountUnknown(string account) =>
        Failed("account_unknown", $"There is no account \"{account}\".", "Open it first: {\"do\":\"subscribe\"}.", "account");

    public static byte[] Failed(EvaluationError error) => Failed(error.Code, error.Message, error.Help, error.Member);

    /// <summary>A line that could not be read, with its place in the story.</summary>
    public static byte[] Failed(WireError error) => WireWriter.Write(error, static (json, error) =>
    {
        json.WriteStartObject();
        WriteFailure(json, error.Code, error.Message, error.Help);
        json.WriteNumber("line"u8, error.Position.Line);
        json.WriteNumber("column"u8, error.Position.Column);
        json.WriteEndObject();
    });

    public static byte[] Failed(string code, string message, string help, string? member = null) =>
        WireWriter.Write((code, message, help, member), static (json, it) =>
        {
            json.WriteStartObject();
            WriteFailure(json, it.code, it.message, it.help);
            if (it.member is { } member)
            {
                json.WriteString("member"u8, member);
            }

            json.WriteEndObject();
        });

    private static void WriteFailure(Utf8JsonWriter json, string code, string message, string help)
    {
        json.WriteBoolean("ok"u8, false);
        json.WriteString("code"u8, WordOf(code));
        json.WriteString("message"u8, message);
        json.WriteString("help"u8, help);
    }

    private static void WriteRepeated(Utf8JsonWriter json, bool repeated)
    {
        if (repeated)
        {
            json.WriteBoolean("repeated"u8, true);
        }
    }

    // The words of answers have hyphens, as "not-applicable" has; the codes of requests have none.
    private static string WordOf(string code) => _meanings.ContainsKey(code) ? code.Replace('_', '-') : code;

    // {…} and {…} become {…,…}.
    private static byte[] Joined(ReadOnlySpan<byte> head, ReadOnlySpan<byte> answer) =>
        answer.Length <= 2 ? head.ToArray() : [.. head[..^1], (byte)',', .. answer[1..]];
}
