using System.Collections.Immutable;
using System.Text.Json;
using Rules.Engine.Accounts;

namespace Rules.Engine.Wire;

/// <summary>Holds, their settlement, and whatever gives credits back.</summary>
public static partial class WireWriter
{
    /// <summary>The answer of a hold: <c>hold</c>, <c>held</c> and <c>expires</c>, then the members of its quote.</summary>
    public static byte[] Hold(HoldAnswer answer) => Write(answer, static (json, answer) =>
    {
        json.WriteStartObject();
        json.WriteString("hold"u8, answer.Id);
        json.WriteUnits("held"u8, answer.Held, answer.Quote.Decimals);
        json.WriteInstant("expires"u8, answer.ExpiresAt);
        json.WriteQuoteMembers(answer.Quote);
        json.WriteEndObject();
    });

    /// <summary>
    /// The answer of a capture, a release or an expiry. <c>settled</c> is how the hold ended; <c>refusal</c> stands where nothing was done,
    /// <c>repeated</c> where the hold had been settled by the same call.
    /// </summary>
    /// <param name="decimals">Of the ruleset's credit.</param>
    public static byte[] Settlement(SettlementAnswer answer, int decimals) => Write((answer, decimals), static (json, it) =>
    {
        var (answer, decimals) = it;
        json.WriteStartObject();
        json.WriteString("hold"u8, answer.Hold);
        if (answer.Refusal is { } refusal)
        {
            json.WriteString("refusal"u8, refusal);
        }

        if (answer.Outcome is { } outcome)
        {
            json.WriteString("settled"u8, WireNames.Of(outcome));
        }

        if (answer.Repeated)
        {
            json.WriteBoolean("repeated"u8, true);
        }

        json.WriteUnits("held"u8, answer.Held, decimals);
        json.WriteUnits("charged"u8, answer.Charged, decimals);
        json.WriteUnits("returned"u8, answer.Returned, decimals);
        json.WriteBack(answer.Back, decimals);
        json.WriteUnitsUnlessZero("lost"u8, answer.Lost, decimals);
        if (answer.Quote is { } quote)
        {
            json.WritePropertyName("quote"u8);
            json.WriteQuote(quote);
        }

        json.WriteBalances(answer.Balances, decimals);
        json.WriteEndObject();
    });

    /// <summary>The answer of a reversal or a refund.</summary>
    /// <param name="decimals">Of the ruleset's credit.</param>
    public static byte[] Back(BackAnswer answer, int decimals) => Write((answer, decimals), static (json, it) =>
    {
        var (answer, decimals) = it;
        json.WriteStartObject();
        if (answer.Use is { } use)
        {
            json.WriteString("use"u8, use);
        }

        json.WriteUnits("amount"u8, answer.Amount, decimals);
        json.WriteUnitsUnlessZero("off_debts"u8, answer.OffDebts, decimals);
        json.WriteBack(answer.Back, decimals);
        json.WriteUnits("lost"u8, answer.Lost, decimals);
        if (!answer.CreditNotes.IsEmpty)
        {
            json.WriteStartArray("credit_notes"u8);
            foreach (var note in answer.CreditNotes)
            {
                json.WriteStartObject();
                json.WriteString("bucket"u8, note.Bucket);
                json.WriteNumber("cycle"u8, note.Cycle);
                json.WriteUnits("amount"u8, note.Amount, decimals);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteBalances(answer.Balances, decimals);
        json.WriteEndObject();
    });

    /// <summary>The answer of a void.</summary>
    /// <param name="decimals">Of the ruleset's credit.</param>
    public static byte[] Void(VoidAnswer answer, int decimals) => Write((answer, decimals), static (json, it) =>
    {
        var (answer, decimals) = it;
        json.WriteStartObject();
        json.WriteString("id"u8, answer.Id);
        json.WriteString("bucket"u8, answer.Bucket);
        json.WriteNumber("lot"u8, answer.Lot);
        json.WriteUnits("voided"u8, answer.Amount, decimals);
        json.WriteBalances(answer.Balances, decimals);
        json.WriteEndObject();
    });

    /// <summary>The answer of a replacement: the lot that ended, what lapsed of it, then the members of a grant.</summary>
    /// <param name="decimals">Of the ruleset's credit.</param>
    public static byte[] Replacement(ReplacementAnswer answer, int decimals) => Write((answer, decimals), static (json, it) =>
    {
        var (answer, decimals) = it;
        json.WriteStartObject();
        json.WriteNumber("ended"u8, answer.Ended);
        json.WriteUnits("lapsed"u8, answer.Lapsed, decimals);
        json.WriteGrantMembers(answer.Grant, decimals);
        json.WriteBalances(answer.Grant.Balances, decimals);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(HoldCredits command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, command.Id);
        if (command.ExpiresAt is { } expires)
        {
            json.WriteInstant("expires"u8, expires);
        }

        json.WriteEventMembers(command.Usage);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(CaptureHold command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, command.Hold);
        json.WriteInstant("at"u8, command.At);
        if (command.Amount is { } amount)
        {
            json.WriteExact("amount"u8, amount);
        }

        if (command.Quantities is { } quantities)
        {
            json.WriteSorted("quantities"u8, quantities);
        }

        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(ReleaseHold command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, command.Hold);
        json.WriteInstant("at"u8, command.At);
        if (command.Expires)
        {
            json.WriteBoolean("expires"u8, true);
        }

        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(ReverseUse command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, command.Use);
        json.WriteInstant("at"u8, command.At);
        if (command.Amount is { } amount)
        {
            json.WriteExact("amount"u8, amount);
        }

        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(RefundCredits command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteExact("amount"u8, command.Amount);
        json.WriteInstant("at"u8, command.At);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(VoidGrant command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, command.Id);
        json.WriteInstant("at"u8, command.At);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(ReplaceGrant command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("grant"u8, command.Grant);
        json.WriteString("id"u8, command.Id);
        json.WriteExact("amount"u8, command.Amount);
        json.WriteInstant("at"u8, command.At);
        json.WriteEndObject();
    });

    private static void WriteBack(this Utf8JsonWriter json, ImmutableArray<CreditsBack> back, int decimals)
    {
        json.WriteStartArray("back"u8);
        foreach (var credits in back)
        {
            json.WriteStartObject();
            json.WriteString("bucket"u8, credits.Bucket);
            json.WriteNumber("lot"u8, credits.Lot);
            json.WriteUnits("amount"u8, credits.Amount, decimals);
            json.WriteString("to"u8, WireNames.Of(credits.To));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
