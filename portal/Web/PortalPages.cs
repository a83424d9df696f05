using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rules.Portal.Display;
using Rules.Portal.SignIn;

namespace Rules.Portal.Web;

/// <summary>What start-up calls for the pages: their services, their headers, their errors, their routes.</summary>
public static class PortalPages
{
    public static IServiceCollection AddPortalPages(this IServiceCollection services)
    {
        services.AddRazorPages(options =>
        {
            options.Conventions.AllowAnonymousToPage("/SignIn").AllowAnonymousToPage("/SignInLink").AllowAnonymousToPage("/SignInLanding").AllowAnonymousToPage("/Error");
            options.Conventions.AuthorizeFolder("/Settings", SignInServices.Admin);
            options.Conventions.AddFolderApplicationModelConvention("/", static page =>
            {
                // A page that names a limit of its own has it among its filters already.
                if (!page.Filters.OfType<UploadLimitAttribute>().Any())
                {
                    page.Filters.Add(new UploadLimitAttribute(UploadLimitAttribute.Usual));
                }
            });
        });
        services.AddRouting(options => options.LowercaseUrls = true);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "rules-antiforgery";
            options.SuppressXFrameOptionsHeader = true; // frame-ancestors 'none' says it for every answer
        });
        services.AddSingleton<RuleSources>();
        services.AddSingleton<EditorConnections>();
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);
        // Accented letters and typographic marks stay themselves in the page; what HTML gives a meaning is still encoded.
        services.AddSingleton(HtmlEncoder.Create(
            UnicodeRanges.BasicLatin, UnicodeRanges.Latin1Supplement, UnicodeRanges.LatinExtendedA, UnicodeRanges.LatinExtendedB,
            UnicodeRanges.GeneralPunctuation, UnicodeRanges.Arrows, UnicodeRanges.MathematicalOperators, UnicodeRanges.SuperscriptsandSubscripts));
        return services;
    }

    /// <summary>First in the pipeline, so that no answer leaves without the headers.</summary>
    public static IApplicationBuilder UsePortalHeaders(this IApplicationBuilder app) => app.UseMiddleware<PortalHeaders>();

    /// <summary>
    /// Pages for errors and unknown addresses, before everything that can fail. The HTTP API under <c>/v1</c> has left before: it answers an error with
    /// problem details of its own.
    /// </summary>
    public static IApplicationBuilder UsePortalErrorPages(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error/500", CreateScopeForErrors = true });
        return app.UseStatusCodePagesWithReExecute("/error/{0}");
    }

    public static WebApplication MapPortalPages(this WebApplication app)
    {
        app.Map(EditorConnections.Path, static (HttpContext context, EditorConnections editors) => editors.AcceptAsync(context)).ExcludeFromDescription();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorPages().WithStaticAssets();
        return app;
    }
}
