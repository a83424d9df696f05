using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using NodaTime;
using Rules.Client;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Ledger.Outbox;
using Rules.Portal.Access;

namespace Rules.Portal.Api;

/// <summary>Keeps alerts quiet, as an operator does on the page of alerts.</summary>
internal static class MuteApi
{
    public static void MapMutes(this RouteGroupBuilder api)
    {
        api.MapPost("/mutes", MuteAsync).WithName("mute").WithTags("Alerts").Needs(KeyScopes.Admin)
            .WithSummary("Keep an alert quiet")
            .WithDescription("For every account of its rule set or for one, until an instant or until it is unmuted. What fires is recorded and stands in the feed as ever, but no webhook "
                + "gets it. An alert that is muted is muted anew.")
            .Takes<NewMute>(ApiExamples.NewMute).Answers<Mute>(ApiExamples.Mute).Refuses(400, 404, 413, 415, 422, 503);

        api.MapGet("/mutes", ListAsync).WithName("mutes").WithTags("Alerts").Needs(KeyScopes.Admin)
            .WithSummary("Which alerts are muted now, the newest mute first").Answers<MuteList>(null).Refuses(400, 503);

        api.MapDelete("/mutes/{mute}", UnmuteAsync).WithName("unmute").WithTags("Alerts").Needs(KeyScopes.Admin)
            .WithSummary("End a mute").WithDescription("What fired while it held is not sent afterwards.")
            .Answers<MuteList>(null).Refuses(400, 404, 503);

        api.RefuseOthers("/mutes", HttpMethods.Get, HttpMethods.Post);
        api.RefuseOthers("/mutes/{mute}", HttpMethods.Delete);
    }

    private static async Task<IResult> MuteAsync(HttpContext context, CreditLedger ledger, IClock clock)
    {
        var body = await RequestBody.ReadAsync(context);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        var read = SettingsBody.Read(body.Json, "ruleset", "alert", "account", "until", "reason");
        var ruleset = read.Text("ruleset", WireLimits.NameCharacters, required: true) ?? "";
        var alert = read.Text("alert", AlertMutes.LongestName, required: true) ?? "";
        var account = read.Text("account", WireLimits.IdCharacters);
        var until = read.Time("until");
        var reason = read.Text("reason", AlertMutes.LongestReason, required: true) ?? "";
        if (read.Problem is { } unread)
        {
            return new ProblemBody(unread);
        }

        if (ledger.Rulesets.Find(ruleset) is null)
        {
            return new ProblemBody(LedgerApi.RulesetUnknown(ruleset));
        }

        var owner = account is null ? ruleset : await ledger.RulesetOfAsync(account, context.RequestAborted);
        if (owner is null)
        {
            return new ProblemBody(CommandAnswers.AccountUnknown(account!));
        }

        if (!ledger.Rulesets.HasAlert(ruleset, alert))
        {
            read.Invalid("alert", $"The rule set \"{ruleset}\" has no alert \"{WireText.Shown(alert)}\".", "Write its name as it stands in the rule file.");
        }

        if (owner != ruleset)
        {
            read.Invalid("account", $"The account \"{WireText.Shown(account!)}\" belongs to the rule set \"{owner}\".", "Name that rule set, or leave the account out to mute the alert for all.");
        }

        var by = context.Features.GetRequiredFeature<ApiCaller>().Name;
        if (read.Problem is null && !await ledger.Mutes.MuteAsync(ruleset, alert, account, until, reason, by, context.RequestAborted))
        {
            read.Invalid("until", "The mute would have ended already.", "Name an instant in the future, or leave it out.");
        }

        if (read.Problem is { } problem)
        {
            return new ProblemBody(problem);
        }

        var now = clock.GetCurrentInstant();
        return (await ledger.Mutes.SinceAsync(now, context.RequestAborted)).Exactly(ruleset, alert, account, now) is { } mute
            ? new JsonBody(WireWriter.Write(mute, Write))
            // Ended or unmuted within the moment.
            : Unknown($"{ruleset}/{alert}");
    }

    private static async Task<IResult> ListAsync(HttpContext context, CreditLedger ledger, IClock clock) => Parameters.Unknown(context.Request) is { } problem
        ? new ProblemBody(problem)
        : new JsonBody(await AllAsync(ledger, clock, context.RequestAborted));

    private static async Task<IResult> UnmuteAsync(string mute, HttpContext context, CreditLedger ledger, IClock clock)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        var now = clock.GetCurrentInstant();
        var held = (await ledger.Mutes.SinceAsync(now, context.RequestAborted)).Holding(now).FirstOrDefault(held => Id(held) == mute);
        return held is not null
            && await ledger.Mutes.UnmuteAsync(held.Ruleset, held.Alert, held.Account, context.Features.GetRequiredFeature<ApiCaller>().Name, context.RequestAborted)
                ? new JsonBody(await AllAsync(ledger, clock, context.RequestAborted))
                : Unknown(mute);
    }

    private static async Task<byte[]> AllAsync(CreditLedger ledger, IClock clock, CancellationToken cancellationToken)
    {
        var now = clock.GetCurrentInstant();
        return WireWriter.Write((await ledger.Mutes.SinceAsync(now, cancellationToken)).Holding(now), static (json, mutes) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("mutes"u8);
            foreach (var mute in mutes)
            {
                Write(json, mute);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static ProblemBody Unknown(string mute) => new(new Problem(ProblemKinds.MuteUnknown, $"No mute \"{WireText.Shown(mute)}\" holds.", "List those that do with GET /v1/mutes."));

    private static string Id(MuteRecord mute) => mute.Position.ToString(CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, MuteRecord mute)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id(mute));
        json.WriteString("ruleset"u8, mute.Ruleset);
        json.WriteString("alert"u8, mute.Alert);
        if (mute.Account is { } account)
        {
            json.WriteString("account"u8, account);
        }

        if (mute.Until is { } until)
        {
            json.WriteString("until"u8, InstantText.Format(until));
        }

        json.WriteString("reason"u8, mute.Reason);
        json.WriteString("muted"u8, InstantText.Format(mute.At));
        json.WriteString("muted_by"u8, mute.By);
        json.WriteEndObject();
    }
}
