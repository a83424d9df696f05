using System.Collections.Immutable;
using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>The values of the wire shapes, one method per kind of value.</summary>
public static class WireJson
{
    // Every step has these: encoded once.
    private static readonly JsonEncodedText s_text = JsonEncodedText.Encode("text");
    private static readonly JsonEncodedText s_formula = JsonEncodedText.Encode("formula");
    private static readonly JsonEncodedText s_file = JsonEncodedText.Encode("file");
    private static readonly JsonEncodedText s_line = JsonEncodedText.Encode("line");
    private static readonly JsonEncodedText s_applied = JsonEncodedText.Encode("applied");

    /// <summary>Smallest units as credits in a decimal string: 895000 with 5 decimals is <c>"8.95"</c>.</summary>
    public static void WriteUnits(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long units, int decimals)
    {
        json.WritePropertyName(name);
        json.WriteUnitsValue(units, decimals);
    }

    /// <summary>An exact amount as a decimal string without trailing zeros.</summary>
    public static void WriteExact(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ExactDecimal value)
    {
        Span<char> text = stackalloc char[64];
        json.WriteString(name, value.TryFormat(text, out var length) ? text[..length] : value.ToString());
    }

    /// <summary>RFC 3339 in UTC.</summary>
    public static void WriteInstant(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Instant instant) =>
        json.WriteString(name, InstantText.Format(instant));

    /// <summary>A number, or null.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary><c>"balances"</c>: a member per bucket in the order given; null where a bucket is endless.</summary>
    public static void WriteBalances(this Utf8JsonWriter json, ImmutableArray<BucketBalance> balances, int decimals)
    {
        json.WriteStartObject("balances"u8);
        foreach (var balance in balances)
        {
            json.WritePropertyName(balance.Bucket);
            if (balance.Available is { } available)
            {
                json.WriteUnitsValue(available, decimals);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndObject();
    }

    /// <summary><c>"cycle"</c> with number, start (inclusive) and end (exclusive); nothing where there is none.</summary>
    public static void WriteCycle(this Utf8JsonWriter json, Cycle? cycle)
    {
        if (cycle is null)
        {
            return;
        }

        json.WriteStartObject("cycle"u8);
        json.WriteNumber("number"u8, cycle.Number);
        json.WriteInstant("start"u8, cycle.Start);
        json.WriteInstant("end"u8, cycle.End);
        json.WriteEndObject();
    }

    /// <summary>What moved by the way: an array per kind of entry that did, such as <c>grants</c> and <c>expiries</c>; nothing where nothing moved.</summary>
    public static void WriteMoved(this Utf8JsonWriter json, ImmutableArray<MovedCredits> moved, int decimals)
    {
        foreach (var kind in moved.Select(static line => line.Kind).Distinct().Order())
        {
            json.WriteStartArray(WireNames.PluralOf(kind));
            foreach (var line in moved.Where(line => line.Kind == kind))
            {
                json.WriteStartObject();
                json.WriteString("id"u8, line.Lot.Id);
                json.WriteString("bucket"u8, line.Lot.Bucket);
                json.WriteNumber("lot"u8, line.Lot.Number);
                json.WriteUnits("amount"u8, line.Amount, decimals);
                json.WriteInstant("at"u8, line.At);
                if (kind == EntryKind.Grant)
                {
                    json.WriteInstant("effective"u8, line.Lot.EffectiveAt);
                    if (line.Lot.ExpiresAt is { } expires)
                    {
                        json.WriteInstant("expires"u8, expires);
                    }
                }

                if (line.Bill is { } bill)
                {
                    json.WriteStartObject("bill"u8);
                    json.WriteString("currency"u8, bill.Currency);
                    json.WriteUnits("amount"u8, bill.Amount, bill.Decimals);
                    json.WriteExact("exact"u8, bill.Exact);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    /// <summary>The answer of a quote or charge as one object.</summary>
    public static void WriteQuote(this Utf8JsonWriter json, Quote quote)
    {
        json.WriteStartObject();
        json.WriteQuoteMembers(quote);
        json.WriteEndObject();
    }

    /// <summary>The members of a quote, inside an object that is open.</summary>
    internal static void WriteQuoteMembers(this Utf8JsonWriter json, Quote quote)
    {
        var decimals = quote.Decimals;
        json.WriteString("outcome"u8, WireNames.Of(quote.Outcome));
        json.WriteExact("exact"u8, quote.Exact);
        json.WriteUnits("charge"u8, quote.Charge, decimals);
        json.WriteUnits("listed"u8, quote.Listed, decimals);
        json.WriteString("ruleset"u8, quote.Ruleset);
        json.WriteNumber("version"u8, quote.Version);
        json.WriteString("meaning"u8, quote.Meaning);
        json.WriteStartArray("draws"u8);
        foreach (var draw in quote.Draws)
        {
            json.WriteStartObject();
            json.WriteString("bucket"u8, draw.Bucket);
            json.WriteNumber("lot"u8, draw.Lot);
            json.WriteUnits("amount"u8, draw.Amount, decimals);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteUnits("short"u8, quote.Short, decimals);
        json.WriteUnitsUnlessZero("owed"u8, quote.Owed, decimals);
        json.WriteUnitsUnlessZero("forgiven"u8, quote.Forgiven, decimals);
        if (quote.IsOverDebtLimit)
        {
            json.WriteString("refusal"u8, ProblemCodes.DebtLimit);
        }

        json.WriteStartArray("steps"u8);
        foreach (var step in quote.Steps)
        {
            json.WriteStep(step);
        }

        json.WriteEndArray();
        json.WriteStartArray("alerts"u8);
        foreach (var alert in quote.Alerts)
        {
            json.WriteStringValue(alert);
        }

        json.WriteEndArray();
        json.WriteBalances(quote.Balances, decimals);
    }

    /// <summary>As <see cref="WriteUnits"/>; nothing for 0.</summary>
    internal static void WriteUnitsUnlessZero(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long units, int decimals)
    {
        if (units != 0)
        {
            json.WriteUnits(name, units, decimals);
        }
    }

    /// <summary>The members of an event in its canonical form, inside an object that is open.</summary>
    internal static void WriteEventMembers(this Utf8JsonWriter json, UsageEvent usage)
    {
        json.WriteInstant("at"u8, usage.OccurredAt);
        json.WriteString("action"u8, usage.Action);
        if (usage.Amount is { } amount)
        {
            json.WriteExact("amount"u8, amount);
        }

        json.WriteSorted("quantities"u8, usage.Quantities);
        json.WriteSorted("facts"u8, usage.Facts);
        json.WriteSorted("keys"u8, usage.Keys);
        json.WriteSorted("record"u8, usage.Record);
        if (!usage.Only.IsEmpty)
        {
            json.WriteStartArray("only"u8);
            foreach (var name in usage.Only.Order(StringComparer.Ordinal))
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }
    }

    internal static void WriteStated(this Utf8JsonWriter json, StatedAccount stated)
    {
        json.WriteStartObject();
        if (stated.Plan is { } plan)
        {
            json.WriteString("plan"u8, plan);
        }

        json.WriteSorted("facts"u8, stated.Facts);
        json.WriteSorted("terms"u8, stated.Terms);
        json.WriteSorted("balances"u8, stated.Balances);
        json.WriteEndObject();
    }

    /// <summary>One line of an explanation; <c>formula</c>, <c>file</c>, <c>line</c> and <c>amount</c> where the step has them.</summary>
    public static void WriteStep(this Utf8JsonWriter json, Step step)
    {
        json.WriteStartObject();
        json.WriteString(s_text, step.Text);
        if (step.Formula is { } formula)
        {
            json.WriteString(s_formula, formula);
        }

        if (step.Location is { } location)
        {
            json.WriteString(s_file, location.FileName);
            json.WriteNumber(s_line, location.Line);
        }

        if (step.Amount is { } amount)
        {
            json.WriteExact("amount"u8, amount);
        }

        json.WriteBoolean(s_applied, step.Applied);
        json.WriteEndObject();
    }

    /// <summary>An object of names and figures, sorted by code point; nothing where it is empty.</summary>
    public static void WriteSorted(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ImmutableArray<MeteredQuantity> amounts)
    {
        if (amounts.IsEmpty)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var amount in amounts.Sort(static (a, b) => string.CompareOrdinal(a.Meter, b.Meter)))
        {
            json.WriteString(amount.Meter, amount.Quantity.ToString());
        }

        json.WriteEndObject();
    }

    /// <summary>An object of names and values, sorted by code point; nothing where it is empty.</summary>
    public static void WriteSorted(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ImmutableArray<NamedText> texts)
    {
        if (texts.IsEmpty)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var text in texts.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name)))
        {
            json.WriteString(text.Name, text.Value);
        }

        json.WriteEndObject();
    }

    /// <summary>The value alone of <see cref="WriteUnits"/>.</summary>
    public static void WriteUnitsValue(this Utf8JsonWriter json, long units, int decimals)
    {
        Span<byte> text = stackalloc byte[UnitsText.MaximumLength];
        json.WriteStringValue(text[..UnitsText.Format(units, decimals, text)]);
    }
}
