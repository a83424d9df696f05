using Microsoft.AspNetCore.Mvc;
using Rules.Client;
using Rules.Engine.Wire;
using Rules.Ledger.Access;
using Rules.Portal.Access;
using Rules.Portal.Operations;

namespace Rules.Portal.Api;

/// <summary>The HTTP interface: its table of contents. Handlers parse, call the ledger and map what comes back.</summary>
public static class V1Api
{
    public static readonly PathString Root = new("/v1");

    private static readonly string[] _methods =
        [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete, HttpMethods.Options];

    private static RouteGroupBuilder MapV1Api(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/v1").AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(WireLimits.BodyBytes));

        api.MapPost("/quotes", UsageHandlers.QuoteAsync).WithName("quote").WithTags("Usage").Needs(KeyScopes.Quote)
            .WithSummary("May this run, and what does it cost?")
            .WithDescription("Prices an event and draws it from the account's credits as they are now; writes nothing. The outcome tells whether a charge would be granted.")
            .Takes<UsageEvent>(ApiExamples.Event).Answers<Quote>(ApiExamples.Quote).Refuses(400, 404, 413, 415, 422, 503);

        api.MapPost("/quotes/bulk", UsageHandlers.QuoteManyAsync).WithName("quote-many").WithTags("Usage").Needs(KeyScopes.Quote)
            .WithMetadata(new RequestSizeLimitAttribute(WireLimits.BulkBytes))
            .WithSummary("Quote up to 1,000 events")
            .WithDescription("Each item has a result of its own, in the same order; one that cannot be priced stops no other.")
            .Takes<BulkItems<UsageEvent>>(ApiExamples.BulkQuotes).Answers<BulkResults<Quote>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapCommands();

        api.MapGet("/accounts/{account}", AccountHandlers.GetAsync).WithName("account").WithTags("Accounts").Needs(KeyScopes.Read)
            .WithSummary("An account as it stands").Answers<Account>(ApiExamples.Account).Refuses(400, 404, 503);

        api.MapGet("/accounts/{account}/balance", AccountHandlers.BalanceAsync).WithName("balance").WithTags("Accounts").Needs(KeyScopes.Read)
            .WithSummary("What an account has")
            .WithDescription("Credits per bucket and per grant, after everything that is due.")
            .Parameter("at", "RFC 3339 with an offset; now where it is left out.")
            .Answers<Balance>(ApiExamples.Balance).Refuses(400, 404, 422, 503);

        api.MapGet("/accounts/{account}/entries", EntryHandlers.ListAsync).WithName("entries").WithTags("Entries").Needs(KeyScopes.Read)
            .WithSummary("Journal entries, newest first")
            .Parameter("limit", "1 to 500; 50 where it is left out.").Parameter("kind", "Only this kind, such as charge or grant.")
            .Parameter("from", "Recorded at or after this instant.").Parameter("to", "Recorded before this instant.")
            .Parameter("key", "Only the entry of this Idempotency-Key.").Parameter("after", "The \"next\" of the page before.")
            .Answers<EntryPage>(ApiExamples.EntryPage).Refuses(400, 404, 503);

        api.MapGet("/accounts/{account}/entries/{entry}", EntryHandlers.ExplainAsync).WithName("explain").WithTags("Entries").Needs(KeyScopes.Read)
            .WithSummary("One entry, explained")
            .WithDescription("The entry with its postings, the event that was priced and the answer as first given, step by step.")
            .Answers<ExplainedEntry>(null).Refuses(400, 404, 503);

        api.MapGet("/problems", ProblemHandlers.List).WithName("problems").WithTags("Problems").NeedsNoKey()
            .WithSummary("Every code of problem details")
            .WithDescription("Events that the rules cannot evaluate answer 422 with a code RTnn of their own.")
            .Answers<IReadOnlyList<Client.ProblemKind>>(null);

        api.MapAlerts();
        api.MapMutes();
        api.MapKeys();

        api.MapLedger();
        api.MapInvoices();
        api.MapReplays();
        api.MapDrafts();
        api.MapUsageImports();

        foreach (var path in new[] { "/quotes", "/quotes/bulk" })
        {
            api.RefuseOthers(path, HttpMethods.Post);
        }

        foreach (var path in new[] { "/accounts/{account}", "/accounts/{account}/balance", "/accounts/{account}/entries", "/accounts/{account}/entries/{entry}", "/problems" })
        {
            api.RefuseOthers(path, HttpMethods.Get);
        }

        return api;
    }

    /// <summary>
    /// A way of its own for everything under <c>/v1</c>, past what only pages need: sessions, error pages, the try-it page. It knows no address but
    /// those of the interface.
    /// </summary>
    public static IApplicationBuilder UseV1Api(this IApplicationBuilder app) => app.MapWhen(
        static context => context.Request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase),
        static api =>
        {
            // Everything that a handler asks for lives as long as the service: no scope is made for a request.
            var services = api.ApplicationServices;
            api.Use(next => context =>
            {
                context.RequestServices = services;
                return next(context);
            });
            api.UseMiddleware<RequestMeter>();
            api.UseMiddleware<V1Problems>();
            api.UseRouting();
            api.UseMiddleware<ApiKeyGate>();
            api.UseEndpoints(static endpoints => endpoints.MapV1Api());
        });

    // Said outright, because run from its source tree the program has a GET route for any file, which hides that a method is wrong.
    internal static void RefuseOthers(this RouteGroupBuilder api, string path, params string[] allowed) => api.MapMethods(
        path, _methods.Except(allowed), (HttpContext context) =>
        {
            context.Response.Headers.Allow = string.Join(", ", allowed);
            return new ProblemBody(new Problem(ProblemKinds.MethodNotAllowed, Help: $"Use {string.Join(" or ", allowed)}."));
        }).NeedsNoKey().ExcludeFromDescription();
}
