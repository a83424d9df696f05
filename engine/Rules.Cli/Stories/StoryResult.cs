using System.Text.Json;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Cli.Stories;

/// <summary>The result of a step as one JSON object: <c>"ok": true</c> with the answer, or <c>"ok": false</c> with a code and a message.</summary>
internal static class StoryResult
{
    // The words of answers have hyphens, as "not-applicable" has.
    private static readonly HashSet<string> _words =
        new(StringComparer.Ordinal) { "exceeds-hold", "hold-closed", "id-used", "debt-limit", "too-late", "unknown-grant" };

    public static byte[] Done(ReadOnlyMemory<byte> answer, bool repeated = false) =>
        Joined(WireWriter.Write(repeated, static (json, repeated) =>
        {
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, true);
            WriteRepeated(json, repeated);
            json.WriteEndObject();
        }), answer.Span);

    /// <summary>A refusal is an answer: its members follow.</summary>
    public static byte[] Refused(ReadOnlyMemory<byte> answer, bool repeated)
    {
        var outcome = OutcomeOf(answer.Span);
        return Joined(WireWriter.Write((outcome, repeated), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, false);
            json.WriteString("code"u8, WireNames.Of(it.outcome));
            json.WriteString("message"u8, WireNames.Meaning(it.outcome));
            WriteRepeated(json, it.repeated);
            json.WriteEndObject();
        }), answer.Span);
    }

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
        var word = code.Replace('_', '-');
        json.WriteBoolean("ok"u8, false);
        json.WriteString("code"u8, _words.Contains(word) ? word : code);
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

    private static QuoteOutcome OutcomeOf(ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("outcome"u8))
            {
                reader.Read();
                return WireNames.Outcome(reader.GetString()) ?? QuoteOutcome.Refused;
            }
        }

        return QuoteOutcome.Refused;
    }

    // {…} and {…} become {…,…}.
    private static byte[] Joined(ReadOnlySpan<byte> head, ReadOnlySpan<byte> answer) =>
        answer.Length <= 2 ? head.ToArray() : [.. head[..^1], (byte)',', .. answer[1..]];
}
