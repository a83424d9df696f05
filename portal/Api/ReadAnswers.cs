using System.Text.Json;
using Rules.Engine.Accounts;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Portal.Display;

namespace Rules.Portal.Api;

/// <summary>The JSON of what is read from the ledger; the values are written as in the answers of commands.</summary>
internal static class ReadAnswers
{
    public static byte[] Account(AccountBalance account) => WireWriter.Write(account, static (json, account) =>
    {
        json.WriteStartObject();
        json.WriteString("account"u8, account.Id);
        json.WriteString("ruleset"u8, account.Ruleset);
        json.WriteNumberOrNull("version"u8, account.Version);
        if (account.Plan is { } plan)
        {
            json.WriteString("plan"u8, plan);
        }

        json.WriteCycle(account.Cycle);
        json.WriteStartObject("facts"u8);
        foreach (var fact in InForce(account))
        {
            json.WriteString(fact.Name, fact.Value);
        }

        json.WriteEndObject();
        json.WriteBalances(account.Buckets, account.Decimals);
        json.WriteEndObject();
    });

    public static byte[] Accounts(Page<AccountSummary> page) => WireWriter.Write(page, static (json, page) =>
    {
        json.WriteStartObject();
        json.WriteStartArray("accounts"u8);
        foreach (var account in page.Items)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, account.Id);
            json.WriteString("ruleset"u8, account.Ruleset);
            json.WriteNumberOrNull("version"u8, account.Version);
            if (account.Plan is { } plan)
            {
                json.WriteString("plan"u8, plan);
            }

            json.WriteInstant("opened_at"u8, account.OpenedAt);
            if (account.LastEntryAt is { } last)
            {
                json.WriteInstant("last_entry_at"u8, last);
            }

            json.WriteNumber("entries"u8, account.Entries);
            json.WriteBalances(account.Balances, account.Decimals);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("next"u8, page.Next);
        json.WriteEndObject();
    });

    public static byte[] Entries(Page<EntrySummary> page) => WireWriter.Write(page, static (json, page) =>
    {
        json.WriteStartObject();
        json.WriteStartArray("entries"u8);
        foreach (var entry in page.Items)
        {
            json.WriteStartObject();
            WriteSummary(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("next"u8, page.Next);
        json.WriteEndObject();
    });

    public static byte[] Entry(EntryDetail entry) => WireWriter.Write(entry, static (json, entry) =>
    {
        var decimals = entry.Summary.Decimals;
        json.WriteStartObject();
        WriteSummary(json, entry.Summary);
        json.WriteStartArray("postings"u8);
        foreach (var posting in entry.Postings)
        {
            json.WriteStartObject();
            json.WriteNumber("lot"u8, posting.Lot);
            json.WriteParts(decimals, posting.Granted, posting.Available, posting.Held, posting.Spent, posting.Expired, posting.Moved);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteStored(json, "event"u8, entry.Event);
        WriteStored(json, "answer"u8, entry.Answer);
        json.WriteString("previous_hash"u8, Convert.ToHexStringLower(entry.PreviousHash.Span));
        json.WriteString("hash"u8, Convert.ToHexStringLower(entry.Hash.Span));
        json.WriteEndObject();
    });

    private static void WriteSummary(Utf8JsonWriter json, EntrySummary entry)
    {
        json.WriteNumber("entry"u8, entry.Sequence);
        json.WriteString("account"u8, entry.Account);
        json.WriteString("kind"u8, WireNames.Of(entry.Kind));
        json.WriteUnits("amount"u8, entry.Amount, entry.Decimals);
        if (entry.BalanceAfter is { } balance)
        {
            json.WriteUnits("balance_after"u8, balance, entry.Decimals);
        }
        else
        {
            json.WriteNull("balance_after"u8);
        }

        json.WriteString("ruleset"u8, entry.Ruleset);
        json.WriteNumberOrNull("version"u8, entry.Version);
        if (entry.Action is { } action)
        {
            json.WriteString("action"u8, action);
        }

        if (entry.Outcome is { } outcome)
        {
            json.WriteString("outcome"u8, WireNames.Of(outcome));
        }

        json.WriteInstant("at"u8, entry.OccurredAt);
        json.WriteInstant("recorded_at"u8, entry.RecordedAt);
        json.WriteString("idempotency_key"u8, entry.IdempotencyKey);
        json.WriteString("explain_url"u8, AccountLinks.Entry(entry.Account, entry.Sequence));
    }

    private static void WriteStored(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlyMemory<byte>? stored)
    {
        json.WritePropertyName(name);
        if (stored is { Length: > 0 } bytes)
        {
            json.WriteRawValue(bytes.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    // The last value of each name that holds at the balance's instant, by name.
    private static IEnumerable<DatedValue> InForce(AccountBalance account) => account.Facts
        .Where(fact => fact.From <= account.At)
        .GroupBy(fact => fact.Name, StringComparer.Ordinal)
        .Select(values => values.Last())
        .OrderBy(value => value.Name, StringComparer.Ordinal);
}
