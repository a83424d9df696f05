using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewEngines;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Rules.Portal.Web;

/// <summary>
/// A part of a page, as often as there is more to say: each is sent as soon as it is known and ends with <see cref="End"/>, and a later one takes the place of those
/// before it. Whoever leaves in between stops what makes them.
/// </summary>
/// <param name="view">A partial view of the page.</param>
/// <param name="models">What it is made of, one moment after the other.</param>
public sealed class PartsResult(string view, IAsyncEnumerable<PageModel> models) : IActionResult
{
    /// <summary>Behind each part; no HTML has it.</summary>
    public const char End = '\u001e';

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var page = (PageContext)context;
        var response = context.HttpContext.Response;
        var found = context.HttpContext.RequestServices.GetRequiredService<ICompositeViewEngine>().FindView(context, view, isMainPage: false);
        found.EnsureSuccessful(originalLocations: null);
        response.ContentType = "text/html; charset=utf-8";
        await foreach (var model in models.WithCancellation(context.HttpContext.RequestAborted))
        {
            using var writer = new StringWriter();
            var data = new ViewDataDictionary(page.ViewData) { Model = model };
            await found.View.RenderAsync(new ViewContext(context, found.View, data, model.TempData, writer, new HtmlHelperOptions()));
            writer.Write(End);
            await response.WriteAsync(writer.ToString(), Encoding.UTF8, context.HttpContext.RequestAborted);
            await response.Body.FlushAsync(context.HttpContext.RequestAborted);
        }
    }
}
