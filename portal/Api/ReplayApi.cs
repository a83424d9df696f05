using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Rules.Client;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Ledger.Replays;
using Rules.Portal.Access;
using Rules.Portal.Replays;

namespace Rules.Portal.Api;

/// <summary>Past usage under drafts: asked for, watched, stopped, listed and kept.</summary>
internal static class ReplayApi
{
    private const int MostBytes = 1024 * 1024;

    public static void MapReplays(this RouteGroupBuilder api)
    {
        api.MapPost("/replays", StartAsync).WithName("start-replay").WithTags("Replays").Needs(KeyScopes.Quote)
            .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
            .WithSummary("What would the past have come to under a draft?")
            .WithDescription("Runs the charges, grants and changes that were recorded within a window under up to five drafts, account by account, beside what was published. Changes "
                + "nothing. It runs on when the caller leaves; ask for it by its id, or follow its events. The end of the window is brought down to now. "
                + "With \"source\": \"imported\", usage that was brought in and never charged stands in the place of the ledger's; a key for some accounts may not.")
            .Takes<NewReplay>(ApiExamples.NewReplay).Answers<Replay>(null).Refuses(400, 404, 413, 415, 422, 503);

        api.MapGet("/replays", ListAsync).WithName("replays").WithTags("Replays").Needs(KeyScopes.Read)
            .WithSummary("Replays, those that run first, then newest first")
            .Parameter("ruleset", "Only of this rule set.").Parameter("limit", "1 to 100; 50 where it is left out.").Parameter("after", "The \"next\" of the page before.")
            .Answers<ReplayPage>(null).Refuses(400, 503);

        api.MapGet("/replays/{replay}", GetAsync).WithName("replay").WithTags("Replays").Needs(KeyScopes.Read)
            .WithSummary("A replay: how far it is, or what it came to")
            .WithDescription("The result is bound to the hashes of the drafts' texts, the past, the published texts, and to this program's version.")
            .Answers<Replay>(null).Refuses(400, 404, 503);

        api.MapDelete("/replays/{replay}", CancelAsync).WithName("cancel-replay").WithTags("Replays").Needs(KeyScopes.Quote)
            .WithSummary("Stop a replay that runs")
            .WithDescription("What is done by then is kept and marked as partial. One that has ended stays as it is.")
            .Answers<Replay>(null).Refuses(400, 404, 503);

        api.MapGet("/replays/{replay}/events", EventsAsync).WithName("replay-events").WithTags("Replays").Needs(KeyScopes.Read)
            .WithSummary("The progress of a replay as server-sent events")
            .WithDescription("\"progress\" with {\"reading\", \"done\", \"events\"} while it runs, then one \"end\" with {\"state\"}.")
            .Produces(StatusCodes.Status200OK, null, "text/event-stream").Refuses(400, 404, 503);

        api.RefuseOthers("/replays", HttpMethods.Get, HttpMethods.Post);
        api.RefuseOthers("/replays/{replay}", HttpMethods.Get, HttpMethods.Delete);
        api.RefuseOthers("/replays/{replay}/events", HttpMethods.Get);
    }

    private static async Task<IResult> StartAsync(HttpContext context, CreditLedger ledger, PastReplays replays, ReplayRuns runs)
    {
        var body = await RequestBody.ReadAsync(context, MostBytes);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        var (request, by, problem) = Read(body.Json);
        if (problem is not null)
        {
            return new ProblemBody(problem);
        }

        var caller = context.Features.GetRequiredFeature<ApiCaller>();
        if (!await MaySeeAsync(caller, request.Ruleset, request.LedgerAccount, context.RequestAborted))
        {
            return new ProblemBody(request.LedgerAccount is { } account
                ? CommandAnswers.AccountUnknown(account)
                : new Problem(ProblemKinds.KeyRestricted, Help: "Ask for one of the accounts or rule sets that the key names, or use another key."));
        }

        if (request.LedgerAccount is { } named && await ledger.RulesetOfAsync(named, context.RequestAborted) != request.Ruleset)
        {
            return new ProblemBody(CommandAnswers.AccountUnknown(named));
        }

        if (replays.Check(request) is { Refusal: { } refusal } refused)
        {
            return new ProblemBody(Of(refusal, refused.Diagnostics));
        }

        return runs.Start(request, by, caller.Key.Id) is { } run
            ? new JsonBody(Running(run))
            : new ProblemBody(new Problem(ProblemKinds.Busy, "As many replays run as this service runs at once.", "Wait for one to end, or stop it.") { RetryAfterSeconds = 5 });
    }

    private static async Task<IResult> ListAsync(HttpContext context, CreditLedger ledger, ReplayRuns runs)
    {
        if (Parameters.Unknown(context.Request, "ruleset", "limit", "after") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryCount(context.Request, "limit", 50, 100, out var limit, out var problem)
            || !Parameters.TryCursor(context.Request, "after", out var after, out problem))
        {
            return new ProblemBody(problem);
        }

        var caller = context.Features.GetRequiredFeature<ApiCaller>();
        var ruleset = Parameters.Text(context.Request, "ruleset");
        var items = new List<byte[]>(limit);
        foreach (var run in after is null ? runs.Running : [])
        {
            if ((ruleset is null || run.Request.Ruleset == ruleset) && await MaySeeAsync(caller, run.Request.Ruleset, run.Request.LedgerAccount, context.RequestAborted))
            {
                items.Add(Running(run));
            }
        }

        var page = await ledger.Replays.ListAsync(ruleset, after, limit, context.RequestAborted);
        foreach (var replay in page.Items)
        {
            if (await MaySeeAsync(caller, replay.Ruleset, replay.Account, context.RequestAborted))
            {
                items.Add(Ended(replay));
            }
        }

        return new JsonBody(WireWriter.Write((items, page.Next), static (json, it) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("replays"u8);
            foreach (var item in it.items)
            {
                json.WriteRawValue(item, skipInputValidation: true);
            }

            json.WriteEndArray();
            json.WriteString("next"u8, it.Next);
            json.WriteEndObject();
        }));
    }

    private static async Task<IResult> GetAsync(string replay, HttpContext context, CreditLedger ledger, ReplayRuns runs)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        var (run, ended) = await FindAsync(replay, context, ledger, runs);
        return run is not null ? new JsonBody(Running(run)) : ended is not null ? new JsonBody(Ended(ended)) : Unknown(replay);
    }

    private static async Task<IResult> CancelAsync(string replay, HttpContext context, CreditLedger ledger, ReplayRuns runs)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        var (run, ended) = await FindAsync(replay, context, ledger, runs);
        if (run is not null)
        {
            run.Cancel();
            await run.Ended.WaitAsync(context.RequestAborted);
            ended = await ledger.Replays.FindAsync(replay, context.RequestAborted);
        }

        return ended is not null ? new JsonBody(Ended(ended)) : Unknown(replay);
    }

    private static async Task<IResult> EventsAsync(string replay, HttpContext context, CreditLedger ledger, ReplayRuns runs)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        var (run, ended) = await FindAsync(replay, context, ledger, runs);
        if (run is null && ended is null)
        {
            return Unknown(replay);
        }

        return new ReplayEvents(run, ended?.State ?? default);
    }

    private static async Task<(ReplayRunning? Running, StoredReplay? Ended)> FindAsync(string id, HttpContext context, CreditLedger ledger, ReplayRuns runs)
    {
        var caller = context.Features.GetRequiredFeature<ApiCaller>();
        if (runs.Find(id) is { } run)
        {
            return await MaySeeAsync(caller, run.Request.Ruleset, run.Request.LedgerAccount, context.RequestAborted) ? (run, null) : (null, null);
        }

        return id.Length == 16 && await ledger.Replays.FindAsync(id, context.RequestAborted) is { } ended
            && await MaySeeAsync(caller, ended.Ruleset, ended.Account, context.RequestAborted) ? (null, ended) : (null, null);
    }

    // What a whole rule set came to tells of all its accounts.
    private static async ValueTask<bool> MaySeeAsync(ApiCaller caller, string ruleset, string? account, CancellationToken cancellationToken) =>
        caller.MayUseAllOf(ruleset) || (account is not null && await caller.MayUseAsync(account, cancellationToken));

    private static (ReplayRequest Request, ImmutableArray<string> By, Problem? Problem) Read(ReadOnlyMemory<byte> json)
    {
        var read = SettingsBody.Read(json, "ruleset", "drafts", "from", "to", "account", "source", "against", "by");
        var ruleset = read.Text("ruleset", WireLimits.NameCharacters, required: true) ?? "";
        var drafts = read.Objects("drafts", PastReplays.MostDrafts, ["name", "text"], static draft => new DraftText(
            draft.Text("name", WireLimits.NameCharacters, required: true) ?? "", draft.Lines("text", Dsl.Text.SourceText.MaximumBytes) ?? ""));
        var (from, to) = (read.Time("from", required: true), read.Time("to", required: true));
        var account = read.Text("account", WireLimits.NameCharacters);
        var source = read.Text("source", WireLimits.NameCharacters);
        if (source is not (null or "ledger" or "imported"))
        {
            read.Invalid("source", "A replay reads the ledger's past or usage that was imported.", "Write \"ledger\" or \"imported\".");
        }

        var against = read.Integer("against", 1, int.MaxValue);
        var by = read.Texts("by", ReplayRequest.MostNames, WireLimits.NameCharacters);
        if (drafts.Select(static draft => draft.Name).Distinct(StringComparer.Ordinal).Count() < drafts.Length)
        {
            read.Invalid("drafts", "Two drafts have one name.", "Give each draft a name of its own.");
        }

        if (from >= to)
        {
            read.Invalid("to", "The window ends before it begins.", "Let \"from\" be earlier than \"to\".");
        }

        return read.Problem is { } problem
            ? (null!, [], problem)
            : (new ReplayRequest(ruleset, new PastWindow(from!.Value, to!.Value), drafts)
            {
                Account = account,
                Source = source == "imported" ? PastSource.Imported : PastSource.Ledger,
                Against = against,
                Records = [.. by.Where(static name => name is not ("action" or "day"))],
            }, by, null);
    }

    private static Problem Of(ReplayRefusal refusal, ImmutableArray<ImmutableArray<Diagnostic>> diagnostics)
    {
        var kind = refusal.Kind switch
        {
            ReplayRefusalKind.RulesetUnknown => ProblemKinds.RulesetNotFound,
            ReplayRefusalKind.VersionUnknown => ProblemKinds.VersionUnknown,
            ReplayRefusalKind.DraftHasErrors or ReplayRefusalKind.DraftOfAnotherRuleset => ProblemKinds.DraftInvalid,
            _ => ProblemKinds.ValueInvalid,
        };
        var problem = new Problem(kind, refusal.Message, refusal.Help) { Pointer = refusal.Draft is { } place ? string.Create(CultureInfo.InvariantCulture, $"/drafts/{place}/text") : null };
        if (refusal.Draft is not { } draft || diagnostics.IsDefaultOrEmpty || diagnostics[draft].FirstOrDefault(static d => d.Severity == DiagnosticSeverity.Error) is not { } error)
        {
            return problem;
        }

        return problem with
        {
            Detail = $"{refusal.Message} Line {error.Location.Line.ToString(CultureInfo.InvariantCulture)}: {error.Id}: {error.Message}",
        };
    }

    private static ProblemBody Unknown(string replay) =>
        new(new Problem(ProblemKinds.ReplayUnknown, $"There is no replay \"{WireText.Shown(replay)}\".", "GET /v1/replays lists them; one that ran when the service stopped is gone."));

    private static byte[] Running(ReplayRunning run) => WireWriter.Write(run, static (json, run) =>
    {
        json.WriteStartObject();
        WriteHead(json, run.Id, "running", run.Request.Ruleset, run.Request.LedgerAccount, run.RequestJson);
        json.WriteString("requested_at"u8, InstantText.Format(run.RequestedAt));
        json.WriteString("requested_by"u8, run.RequestedBy);
        json.WritePropertyName("progress"u8);
        ReplayEvents.Write(json, run.Step);
        json.WriteEndObject();
    });

    private static byte[] Ended(StoredReplay replay) => WireWriter.Write(replay, static (json, replay) =>
    {
        json.WriteStartObject();
        WriteHead(json, replay.Id, ReplayEvents.Word(replay.State), replay.Ruleset, replay.Account, replay.Request);
        json.WriteString("requested_at"u8, InstantText.Format(replay.RequestedAt));
        json.WriteString("requested_by"u8, replay.RequestedBy);
        json.WriteString("ended_at"u8, InstantText.Format(replay.EndedAt));
        if (!replay.Result.IsEmpty && replay.State == ReplayState.Failed)
        {
            WriteMembers(json, replay.Result);
        }
        else if (!replay.Result.IsEmpty)
        {
            json.WritePropertyName("result"u8);
            json.WriteRawValue(replay.Result.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
    });

    private static void WriteHead(Utf8JsonWriter json, string id, string state, string ruleset, string? account, ReadOnlyMemory<byte> request)
    {
        json.WriteString("id"u8, id);
        json.WriteString("state"u8, state);
        json.WriteString("ruleset"u8, ruleset);
        if (account is not null)
        {
            json.WriteString("account"u8, account);
        }

        WriteMembers(json, request);
    }

    private static void WriteMembers(Utf8JsonWriter json, ReadOnlyMemory<byte> content)
    {
        using var document = JsonDocument.Parse(content);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }
}
