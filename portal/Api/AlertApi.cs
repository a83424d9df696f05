using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Rules.Client;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Ledger.Outbox;
using Rules.Portal.Access;
using Rules.Portal.Alerts;

namespace Rules.Portal.Api;

/// <summary>Alerts as a feed, and the webhooks to which they are sent.</summary>
internal static class AlertApi
{
    private const int LongestUrl = 2048;

    public static void MapAlerts(this RouteGroupBuilder api)
    {
        api.MapGet("/alerts", FeedAsync).WithName("alerts").WithTags("Alerts").Needs(KeyScopes.Read)
            .WithSummary("Alerts, oldest first")
            .WithDescription("What rule files call alerts: thresholds that an entry crossed. Ask again with the \"next\" of the last page to follow them; it is there on the last page too.")
            .Parameter("account", "Only of this account.").Parameter("after", "The \"next\" of the page before.").Parameter("limit", "1 to 500; 50 where it is left out.")
            .Answers<AlertPage>(ApiExamples.AlertPage).Refuses(400, 404, 503);

        api.MapPost("/webhooks", AddAsync).WithName("add-webhook").WithTags("Alerts").Needs(KeyScopes.Admin)
            .WithSummary("Send alerts to an address")
            .WithDescription("Each alert is posted as JSON with the header Rules-Signature: t=SECONDS,v1=HEX, where HEX is HMAC-SHA256 under the secret, of SECONDS, a point and the "
                + "body. Answer 2xx within ten seconds, or it is tried again for three days. It may come twice: the id in the body tells. The secret is told this once.")
            .Takes<NewWebhook>(ApiExamples.NewWebhook).Answers<Webhook>(ApiExamples.Webhook).Refuses(400, 413, 415, 422, 503);

        api.MapGet("/webhooks", ListAsync).WithName("webhooks").WithTags("Alerts").Needs(KeyScopes.Admin)
            .WithSummary("Where alerts are sent").Answers<WebhookList>(null).Refuses(400, 503);

        api.MapDelete("/webhooks/{webhook}", RemoveAsync).WithName("remove-webhook").WithTags("Alerts").Needs(KeyScopes.Admin)
            .WithSummary("Send no more alerts to an address").WithDescription("What waits to be delivered there is dropped.")
            .Answers<WebhookList>(null).Refuses(400, 404, 503);

        api.MapGet("/webhooks/{webhook}/deliveries", DeliveriesAsync).WithName("deliveries").WithTags("Alerts").Needs(KeyScopes.Admin)
            .WithSummary("What became of alerts at an address, newest first")
            .Parameter("before", "The \"next\" of the page before.").Parameter("limit", "1 to 500; 50 where it is left out.")
            .Answers<DeliveryPage>(null).Refuses(400, 404, 503);

        api.MapPost("/webhooks/{webhook}/deliveries/{message}/resend", ResendAsync).WithName("resend").WithTags("Alerts").Needs(KeyScopes.Admin)
            .WithSummary("Send an alert again").Answers<DeliveryPage>(null).Refuses(400, 404, 503);

        api.RefuseOthers("/alerts", HttpMethods.Get);
        api.RefuseOthers("/webhooks", HttpMethods.Get, HttpMethods.Post);
        api.RefuseOthers("/webhooks/{webhook}", HttpMethods.Delete);
        api.RefuseOthers("/webhooks/{webhook}/deliveries", HttpMethods.Get);
        api.RefuseOthers("/webhooks/{webhook}/deliveries/{message}/resend", HttpMethods.Post);
    }

    private static async Task<IResult> FeedAsync(HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request, "account", "after", "limit") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryCount(context.Request, "limit", 50, 500, out var limit, out var problem)
            || !Parameters.TryCursor(context.Request, "after", out var next, out problem))
        {
            return new ProblemBody(problem);
        }

        var caller = context.Features.GetRequiredFeature<ApiCaller>();
        var account = Text(context.Request, "account");
        if (account is not null && (await ledger.RulesetOfAsync(account, context.RequestAborted) is null || !await caller.MayUseAsync(account, context.RequestAborted)))
        {
            return new ProblemBody(CommandAnswers.AccountUnknown(account));
        }

        var alerts = new List<StoredMessage>(limit);
        Page<StoredMessage> page;
        do
        {
            page = await ledger.Outbox.ReadAsync(account, next, limit - alerts.Count, context.RequestAborted);
            next = page.Next;
            foreach (var message in page.Items)
            {
                if (!caller.Key.IsRestricted || await caller.MayUseAsync(message.Account, context.RequestAborted))
                {
                    alerts.Add(message);
                }
            }
        }
        while (alerts.Count < limit && !page.Items.IsEmpty);

        return new JsonBody(WireWriter.Write((alerts, next), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("alerts"u8);
            foreach (var alert in it.alerts)
            {
                json.WriteRawValue(alert.Body.Span, skipInputValidation: true);
            }

            json.WriteEndArray();
            json.WriteString("next"u8, it.next);
            json.WriteEndObject();
        }));
    }

    private static async Task<IResult> AddAsync(HttpContext context, CreditLedger ledger, WebhookTargets targets, WebhookSecrets secrets)
    {
        var body = await RequestBody.ReadAsync(context);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        var read = SettingsBody.Read(body.Json, "url");
        var url = read.Text("url", LongestUrl, required: true) ?? "";
        if (targets.Fault(url) is { } fault)
        {
            read.Invalid("url", fault, "Name an address that takes the alerts.");
        }

        if (read.Problem is { } problem)
        {
            return new ProblemBody(problem);
        }

        var (text, stored) = secrets.New();
        var webhook = await ledger.Outbox.AddWebhookAsync(url, stored, context.Features.GetRequiredFeature<ApiCaller>().Key.Id, context.RequestAborted);
        return new JsonBody(WireWriter.Write((webhook, text), static (json, it) => Write(json, it.webhook, it.text)));
    }

    private static async Task<IResult> ListAsync(HttpContext context, CreditLedger ledger) => Parameters.Unknown(context.Request) is { } problem
        ? new ProblemBody(problem)
        : new JsonBody(await AllAsync(ledger, context.RequestAborted));

    private static async Task<IResult> RemoveAsync(string webhook, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        return await ledger.Outbox.RemoveWebhookAsync(webhook, context.RequestAborted)
            ? new JsonBody(await AllAsync(ledger, context.RequestAborted))
            : Unknown(webhook);
    }

    private static async Task<IResult> DeliveriesAsync(string webhook, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request, "before", "limit") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryCount(context.Request, "limit", 50, 500, out var limit, out var problem)
            || !Parameters.TryCursor(context.Request, "before", out var cursor, out problem))
        {
            return new ProblemBody(problem);
        }

        long? before = cursor is null ? null : long.Parse(cursor, NumberStyles.None, CultureInfo.InvariantCulture);
        return await ledger.Outbox.DeliveriesAsync(webhook, before, limit, context.RequestAborted) is { } records
            ? new JsonBody(WireWriter.Write((records, isFull: records.Length == limit), static (json, it) =>
            {
                json.WriteStartObject();
                json.WriteStartArray("deliveries"u8);
                foreach (var record in it.records)
                {
                    Write(json, record);
                }

                json.WriteEndArray();
                if (it.isFull)
                {
                    json.WriteString("next"u8, it.records[^1].Message.ToString(CultureInfo.InvariantCulture));
                }
                else
                {
                    json.WriteNull("next"u8);
                }

                json.WriteEndObject();
            }))
            : Unknown(webhook);
    }

    private static async Task<IResult> ResendAsync(string webhook, string message, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        if (!long.TryParse(message, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            || !await ledger.Outbox.ResendAsync(webhook, position, context.RequestAborted))
        {
            return new ProblemBody(new Problem(
                ProblemKinds.DeliveryUnknown, $"There is no message \"{WireText.Shown(message)}\" for a webhook \"{WireText.Shown(webhook)}\".", "List the webhook's deliveries."));
        }

        var records = await ledger.Outbox.DeliveriesAsync(webhook, position + 1, 1, context.RequestAborted);
        return new JsonBody(WireWriter.Write(records!.Value, static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("deliveries"u8);
            Write(json, it[0]);
            json.WriteEndArray();
            json.WriteNull("next"u8);
            json.WriteEndObject();
        }));
    }

    private static ProblemBody Unknown(string webhook) =>
        new(new Problem(ProblemKinds.WebhookUnknown, $"There is no webhook \"{WireText.Shown(webhook)}\".", "List the webhooks."));

    private static async Task<byte[]> AllAsync(CreditLedger ledger, CancellationToken cancellationToken) =>
        WireWriter.Write(await ledger.Outbox.WebhooksAsync(cancellationToken), static (json, webhooks) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("webhooks"u8);
            foreach (var webhook in webhooks)
            {
                Write(json, webhook, secret: null);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static void Write(Utf8JsonWriter json, StoredWebhook webhook, string? secret)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, webhook.Id);
        json.WriteString("url"u8, webhook.Url);
        if (secret is not null)
        {
            json.WriteString("secret"u8, secret);
        }

        json.WriteString("created"u8, InstantText.Format(webhook.CreatedAt));
        json.WriteString("created_by"u8, webhook.CreatedBy);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeliveryRecord record)
    {
        json.WriteStartObject();
        json.WriteString("message"u8, record.Message.ToString(CultureInfo.InvariantCulture));
        json.WriteString("state"u8, record.State switch
        {
            DeliveryState.Waiting => "waiting",
            DeliveryState.Delivered => "delivered",
            DeliveryState.GivenUp => "given-up",
            DeliveryState.Muted => "muted",
            _ => "removed",
        });
        json.WriteNumber("attempts"u8, record.Attempts);
        if (record.NextAt is { } next && record.Attempts > 0)
        {
            json.WriteString("next_attempt"u8, InstantText.Format(next));
        }

        if (record.Last is { } last)
        {
            json.WriteString("last_attempt"u8, InstantText.Format(last.At));
            json.WriteNumber("last_duration_ms"u8, last.DurationMilliseconds);
            if (last.Status is { } status)
            {
                json.WriteNumber("last_status"u8, status);
            }

            if (last.Failure is { } failure)
            {
                json.WriteString("last_failure"u8, failure);
            }
        }

        json.WriteEndObject();
    }

    private static string? Text(HttpRequest request, string name) => request.Query[name] is [{ Length: > 0 } text] ? text : null;
}
