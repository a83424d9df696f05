using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Rules.Dsl.Text;
using Rules.Engine.Pricing;

namespace Rules.Ledger.Storage;

/// <summary>
/// What a scope has counted, as stores keep it: a JSON array with exact decimals, an object for each price body, then an array for each draw
/// that may be given back, and a number where credits came back since the least that was left.
/// </summary>
internal static class ScopeText
{
    public static byte[] Write(ScopeState scope)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var body in scope.Bodies)
            {
                json.WriteStartObject();
                json.WriteNumber("body"u8, body.Body);
                json.WriteNumber("events"u8, body.Events);
                WriteQuantities(json, "quantities"u8, body.Quantities);
                json.WriteString("exact"u8, body.Exact.ToString());
                json.WriteString("listed"u8, body.ListedExact.ToString());
                if (!body.FreeEvents.IsEmpty)
                {
                    WriteQuantities(json, "free"u8, body.FreeEvents);
                }

                json.WriteEndObject();
            }

            foreach (var draw in scope.Draws)
            {
                json.WriteStartArray();
                json.WriteStringValue(draw.Bucket);
                json.WriteNumberValue(draw.Lot);
                json.WriteNumberValue(draw.Amount);
                json.WriteEndArray();
            }

            if (scope.Regained != 0)
            {
                json.WriteNumberValue(scope.Regained);
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static ImmutableArray<ScopeTotals> Read(ReadOnlySpan<byte> text, out ImmutableArray<DrawnCredits> draws, out long regained)
    {
        regained = 0;
        var reader = new Utf8JsonReader(text);
        var totals = ImmutableArray.CreateBuilder<ScopeTotals>();
        var drawn = ImmutableArray.CreateBuilder<DrawnCredits>();
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                totals.Add(ReadTotals(ref reader));
            }
            else if (reader.TokenType == JsonTokenType.Number)
            {
                regained = reader.GetInt64();
            }
            else
            {
                drawn.Add(ReadDraw(ref reader));
            }
        }

        draws = drawn.ToImmutable();
        return totals.ToImmutable();
    }

    private static void WriteQuantities(Utf8JsonWriter json, ReadOnlySpan<byte> name, ImmutableArray<ExactDecimal> quantities)
    {
        json.WriteStartArray(name);
        foreach (var quantity in quantities)
        {
            json.WriteStringValue(quantity.ToString());
        }

        json.WriteEndArray();
    }

    // The members stand in the order in which they are written.
    private static ScopeTotals ReadTotals(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        var body = reader.GetInt32();
        Next(ref reader);
        var events = reader.GetInt64();
        Next(ref reader);
        var quantities = ReadQuantities(ref reader);
        Next(ref reader);
        var exact = ExactDecimal.Parse(reader.GetString());
        Next(ref reader);
        var listed = ExactDecimal.Parse(reader.GetString());
        var totals = new ScopeTotals(body, events, quantities, exact, listed);
        reader.Read();
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            totals = totals with { FreeEvents = ReadQuantities(ref reader) };
            reader.Read();
        }

        return totals;
    }

    private static ImmutableArray<ExactDecimal> ReadQuantities(ref Utf8JsonReader reader)
    {
        var quantities = ImmutableArray.CreateBuilder<ExactDecimal>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            quantities.Add(ExactDecimal.Parse(reader.GetString()));
        }

        return quantities.ToImmutable();
    }

    private static DrawnCredits ReadDraw(ref Utf8JsonReader reader)
    {
        reader.Read();
        var bucket = reader.GetString()!;
        reader.Read();
        var lot = reader.GetInt64();
        reader.Read();
        var draw = new DrawnCredits(bucket, lot, reader.GetInt64());
        reader.Read();
        return draw;
    }

    private static void Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Read();
    }
}
