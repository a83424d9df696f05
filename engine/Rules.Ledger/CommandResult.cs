using System.Text.Json;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Ledger;

public enum CommandStatus
{
    /// <summary>Done, or already done under the same key (<see cref="CommandResult.Replayed"/>).</summary>
    Accepted = 1,

    /// <summary>A business refusal (blocked, paused, refused): stored under its key, answered the same for ever.</summary>
    Refused = 2,

    /// <summary>No such account.</summary>
    AccountUnknown = 3,

    /// <summary>An account of that id is already open.</summary>
    AccountExists = 4,

    /// <summary>The key was used for another command.</summary>
    KeyReused = 5,

    /// <summary>The event or command cannot be evaluated: <see cref="CommandResult.Error"/> says why. Nothing is stored.</summary>
    Invalid = 6,

    /// <summary>The queue is full; nothing was done. Try again later.</summary>
    Busy = 7,

    /// <summary>The store failed around the commit; repeat with the same key to learn the outcome.</summary>
    OutcomeUnknown = 8,
}

/// <summary>What a command came to.</summary>
public sealed record CommandResult
{
    public required CommandStatus Status { get; init; }

    /// <summary>
    /// The answer as UTF-8 JSON in the shape of <c>stories.md</c>: for accepted and refused commands, and byte for byte the
    /// same on every replay. Empty otherwise.
    /// </summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>True when the key had been answered before.</summary>
    public bool Replayed { get; init; }

    /// <summary>Sequence of the command's own entry; null when it made none.</summary>
    public long? Sequence { get; init; }

    /// <summary>Outcome of a quote or charge; null for other commands and on replays before the body is read.</summary>
    public QuoteOutcome? Outcome { get; init; }

    public EvaluationError? Error { get; init; }

    /// <summary>Why the command was refused, one of <see cref="ProblemCodes"/>; null where it was not.</summary>
    public string? Refusal => Status == CommandStatus.Refused ? RefusalOf(Body.Span) : null;

    // A refused command says it by its outcome, or by a word of its own where that says more.
    private static string RefusalOf(ReadOnlySpan<byte> answer)
    {
        var code = ProblemCodes.Refused;
        var reader = new Utf8JsonReader(answer);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            if (reader.ValueTextEquals("refusal"u8))
            {
                reader.Read();
                return reader.GetString()!;
            }

            if (reader.ValueTextEquals("outcome"u8))
            {
                reader.Read();
                code = reader.GetString()!;
            }
        }

        return code;
    }
}
