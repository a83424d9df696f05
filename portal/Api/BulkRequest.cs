using System.Globalization;
using System.Text.Json;
using Rules.Engine.Wire;
using Rules.Portal.Access;

namespace Rules.Portal.Api;

/// <summary>Many events or commands in one request, each as if it had been sent alone.</summary>
internal static class BulkRequest
{
    /// <param name="ofCommands">Each result says whether its key had been answered before.</param>
    /// <param name="run">Answers one item. It queues what it has to do before it waits.</param>
    public static async Task<IResult> RunAsync(HttpContext context, RequestRates rates, bool ofCommands, Func<ReadOnlyMemory<byte>, Task<IResult>> run)
    {
        var body = await RequestBody.ReadAsync(context, WireLimits.BulkBytes);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        if (!TrySlice(body.Json, out var items, out var problem))
        {
            return new ProblemBody(problem!);
        }

        var caller = context.Features.Get<ApiCaller>();
        if (caller is not null && !rates.TryTakeMore(caller.Key, items.Count - 1, out var retryAfter))
        {
            return new ProblemBody(ApiKeyGate.TooMany(retryAfter));
        }

        // All are begun before the first is waited for: commands then wait in the queue together, in this order, and share commits.
        var running = new Task<IResult>[items.Count];
        for (var item = 0; item < items.Count; item++)
        {
            var (start, length) = items[item];
            running[item] = RunOneAsync(context, body.Json.Slice(start, length), run);
        }

        var results = await Task.WhenAll(running);
        for (var item = 0; item < results.Length; item++)
        {
            if (results[item] is ProblemBody { Problem: { Pointer: not null } or { Position: not null } } refused)
            {
                results[item] = new ProblemBody(Placed(refused.Problem, item, items[item].Start, body.Json.Span), refused.Replayed);
            }
        }

        return new JsonBody(WireWriter.Write((results, ofCommands), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("results"u8);
            foreach (var result in it.results)
            {
                Write(json, result, it.ofCommands);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static async Task<IResult> RunOneAsync(HttpContext context, ReadOnlyMemory<byte> item, Func<ReadOnlyMemory<byte>, Task<IResult>> run) =>
        await ApiCaller.RefusalAsync(context, item) is { } refusal ? new ProblemBody(refusal) : await run(item);

    private static void Write(Utf8JsonWriter json, IResult result, bool ofCommands)
    {
        json.WriteStartObject();
        switch (result)
        {
            case JsonBody granted:
                json.WriteNumber("status"u8, StatusCodes.Status200OK);
                WriteReplayed(json, granted.Replayed, ofCommands);
                json.WritePropertyName("answer"u8);
                json.WriteRawValue(granted.Body.Span, skipInputValidation: true);
                break;
            case ProblemBody refused:
                json.WriteNumber("status"u8, refused.Problem.Kind.Status);
                WriteReplayed(json, refused.Replayed, ofCommands);
                if (!refused.Problem.Answer.IsEmpty)
                {
                    json.WritePropertyName("answer"u8);
                    json.WriteRawValue(refused.Problem.Answer.Span, skipInputValidation: true);
                }

                json.WritePropertyName("problem"u8);
                json.WriteRawValue((refused.Problem with { Answer = default }).ToJson(), skipInputValidation: true);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteReplayed(Utf8JsonWriter json, bool replayed, bool ofCommands)
    {
        if (ofCommands)
        {
            json.WriteBoolean("replayed"u8, replayed);
        }
    }

    // An item was read by itself; its sender knows the whole.
    private static Problem Placed(Problem problem, int item, int start, ReadOnlySpan<byte> whole) => problem with
    {
        Pointer = string.Create(CultureInfo.InvariantCulture, $"/items/{item}{problem.Pointer}"),
        Position = problem.Position is { } position ? WirePosition.Of(whole, start + position.Offset) : null,
    };

    // Where each item stands in the body; what an item holds is read by itself.
    private static bool TrySlice(ReadOnlyMemory<byte> json, out List<(int Start, int Length)> items, out Problem? problem)
    {
        items = [];
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = WireLimits.Depth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                problem = Shape();
                return false;
            }

            if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("items"u8)
                || !reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                problem = Shape();
                return false;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (items.Count == WireLimits.BulkItems)
                {
                    problem = new Problem(ProblemKinds.TooManyItems, "The body holds more than 1,000 items.", "Send them in several requests.");
                    return false;
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                items.Add((start, (int)reader.BytesConsumed - start));
            }

            if (!reader.Read() || reader.TokenType != JsonTokenType.EndObject)
            {
                problem = Shape();
                return false;
            }

            if (reader.Read() || items.Count == 0)
            {
                problem = Shape();
                return false;
            }
        }
        catch (JsonException exception)
        {
            problem = new Problem(
                ProblemKinds.Of(WireCodes.MalformedJson),
                string.Create(CultureInfo.InvariantCulture, $"The text is not one valid JSON value: it stops making sense at line {(exception.LineNumber ?? 0) + 1}."),
                "Check the quotes, commas and brackets just before that place.");
            return false;
        }
        catch (InvalidOperationException)
        {
            // A name with half of a surrogate pair, which is not "items".
            problem = Shape();
            return false;
        }

        problem = null;
        return true;
    }

    private static Problem Shape() => new(
        ProblemKinds.Of(WireCodes.WrongType), "The body must be one object with the one member \"items\", an array of 1 to 1,000 objects.", "Write {\"items\": [{…}, …]}.");
}
