using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Portal.Display;

namespace Rules.Portal.Api;

/// <summary>Turns what a command came to into a response. The only place that knows which status stands for what.</summary>
internal static class CommandAnswers
{
    /// <summary>A quote: a refusal is an answer as good as any, since nothing was asked to happen.</summary>
    public static IResult OfQuote(string account, CommandResult result) =>
        result.Status == CommandStatus.Refused ? new JsonBody(result.Body) : Of(account, result);

    /// <summary>A command: where it made an entry, with the way to its explanation in front of the closing brace.</summary>
    public static IResult Of(string account, CommandResult result) => result.Status switch
    {
        CommandStatus.Accepted when result.Sequence is { } sequence => new JsonBody(WithExplanation(result.Body, account, sequence), result.Replayed),
        CommandStatus.Accepted => new JsonBody(result.Body, result.Replayed),
        CommandStatus.Refused => new ProblemBody(new Problem(ProblemKinds.Of(result.Refusal!)) { Answer = result.Body }, result.Replayed),
        CommandStatus.AccountUnknown => new ProblemBody(AccountUnknown(account)),
        CommandStatus.AccountExists => new ProblemBody(new Problem(
            ProblemKinds.AccountExists, $"An account \"{WireText.Shown(account)}\" is open already.", "Use it, or choose another id.")),
        CommandStatus.KeyReused => new ProblemBody(new Problem(
            ProblemKinds.KeyReused, "This Idempotency-Key was used on this account for a command that said something else.",
            "Send the first command again to get its answer, or use a new key for the new command.")),
        CommandStatus.Invalid => new ProblemBody(Problem.Of(result.Error!)),
        CommandStatus.Busy => new ProblemBody(new Problem(ProblemKinds.Busy, Help: "Send it again with the same key.") { RetryAfterSeconds = 1 }),
        _ => new ProblemBody(new Problem(ProblemKinds.OutcomeUnknown, Help: "Send it again with the same key: it happens once, and the answer tells.")
        {
            RetryAfterSeconds = 1,
        }),
    };

    public static Problem AccountUnknown(string account) => new(
        ProblemKinds.AccountUnknown, $"There is no account \"{WireText.Shown(account)}\".", "Open it with POST /v1/accounts, or check the id.");

    private static byte[] WithExplanation(ReadOnlyMemory<byte> body, string account, long sequence)
    {
        var end = body.Span.LastIndexOf((byte)'}');
        var link = WireWriter.Write((account, sequence), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteNumber("entry"u8, it.sequence);
            json.WriteString("explain_url"u8, AccountLinks.Entry(it.account, it.sequence));
            json.WriteEndObject();
        });

        // {…} and {"entry":…} become {…,"entry":…}.
        var joined = new byte[end + link.Length];
        body.Span[..end].CopyTo(joined);
        link.CopyTo(joined.AsSpan(end));
        joined[end] = (byte)',';
        return joined;
    }
}
