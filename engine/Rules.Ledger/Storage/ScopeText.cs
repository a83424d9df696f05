using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Rules.Dsl.Text;
using Rules.Engine.Pricing;

namespace Rules.Ledger.Storage;

/// <summary>The totals of a scope as stores keep them: JSON with exact decimals.</summary>
internal static class ScopeText
{
    public static byte[] Write(ImmutableArray<ScopeTotals> bodies)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var body in bodies)
            {
                json.WriteStartObject();
                json.WriteNumber("body"u8, body.Body);
                json.WriteNumber("events"u8, body.Events);
                json.WriteStartArray("quantities"u8);
                foreach (var quantity in body.Quantities)
                {
                    json.WriteStringValue(quantity.ToString());
                }

                json.WriteEndArray();
                json.WriteString("exact"u8, body.Exact.ToString());
                json.WriteString("listed"u8, body.ListedExact.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static ImmutableArray<ScopeTotals> Read(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        var totals = ImmutableArray.CreateBuilder<ScopeTotals>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            totals.Add(ReadTotals(ref reader));
        }

        return totals.ToImmutable();
    }

    // The members stand in the order in which they are written.
    private static ScopeTotals ReadTotals(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        var body = reader.GetInt32();
        Next(ref reader);
        var events = reader.GetInt64();
        Next(ref reader);
        var quantities = ImmutableArray.CreateBuilder<ExactDecimal>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            quantities.Add(ExactDecimal.Parse(reader.GetString()));
        }

        Next(ref reader);
        var exact = ExactDecimal.Parse(reader.GetString());
        Next(ref reader);
        var listed = ExactDecimal.Parse(reader.GetString());
        reader.Read();
        return new ScopeTotals(body, events, quantities.ToImmutable(), exact, listed);
    }

    private static void Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Read();
    }
}
