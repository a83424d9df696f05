using System.Text.Json;

namespace Rules.Ledger.Storage;

/// <summary>
/// Takes the explanation steps out of an answer and puts them back in, byte for byte: the steps of equal work are equal, and are
/// then stored once.
/// </summary>
internal static class AnswerText
{
    /// <summary>Where the value of the top-level member <c>steps</c> stands; an empty range when there is none.</summary>
    public static (int Start, int Length) Steps(ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            var isSteps = reader.ValueTextEquals("steps"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isSteps)
            {
                return (start, (int)reader.BytesConsumed - start);
            }
        }

        return (0, 0);
    }

    /// <summary>A place beyond the end, which only a damaged row has, puts them at the end: the trace hash then tells.</summary>
    public static byte[] Join(ReadOnlySpan<byte> rest, int stepsAt, ReadOnlySpan<byte> steps)
    {
        stepsAt = Math.Clamp(stepsAt, 0, rest.Length);
        var answer = new byte[rest.Length + steps.Length];
        rest[..stepsAt].CopyTo(answer);
        steps.CopyTo(answer.AsSpan(stepsAt));
        rest[stepsAt..].CopyTo(answer.AsSpan(stepsAt + steps.Length));
        return answer;
    }
}
