using System.Diagnostics;
using Rules.Ledger.Storage;

namespace Rules.Portal.Api;

/// <summary>
/// Gives every answer under <c>/v1</c> that has no body the form of problem details: addresses and methods that do not exist, requests that
/// the server refuses by itself, and our own failures, of which nothing but a trace id is told. Refuses writes that a page of another site asks for.
/// </summary>
public sealed partial class V1Problems(RequestDelegate next, ILogger<V1Problems> logger)
{
    private const string NothingLoads = "default-src 'none'; frame-ancestors 'none'";

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = NothingLoads;
        var problem = IsCrossSiteWrite(context.Request)
            ? new Problem(ProblemKinds.CrossSite, Help: "Call the service from your own server.")
            : await RunAsync(context);
        if (problem is not null && !context.Response.HasStarted)
        {
            await new ProblemBody(problem).ExecuteAsync(context);
        }
    }

    private async Task<Problem?> RunAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            return RequestBody.Of(exception);
        }
        catch (Exception exception) when ((exception is OperationCanceledException or IOException) && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return null;
        }
        catch (StoreException exception) when (!context.Response.HasStarted)
        {
            LogFailure(logger, exception, context.Request.Method, context.GetEndpoint()?.DisplayName, TraceOf(context));
            return new Problem(ProblemKinds.StoreUnavailable, Help: "Send it again, a command with the same key.") { RetryAfterSeconds = 1 };
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogFailure(logger, exception, context.Request.Method, context.GetEndpoint()?.DisplayName, TraceOf(context));
            context.Response.Clear();
            context.Response.Headers.ContentSecurityPolicy = NothingLoads;
            return new Problem(
                ProblemKinds.InternalError, $"The failure is logged under the trace id {TraceOf(context)}.",
                "A command may have been done: send it again with the same key to learn its answer.");
        }

        var response = context.Response;
        return response.StatusCode >= 400 && response.ContentType is null && response.ContentLength is null or 0
            ? new Problem(ProblemKinds.OfStatus(response.StatusCode), Help: HelpOf(response.StatusCode))
            : null;
    }

    // Routing refuses a type before the address is asked, so that this names the types of all.
    private static string? HelpOf(int status) => status == StatusCodes.Status415UnsupportedMediaType
        ? "Send \"Content-Type: application/json\" (a file of usage is text/csv or application/jsonl), in UTF-8 and without a Content-Encoding."
        : null;

    private static bool IsCrossSiteWrite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none");

    private static string TraceOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Endpoint} failed, trace id {Trace}.")]
    private static partial void LogFailure(ILogger logger, Exception exception, string method, string? endpoint, string trace);
}
