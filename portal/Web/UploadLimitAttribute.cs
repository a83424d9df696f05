using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Rules.Portal.Web;

/// <summary>
/// The most that may be sent to a page. What is larger is read to its end and thrown away, since a browser that is cut off while it sends shows no answer;
/// then the page for 413 names the limit.
/// </summary>
/// <param name="bytes">Of a request's body.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class UploadLimitAttribute(long bytes) : Attribute, IAsyncAuthorizationFilter, IOrderedFilter
{
    /// <summary>Of pages that name none.</summary>
    public const long Usual = 1024 * 1024;

    /// <summary>The most that is thrown away; whoever sends more is cut off.</summary>
    public const long MostDrained = 1024L * 1024 * 1024;

    private static readonly object ExceededKey = new();

    public long Bytes => bytes;

    // Before the form is read to look for the antiforgery token.
    public int Order => 900;

    /// <summary>The limit that a request went beyond; null where it did not.</summary>
    public static long? Exceeded(HttpContext context) => context.Items[ExceededKey] as long?;

    public async Task OnAuthorizationAsync(AuthorizationFilterContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var http = context.HttpContext;
        if (Exceeded(http) is not null)
        {
            return;
        }

        var sent = http.Request.ContentLength ?? 0;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = Math.Max(bytes, Math.Min(sent, MostDrained));
        }

        if (sent <= bytes)
        {
            http.Features.Set<IFormFeature>(new FormFeature(http.Request, new FormOptions { MultipartBodyLengthLimit = bytes, ValueLengthLimit = (int)Math.Min(bytes, int.MaxValue) }));
            return;
        }

        if (sent <= MostDrained)
        {
            await DrainAsync(http);
        }

        // The page for the error looks for a form too.
        http.Features.Set<IFormFeature>(new FormFeature(FormCollection.Empty));
        http.Items[ExceededKey] = bytes;
        context.Result = new StatusCodeResult(StatusCodes.Status413PayloadTooLarge);
    }

    private static async Task DrainAsync(HttpContext http)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            do
            {
                read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted);
            }
            while (read > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
