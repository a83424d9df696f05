namespace Rules.Portal.Api;

/// <summary>
/// The page at <c>/docs</c> on which the interface is tried. Its script and styles come with the program; it sets styles inline, so it has a
/// content security policy of its own.
/// </summary>
public static class TryItPage
{
    private const string Path = "docs";

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    public static IApplicationBuilder UseTryItPage(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/" + Path, StringComparison.OrdinalIgnoreCase))
            {
                context.Response.Headers.ContentSecurityPolicy = Policy;
            }

            return next(context);
        });
        return app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = Path;
            options.DocumentTitle = "Rules: the HTTP interface";
            options.SwaggerEndpoint(ApiDescription.DocumentPath, "v1");
            options.EnableTryItOutByDefault();
        });
    }
}
