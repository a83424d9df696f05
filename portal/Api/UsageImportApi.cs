using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Rules.Engine.Model;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Ledger.Imports;
using Rules.Portal.Access;
using Rules.Portal.Imports;

namespace Rules.Portal.Api;

/// <summary>Usage that was never charged here, sent by programs: imported for replays, listed, taken back.</summary>
internal static class UsageImportApi
{
    private const string Csv = "text/csv";

    private static readonly string[] _jsonLines = ["application/jsonl", "application/x-ndjson"];

    public static void MapUsageImports(this RouteGroupBuilder api)
    {
        api.MapPost("/usage/imports", ImportAsync).WithName("import-usage").WithTags("Usage").Needs(KeyScopes.Draft)
            .WithMetadata(new RequestSizeLimitAttribute(UploadStore.Largest))
            .WithSummary("Bring in usage that was never charged here, for replays")
            .WithDescription("The body is a file: CSV with a header, or one JSON object a line. It is read as it arrives, at most 512 MiB of it. Events whose id is there already are left out. "
                + "Without dry_run it stops at the first line that cannot be read and keeps what stands before; sent again under the same name and mapping it goes on there. "
                + "Accounts and the journal are not touched.")
            .Parameter("ruleset", "By whose rules the usage is replayed.", isRequired: true)
            .Parameter("name", "Of the file, at most 200 characters: a stopped import is gone on with under it.", isRequired: true)
            .Parameter("dry_run", "true: read and count everything, tell the first mistakes, and store nothing.")
            .Parameter("map", "MEMBER=COLUMN, once for each: account=customer_id, quantities.token=tokens_used.")
            .Parameter("set", "MEMBER=VALUE that every event has, once for each: action=reply.")
            .Accepts<string>(Csv, _jsonLines).Answers<Client.UsageImportResult>(ApiExamples.UsageImportResult).Refuses(400, 404, 408, 409, 413, 415, 422, 503);

        api.MapGet("/usage/imports", ListAsync).WithName("usage-imports").WithTags("Usage").Needs(KeyScopes.Read)
            .WithSummary("Imports of usage, in the order in which they were begun")
            .Parameter("ruleset", "Only of this rule set.")
            .Answers<Client.UsageImportList>(null).Refuses(400, 503);

        api.MapGet("/usage/imports/{import}", GetAsync).WithName("usage-import").WithTags("Usage").Needs(KeyScopes.Read)
            .WithSummary("One import of usage").Answers<Client.UsageImport>(null).Refuses(400, 404, 503);

        api.MapDelete("/usage/imports/{import}", WithdrawAsync).WithName("withdraw-usage").WithTags("Usage").Needs(KeyScopes.Admin)
            .WithSummary("Take an import of usage back, whole")
            .WithDescription("Its events are removed; that there was one stays recorded. The file can be imported anew. Cannot be undone.")
            .Answers<Client.UsageImport>(null).Refuses(400, 404, 409, 503);

        api.RefuseOthers("/usage/imports", HttpMethods.Get, HttpMethods.Post);
        api.RefuseOthers("/usage/imports/{import}", HttpMethods.Get, HttpMethods.Delete);
    }

    private static async Task<IResult> ImportAsync(HttpContext context, CreditLedger ledger)
    {
        var (import, problem) = Read(context, ledger);
        if (problem is not null)
        {
            return new ProblemBody(problem);
        }

        try
        {
            var result = await ledger.Imports.ImportAsync(context.Request.Body, import!.Request, context.RequestAborted);
            var json = WireWriter.Write((result, import.Ruleset), static (json, it) =>
            {
                json.WriteStartObject();
                json.WriteImportResult(it.result, it.Ruleset);
                json.WriteEndObject();
            });
            return result.MistakeCount == 0 || result.IsDryRun ? new JsonBody(json) : new ProblemBody(Stopped(result.Mistakes[0], json));
        }
        catch (UsageImportException exception)
        {
            return new ProblemBody(Of(exception));
        }
        catch (BadHttpRequestException exception)
        {
            return new ProblemBody(RequestBody.Of(exception, UploadStore.Largest) with { Help = "What was stored stays. Send the file again under the same name to go on." });
        }
    }

    private static async Task<IResult> ListAsync(HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request, "ruleset") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        var caller = context.Features.GetRequiredFeature<ApiCaller>();
        var batches = await ledger.Imports.ListAsync(Parameters.Text(context.Request, "ruleset"), context.RequestAborted);
        return new JsonBody(WireWriter.Write(batches.RemoveAll(batch => !caller.MayUseAllOf(batch.Ruleset)), static (json, batches) =>
        {
            json.WriteStartObject();
            json.WriteImports(batches);
            json.WriteEndObject();
        }));
    }

    private static async Task<IResult> GetAsync(string import, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        return Answer(import, await FindAsync(import, context, ledger));
    }

    private static async Task<IResult> WithdrawAsync(string import, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        if ((await FindAsync(import, context, ledger)).IsEmpty)
        {
            return Answer(import, []);
        }

        try
        {
            return Answer(import, await ledger.Imports.WithdrawAsync(import, context.Features.GetRequiredFeature<ApiCaller>().Name, context.RequestAborted));
        }
        catch (UsageImportException exception)
        {
            return new ProblemBody(Of(exception));
        }
    }

    private static async ValueTask<ImmutableArray<UsageBatch>> FindAsync(string import, HttpContext context, CreditLedger ledger)
    {
        var batches = await ledger.Imports.BatchesAsync(import, context.RequestAborted);
        return !batches.IsEmpty && context.Features.GetRequiredFeature<ApiCaller>().MayUseAllOf(batches[0].Ruleset) ? batches : [];
    }

    private static IResult Answer(string import, ImmutableArray<UsageBatch> batches) => batches.IsEmpty
        ? new ProblemBody(new Problem(ProblemKinds.ImportUnknown, $"There is no import \"{WireText.Shown(import)}\".", "GET /v1/usage/imports lists them."))
        : new JsonBody(WireWriter.Write(batches, static (json, batches) =>
        {
            json.WriteStartObject();
            json.WriteImport(batches);
            json.WriteEndObject();
        }));

    private static (Asked? Import, Problem? Problem) Read(HttpContext context, CreditLedger ledger)
    {
        var request = context.Request;
        if (Parameters.Unknown(request, ["ruleset", "name", "dry_run", "map", "set"], ["map", "set"]) is { } unknown)
        {
            return (null, unknown);
        }

        var (name, dry) = (Parameters.Text(request, "name"), Parameters.Text(request, "dry_run"));
        if (name is null || name.Length > UploadStore.LongestName || name.Any(char.IsControl))
        {
            return (null, Parameters.Refuse("The parameter \"name\" is missing, too long, or holds characters that do not print.", $"Name the file in at most {UploadStore.LongestName} characters."));
        }

        if (dry is not (null or "true" or "false"))
        {
            return (null, Parameters.Refuse($"The parameter \"dry_run\" is \"{WireText.Shown(dry)}\".", "Write true or false."));
        }

        if (!Parameters.TryPairs(request, "map", out var columns, out var problem) || !Parameters.TryPairs(request, "set", out var constants, out problem))
        {
            return (null, problem);
        }

        if (IsCsv(request) is not { } csv)
        {
            return (null, new Problem(ProblemKinds.ContentType, Help: $"Send \"Content-Type: {Csv}\" or \"{_jsonLines[0]}\", in UTF-8 and without a Content-Encoding."));
        }

        var mapping = new UsageMapping(csv, columns, constants);
        if (mapping.Unusable is { } member)
        {
            return (null, Parameters.Refuse($"\"{WireText.Shown(member)}\" is no member of an event, or it is mapped twice.", UsageMapping.Members));
        }

        var caller = context.Features.GetRequiredFeature<ApiCaller>();
        var ruleset = Parameters.Text(request, "ruleset");
        if (ruleset is not null && !caller.MayUseAllOf(ruleset))
        {
            return (null, new Problem(ProblemKinds.KeyRestricted, Help: "Use a key of this rule set without accounts of its own."));
        }

        return ruleset is null
            ? (null, Parameters.Refuse("The parameter \"ruleset\" is missing.", "Name the rule set by whose rules the usage is to be replayed."))
            : ledger.Rulesets.Find(ruleset) is { } published
                ? (new Asked(published, new UsageImportRequest(ruleset, name, mapping, caller.Name) { IsDryRun = dry == "true" }), null)
                : (null, new Problem(ProblemKinds.RulesetNotFound, $"No published rule set is called \"{WireText.Shown(ruleset)}\".", "GET /v1/rulesets lists them."));
    }

    /// <returns>Null for a type that is neither.</returns>
    private static bool? IsCsv(HttpRequest request) =>
        RequestBody.Is(request, Csv) ? true : Array.Exists(_jsonLines, type => RequestBody.Is(request, type)) ? false : null;

    private static Problem Stopped(UsageMistake mistake, ReadOnlyMemory<byte> result) => new(
        ProblemKinds.ImportStopped,
        string.Create(CultureInfo.InvariantCulture, $"Line {mistake.Line}: {(mistake.Column is { } column ? column + ": " : "")}{mistake.Code}: {mistake.Message}"),
        $"{mistake.Help} What stands before the line is stored; mend it and send the file again under the same name.")
    { Answer = result };

    private static Problem Of(UsageImportException exception) => exception.IsBusy
        ? new Problem(ProblemKinds.Busy, exception.Message, exception.Help) { RetryAfterSeconds = 5 }
        : new Problem(ProblemKinds.ImportConflicts, exception.Message, exception.Help);

    private sealed record Asked(PublishedRuleset Ruleset, UsageImportRequest Request);
}
