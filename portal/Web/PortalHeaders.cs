using Microsoft.Extensions.Primitives;

namespace Rules.Portal.Web;

/// <summary>
/// Puts the security headers on every answer, errors included: they are set as the answer starts, after an error handler may have cleared
/// what stood before. A header that an endpoint has set itself stays, so that a page with needs of its own can name its own policy.
/// </summary>
public sealed class PortalHeaders(RequestDelegate next)
{
    private const string Year = "max-age=31536000; includeSubDomains";
    private static readonly PathString Fonts = new("/fonts");

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state => Set((HttpContext)state), context);
        return next(context);
    }

    private static Task Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (StringValues.IsNullOrEmpty(headers.ContentSecurityPolicy))
        {
            headers.ContentSecurityPolicy = ContentSecurityPolicy.For(context);
        }

        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = Year;
        }

        if (context.Request.Path.StartsWithSegments(Fonts, StringComparison.Ordinal) && context.Response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status304NotModified)
        {
            // The files carry their release in their names.
            headers.CacheControl = "public, max-age=31536000, immutable";
        }
        else if (StringValues.IsNullOrEmpty(headers.CacheControl))
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }
}
