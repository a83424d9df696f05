using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Rules.Portal.Api;

namespace Rules.Portal.Operations;

/// <summary>Counts and times every request, whatever it comes to.</summary>
public sealed class RequestMeter(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            PortalInstruments.Answered(OperationOf(context), context.Response.StatusCode, Stopwatch.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMicrosecond);
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity)
            {
                Describe(activity, context);
            }
        }
    }

    // By the route's template: the address itself holds ids.
    private static void Describe(Activity activity, HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        activity.DisplayName = $"{context.Request.Method} {route}";
        activity.SetTag("http.request.method", context.Request.Method).SetTag("http.route", route).SetTag("http.response.status_code", context.Response.StatusCode);
    }

    // The operation's name in the description of the interface, never the address: addresses hold accounts.
    private static string OperationOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
        ?? (context.Request.Path.StartsWithSegments(V1Api.Root, StringComparison.OrdinalIgnoreCase) ? "none" : "page");
}
