using System.Globalization;
using Rules.Client;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Access;

namespace Rules.Portal.Api;

/// <summary>Lists, rule sets and reports.</summary>
internal static class LedgerApi
{
    public static void MapLedger(this RouteGroupBuilder api)
    {
        api.MapGet("/accounts", ListAccountsAsync).WithName("accounts").WithTags("Accounts").Needs(KeyScopes.Read)
            .WithSummary("Accounts, by id")
            .Parameter("ruleset", "Only accounts of this rule set.").Parameter("search", "Only ids that contain this text.")
            .Parameter("limit", "1 to 500; 50 where it is left out.").Parameter("after", "The \"next\" of the page before.")
            .Answers<AccountPage>(ApiExamples.AccountPage).Refuses(400, 503);

        api.MapGet("/accounts/{account}/statement", StatementAsync).WithName("statement").WithTags("Reports").Needs(KeyScopes.Read)
            .WithSummary("What moved an account's credits within a window")
            .WithDescription("Opening balance, a line per kind of entry and action, closing balance; opening and lines add up to the closing balance. Commands count when they were recorded. Rules without buckets hold no credits, so nothing moves: what was used there is told by /v1/usage.")
            .Parameter("from", "Inclusive.", isRequired: true).Parameter("to", "Exclusive.", isRequired: true).Parameter("format", "json or csv; json where it is left out.")
            .Answers<Statement>(ApiExamples.Statement).Refuses(400, 404, 503);

        api.MapGet("/usage", UsageAsync).WithName("usage").WithTags("Reports").Needs(KeyScopes.Read)
            .WithSummary("Use added up by account and up to two recorded names")
            .WithDescription("Counts events and sums credits of a window, exactly; what reversals gave back in it is taken off.")
            .Parameter("from", "Happened at or after.", isRequired: true).Parameter("to", "Happened before.", isRequired: true)
            .Parameter("by", "action, or the name of a fact, a key or a recorded member; two names with a comma between them.")
            .Parameter("account", "Only this account.").Parameter("ruleset", "Only this rule set.").Parameter("action", "Only this action.")
            .Parameter("limit", "1 to 1,000 rows; 100 where it is left out.").Parameter("after", "The \"next\" of the page before.")
            .Parameter("format", "json or csv; json where it is left out. A CSV page names the next one in the header Link.")
            .Answers<UsagePage>(ApiExamples.UsagePage).Refuses(400, 404, 422, 503);

        api.MapGet("/rulesets", ListRulesets).WithName("rulesets").WithTags("Rule sets").Needs(KeyScopes.Read)
            .WithSummary("Published rule sets").Answers<RulesetList>(ApiExamples.RulesetList).Refuses(400);

        api.MapGet("/rulesets/{ruleset}/versions", ListVersions).WithName("versions").WithTags("Rule sets").Needs(KeyScopes.Read)
            .WithSummary("Versions of a rule set, newest first").Answers<VersionList>(ApiExamples.VersionList).Refuses(400, 404);

        api.MapGet("/rulesets/{ruleset}/versions/{version}", GetVersion).WithName("version").WithTags("Rule sets").Needs(KeyScopes.Read)
            .WithSummary("One version with its text").Answers<PublishedVersion>(null).Refuses(400, 404);

        foreach (var path in new[] { "/accounts/{account}/statement", "/usage", "/rulesets", "/rulesets/{ruleset}/versions", "/rulesets/{ruleset}/versions/{version}" })
        {
            api.RefuseOthers(path, HttpMethods.Get);
        }
    }

    private static async Task<IResult> ListAccountsAsync(HttpContext context, CreditLedger ledger)
    {
        var request = context.Request;
        if (Parameters.Unknown(request, "ruleset", "search", "limit", "after") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryCount(request, "limit", 50, 500, out var limit, out var problem))
        {
            return new ProblemBody(problem);
        }

        var (ruleset, after) = (Parameters.Text(request, "ruleset"), Parameters.Text(request, "after"));
        if (after is not null && !IdText.IsValid(after))
        {
            return new ProblemBody(Parameters.NoCursor("after"));
        }

        if (await RestrictedAsync(context, null, ruleset) is { } restricted)
        {
            return new ProblemBody(restricted);
        }

        var filter = new AccountFilter(ruleset, Parameters.Text(request, "search"), after, limit);
        var page = await ledger.AccountsAsync(filter, context.RequestAborted);
        return new JsonBody(ReadAnswers.Accounts(page));
    }

    private static async Task<IResult> StatementAsync(string account, HttpContext context, CreditLedger ledger)
    {
        var request = context.Request;
        if (Parameters.Unknown(request, "from", "to", "format") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryWindow(request, out var from, out var to, out var problem) || !Parameters.TryFormat(request, out var csv, out problem))
        {
            return new ProblemBody(problem);
        }

        return await ledger.StatementAsync(account, from, to, context.RequestAborted) switch
        {
            null => new ProblemBody(CommandAnswers.AccountUnknown(account)),
            { } statement when csv => new CsvBody(ReportJson.StatementCsv(statement), $"statement-{account}.csv"),
            { } statement => new JsonBody(ReportJson.Statement(statement)),
        };
    }

    private static async Task<IResult> UsageAsync(HttpContext context, CreditLedger ledger)
    {
        var request = context.Request;
        if (Parameters.Unknown(request, "from", "to", "by", "account", "ruleset", "action", "limit", "after", "format") is { } unknown)
        {
            return new ProblemBody(unknown);
        }

        if (!Parameters.TryWindow(request, out var from, out var to, out var problem)
            || !Parameters.TryCount(request, "limit", 100, 1000, out var limit, out problem)
            || !Parameters.TryFormat(request, out var csv, out problem)
            || !Parameters.TryNames(request, "by", 2, out var by, out problem))
        {
            return new ProblemBody(problem);
        }

        var account = Parameters.Text(request, "account");
        var ruleset = Parameters.Text(request, "ruleset");
        if (await RestrictedAsync(context, account, ruleset) is { } restricted)
        {
            return new ProblemBody(restricted);
        }

        if (account is not null && await ledger.RulesetOfAsync(account, context.RequestAborted) is null)
        {
            return new ProblemBody(CommandAnswers.AccountUnknown(account));
        }

        var filter = new UsageFilter(from, to, by, account, ruleset, Parameters.Text(request, "action"), Parameters.Text(request, "after"), limit);
        var report = await ledger.UsageAsync(filter, context.RequestAborted);
        if (report.Fault != UsageFault.None)
        {
            return new ProblemBody(report.Fault == UsageFault.CursorInvalid
                ? Parameters.NoCursor("after")
                : new Problem(ProblemKinds.TooManyGroups, "One account has more than 10,000 different values in the window.", "Ask for a shorter window, or group by another name."));
        }

        if (!csv)
        {
            return new JsonBody(ReportJson.Usage(report, by));
        }

        Parameters.LinkNext(context, report.Next);
        return new CsvBody(ReportJson.UsageCsv(report, by), "usage.csv");
    }

    private static IResult ListRulesets(HttpContext context, CreditLedger ledger) =>
        Parameters.Unknown(context.Request) is { } problem ? new ProblemBody(problem) : new JsonBody(RulesetAnswers.List(ledger.Rulesets, ruleset => MaySee(context, ruleset)));

    private static IResult ListVersions(string ruleset, HttpContext context, CreditLedger ledger) =>
        Parameters.Unknown(context.Request) is { } problem ? new ProblemBody(problem)
            : MaySee(context, ruleset) && ledger.Rulesets.Versions(ruleset) is { IsEmpty: false } versions ? new JsonBody(RulesetAnswers.Versions(ruleset, versions))
            : new ProblemBody(RulesetUnknown(ruleset));

    private static IResult GetVersion(string ruleset, string version, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        var versions = MaySee(context, ruleset) ? ledger.Rulesets.Versions(ruleset) : [];
        var found = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? versions.FirstOrDefault(candidate => candidate.Model.Version == number)
            : null;
        return found is not null ? new JsonBody(RulesetAnswers.Version(found))
            : new ProblemBody(versions.IsEmpty ? RulesetUnknown(ruleset)
                : new Problem(ProblemKinds.VersionUnknown, $"{ruleset} has no published version \"{WireText.Shown(version)}\".", "List its versions."));
    }

    // A list over several accounts is open to a restricted key where it asks for one that it may use, or for a whole rule set that it may.
    internal static async ValueTask<Problem?> RestrictedAsync(HttpContext context, string? account, string? ruleset)
    {
        if (context.Features.Get<ApiCaller>() is not { Key.IsRestricted: true } caller)
        {
            return null;
        }

        if (account is not null)
        {
            return await caller.MayUseAsync(account, context.RequestAborted) ? null : CommandAnswers.AccountUnknown(account);
        }

        return caller.Key.Accounts.IsEmpty && ruleset is not null && caller.Key.Rulesets.Contains(ruleset)
            ? null
            : new Problem(ProblemKinds.KeyRestricted, Help: "Ask for one of the accounts or rule sets that the key names, or use another key.");
    }

    private static bool MaySee(HttpContext context, string ruleset) =>
        context.Features.Get<ApiCaller>() is not { Key.Rulesets.IsEmpty: false } caller || caller.Key.Rulesets.Contains(ruleset);

    internal static Problem RulesetUnknown(string ruleset) =>
        new(ProblemKinds.RulesetNotFound, $"There is no published rule set \"{WireText.Shown(ruleset)}\".", "GET /v1/rulesets lists them.");
}
