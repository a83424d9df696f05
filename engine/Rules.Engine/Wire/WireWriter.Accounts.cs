using System.Collections.Immutable;
using System.Text.Json;
using Rules.Engine.Accounts;

namespace Rules.Engine.Wire;

public static partial class WireWriter
{
    /// <summary>The answer of opening or changing an account, with what was granted and what fell due by the way.</summary>
    /// <param name="lines">Empty where nothing moved; then none of its members is written.</param>
    /// <param name="decimals">Of the ruleset's credit.</param>
    public static byte[] Account(AccountAnswer answer, ImmutableArray<MovedCredits> lines, int decimals) => Write((answer, lines, decimals), static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteAccountMembers(it.answer, it.lines, it.decimals);
        json.WriteEndObject();
    });

    /// <summary>The answer of a reset: <c>carried</c>, <c>cut</c> and <c>dropped</c>, then the members of an account.</summary>
    /// <inheritdoc cref="Account" path="/param"/>
    public static byte[] Reset(ResetAnswer answer, ImmutableArray<MovedCredits> lines, int decimals) => Write((answer, lines, decimals), static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteUnits("carried"u8, it.answer.Carried, it.decimals);
        json.WriteUnits("cut"u8, it.answer.Cut, it.decimals);
        json.WriteUnits("dropped"u8, it.answer.Dropped, it.decimals);
        json.WriteAccountMembers(it.answer.Account, it.lines, it.decimals);
        json.WriteEndObject();
    });

    /// <summary>The answer of a grant.</summary>
    /// <param name="decimals">Of the ruleset's credit.</param>
    public static byte[] Grant(GrantAnswer answer, int decimals) => Write((answer, decimals), static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteGrantMembers(it.answer, it.decimals);
        json.WriteBalances(it.answer.Balances, it.decimals);
        json.WriteEndObject();
    });

    /// <summary>The answer of a purchase: the grant it made and, where the ruleset sells the bucket, what it costs.</summary>
    /// <param name="decimals">Of the ruleset's credit.</param>
    public static byte[] Purchase(PurchaseAnswer answer, int decimals) => Write((answer, decimals), static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteGrantMembers(it.answer.Grant, it.decimals);
        if (it.answer.Price is { } price)
        {
            json.WriteStartObject("price"u8);
            json.WriteString("currency"u8, price.Currency);
            json.WriteUnits("amount"u8, price.Amount, price.Decimals);
            json.WriteExact("exact"u8, price.Exact);
            json.WriteStartArray("steps"u8);
            foreach (var step in price.Steps)
            {
                json.WriteStep(step);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteBalances(it.answer.Grant.Balances, it.decimals);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(SetFactsAndTerms command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteSorted("facts"u8, command.Facts);
        json.WriteSorted("terms"u8, command.Terms);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(ChangePlan command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("plan"u8, command.Plan);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(BuyCredits command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, command.Id);
        json.WriteString("into"u8, command.Bucket);
        json.WriteExact("amount"u8, command.Amount);
        json.WriteInstant("at"u8, command.At);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(BuyPack command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, command.Id);
        json.WriteString("pack"u8, command.Pack);
        json.WriteInstant("at"u8, command.At);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(Pricing.UsageEvent)"/>
    public static byte[] Canonical(ResetAccount command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteInstant("at"u8, command.At);
        if (command.RestartsCycle)
        {
            json.WriteString("cycle"u8, "restart"u8);
        }

        if (command.KeepsDebt is { } keeps)
        {
            json.WriteString("debt"u8, keeps ? "keep"u8 : "drop"u8);
        }

        json.WriteEndObject();
    });

    private static void WriteAccountMembers(this Utf8JsonWriter json, AccountAnswer answer, ImmutableArray<MovedCredits> lines, int decimals)
    {
        json.WriteString("account"u8, answer.Id);
        json.WriteString("ruleset"u8, answer.Ruleset);
        json.WriteNumberOrNull("version"u8, answer.Version);
        if (answer.Plan is { } plan)
        {
            json.WriteString("plan"u8, plan);
        }

        json.WriteCycle(answer.Cycle);
        json.WriteMoved(lines, decimals);
        json.WriteBalances(answer.Balances, decimals);
    }

    private static void WriteGrantMembers(this Utf8JsonWriter json, GrantAnswer answer, int decimals)
    {
        json.WriteString("id"u8, answer.Id);
        json.WriteString("bucket"u8, answer.Bucket);
        json.WriteNumber("lot"u8, answer.Lot);
        json.WriteUnits("amount"u8, answer.Amount, decimals);
        json.WriteInstant("effective"u8, answer.EffectiveAt);
        if (answer.ExpiresAt is { } expires)
        {
            json.WriteInstant("expires"u8, expires);
        }
    }
}
