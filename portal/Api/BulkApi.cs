using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Rules.Client;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Access;

namespace Rules.Portal.Api;

/// <summary>Many events in one request, each as if it had been sent alone.</summary>
internal static class BulkApi
{
    public static void MapBulk(this RouteGroupBuilder api)
    {
        api.MapPost("/quotes/bulk", QuoteAsync).WithName("quote-many").WithTags("Usage").Needs(KeyScopes.Quote)
            .WithMetadata(new RequestSizeLimitAttribute(WireLimits.BulkBytes))
            .WithSummary("Quote up to 1,000 events")
            .WithDescription("Each item has a result of its own, in the same order; one that cannot be priced stops no other.")
            .Takes<BulkQuotes>(ApiExamples.BulkQuotes).Answers<BulkAnswers>(null).Refuses(400, 413, 415, 422, 503);

        api.MapPost("/charges/bulk", ChargeAsync).WithName("charge-many").WithTags("Usage").Needs(KeyScopes.Charge)
            .WithMetadata(new RequestSizeLimitAttribute(WireLimits.BulkBytes))
            .WithSummary("Charge up to 1,000 events")
            .WithDescription("Charged in their order, each under the idempotency_key that it carries and with a result of its own; one that is refused stops no other. "
                + "They share commits. After a lost connection send the same request again: what was charged answers again.")
            .Takes<BulkCharges>(ApiExamples.BulkCharges).Answers<BulkAnswers>(null).Refuses(400, 413, 415, 422, 503);

        api.RefuseOthers("/quotes/bulk", HttpMethods.Post);
        api.RefuseOthers("/charges/bulk", HttpMethods.Post);
    }

    private static Task<IResult> QuoteAsync(HttpContext context, CreditLedger ledger, IClock clock, RequestRates rates) =>
        RunAsync(context, rates, ofCharges: false, async (item, caller, cancellationToken) =>
        {
            var read = EventReader.Read(item.Span, clock.GetCurrentInstant());
            if (!read.Succeeded)
            {
                return new ProblemBody(Problem.Of(read.Error));
            }

            var account = read.Value.Account;
            return caller is { Key.IsRestricted: true } && !await caller.MayUseAsync(account, cancellationToken)
                ? new ProblemBody(CommandAnswers.AccountUnknown(account))
                : CommandAnswers.OfQuote(account, await ledger.QuoteAsync(account, read.Value.Usage, cancellationToken));
        });

    private static Task<IResult> ChargeAsync(HttpContext context, CreditLedger ledger, IClock clock, RequestRates rates) =>
        RunAsync(context, rates, ofCharges: true, async (item, caller, cancellationToken) =>
        {
            var read = EventReader.ReadKeyed(item.Span, clock.GetCurrentInstant());
            if (!read.Succeeded)
            {
                return new ProblemBody(Problem.Of(read.Error));
            }

            var account = read.Value.Account;
            return caller is { Key.IsRestricted: true } && !await caller.MayUseAsync(account, cancellationToken)
                ? new ProblemBody(CommandAnswers.AccountUnknown(account))
                : CommandAnswers.OfCharge(account, await ledger.ChargeAsync(account, read.Value.Usage, read.Value.Key!, cancellationToken));
        });

    private static async Task<IResult> RunAsync(
        HttpContext context, RequestRates rates, bool ofCharges, Func<ReadOnlyMemory<byte>, ApiCaller?, CancellationToken, Task<IResult>> run)
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
        if (caller is not null && items.Count > 1 && !rates.TryTake(caller.Key, items.Count - 1, out var retryAfter))
        {
            return new ProblemBody(ApiKeyGate.TooMany(retryAfter));
        }

        // All are begun before the first is waited for: charges then wait in the queue together, in this order, and share commits.
        var running = new Task<IResult>[items.Count];
        for (var item = 0; item < items.Count; item++)
        {
            var (start, length) = items[item];
            running[item] = run(body.Json.Slice(start, length), caller, context.RequestAborted);
        }

        var results = await Task.WhenAll(running);
        for (var item = 0; item < results.Length; item++)
        {
            if (results[item] is ProblemBody { Problem: { Position: not null } placed } refused)
            {
                results[item] = new ProblemBody(Placed(placed, item, items[item].Start, body.Json.Span), refused.Replayed);
            }
        }

        return new JsonBody(WireWriter.Write((results, ofCharges), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("results"u8);
            foreach (var result in it.results)
            {
                Write(json, result, it.ofCharges);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static void Write(Utf8JsonWriter json, IResult result, bool ofCharges)
    {
        json.WriteStartObject();
        switch (result)
        {
            case JsonBody granted:
                json.WriteNumber("status"u8, StatusCodes.Status200OK);
                WriteReplayed(json, granted.Replayed, ofCharges);
                json.WritePropertyName("answer"u8);
                json.WriteRawValue(granted.Body.Span, skipInputValidation: true);
                break;
            case ProblemBody refused:
                json.WriteNumber("status"u8, refused.Problem.Kind.Status);
                WriteReplayed(json, refused.Replayed, ofCharges);
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

    private static void WriteReplayed(Utf8JsonWriter json, bool replayed, bool ofCharges)
    {
        if (ofCharges)
        {
            json.WriteBoolean("replayed"u8, replayed);
        }
    }

    // An item was read by itself; its sender knows the whole.
    private static Problem Placed(Problem problem, int item, int start, ReadOnlySpan<byte> whole) => problem with
    {
        Pointer = string.Create(CultureInfo.InvariantCulture, $"/items/{item}{problem.Pointer}"),
        Position = WirePosition.Of(whole, start + problem.Position!.Value.Offset),
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

        problem = null;
        return true;
    }

    private static Problem Shape() => new(
        ProblemKinds.Of(WireCodes.WrongType), "The body must be one object with the one member \"items\", an array of 1 to 1,000 events.", "Write {\"items\": [{…}, …]}.");
}
